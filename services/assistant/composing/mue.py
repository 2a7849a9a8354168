"""How many units of a service are paid, by the medically unlikely edits (MUE) of NCCI."""

import re
from collections.abc import Iterator
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Verdict, clarification
from services.assistant.composing.code_modifiers import modifiers_of
from services.assistant.composing.doses import amount_given, unit_named
from services.assistant.composing.guidelines import POLICY_MANUAL, passage_source
from services.assistant.composing.manual_rules import rule
from services.assistant.composing.parts import bold, bullets, joined, named, no_data, paragraphs, source_of, with_remark
from services.assistant.composing.procedures import (
    SETTING_NAMES,
    find_on,
    joined_answers,
    not_known,
    procedures_of,
    setting_of,
    settings_asked,
    worst,
)
from services.assistant.editions import Dated
from services.assistant.question import Aspect, Code, Question, Setting
from services.assistant.tools import Tools

_SOURCES = {
    lookup.SETTING_PRACTITIONER: lookup.FACT_SOURCE_MUE_PRACTITIONER,
    lookup.SETTING_HOSPITAL: lookup.FACT_SOURCE_MUE_HOSPITAL,
    lookup.SETTING_DME: lookup.FACT_SOURCE_MUE_DME,
}
_INDICATORS = {
    lookup.MUE_ADJUDICATION_INDICATOR_LINE: "1 (line edit): the units of each claim line are compared with the MUE; "
    "medically necessary units above it may go on further lines with an appropriate modifier",
    lookup.MUE_ADJUDICATION_INDICATOR_DATE_OF_SERVICE_POLICY: "2 (date of service edit by policy): all units of the "
    "date of service are added up; the limit is absolute, set by statute, regulation or the meaning of the code, and "
    "an appeal does not raise it",
    lookup.MUE_ADJUDICATION_INDICATOR_DATE_OF_SERVICE_CLINICAL: "3 (date of service edit by clinical benchmarks): all "
    "units of the date of service are added up; a denial may be appealed with a record that shows medical necessity",
}
_SECTION = "I.V"
# How both sides are counted, by the indicator of bilateral surgery.
_OF_BOTH_SIDES = {"0": "I.V.3.a.i", "1": "I.V.3.a.ii", "2": "I.V.3.a.iii", "3": "I.V.3.a.iv"}
_BILATERAL = re.compile(r"\bBilateral ([0-3])\b")
_REPORTED = re.compile(r"\bbilateral (?:\w+ )*procedure m(?:ust|ay) be reported\b")
# "one unit or two".
_CHOICE = re.compile(r"\b(?:one|1)\s+(?:units?\s+)?or\s+(?:two|2|more)\b", re.IGNORECASE)
# Units that are divided among lines.
_LINES = re.compile(r"\b(?:lines|split)\b", re.IGNORECASE)
# As a claim takes them.
_MOST_UNITS = 9999


async def units(question: Question, tools: Tools) -> Answer:
    """Say how many units are paid and how they are counted; with units, whether those are."""
    codes = procedures_of(question)
    if not codes:
        if Aspect.ADJUDICATION_INDICATOR in question.aspects:
            return await _explained(question, tools)
        return clarification("Of which procedure code (CPT or HCPCS) should the units be checked?")
    codes, question = _without_counts(codes, question)
    codes, no_codes = await _told_apart(codes, question, tools)
    settings = settings_asked(question)
    answers = [await _of_code(code, setting, question, tools) for code in codes for setting in settings]
    verdicts = {one.verdict for one in answers if one.verdict}
    # Alike for all, or the worst of checks.
    verdict = next(iter(verdicts), None) if len(verdicts) < 2 else worst(verdicts)
    if len(codes) == 1 and "50" in question.all_modifiers:
        answers = [*await _both_sides(codes[0], question, tools), *answers]
    answer = joined_answers(answers, None if _CHOICE.search(question.text) else verdict)
    return replace(answer, body=paragraphs(answer.body, *map(_no_code, no_codes)))


