"""Dates of service as coders write them: days, months, quarters and years."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.assistant.question import Dates

MARK = "<date>"

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
_MONTH += r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_SHORT_YEAR = r"(?P<year>(?:19|20)\d{2}|['’]?\d{2})"
_SERVED = r"(?:dos|date of service|service date|dated?|seen|on|since|before|after|from|until|through|for|of)"

_NOT_COUNTED = r"(?!\s*(?:x|units?|mg|mcg|ml|iu|min(?:ute)?s?|hours?|hrs?|days?|lesions?|modifiers?|mods?|on)\b)"
# When something was heard, and not when a service was given: "today I learned".
_HEARD = (
    r"(?!\s+(?:i|we|my|our|the|an?|in|at)\s+(?:\w+\s+){0,3}?"
    r"(?:learn\w*|asked|told|saw|read|heard|found|noticed|realized|said|says|discovered|studied|class|school)\b)"
)
_FROM_TODAY = r"today|yesterday|tomorrow|(?:last|this|next)\s+(?:year|month|quarter)"

# Years of code sets and fee schedules that anyone asks for.
_ANY_YEAR = re.compile(r"(?<![\w.$/-])20[0-4]\d(?![\w%/-])")
_FIRST_YEAR = 1980
_LAST_YEAR = 2049
_CENTURY = 2000
# Of two digits after a month that may be a day of it: the first year, and how long ago days without a year are.
_FIRST_SHORT_YEAR = 2018
_RECENT = timedelta(days=60)
_OF_A_DAY = re.compile(
    r"\b(?:on|dos|d\.o\.s\.|date|service|svc|seen|performed|done|admitted|discharged|and|to|thru|through)(?:\W+(?:was|is))?\W*$",
    re.IGNORECASE,
)
_OF_A_MONTH = re.compile(r"(?:\b(?:in|of)\s+|\()$", re.IGNORECASE)
_GOES_ON = re.compile(
    r"(?:st|nd|rd|th)\b|\s*(?:-|\u2013|to|thru|through|and)\s*(?:\d|[a-z]{3,9}\.?\s+\d)", re.IGNORECASE
)
# What is of a year: "2026 guidelines", "for 2025".
_OF_YEARS = (
    r"(?:ocg|guidelines?|manual|edition|version|release|update|book|rules?|icd[\w-]*|hcpcs|cpt|ncci|codes?|coded|code\s+set|dos|"
    r"service|claims?|encounters?|visits?|discharges?|admissions?|valid|effective|billable|reportable|billed|reported|used|accepted|"
    r"together)"
)

# Between days of which each is asked about, and before those that only begin and end a time.
_IN_A_ROW = re.compile(r"\s*,?\s*(?:vs\.?|versus|and|or|&|/|then)\s*(?:then\s+)?(?:(?:on|for|dos)\s+)?", re.IGNORECASE)
_A_TIME = re.compile(r"\b(?:between|from|since)\s+$", re.IGNORECASE)

Read = Callable[[re.Match[str], date], "tuple[date, date] | None"]


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write dates, and how it is read."""

    pattern: re.Pattern[str]
    read: Read


def take_dates(text: str, today: date) -> tuple[Dates | None, str]:
    """Return the dates that a text names, and the text with a mark in the place of each.

    Of several the first counts, one that is said to be of service before others, a day before a month or a year.
    Two days with a dash between them are a span.
    """
    found = list(_found(text, today))
    for start, end, _, _ in reversed(found):
        text = f"{text[:start]} {MARK} {text[end:]}"
    if not found:
        return None, text
    _, _, dates, served = found[0]
    for _, _, other, other_served in found[1:]:
        within = dates.first <= other.first and other.last <= dates.last
        narrower = not dates.single and (within or (other.single and not served))
        if (other_served and not served) or narrower:
            dates, served = other, other_served
    return dates, text


def for_each_day(text: str, today: date) -> list[str]:
    """Return a text once for each of the days that it names in a row: "11042 with 97597 on 9/30/24 vs 10/1/24"."""
    found = list(_found(text, today))
    row = found[:1]
    for span in found[1:]:
        if _IN_A_ROW.fullmatch(text[row[-1][1] : span[0]]):
            row.append(span)
        elif len(row) == 1:
            row = [span]
        else:
            break
    if len(row) < 2 or not all(dates.single for _, _, dates, _ in row) or _A_TIME.search(text[: row[0][0]]):
        return [text]
    before, after = text[: row[0][0]], text[row[-1][1] :]
    return [f"{before}{text[start:end]}{after}" for start, end, _, _ in row]


def tells_history(text: str, dates: Dates) -> bool:
    """Tell whether dates are a year in which something happened to a patient: "a knee replacement from 2018"."""
    if (dates.first.month, dates.last.month, dates.last.day) != (1, 12, 31):
        return False
    written = re.escape(dates.written)
    before = rf"(?:{_OF_YEARS}(?:\s+(?:in|of|from|for|year))?|for|cy|year)"
    return not re.search(rf"\b{before}\s+{written}|{written}\s+{_OF_YEARS}\b", text, re.IGNORECASE)


