"""What modifiers mean, and whether they bypass NCCI edits."""

import re
from collections.abc import Mapping, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing import pairs
from services.assistant.composing.code_modifiers import modifiers_of
from services.assistant.composing.guidelines import POLICY_MANUAL, cited, passage_source
from services.assistant.composing.parts import (
    bold,
    bullets,
    joined,
    no_data,
    paragraphs,
    source_of,
    with_remark,
    yes_or_no,
)
from services.assistant.composing.procedures import procedures_of
from services.assistant.editions import Dated
from services.assistant.question import Question
from services.assistant.tools import Tools

_EDITS = re.compile(
    r"\b(ncci|ptp|edits?|pairs?|bypass\w*|associated|bundl\w*|unbundl\w*|overrid\w*|indicator)\b", re.IGNORECASE
)
_INDICATOR_0 = re.compile(r"\bindicator\s*(?:is|of|=|:)?\s*[“\"']?(?:0|zero)\b|\b(?:0|zero) indicator\b", re.IGNORECASE)
_NEVER_BYPASSED = "No modifier bypasses a PTP edit with modifier indicator 0."
# "E1 through E4", "F1-F9".
_RANGE = re.compile(r"\b([A-Z])(\d)\s*(?:-|\u2013|to|through|thru)\s*\1(\d)\b", re.IGNORECASE)
_SECTION = "I.E"
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z“])")
_WORD = re.compile(r"[a-z]{3,}")
_NO_WORDS = frozenset(
    (
        "modifier",
        "modifiers",
        "mod",
        "mods",
        "which",
        "what",
        "the",
        "for",
        "code",
        "and",
        "does",
        "mean",
        "used",
        "use",
    )
)
_BEGINNING = 5
_LEAST_SHARE = 0.5
_FOUND = 6
_PASSAGES = 8
_QUOTED = 2


async def modifier(question: Question, tools: Tools) -> Answer:
    """Answer on modifiers: with two procedures as on a pair, with one whether it takes them, else what they mean."""
    codes = procedures_of(question)
    modifiers = _named(question)
    if len(codes) > 1:
        return await pairs.together(question, tools)
    if codes:
        return await modifiers_of(codes[0], modifiers, question, tools)
    if modifiers:
        return await _meaning(modifiers, question, tools)
    if _EDITS.search(question.text):
        return await _bypassing(question, tools)
    return await _by_words(question, tools)


def _named(question: Question) -> list[str]:
    """Return the modifiers that a question names, those of a range spelled out."""
    of_ranges = [
        f"{letter.upper()}{number}"
        for letter, first, last in _RANGE.findall(question.text)
        for number in range(int(first), int(last) + 1)
    ]
    return list(dict.fromkeys([*of_ranges, *question.all_modifiers]))


async def _meaning(modifiers: Sequence[str], question: Question, tools: Tools) -> Answer:
    """Say what modifiers mean, and whether they bypass edits; that is the answer to a binary question on edits."""
    dated = _listing_date(question, tools)
    listing = {one.modifier: one for one in (await tools.modifiers(dated)).modifiers}
    lines: list[str] = []
    sources: list[Source] = []
    for name in modifiers:
        one = listing.get(name)
        if one and one.title:
            lines.append(f"{_text(one)} {_bypass(one)}")
            sources += source_of(dated)
        else:
            quoted, quoted_from = await _policy(name, tools)
            lines.append(_without_text(name, one, dated, quoted))
            sources += quoted_from if one or name.isdigit() else source_of(dated)
    if any(name in listing or name.isdigit() for name in modifiers):
        sources += await _section_source(tools)

    first, verdict = "", None
    if question.binary and _EDITS.search(question.text):
        first, verdict = _on_edits(modifiers, listing, question)
    elif question.binary:
        verdict = yes_or_no(all(name in listing or name.isdigit() for name in modifiers))
    body = paragraphs(first, bullets(lines) if len(lines) > 1 or first else "".join(lines))
    return Answer(with_remark(body, dated), verdict, once(sources))


def _listing_date(question: Question, tools: Tools) -> Dated:
    """Return the edition of the HCPCS modifiers that is asked; the newest when none covers the date that is named."""
    dated = tools.on(lookup.FACT_SOURCE_MODIFIERS_HCPCS, question.dates)
    return dated if dated.edition else tools.on(lookup.FACT_SOURCE_MODIFIERS_HCPCS, None)


def _on_edits(
    modifiers: Sequence[str], listing: Mapping[str, lookup.Modifier], question: Question
) -> tuple[str, Verdict]:
    """Return whether modifiers bypass procedure-to-procedure edits, in a sentence and as a verdict."""
    if _INDICATOR_0.search(question.text):
        return _NEVER_BYPASSED, Verdict.NO
    others = [name for name in modifiers if name not in listing or not listing[name].ncci_associated]
    if others:
        return f"{_modifiers(others, 'is', 'are')} not NCCI-associated: no bypass of a PTP edit.", Verdict.NO
    said = f"{_modifiers(modifiers, 'is', 'are')} NCCI-associated and may bypass a PTP edit with modifier indicator 1"
    return f"{said}, if the record supports it; one with indicator 0 is never bypassed.", Verdict.YES