async def _both_sides(code: Code, question: Question, tools: Tools) -> list[Answer]:
    """Say how a service with modifier 50 is counted, by its indicator of bilateral surgery."""
    taken = await modifiers_of(code, ["50"], question, tools)
    indicator = _BILATERAL.search(taken.body)
    if indicator is None:
        return []
    said = await rule(_OF_BOTH_SIDES[indicator[1]], _REPORTED, tools)
    return [taken, *([Answer(said.text, sources=(said.source,))] if said else [])]


def _without_counts(codes: tuple[Code, ...], question: Question) -> tuple[tuple[Code, ...], Question]:
    """Return codes without numbers that count the units of one of them ("12000 units of J7203")."""
    for code in codes:
        others = [re.escape(one.text) for one in codes if one != code]
        count = rf"\b{code.text}\s*units?\s+(?:of\s+)?(?:{'|'.join(others)})\b"
        if code.text.isdigit() and others and re.search(count, question.text, re.IGNORECASE):
            return tuple(one for one in codes if one != code), replace(question, units=question.units or int(code.text))
    return codes, question


async def _told_apart(
    codes: tuple[Code, ...], question: Question, tools: Tools
) -> tuple[tuple[Code, ...], tuple[Code, ...]]:
    """Return the codes, and the numbers that are none, where there is a code beside them."""
    found = await find_on(codes, tools.on(_SOURCES[setting_of(question)], question.dates), tools)
    no_codes = tuple(
        code
        for code, one in zip(codes, found, strict=True)
        if one.entry is None and code.text.isdigit() and (one.dated.edition or not one.dated.loaded)
    )
    if len(no_codes) == len(codes):
        return codes, ()
    return tuple(code for code in codes if code not in no_codes), no_codes


def _no_code(code: Code) -> str:
    return f"**{code.text}** is not known as a code: no loaded source has anything for this number."


async def _explained(question: Question, tools: Tools) -> Answer:
    """Say what the adjudication indicators mean."""
    dated = tools.on(POLICY_MANUAL, question.dates)
    passage = await tools.passage(POLICY_MANUAL, _SECTION, dated) if dated.edition else None
    body = paragraphs(
        "The MUE adjudication indicator (MAI) says how units are counted, and whether a denial can be appealed:",
        bullets(f"MAI {meaning}." for meaning in _INDICATORS.values()),
    )
    sources = (passage_source(POLICY_MANUAL, _SECTION, dated),) if passage else ()
    return Answer(with_remark(body, dated), sources=sources)


async def _of_code(code: Code, setting: Setting, question: Question, tools: Tools) -> Answer:
    dated = tools.on(_SOURCES[setting], question.dates)
    if dated.edition is None:
        return no_data(dated, f"The MUE of {bold(code.text)} ({SETTING_NAMES[setting]})")
    (found,) = await find_on([code], dated, tools)
    if unknown := await not_known([found], dated, tools):
        return unknown
    title = found.entry.title if found.entry else ""
    count, of_dose = code.units or question.units, ""
    if count is None and len(procedures_of(question)) == 1:
        count, of_dose = _units_of_dose(code.text, title, question.text)
    limit = await _limit(code, setting, dated, count, tools)
    if limit and _is_of_lines(limit) and code.lines:
        # Each line is held against it by itself.
        count = max(line.units or 1 for line in code.lines)
    elif limit and _is_of_lines(limit) and _LINES.search(question.text):
        # How many of them are on each is not told.
        count, question = None, replace(question, binary=False)
    written = bold(found.entry.code, title) if found.entry else bold(code.text)
    others = [] if len(settings_asked(question)) > 1 else await _others(code, setting, question, tools)
    body = paragraphs(
        of_dose,
        _first(written, limit, count, setting, dated) if limit else _none(written, setting, dated),
        _of_lines(code, limit) if limit and code.lines else "",
        bullets([*(_facts(limit) if limit else ()), *others]),
    )
    entries = named(*([found.entry] if found.entry else []))
    # The title tells what a unit is.
    sources = source_of(dated, *([found.dated] if found.entry and found.entry.title else []))
    return Answer(with_remark(body, dated), _verdict(limit, count, question), sources, entries)


