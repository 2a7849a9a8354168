"""Modifiers: what they mean, which ones bypass edits, and which one words mean."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Kind, Verdict, clarification
from services.assistant.composing import pairs
from services.assistant.composing.code_modifiers import modifiers_of
from services.assistant.composing.codes import describe
from services.assistant.composing.fees import fee
from services.assistant.composing.guidelines import guideline
from services.assistant.composing.manual_rules import rule
from services.assistant.composing.modifier_meanings import (
    INDICATOR_0,
    NEVER_BYPASSED,
    ON_EDITS,
    bypass,
    listing_date,
    meaning,
    modifiers_in,
    section_source,
    text_of,
)
from services.assistant.composing.parts import (
    bullets,
    no_data,
    paragraphs,
    source_of,
    with_remark,
)
from services.assistant.composing.procedures import joined_answers, procedures_of
from services.assistant.question import Aspect, Code, Question, Topic
from services.assistant.tools import Tools
from services.assistant.understanding.cues import words_of
from services.assistant.understanding.missing import telling

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
# Words that tell a case, for which one of some modifiers is to be chosen.
_A_CASE = 2
_SET_APART = re.compile(r"\b(?:differ\w*|vs|versus|compare|mean|means|meaning|stands?)\b", re.IGNORECASE)
# Modifiers of the same side, and what the manual says of them.
_ONE_SIDE = re.compile(r"\bsame (?:side|site|organ|structure|eye|ear|knee|limb)\b|\bipsilateral\b", re.IGNORECASE)
_IPSILATERAL = re.compile(r"\bipsilateral organ\b")
# What a modifier says is asked beside its code.
_MEANT = re.compile(r"\bwhat\b.*\b(?:mean\w*|says?|stands? for|definition)\b", re.IGNORECASE)
_MANUAL = re.compile(r"\bmanual\b", re.IGNORECASE)
# Fingers and toes as the list of HCPCS calls them.
_DIGITS = tuple(
    (re.compile(rf"\b{said}\b", re.IGNORECASE), name)
    for said, name in (
        (r"thumb", "hand thumb"),
        (r"(?:index|pointer|second|2nd) finger", "hand second digit"),
        (r"(?:middle|long|third|3rd) finger", "hand third digit"),
        (r"(?:ring|fourth|4th) finger", "hand fourth digit"),
        (r"(?:little|small|pinky|fifth|5th) finger|pinky", "hand fifth digit"),
        (r"(?:big|great|first|1st) toe|hallux", "foot great toe"),
        (r"(?:second|2nd) toe", "foot second digit"),
        (r"(?:third|3rd|middle) toe", "foot third digit"),
        (r"(?:fourth|4th) toe", "foot fourth digit"),
        (r"(?:little|small|pinky|fifth|5th) toe", "foot fifth digit"),
    )
)
_SIDE = re.compile(r"\b(?:left|right)\b", re.IGNORECASE)
_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\bhow much\b|\bpays?\b|\bpayment\b|\breimburs\w+|\$", re.IGNORECASE)
_NOT_SEARCHED = "These are of HCPCS. Modifiers of CPT, such as 25 or 59, are not searched: their texts are not loaded."
_BEGINNING = 5
_LEAST_SHARE = 0.5
_TELLING = 2
_FOUND = 6


class _Kind(NamedTuple):
    """A kind of codes that all take, or do not take, some modifiers alike, and a code of it."""

    name: str
    said: re.Pattern[str]
    modifiers: frozenset[str]
    example: Code


_KINDS = (
    _Kind(
        "Evaluation and management services (E/M)",
        re.compile(
            r"\b(?:on|to|for)\s+(?:an?\s+|the\s+|any\s+)?(?:e\s?[/&]?\s?m\b|evaluation and|(?:office )?visits?\b)",
            re.IGNORECASE,
        ),
        frozenset(("24", "25", "57", "58", "59", "78", "79", "XE", "XP", "XS", "XU")),
        Code("99213", (lookup.CODE_SYSTEM_CPT,)),
    ),
    _Kind(
        "Add-on codes",
        re.compile(r"\badd[- ]?ons?\b", re.IGNORECASE),
        frozenset(("51",)),
        Code("11045", (lookup.CODE_SYSTEM_CPT,)),
    ),
)


def _of_kind(modifiers: Sequence[str], question: Question) -> _Kind | None:
    """Return the kind of codes for which a question asks of modifiers; None where the kind decides nothing."""
    return next((one for one in _KINDS if one.said.search(question.text) and one.modifiers.issuperset(modifiers)), None)


async def modifier(question: Question, tools: Tools) -> Answer:
    """Answer on modifiers: with two procedures as on a pair, with one whether it takes them, else what they mean."""
    codes = procedures_of(question)
    modifiers = modifiers_in(question)
    if len(codes) > 1:
        return await pairs.together(question, tools)
    if codes:
        said = await modifiers_of(codes[0], modifiers, question, tools)
        # "what is AI".
        told = any(re.search(rf"\bwhat(?:['’]?s| is)\s+{one}\b", question.text, re.IGNORECASE) for one in modifiers)
        if modifiers and (told or _MEANT.search(question.text)):
            said = joined_answers([await meaning(modifiers, question, tools), said], said.verdict)
        if not modifiers or not _AMOUNT.search(question.text):
            return said
        priced = question.about(Topic.FEE, aspects=frozenset({Aspect.PAYMENT}), binary=False)
        return joined_answers([said, await fee(priced, tools)], said.verdict)
    if modifiers and not question.codes and (kind := _of_kind(modifiers, question)):
        said = await modifiers_of(kind.example, modifiers, question, tools)
        verdict = None if _CHOICE.search(question.text) else said.verdict
        return replace(
            said, body=f"{kind.name}, such as {kind.example.text}:\n\n{said.body}", verdict=verdict, codes=()
        )
    if modifiers:
        said = await meaning(modifiers, question, tools)
        if not question.codes:
            return await _with_rule(said, modifiers, question, tools)
        return joined_answers([said, await describe(replace(question, binary=False), tools)], said.verdict)
    if ON_EDITS.search(question.text):
        return await _bypassing(question, tools)
    return await _by_words(question, tools)


async def _with_rule(said: Answer, modifiers: Sequence[str], question: Question, tools: Tools) -> Answer:
    """Add what the policy manual says where one of some modifiers is to be chosen for a case that is told."""
    of_manual = _MANUAL.search(question.text)
    # One that is described and not named is the answer by itself.
    described = not any(re.search(rf"\b{one}\b", question.text, re.IGNORECASE) for one in modifiers)
    if (
        (not of_manual and (described or len(modifiers) == 1))
        or telling(words_of(question.phrase)) < _A_CASE
        or _SET_APART.search(question.text)
    ):
        return said
    phrase = " ".join([*(f"modifier {one}" for one in modifiers), question.phrase])
    rule = await guideline(question.about(Topic.GUIDELINE, phrase=phrase), tools)
    return said if rule.kind is not Kind.ANSWER else joined_answers([said, rule], said.verdict)


async def _bypassing(question: Question, tools: Tools) -> Answer:
    """List the modifiers that bypass edits."""
    sources = await section_source(tools)
    if question.binary and INDICATOR_0.search(question.text):
        return Answer(NEVER_BYPASSED, Verdict.NO, sources)
    if _ONE_SIDE.search(question.text) and (said := await rule("I.E", _IPSILATERAL, tools)):
        return Answer(said.text, Verdict.NO if question.binary else None, (said.source,))
    listing = (await tools.modifiers(listing_date(question, tools))).modifiers
    associated = [one.modifier for one in listing if one.ncci_associated]
    body = paragraphs(
        f"NCCI-associated modifiers: {pairs.listed_modifiers(associated)}.",
        "Each may bypass a PTP edit with modifier indicator 1, on either code, if the record supports it; an edit with "
        "indicator 0 is never bypassed. Modifiers such as 22, 26, 76, 77 and GY bypass none.",
    )
    return Answer(body, None, sources)


async def _by_words(question: Question, tools: Tools) -> Answer:
    """Find modifiers by the words of their texts."""
    digit = _of_digit(question.text)
    wanted = _beginnings(digit or question.phrase or question.text)
    if not wanted:
        return clarification("Which modifier should be explained, or the modifiers of which code?")
    dated = listing_date(question, tools)
    if dated.edition is None:
        return no_data(dated, "Which modifier that is")
    scored = []
    listing = (await tools.modifiers(dated)).modifiers
    of_list = wanted & set().union(*(_beginnings(one.title) for one in listing))
    if len(of_list) >= _TELLING:
        # Words that no text has say nothing of which it is.
        wanted = of_list
    for one in listing:
        words = _beginnings(one.title)
        share = len(wanted & words) / len(wanted)
        if share >= (1 if digit else _LEAST_SHARE):
            scored.append((-share, len(words), one.modifier, one))
    if not scored:
        return clarification("Which modifier (two characters) should be explained, or the modifiers of which code?")
    best = [one for *_, one in sorted(scored, key=lambda one: one[:3])[:_FOUND]]
    sources = (*source_of(dated), *await section_source(tools))
    found = bullets(f"{text_of(one)} {bypass(one)}" for one in best)
    of_cpt = _NOT_SEARCHED if scored[0][0] > -1 else ""
    return Answer(with_remark(paragraphs(found, of_cpt), dated), None, sources)


def _of_digit(text: str) -> str:
    """Return the finger or toe that a text names with its side, in the words of HCPCS; empty for none."""
    name = next((name for said, name in reversed(_DIGITS) if said.search(text)), "")
    return " ".join([*_SIDE.findall(text), name]) if name else ""


def _beginnings(text: str) -> set[str]:
    return {word[:_BEGINNING] for word in _WORD.findall(text.lower()) if word not in _NO_WORDS}
