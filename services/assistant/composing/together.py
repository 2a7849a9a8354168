"""Whether diagnoses may be reported together on one claim."""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing.first_listed import Rule, rule_against
from services.assistant.composing.notes import Printed, naming, printed_notes
from services.assistant.composing.parts import (
    bold,
    bullets,
    find_in_print,
    guideline,
    in_force,
    joined,
    named,
    paragraphs,
    source_of,
    standing,
    unknown,
    unprinted,
    with_remark,
)
from services.assistant.composing.ranges import section
from services.assistant.composing.sides import bilateral_of
from services.assistant.editions import system_name
from services.assistant.question import Aspect, Dates, Question
from services.assistant.tools import Found, Tools

_EXCLUDES1_SECTION = "I.A.12.a"
_SEQUENCE = (lookup.NOTE_KIND_CODE_FIRST, lookup.NOTE_KIND_USE_ADDITIONAL_CODE, lookup.NOTE_KIND_CODE_ALSO)


class _Pair(NamedTuple):
    """A note that governs one of two diagnoses and names the other."""

    governed: lookup.Entry
    other: lookup.Entry
    note: Printed


async def diagnoses(question: Question, tools: Tools) -> Answer:
    """Say whether diagnoses may be reported together, by the Excludes1 notes of each and by their sides; or in which
    order, by the other notes.
    """
    if not question.codes:
        return clarification("Which diagnosis codes should be reported together?")
    if len(question.codes) == 1:
        return clarification(f"With which other diagnosis should {question.codes[0].text} be reported?")
    found = await find_in_print(question, tools)
    for one in found:
        if one.entry is None:
            # A range is no diagnosis of a claim.
            return await section(one, tools) or await unknown(one, tools, Verdict.FAIL)
        if one.system != lookup.CODE_SYSTEM_ICD10CM:
            text = f"{bold(one.entry.code, one.entry.title)} is a code of {system_name(one.system)}, no diagnosis."
            text += " Excludes notes are of ICD-10-CM diagnoses."
            return Answer(text, Verdict.NO_DATA, source_of(one.dated), named(one.entry))
        if not one.printed:
            return unprinted(one)
    return await _of_diagnoses(found, question, tools)


async def _of_diagnoses(found: Sequence[Found], question: Question, tools: Tools) -> Answer:
    dated = found[0].dated
    entries = [one.entry for one in found if one.entry]
    notes = {one.entry.code: await printed_notes(one, tools) for one in found if one.entry}
    pairs = list(_excluded(entries, notes))
    first = [pair for pair in pairs if pair.note.kind == lookup.NOTE_KIND_EXCLUDES1]
    second = [pair for pair in pairs if pair.note.kind == lookup.NOTE_KIND_EXCLUDES2]
    sides = [line for one, other in combinations(found, 2) if (line := await _both_sides(one, other, tools))]
    invalid = [one for one in entries if not (one.billable and in_force(one, dated.on))]
    ordered = list(_ordered(entries, notes))
    order = Aspect.CODE_FIRST in question.aspects
    parts, sources = [_answer(entries, first, sides)], list(source_of(dated))
    if order:
        never_first = await _never_first(found, notes, question.dates, tools)
        parts.insert(0, _order(entries, ordered, [rule.text for rule in never_first]))
        sources += [source for rule in never_first for source in rule.sources]
    if first:
        parts.append(bullets(dict.fromkeys(map(_line, first))))
        caveat, source = await _unrelated(question.dates, tools)
        parts.append(caveat)
        sources += source
    if second:
        parts.append("Excludes2 notes, which allow both when both are documented:")
        parts.append(bullets(dict.fromkeys(map(_line, second))))
    if ordered and not order:
        parts.append("Sequence:\n\n" + bullets(dict.fromkeys(ordered)))
    if invalid:
        lines = (f"{bold(one.code)} is {standing(one, dated.on)}" for one in invalid)
        parts.append("On a claim each code also has to be valid for submission:\n\n" + bullets(lines))
    verdict = Verdict.FAIL if first or sides else Verdict.PASS
    return Answer(
        with_remark(paragraphs(*parts), dated),
        # What may not be together has no order.
        verdict if question.binary or not order or verdict is Verdict.FAIL else None,
        once(sources),
        named(*entries),
    )


