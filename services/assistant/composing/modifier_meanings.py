"""What modifiers mean, and whether they bypass edits: by the list of HCPCS and the NCCI policy manual."""

import re
from collections.abc import Mapping, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, once
from services.assistant.composing.excerpts import telling_words
from services.assistant.composing.guidelines import POLICY_MANUAL, cited, passage_source
from services.assistant.composing.parts import bold, bullets, joined, paragraphs, source_of, with_remark, yes_or_no
from services.assistant.editions import Dated
from services.assistant.question import Question
from services.assistant.tools import Tools
from services.assistant.understanding.modifiers import is_modifier

ON_EDITS = re.compile(
    r"\b(ncci|ptp|edits?|pairs?|bypass\w*|associated|bundl\w*|unbundl\w*|overrid\w*|indicator)\b", re.IGNORECASE
)
INDICATOR_0 = re.compile(r"\bindicator\s*(?:is|of|=|:)?\s*[“\"']?(?:0|zero)\b|\b(?:0|zero) indicator\b", re.IGNORECASE)
NEVER_BYPASSED = "No modifier bypasses a PTP edit with modifier indicator 0."
# What yes or no does not answer.
_OPEN = re.compile(
    r"\b(what|whats|which|when|how|why|explain|list|describe|means?|meanings?|defin\w+|differ\w*|vs|versus)\b",
    re.IGNORECASE,
)
_USE = re.compile(
    r"\b(need\w*|take|takes|use|used|using|put|append\w*|add(?:ed)?|allowed|ok|okay|with|on|go|goes|rule|rules|bill\w*|report\w*|"
    r"pay|pays|paid|required?|appl(?:y|ies)|appropriate|right|correct|proper)\b",
    re.IGNORECASE,
)
# "X{EPSU}", and what stands beside a modifier that is known: "PT vs 33".
_X = re.compile(r"\bX\s?[{(\[]([EPSU, /]+)[})\]]", re.IGNORECASE)
_BESIDE = re.compile(r"(?<![\w.-])([A-Z\d]{2})\s*(?:vs\.?|versus|or|/|and|&)\s*([A-Z\d]{2})(?![\w.-])")
# "E1 through E4", "F1-F9".
_RANGE = re.compile(r"\b([A-Z])(\d)\s*(?:-|\u2013|to|through|thru)\s*\1(\d)\b", re.IGNORECASE)
# "is it like 76/77": what another is likened to is not judged.
_LIKENED = re.compile(
    r"\b(?:like|unlike|same as|similar to|as with)\s+(?:modifiers?\s+)?"
    r"(?P<list>[A-Z\d]{2}(?:\s*(?:/|,|&|\bor\b|\band\b)\s*[A-Z\d]{2})*)(?!\w)"
)
_SECTION = "I.E"
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z“])")
_PASSAGES = 8
_TWO = 2
_MODIFIER_WORDS = telling_words("modifier modifiers allowed")
_QUOTED = 2


def modifiers_in(question: Question) -> list[str]:
    """Return the modifiers that a question names, those of a range spelled out."""
    of_ranges = [
        f"{letter.upper()}{number}"
        for letter, first, last in _RANGE.findall(question.text)
        for number in range(int(first), int(last) + 1)
    ]
    of_x = [f"X{letter.upper()}" for group in _X.findall(question.text) for letter in group if letter.isalpha()]
    named = question.all_modifiers
    beside = [
        one
        for pair in _BESIDE.findall(question.text)
        if set(pair) & set(named) and all(map(is_modifier, pair))
        for one in pair
    ]
    return list(dict.fromkeys([*of_ranges, *of_x, *beside, *named]))


async def meaning(modifiers: Sequence[str], question: Question, tools: Tools) -> Answer:
    """Say what modifiers mean, and whether they bypass edits; that is the answer to a binary question on edits."""
    dated = listing_date(question, tools)
    listing = {one.modifier: one for one in (await tools.modifiers(dated)).modifiers}
    lines: list[str] = []
    sources: list[Source] = []
    for name in modifiers:
        one = listing.get(name)
        if one and one.title:
            lines.append(f"{text_of(one)} {bypass(one)}")
            sources += source_of(dated)
        else:
            quoted, quoted_from = await _policy(name, question, tools)
            lines.append(_without_text(name, one, dated, quoted))
            sources += quoted_from if one or _is_of_cpt(name) else source_of(dated)
    if any(name in listing or _is_of_cpt(name) for name in modifiers):
        sources += await section_source(tools)

    first, verdict = "", None
    on_edits = ON_EDITS.search(question.text)
    if on_edits and (question.binary or not _OPEN.search(question.text)):
        likened = {one for match in _LIKENED.finditer(question.text) for one in re.findall(r"\w\w", match["list"])}
        judged = [name for name in modifiers if name not in likened]
        first, verdict = _on_edits(judged or modifiers, listing, question)
    elif question.binary:
        known = all(name in listing or _is_of_cpt(name) for name in modifiers)
        # That there is a modifier does not say that it may be used as is asked.
        if not known or not _USE.search(question.text):
            verdict = yes_or_no(known) if known or dated.edition else Verdict.NO_DATA
    body = paragraphs(first, bullets(lines) if len(lines) > 1 or first else "".join(lines))
    return Answer(with_remark(body, dated), verdict, once(sources))