def _modifiers(names: Sequence[str], singular: str, plural: str) -> str:
    return f"Modifiers {joined(names)} {plural}" if len(names) > 1 else f"Modifier {names[0]} {singular}"


def _text(one: lookup.Modifier) -> str:
    until = f" (valid until {one.effective_to})" if one.effective_to else ""
    return f"{bold(one.modifier, one.title.rstrip('.'))}{until}."


def _bypass(one: lookup.Modifier) -> str:
    if one.ncci_associated:
        return "NCCI-associated: it may bypass a PTP edit with modifier indicator 1."
    return "Not NCCI-associated: it does not bypass a PTP edit."


def _without_text(name: str, one: lookup.Modifier | None, dated: Dated, quoted: str) -> str:
    """Return what is known of a modifier whose text is not loaded."""
    if name.isdigit():
        said = f"**{name}** is a modifier of CPT, whose text is licensed by the AMA and not loaded here."
    elif one:
        said = f"The text of modifier **{name}** is not loaded."
    elif dated.edition:
        return f"**{name}** is not in {dated.edition.name}."
    else:
        return f"Modifier **{name}** is not known. {dated.missing}"
    return " ".join(filter(None, [said, quoted, _bypass(one or lookup.Modifier())]))


async def _policy(name: str, tools: Tools) -> tuple[str, list[Source]]:
    """Return what the NCCI policy manual says of a modifier, in its own sentences, with their sections."""
    dated = tools.on(POLICY_MANUAL, None)
    if dated.edition is None:
        return "", []
    answer = await tools.passages(f"modifier {name}", [POLICY_MANUAL], dated, page_size=_PASSAGES)
    own = [hit.passage for hit in answer.hits if hit.passage.text.startswith(f"Modifier {name}:")]
    found = [(text, passage) for passage in own for text in _defining(passage.text)]
    if not found:
        found = [(text, hit.passage) for hit in answer.hits for text in _mentioning(hit.passage.text, name)]
        found.sort(key=lambda one: ("indicat" not in one[0], len(one[0])))
    chosen = list(dict(reversed(found)).items())[::-1][:_QUOTED]
    quotes = [f"{dated.edition.name} {cited(POLICY_MANUAL, passage.id)}: “{text}”" for text, passage in chosen]
    return " ".join(quotes), [passage_source(POLICY_MANUAL, passage.id, dated) for _, passage in chosen]


def _defining(text: str) -> list[str]:
    """Return how a section on a modifier begins, without the sentences that quote CPT, which are cut out of it."""
    return [one for one in _sentences(text) if "…" not in one][:_QUOTED]


def _mentioning(text: str, name: str) -> list[str]:
    mention = re.compile(rf"\bmodifier {name}\b")
    return [one for one in _sentences(text) if mention.search(one)]


def _sentences(text: str) -> list[str]:
    return _SENTENCE.split(" ".join(text.split()))


async def _section_source(tools: Tools) -> tuple[Source, ...]:
    """Return the section of the policy manual that names the modifiers that bypass edits."""
    dated = tools.on(POLICY_MANUAL, None)
    if dated.edition is None or await tools.passage(POLICY_MANUAL, _SECTION, dated) is None:
        return ()
    return (passage_source(POLICY_MANUAL, _SECTION, dated),)


async def _bypassing(question: Question, tools: Tools) -> Answer:
    """List the modifiers that bypass edits."""
    sources = await _section_source(tools)
    if question.binary and _INDICATOR_0.search(question.text):
        return Answer(_NEVER_BYPASSED, Verdict.NO, sources)
    listing = (await tools.modifiers(_listing_date(question, tools))).modifiers
    associated = [one.modifier for one in listing if one.ncci_associated]
    body = paragraphs(
        f"NCCI-associated modifiers: {pairs.listed_modifiers(associated)}.",
        "Each may bypass a PTP edit with modifier indicator 1, on either code, if the record supports it; an edit with "
        "indicator 0 is never bypassed. Modifiers such as 22, 26, 76, 77 and GY bypass none.",
    )
    return Answer(body, None, sources)


async def _by_words(question: Question, tools: Tools) -> Answer:
    """Find modifiers by the words of their texts."""
    wanted = _beginnings(question.phrase or question.text)
    if not wanted:
        return clarification("Which modifier should be explained, or the modifiers of which code?")
    dated = _listing_date(question, tools)
    if dated.edition is None:
        return no_data(dated, "Which modifier that is")
    scored = []
    for one in (await tools.modifiers(dated)).modifiers:
        words = _beginnings(one.title)
        share = len(wanted & words) / len(wanted)
        if share >= _LEAST_SHARE:
            scored.append((-share, len(words), one.modifier, one))
    if not scored:
        return clarification("Which modifier (two characters) should be explained, or the modifiers of which code?")
    best = [one for *_, one in sorted(scored, key=lambda one: one[:3])[:_FOUND]]
    sources = (*source_of(dated), *await _section_source(tools))
    return Answer(with_remark(bullets(f"{_text(one)} {_bypass(one)}" for one in best), dated), None, sources)


def _beginnings(text: str) -> set[str]:
    return {word[:_BEGINNING] for word in _WORD.findall(text.lower()) if word not in _NO_WORDS}