async def _never_first(
    found: Sequence[Found], notes: dict[str, list[Printed]], dates: Dates | None, tools: Tools
) -> list[Rule]:
    """Return the rules by which some of the diagnoses may not be first-listed; none where they are about all."""
    rules = []
    for one in found:
        assert one.entry
        if rule := await rule_against(one, notes[one.entry.code], dates, tools):
            rules.append(Rule(f"{one.entry.code} may not be first-listed: {rule.text}", rule.sources))
    return rules if len(rules) < len(found) else []


def _order(entries: Sequence[lookup.Entry], ordered: Sequence[str], never_first: Sequence[str]) -> str:
    """Return what the notes and the guidelines say of the order on the claim."""
    if ordered or never_first:
        return "Sequence, by the notes and the guidelines:\n\n" + bullets(dict.fromkeys([*ordered, *never_first]))
    which, other = ("either", "the other") if len(entries) == 2 else ("any", "another")
    return (
        f"No code first or use additional code note of {which} names {other}: the order follows from the reason for "
        "the encounter, which is sequenced first, and from the guidelines of the chapter."
    )


def _answer(entries: Sequence[lookup.Entry], first: Sequence[_Pair], sides: Sequence[str]) -> str:
    codes = joined([bold(one.code, one.title) for one in entries])
    if first:
        pair = first[0]
        which = "they" if len(entries) == 2 else joined([pair.governed.code, pair.other.code])
        return f"{codes}: {which} are not reported together, an Excludes1 note at {pair.note.where} stands against it."
    if sides:
        return f"{codes}: {' '.join(sides)}"
    which, other = ("either", "the other") if len(entries) == 2 else ("any", "another")
    return f"{codes} may be reported together: no Excludes1 note of {which} names {other}."


def _excluded(entries: Sequence[lookup.Entry], notes: dict[str, list[Printed]]) -> Iterator[_Pair]:
    """Yield the Excludes notes of either of every two diagnoses that name the other."""
    for governed, other in permutations(entries, 2):
        for note in naming(notes[governed.code], governed.code, other.code):
            yield _Pair(governed, other, note)


def _line(pair: _Pair) -> str:
    kind = "Excludes1" if pair.note.kind == lookup.NOTE_KIND_EXCLUDES1 else "Excludes2"
    inherited = f", which governs {pair.governed.code}" if pair.note.inherited else ""
    return f"{kind} at {pair.note.where}{inherited}: \u201c{pair.note.text}\u201d"


def _ordered(entries: Sequence[lookup.Entry], notes: dict[str, list[Printed]]) -> Iterator[str]:
    """Yield what the notes of one diagnosis say of the place of another on the claim."""
    for governed, other in permutations(entries, 2):
        for note in naming(notes[governed.code], governed.code, other.code, _SEQUENCE):
            yield _sequence(governed.code, other.code, note)


def _sequence(governed: str, other: str, note: Printed) -> str:
    where = f"at {note.where}: \u201c{note.text}\u201d"
    if note.kind == lookup.NOTE_KIND_CODE_FIRST:
        return f"{other} goes before {governed} (Code first {where})"
    if note.kind == lookup.NOTE_KIND_USE_ADDITIONAL_CODE:
        return f"{governed} goes before {other} (Use additional code {where})"
    return f"Both are reported, in the order of the circumstances of the encounter (Code also {where})"


async def _both_sides(one: Found, other: Found, tools: Tools) -> str:
    """Return that two diagnoses say right and left of what has a code for both sides, else nothing."""
    both = await bilateral_of(one, other, tools)
    if both is None:
        return ""
    assert one.entry
    assert other.entry
    return (
        f"{one.entry.code} and {other.entry.code} say the two sides of one condition: "
        f"the bilateral code {bold(both.code, both.title)} is reported instead."
    )


async def _unrelated(dates: Dates | None, tools: Tools) -> tuple[str, tuple[Source, ...]]:
    """Return the exception that the guidelines make of Excludes1, when they are loaded for the date."""
    source = await guideline(_EXCLUDES1_SECTION, dates, tools)
    if source is None:
        return "", ()
    text = "Exception: two conditions that are unrelated to each other may both be reported despite an Excludes1 note"
    return f"{text} ({source.name}).", (source,)