def listing_date(question: Question, tools: Tools) -> Dated:
    """Return the edition of the HCPCS modifiers that is asked; the newest when none covers the date that is named."""
    dated = tools.on(lookup.FACT_SOURCE_MODIFIERS_HCPCS, question.dates)
    return dated if dated.edition else tools.on(lookup.FACT_SOURCE_MODIFIERS_HCPCS, None)


def _on_edits(
    modifiers: Sequence[str], listing: Mapping[str, lookup.Modifier], question: Question
) -> tuple[str, Verdict]:
    """Return whether modifiers bypass procedure-to-procedure edits, in a sentence and as a verdict."""
    if INDICATOR_0.search(question.text):
        return NEVER_BYPASSED, Verdict.NO
    others = [name for name in modifiers if name not in listing or not listing[name].ncci_associated]
    if others:
        return f"{_modifiers(others, 'is', 'are')} not NCCI-associated: no bypass of a PTP edit.", Verdict.NO
    said = f"{_modifiers(modifiers, 'is', 'are')} NCCI-associated and may bypass a PTP edit with modifier indicator 1"
    return f"{said}, if the record supports it; one with indicator 0 is never bypassed.", Verdict.YES


def _modifiers(names: Sequence[str], singular: str, plural: str) -> str:
    return f"Modifiers {joined(names)} {plural}" if len(names) > 1 else f"Modifier {names[0]} {singular}"


def text_of(one: lookup.Modifier) -> str:
    """Return a modifier with its text."""
    until = f" (valid until {one.effective_to})" if one.effective_to else ""
    return f"{bold(one.modifier, one.title.rstrip('.'))}{until}."


def bypass(one: lookup.Modifier) -> str:
    """Return whether a modifier bypasses edits, as a sentence."""
    if one.ncci_associated:
        return "NCCI-associated: it may bypass a PTP edit with modifier indicator 1."
    return "Not NCCI-associated: it does not bypass a PTP edit."


def _without_text(name: str, one: lookup.Modifier | None, dated: Dated, quoted: str) -> str:
    """Return what is known of a modifier whose text is not loaded."""
    if _is_of_cpt(name):
        said = f"**{name}** is a modifier of CPT, whose text is licensed by the AMA and not loaded here."
    elif one:
        said = f"The text of modifier **{name}** is not loaded."
    elif dated.edition:
        return f"There is no modifier **{name}**: it is not in {dated.edition.name}, nor one of CPT."
    else:
        return f"Modifier **{name}** is not known. {dated.missing}"
    return " ".join(filter(None, [said, quoted, bypass(one or lookup.Modifier())]))


def _is_of_cpt(name: str) -> bool:
    # Those of category II end with P: "8P".
    return name[0].isdigit() and is_modifier(name)


async def _policy(name: str, question: Question, tools: Tools) -> tuple[str, list[Source]]:
    """Return what the NCCI policy manual says of a modifier, in its own sentences, with their sections.

    What it says of the other words of a question comes first, else how it explains the modifier.
    """
    dated = tools.on(POLICY_MANUAL, None)
    if dated.edition is None:
        return "", []
    asked = {one for one in telling_words(question.phrase) if one not in _MODIFIER_WORDS}
    query = f"modifier {name} {question.phrase if asked else ''}".strip()
    answer = await tools.passages(query, [POLICY_MANUAL], dated, page_size=_PASSAGES)
    own = [hit.passage for hit in answer.hits if hit.passage.text.startswith(f"Modifier {name}:")]
    found = [(text, passage) for passage in own for text in _defining(passage.text)]
    mentioned = [(text, hit.passage) for hit in answer.hits for text in _mentioning(hit.passage.text, name)]
    if not found:
        found = sorted(mentioned, key=lambda one: ("indicat" not in one[0], len(one[0])))
    about = [one for one in mentioned if len(asked & telling_words(one[0])) * _TWO >= len(asked)] if asked else []
    about.sort(key=lambda one: -len(asked & telling_words(one[0])))
    chosen = list(dict(reversed([*about, *found])).items())[::-1][:_QUOTED]
    quotes = [f"{dated.edition.name} {cited(POLICY_MANUAL, passage.id)}: “{text}”" for text, passage in chosen]
    return " ".join(quotes), [passage_source(POLICY_MANUAL, passage.id, dated) for _, passage in chosen]


def _defining(text: str) -> list[str]:
    """Return how a section on a modifier begins, without the sentences that quote CPT, which are cut out of it."""
    return [one for one in _sentences(text) if "…" not in one][:_QUOTED]


def _mentioning(text: str, name: str) -> list[str]:
    mention = re.compile(rf"\b[Mm]odifiers? (?:[\w, ]{{0,30}}\b)?{name}\b")
    return [one for one in _sentences(text) if mention.search(one)]


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(" ".join(text.split()))


async def section_source(tools: Tools) -> tuple[Source, ...]:
    """Return the section of the policy manual that names the modifiers that bypass edits."""
    dated = tools.on(POLICY_MANUAL, None)
    if dated.edition is None or await tools.passage(POLICY_MANUAL, _SECTION, dated) is None:
        return ()
    return (passage_source(POLICY_MANUAL, _SECTION, dated),)
