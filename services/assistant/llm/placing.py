"""How a call of a model becomes a question: only with what the user said."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as lookup
from pydantic import ValidationError

from services.assistant.llm.tools import BY_NAME, Slots, Tool
from services.assistant.mentions import codes_in, compact, mentioned
from services.assistant.question import Code, Dates, Question, System

_SETTINGS = {
    "practitioner": lookup.SETTING_PRACTITIONER,
    "hospital": lookup.SETTING_HOSPITAL,
    "dme": lookup.SETTING_DME,
}
_CARE = {"inpatient": lookup.CARE_SETTING_INPATIENT, "outpatient": lookup.CARE_SETTING_OUTPATIENT}


class Misplaced(Exception):
    """A call names no tool, or arguments that it cannot have; the message says so to the model."""


class UnknownTool(Misplaced):
    """A call names no tool."""


def question_of(name: str, arguments: str, question: Question, said: str) -> Question:
    """Return a question as a call places it.

    `said` is all that was said: codes, modifiers, units, dates, places and sections are taken from there alone. What
    the rules have read of the question stays where the call says nothing, and its dates in any case. Raises Misplaced.
    """
    tool = BY_NAME.get(name)
    if tool is None:
        raise UnknownTool(f"There is no such tool. The tools are {', '.join(BY_NAME)}.")
    try:
        slots = Slots.model_validate_json(arguments or "{}")
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Misplaced("; ".join(wrong)) from None
    _require(tool, slots)
    _stands(slots, question, said)
    codes = [Code(line.code, (), tuple(line.modifiers), line.units) for line in slots.lines]
    codes += [Code(code, ()) for code in (*slots.codes, *slots.diagnoses)]
    changes = {
        "aspects": frozenset(slots.aspects),
        "codes": tuple(_read(code, question.codes) for code in codes),
        "modifiers": tuple(modifier.upper() for modifier in slots.modifiers),
        "units": slots.units,
        "dates": None if question.dates else _day(slots.date_of_service),
        "setting": slots.setting and _SETTINGS[slots.setting],
        "care": slots.care and _CARE[slots.care],
        "place": slots.place_of_service,
        "locality": slots.locality,
        "section": slots.section,
        "phrase": slots.phrase,
    }
    return question.about(tool.topic, missing="", **{name: value for name, value in changes.items() if value})


def _require(tool: Tool, slots: Slots) -> None:
    given = slots.model_fields_set
    if excess := given - set(tool.slots):
        raise Misplaced(f"{tool.name} does not take {', '.join(sorted(excess))}.")
    if lacking := [name for name in tool.needs if not getattr(slots, name)]:
        raise Misplaced(f"{tool.name} needs {', '.join(lacking)}.")
    if "codes" in tool.needs and len(slots.codes) < tool.least_codes:
        raise Misplaced(f"{tool.name} needs {tool.least_codes} codes.")
    if not set(slots.aspects) <= {*tool.aspects}:
        raise Misplaced(f"{tool.name} has no such aspects.")


def _stands(slots: Slots, question: Question, said: str) -> None:
    """Raise Misplaced for what the user did not say."""
    known = mentioned(said) | {compact(code.text) for code in question.codes}
    named = [*slots.codes, *slots.diagnoses, *(line.code for line in slots.lines)]
    named += [written for written, _ in codes_in(slots.phrase)]
    words = [
        *slots.modifiers,
        *(modifier for line in slots.lines for modifier in line.modifiers),
        slots.place_of_service,
    ]
    foreign = [code for code in named if compact(code) not in known and not _is_said(code, said)]
    foreign += [word for word in (*words, slots.section, slots.locality) if word and not _is_said(word, said)]
    numbers = [slots.units, *(line.units for line in slots.lines if "units" in line.model_fields_set)]
    foreign += [str(number) for number in numbers if number and number > 1 and not _is_said(str(number), said)]
    if slots.date_of_service and not question.dates and not _names_day(slots.date_of_service, said):
        foreign.append(slots.date_of_service.isoformat())
    if foreign:
        raise Misplaced(f"Not said by the user: {', '.join(foreign)}. Use only what was said.")


def _is_said(word: str, said: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said, re.IGNORECASE))


def _names_day(day: date, said: str) -> bool:
    """Tell whether a text names year, month and day of a date, in whatever form."""
    numbers = {int(number) for number in re.findall(r"\d+", said) if len(number) <= 4}
    months = {day.month} & numbers or re.search(rf"\b{calendar.month_abbr[day.month]}", said, re.IGNORECASE)
    return bool(months) and day.day in numbers and bool({day.year, day.year % 100} & numbers)


def _day(day: date | None) -> Dates | None:
    return Dates(day, day, day.isoformat()) if day else None


def _read(code: Code, read: Sequence[Code]) -> Code:
    """Return a code of a call as the rules read it, or with the systems that it may be of by its shape."""
    text = code.text.upper()
    before = next((one for one in read if compact(one.text) == compact(text)), None)
    return replace(code, text=before.text if before else text, systems=before.systems if before else _systems(text))


def _systems(code: str) -> tuple[System, ...]:
    if re.fullmatch(r"\d{4}[0-9AFMTU]", code):
        return (lookup.CODE_SYSTEM_CPT,)
    if re.fullmatch(r"\d{3}(?:\.\d{1,2})?|E\d{3}\.\d", code):
        return (lookup.CODE_SYSTEM_ICD9CM,)
    if re.fullmatch(r"[A-V]\d{4}", code):
        return (lookup.CODE_SYSTEM_HCPCS, lookup.CODE_SYSTEM_ICD10CM)
    if re.fullmatch(r"[0-9BCDFGHX][0-9A-HJ-NP-Z]{6}", code):
        return (lookup.CODE_SYSTEM_ICD10PCS, lookup.CODE_SYSTEM_ICD10CM)
    return (lookup.CODE_SYSTEM_ICD10CM,)
