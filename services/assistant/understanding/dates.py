"""Dates of service as coders write them: days, months, quarters and years."""

import re
from dataclasses import dataclass, replace
from datetime import date

from services.assistant.question import Dates
from services.assistant.understanding.date_forms import FORMS, NUMBERED, OF_SCALE, numbers_read, year_said

MARK = "<date>"

# Modifiers of numbers begin with it: a list of them is no date.
_LEAST_MODIFIER = 22
_MONTHS_DIFFER = 3
# Of what else than a service a date is: "edits from 7/1/24", "denied 9/15".
_OF_OTHERS = re.compile(
    r"\b(?:from|since|until|till|before|after|effective|billed|den\w+|reject\w*|paid|processed|received|submitted|sent|"
    r"posted|publish\w*|updated|born|dob)(?:\s+(?:on|date|in|of|as))?\W*$",
    re.IGNORECASE,
)
# What is between two dates that are both asked about.
_BOTH = re.compile(
    r"[\s,;&/]*(?:(?:and|or|vs\.?|versus|then|to|on|in|compared|with|also|for|the)[\s,]+)*", re.IGNORECASE
)
# What is of a year: "2026 guidelines", "for 2025".
_OF_YEARS = (
    r"(?:ocg|guidelines?|manual|edition|version|release|update|book|rules?|icd[\w-]*|hcpcs|cpt|ncci|codes?|coded|code\s+set|dos|"
    r"service|claims?|encounters?|visits?|discharges?|admissions?|valid|effective|billable|reportable|billed|reported|used|accepted|"
    r"together)"
)


def take_dates(text: str, today: date) -> tuple[tuple[Dates, ...], str]:
    """Return the dates that a text names, and the text with a mark in the place of each.

    The one that counts is first: one that is said to be of service before others, a day before a month or a year.
    The others follow that may be of service as well. Two days with a dash between them are a span. What has the form
    of a date and is none, such as 9/31/24, is marked too.
    """
    while none := _impossible(text):
        text = f"{text[: none.start()]} {MARK} {text[none.end() :]}"
    named = _found(text, today)
    marked = text
    for one in reversed(named):
        marked = f"{marked[: one.start]} {MARK} {marked[one.end :]}"
    # What is counted from today tells when something was said, where a date is written.
    written = [one for one in named if one.served or not is_relative(one.dates)]
    served = [one for one in written if one.served]
    of_service = served or [one for one in written if one.joins] or written or named
    if not of_service:
        return (), marked
    first, *others = of_service
    for other in others:
        if not first.dates.single and (other.dates.single or first.dates.covers(other.dates)):
            first = other
    further = [one.dates for one in others if _is_asked_too(one, first, text)]
    return (first.dates, *dict.fromkeys(further)), marked


def _is_asked_too(one: "_Named", first: "_Named", text: str) -> bool:
    """Whether a date is asked about as the first is: one that is as long, in the same sentence, apart from it."""
    same = first.dates.single and one.dates.single and not re.search(r"[.?!;]\s", text[first.end : one.start])
    alike = not first.dates.single and abs(first.dates.days - one.dates.days) <= _MONTHS_DIFFER
    same = same or (alike and _BOTH.fullmatch(text, first.end, one.start) is not None)
    return (
        same
        and first.start < one.start
        and first.dates.written != one.dates.written
        and not first.dates.covers(one.dates)
    )


def impossible_date(text: str) -> str:
    """Return what a text writes as a date and is none of the calendar, such as 9/31/24; empty for nothing."""
    none = _impossible(text)
    return none.group() if none else ""


def is_relative(dates: Dates) -> bool:
    """Tell whether dates are counted from today: "yesterday", "next month"."""
    return not any(map(str.isdigit, dates.written))


def tells_history(text: str, dates: Dates) -> bool:
    """Tell whether dates are a year in which something happened to a patient: "a knee replacement from 2018"."""
    if (dates.first.month, dates.last.month, dates.last.day) != (1, 12, 31):
        return False
    written = re.escape(dates.written)
    before = rf"(?:{_OF_YEARS}(?:\s+(?:in|of|from|for|year))?|for|cy|year)"
    return not re.search(rf"\b{before}\s+{written}|{written}\s+{_OF_YEARS}\b", text, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Named:
    """A date with its place in a text.

    `served`: it is said to be one of service. `joins`: nothing says that it is of something else.
    """

    start: int
    end: int
    dates: Dates
    served: bool
    joins: bool


def _found(text: str, today: date) -> list[_Named]:
    """Return each date of a text, in their order."""
    found: list[_Named] = []
    for form in FORMS:
        for match in form.pattern.finditer(text):
            start, end = form.taken(match)
            if any(start < other.end and other.start < end for other in found):
                continue
            if read := form.read(match, today):
                unsaid = form.without_year and year_said(text) is None
                dates = Dates(*read, text[start:end].strip(), without_year=unsaid)
                joins = not _OF_OTHERS.search(text[:start])
                found.append(_Named(start, end, dates, _is_served(text, start), joins))
    found.sort(key=lambda one: one.start)
    joined: list[_Named] = []
    for one in found:
        before = joined[-1] if joined else None
        if before and _is_span(text[before.end : one.start], before.dates, one.dates):
            whole = Dates(before.dates.first, one.dates.last, text[before.start : one.end].strip())
            joined[-1] = replace(before, end=one.end, dates=whole)
        else:
            joined.append(one)
    return joined


def _impossible(text: str) -> re.Match[str] | None:
    """Return what is written as a date and is none; a list of modifiers or of places is not."""
    for match in NUMBERED.pattern.finditer(text):
        least = min(int(match[name]) for name in ("month", "day", "year"))
        meant = match["sign"] == "/" and least < _LEAST_MODIFIER and not OF_SCALE.search(text[: match.start()])
        if meant and not numbers_read(match, date.min):
            return match
    return None


def _is_served(text: str, start: int) -> bool:
    return bool(
        re.search(r"\b(?:dos|d\.o\.s\.|service|seen|performed|done|discharged)\W*(?:\w+\W+){0,2}$", text[:start], re.I)
    )


def _is_span(between: str, first: Dates, last: Dates) -> bool:
    return between.strip().lower() in ("-", "–", "to", "through", "thru") and first.first <= last.first