def _units_of_dose(code: str, title: str, text: str) -> tuple[int | None, str]:
    """Return the units of a dose or a time that a text names, and the sentence that says so; or why there are none."""
    given = amount_given(text)
    if given is None:
        return None, ""
    unit = unit_named(title)
    count = given.units_of(unit) if unit else None
    if unit and count:
        return count, f"{given.written} of {code} are {_units(count)} of {unit.written}."
    why = "its text does not say it" if title else "its descriptor, which says it, is not loaded"
    return None, f"How many units {given.written} of {code} are is not known: {why}."


def _is_of_lines(limit: lookup.MueLimit) -> bool:
    return limit.adjudication_indicator == lookup.MUE_ADJUDICATION_INDICATOR_LINE


def _of_lines(code: Code, limit: lookup.MueLimit) -> str:
    counted = "each is held against the MUE by itself" if _is_of_lines(limit) else "their units are added up"
    return f"The code is on {len(code.lines)} lines: {counted}. No PTP edit is between a code and itself."


async def _limit(code: Code, setting: Setting, dated: Dated, count: int | None, tools: Tools) -> lookup.MueLimit | None:
    """Return the MUE of a code in a setting, None when none is published."""
    line = lookup.ClaimLine(code=code.text, units=min(count or 1, _MOST_UNITS))
    checked = await tools.check(lookup.Claim(setting=setting, effective_on=dated.iso, lines=[line]))
    return next((one.mue for one in checked.findings if one.HasField("mue")), None)


async def _others(code: Code, setting: Setting, question: Question, tools: Tools) -> list[str]:
    """Say what the other settings have."""
    values = []
    for other, source in _SOURCES.items():
        dated = tools.on(source, question.dates)
        if other != setting and dated.edition and (limit := await _limit(code, other, dated, None, tools)):
            values.append(f"{SETTING_NAMES[other]} {limit.value:,}")
    return [f"In other settings: {joined(values)}"] if values else []


def _verdict(limit: lookup.MueLimit | None, count: int | None, question: Question) -> Verdict | None:
    if limit is None:
        return Verdict.NO_DATA
    if count is not None:
        return Verdict.PASS if count <= limit.value else Verdict.FAIL
    return Verdict.YES if question.binary else None


def _first(written: str, mue: lookup.MueLimit, count: int | None, setting: Setting, dated: Dated) -> str:
    per = "per claim line" if _is_of_lines(mue) else "per day"
    limit = f"{_units(mue.value)} {per}"
    assert dated.edition
    on = f"on {dated.iso} ({SETTING_NAMES[setting] if dated.named else dated.edition.name})"
    if count is None:
        return f"The MUE of {written} is {limit} {on}."
    if count <= mue.value:
        return f"{_units(count)} of {written}: within the MUE of {limit} {on}."
    return f"{_units(count)} of {written}: above the MUE of {limit} {on}; they would be denied."


def _none(written: str, setting: Setting, dated: Dated) -> str:
    assert dated.edition
    return (
        f"{dated.edition.name} publishes no MUE of {written} for the setting {SETTING_NAMES[setting]}. "
        "Some MUEs are confidential: this does not mean that there is no limit."
    )


def _facts(mue: lookup.MueLimit) -> Iterator[str]:
    yield f"MUE value: {mue.value:,}"
    yield f"MUE adjudication indicator: MAI {_INDICATORS[mue.adjudication_indicator]}"
    if mue.rationale:
        yield f"CMS rationale: {mue.rationale}"
    if mue.value == 0:
        yield "0 is a value like any other: no unit is paid in this setting."


def _units(count: int) -> str:
    return f"{count:,} unit{'' if count == 1 else 's'}"