def _found(text: str, today: date) -> Iterator[tuple[int, int, Dates, bool]]:
    """Yield each date with its place in the text, and whether it is said to be one of service."""
    spans: list[tuple[int, int, Dates, bool]] = []
    for form in _FORMS:
        for match in form.pattern.finditer(text):
            start, end = match.span("taken" if "taken" in match.re.groupindex else 0)
            if any(start < other_end and other_start < end for other_start, other_end, _, _ in spans):
                continue
            if read := form.read(match, today):
                spans.append((start, end, Dates(*read, text[start:end].strip()), _is_served(text, start)))
    spans.sort(key=lambda one: one[0])
    joined: list[tuple[int, int, Dates, bool]] = []
    for span in spans:
        if joined and _is_span(text[joined[-1][1] : span[0]], joined[-1][2], span[2]):
            start, _, first, served = joined.pop()
            last = Dates(first.first, span[2].last, text[start : span[1]].strip())
            joined.append((start, span[1], last, served))
        else:
            joined.append(span)
    yield from joined


def _is_served(text: str, start: int) -> bool:
    return bool(
        re.search(r"\b(?:dos|d\.o\.s\.|service|seen|performed|done|discharged)\W*(?:\w+\W+){0,2}$", text[:start], re.I)
    )


def _is_span(between: str, first: Dates, last: Dates) -> bool:
    return between.strip().lower() in ("-", "–", "to", "through", "thru") and first.first <= last.first


def _day(year: int, month: int, day: int) -> tuple[date, date] | None:
    try:
        one = date(year, month, day)
    except ValueError:
        return None
    return one, one


def _month(year: int, month: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _quarter(year: int, quarter: int) -> tuple[date, date] | None:
    first, last = _month(year, 3 * quarter - 2), _month(year, 3 * quarter)
    return (first[0], last[1]) if first and last else None


def _calendar(year: int) -> tuple[date, date] | None:
    return (date(year, 1, 1), date(year, 12, 31)) if _FIRST_YEAR <= year <= _LAST_YEAR else None


def _fiscal(year: int) -> tuple[date, date] | None:
    """Return the fiscal year: from 1 October of the year before."""
    return (date(year - 1, 10, 1), date(year, 9, 30)) if _FIRST_YEAR < year <= _LAST_YEAR else None


def _year(written: str) -> int:
    number = int(written.lstrip("'’"))
    return number if number >= 100 else _CENTURY + number


def _month_number(written: str) -> int:
    return next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(written.lower()[:3]))


def _numbers(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _day(_year(match["year"]), int(match["month"]), int(match["day"]))


def _without_year(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _latest(match, int(match["month"]), today)


def _named_day(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _day(_year(match["year"]), _month_number(match["month"]), int(match["day"]))


def _named_day_without_year(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _latest(match, _month_number(match["month"]), today)


def _latest(match: re.Match[str], month: int, today: date) -> tuple[date, date] | None:
    """Return such a day of the year that the text names elsewhere, or the latest one that is not to come.

    "aug 24" is a month where it is not said to be a day, and that day was long ago.
    """
    day = int(match["day"])
    if year := _ANY_YEAR.search(match.string):
        return _day(int(year.group()), month, day)
    own = _day(today.year, month, day)
    latest = own if own and own[0] <= today else _day(today.year - 1, month, day)
    before, after = match.string[: match.start("month")], match.string[match.end("day") :]
    if not _FIRST_SHORT_YEAR <= _CENTURY + day < today.year or _OF_A_DAY.search(before) or _GOES_ON.match(after):
        return latest
    recent = latest and today - latest[0] <= _RECENT
    return latest if recent and not _OF_A_MONTH.search(before) else _month(_CENTURY + day, month)


def _named_month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _month(_year(match["year"]), _month_number(match["month"]))


def _numbered_month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _month(int(match["year"]), int(match["month"]))


def _named_quarter(match: re.Match[str], today: date) -> tuple[date, date] | None:
    quarter = match["quarter"].lower()
    return _quarter(_year(match["year"]), _ORDINALS.get(quarter) or int(quarter))


def _of_fiscal_year(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _fiscal(_year(match["year"]))


def _of_year(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _calendar(_year(match["year"]))


def _relative(match: re.Match[str], today: date) -> tuple[date, date] | None:
    word = " ".join(match["taken"].lower().split())
    if word in _DAYS_FROM_TODAY:
        day = today + timedelta(days=_DAYS_FROM_TODAY[word])
        return day, day
    which, unit = word.split()
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "year":
        return _calendar(today.year + step)
    months = today.year * 12 + today.month - 1
    if unit == "quarter":
        quarters = months // 3 + step
        return _quarter(quarters // 4, quarters % 4 + 1)
    months += step
    return _month(months // 12, months % 12 + 1)


_DAYS_FROM_TODAY = {"today": 0, "yesterday": -1, "tomorrow": 1}


def _form(pattern: str, read: Read) -> _Form:
    return _Form(re.compile(rf"(?<![\w.$/-]){pattern}(?![\w/%-]|\.\d)", re.IGNORECASE), read)


# The longer forms first: what one has read is not read again.
_FORMS = (
    _form(r"(?P<year>(?:19|20)\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:T[\d:.]+Z?)?", _numbers),
    _form(r"(?P<year>20\d{2})(?P<month>0\d|1[0-2])(?P<day>[0-2]\d|3[01])", _numbers),
    _form(r"(?P<month>\d{1,2})(?P<sign>[-/.])(?P<day>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d{2}|\d{2})", _numbers),
    _form(rf"{_MONTH}\s*{_DAY}(?:\s*,\s*|\s+(?:of\s+)?|(?=['’]))(?P<year>(?:19|20)\d{{2}}|['’]\d{{2}})", _named_day),
    _form(rf"{_MONTH}\s*{_DAY}\s*,\s*(?P<year>\d{{2}})", _named_day),
    # "aug 15 24", but not "aug 15 24 units".
    _form(rf"{_MONTH}\s*{_DAY}\s+(?P<year>[12]\d){_NOT_COUNTED}", _named_day),
    _form(rf"(?:the\s+)?{_DAY}[\s-]*(?:of\s+)?{_MONTH}[\s,-]*{_SHORT_YEAR}", _named_day),
    _form(rf"{_MONTH}[\s,-]*(?:of\s+)?{_YEAR}", _named_month),
    _form(rf"{_MONTH}[\s-]*['’](?P<year>\d{{2}})", _named_month),
    _form(rf"{_YEAR}\s+{_MONTH}", _named_month),
    _form(r"(?:in|of|for|since)\s+['’](?P<year>\d{2})", _of_year),
    _form(rf"{_MONTH}\s+{_DAY}", _named_day_without_year),
    _form(r"(?P<month>0?[1-9]|1[0-2])/(?P<year>20\d{2})", _numbered_month),
    _form(r"(?P<year>20\d{2})-(?P<month>0[1-9]|1[0-2])", _numbered_month),
    _form(rf"{_YEAR}\s*,?\s*-?q(?:tr|uarter)?\s*-?(?P<quarter>[1-4])", _named_quarter),
    # "q211" is a diagnosis.
    _form(rf"q(?!\d{{3}}(?!\d))(?:tr|uarter)?\s*-?(?P<quarter>[1-4])\s*,?\s*(?:of\s+|/)?{_SHORT_YEAR}", _named_quarter),
    _form(r"(?P<quarter>[1-4])q\s*(?P<year>20\d{2}|['’]?\d{2})", _named_quarter),
    _form(
        rf"(?:the\s+)?(?P<quarter>first|second|third|fourth|1st|2nd|3rd|4th)[\s-]+(?:quarter|qtr|q)\s*,?\s*(?:of\s+)?"
        rf"(?:cy\s*)?{_SHORT_YEAR}",
        _named_quarter,
    ),
    _form(
        rf"{_YEAR}\s*,?\s+(?P<quarter>first|second|third|fourth|1st|2nd|3rd|4th)[\s-]+(?:quarter|qtr)", _named_quarter
    ),
    _form(rf"(?:fy|f\.y\.|fiscal\s+year|fiscal)\s*-?{_SHORT_YEAR}", _of_fiscal_year),
    # Editions of ICD-10 are those of a fiscal year.
    _form(rf"icd[\s-]?10(?:[\s-]?(?:cm|pcs))?\s+(?P<taken>{_YEAR})", _of_fiscal_year),
    _form(rf"{_YEAR}(?=\s+icd[\s-]?10)", _of_fiscal_year),
    _form(rf"(?:cy|calendar\s+year)\s*-?{_SHORT_YEAR}", _of_year),
    _form(rf"{_SERVED}\W+(?P<taken>(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}))", _without_year),
    _form(
        rf"(?:{_SERVED}|as of|valid|active|effective|billable|used?|billed?|accepted|"
        rf"allowed)\s+(?P<taken>{_FROM_TODAY})",
        _relative,
    ),
    _form(r"still\b[^.?!;]{1,40}\s(?P<taken>today)", _relative),
    _form(r"in\s+(?P<taken>(?:last|this|next)\s+(?:year|month|quarter))", _relative),
    _form(rf"^\W*(?:(?:and|or|what about|how about)\s+)?(?P<taken>{_FROM_TODAY}){_HEARD}", _relative),
    _form(rf"{_YEAR}(?!\s*(?:units?|mg|mcg|ml|iu)\b)", _of_year),
)
