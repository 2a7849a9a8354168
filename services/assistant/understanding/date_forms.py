"""The ways in which coders write dates, and how each is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

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

_NOT_COUNTED = r"(?!\s*(?:x|units?|tab(?:let)?s?|doses?|of|mg|mcg|ml|iu|min(?:ute)?s?|hours?|hrs?|days?|lesions?|"
_NOT_COUNTED += r"modifiers?|mods?|on)\b)"
# When something was heard, and not when a service was given: "today I learned".
_HEARD = (
    r"(?!\s+(?:i|we|my|our|the|an?|in|at)\s+(?:\w+\s+){0,3}?"
    r"(?:learn\w*|asked|told|saw|read|heard|found|noticed|realized|said|says|discovered|studied|class|school)\b)"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_A_WEEKDAY = "|".join(_WEEKDAYS)
_ANOTHER_DAY = rf"yesterday|tomorrow|(?:last|this|next)\s+(?:{_A_WEEKDAY})"
_FROM_TODAY = rf"today|{_ANOTHER_DAY}|(?:last|this|next)\s+(?:year|month|quarter|week)"
# Of what is no service: "denied yesterday", "the visit came back today", "she fell again yesterday".
_TOLD = re.compile(
    r"\b(?:asked|began|bit|bitten|bounced|broke|burned|came|changed|cut|den(?:y|ied)|denials?|f[ae]ll|found|got|heard|hit|"
    r"hurt|injured|learn\w*|read|received|reject\w*|said|saw|sent|slipped|started|told|tripped|twisted)\b[^.?!;\n]*$",
    re.IGNORECASE,
)
# Beside a code numbers with a slash between may be a date without a year; the scales of other things are none.
_CODE = re.compile(r"(?<![\w.$])(?:\d{5}|[A-V]\d{4}|\d{4}[AFMTU]|[A-Z]\d\w\.?\w{0,4})(?!\w|\.\d)", re.IGNORECASE)
_SERVICE = re.compile(r"(?<![\w.$])(?:\d{5}|[A-V]\d{4}|\d{4}[AFMTU])(?!\w|\.\d)", re.IGNORECASE)
_ALONE = re.compile(r"\W*(?:(?:and|or|what|how|about|if|then|same|but|ok)\s+){0,3}\d\d?/\d\d?\W*", re.IGNORECASE)
OF_SCALE = re.compile(
    r"\b(?:pos|places?(?:\s+of\s+service)?|mai|indicators?|types?|stages?|grades?|class|levels?|modifiers?|mods?|pain|"
    r"strength|scores?|scale|ratio|vision|box(?:es)?|lines?|pages?|parts?|hccs?|columns?|versions?)\W*$",
    re.IGNORECASE,
)

# Years of code sets and fee schedules that anyone asks for.
_ANY_YEAR = re.compile(r"(?<![\w.$/-])20[0-4]\d(?![\w%/-])")
_YEAR_OF_DAY = re.compile(r"(?<![\w.$])\d\d?([-/])\d\d?\1(?P<year>20\d{2}|\d{2})(?![\w/%]|\.\d)")
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

Read = Callable[[re.Match[str], date], "tuple[date, date] | None"]


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write dates, and how it is read: `without_year` where the year follows from when it is asked."""

    pattern: re.Pattern[str]
    read: Read
    without_year: bool = False

    def taken(self, match: re.Match[str]) -> tuple[int, int]:
        """Return where in a text a match of it has the date itself."""
        return match.span("taken" if "taken" in match.re.groupindex else 0)


def year_said(text: str) -> int | None:
    """Return the year that a text writes with one of its dates, or by itself; None for none."""
    if match := _ANY_YEAR.search(text):
        return int(match.group())
    of_day = _YEAR_OF_DAY.search(text)
    return _year(of_day["year"]) if of_day else None


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


def numbers_read(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return a day with the month before it, as in America, or else after it."""
    year, month, day = _year(match["year"]), int(match["month"]), int(match["day"])
    return _day(year, month, day) or _day(year, day, month)


def _iso(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _day(int(match["year"]), int(match["month"]), int(match["day"]))


def _compact(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return a day as claim forms print it, beside a code: 080124, 08012024."""
    year = _year(match["year"])
    meant = _CODE.search(match.string) and _FIRST_SHORT_YEAR - 3 <= year <= today.year + 1
    return _day(year, int(match["month"]), int(match["day"])) if meant else None


def _days(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return the first and the last of days in a row: 7/1-7/31/24, 7/1/24-7/31/24, 7/1-7/31."""
    written = match["year"] or match["first_year"]
    year = _year(written) if written else year_said(match.string)
    to_month, to_day = int(match["to_month"]), int(match["to_day"])
    if year is None:
        last = _day(today.year, to_month, to_day)
        year = today.year if last and last[0] <= today else today.year - 1
    first = _day(_year(match["first_year"]) if match["first_year"] else year, int(match["month"]), int(match["day"]))
    last = _day(year, to_month, to_day)
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _beside_code(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return a day without a year, or a month with a short one, where codes are asked about: 8/1, 8/24."""
    text, start = match.string, match.start("taken")
    if not (_SERVICE.search(text) or _ALONE.fullmatch(text)) or OF_SCALE.search(text[:start]):
        return None
    return _without_year(match, today)


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
    if year := year_said(match.string):
        return _day(year, month, day)
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
    # "on monday" is the last one.
    which, unit = word.split() if " " in word else ("last", word)
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit in _WEEKDAYS:
        ahead = (_WEEKDAYS.index(unit) - today.weekday()) % 7
        day = today + timedelta(days=ahead or 7 if step > 0 else ahead - 7 if step < 0 or ahead else 0)
        return day, day
    if unit == "week":
        monday = today + timedelta(days=7 * step - today.weekday())
        return monday, monday + timedelta(days=6)
    if unit == "year":
        return _calendar(today.year + step)
    months = today.year * 12 + today.month - 1
    if unit == "quarter":
        quarters = months // 3 + step
        return _quarter(quarters // 4, quarters % 4 + 1)
    months += step
    return _month(months // 12, months % 12 + 1)


def _beside_codes(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """Return a day that is counted from today, where codes are asked about and nothing else is told of it."""
    text, start = match.string, match.start("taken")
    return _relative(match, today) if _CODE.search(text) and not _TOLD.search(text[:start]) else None


_DAYS_FROM_TODAY = {"today": 0, "yesterday": -1, "tomorrow": 1}


def _form(pattern: str, read: Read, *, without_year: bool = False) -> Form:
    return Form(re.compile(rf"(?<![\w.$/-]){pattern}(?![\w/%-]|\.\d)", re.IGNORECASE), read, without_year)


NUMBERED = _form(
    r"(?P<month>\d{1,2})(?P<sign>[-/.])(?P<day>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d{2}|\d{2})", numbers_read
)
# The longer forms first: what one has read is not read again.
FORMS = (
    _form(r"(?P<year>(?:19|20)\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:T[\d:.]+Z?)?", _iso),
    _form(r"(?P<year>20\d{2})(?P<month>0\d|1[0-2])(?P<day>[0-2]\d|3[01])", _iso),
    _form(rf"(?P<month>0\d|1[0-2])(?P<day>[0-2]\d|3[01])(?P<year>20\d\d|\d\d){_NOT_COUNTED}", _compact),
    _form(
        r"(?P<month>\d\d?)/(?P<day>\d\d?)(?:/(?P<first_year>\d{4}|\d\d))?\s?[-\u2013]\s?"
        r"(?P<to_month>\d\d?)/(?P<to_day>\d\d?)(?:/(?P<year>\d{4}|\d\d))?",
        _days,
        without_year=True,
    ),
    NUMBERED,
    _form(rf"{_MONTH}\s*{_DAY}(?:\s*,\s*|\s+(?:of\s+)?|(?=['’]))(?P<year>(?:19|20)\d{{2}}|['’]\d{{2}})", _named_day),
    _form(rf"{_MONTH}\s*{_DAY}\s*,\s*(?P<year>\d{{2}})", _named_day),
    # "aug 15 24", but not "aug 15 24 units".
    _form(rf"{_MONTH}\s*{_DAY}\s+(?P<year>[12]\d){_NOT_COUNTED}", _named_day),
    _form(rf"(?:the\s+)?{_DAY}[\s-]*(?:of\s+)?{_MONTH}[\s,-]*{_SHORT_YEAR}", _named_day),
    _form(rf"{_MONTH}[\s,-]*(?:of\s+)?{_YEAR}", _named_month),
    _form(rf"{_MONTH}[\s-]*['’](?P<year>\d{{2}})", _named_month),
    _form(rf"{_YEAR}\s+{_MONTH}", _named_month),
    _form(r"(?:in|of|for|since)\s+['’](?P<year>\d{2})", _of_year),
    _form(rf"{_MONTH}\s+{_DAY}", _named_day_without_year, without_year=True),
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
    _form(rf"{_SERVED}\W+(?P<taken>(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}))", _without_year, without_year=True),
    _form(rf"(?P<taken>(?P<month>1[0-2]|0?[1-9])/(?P<day>\d\d?)){_NOT_COUNTED}", _beside_code, without_year=True),
    _form(
        rf"(?:{_SERVED}|as of|valid|active|effective|billable|used?|billed?|accepted|"
        rf"allowed)\s+(?P<taken>{_FROM_TODAY})",
        _relative,
    ),
    _form(r"still\b[^.?!;]{1,40}\s(?P<taken>today)", _relative),
    _form(r"in\s+(?P<taken>(?:last|this|next)\s+(?:year|month|quarter|week))", _relative),
    _form(rf"^\W*(?:(?:and|or|what about|how about)\s+)?(?P<taken>{_FROM_TODAY}){_HEARD}", _relative),
    # Today beside a code is no more than no date at all.
    _form(rf"(?P<taken>{_ANOTHER_DAY}){_HEARD}", _beside_codes),
    _form(rf"(?:on|dos|seen)\s+(?P<taken>{_A_WEEKDAY}){_HEARD}", _beside_codes),
    _form(rf"{_YEAR}(?!\s*(?:units?|mg|mcg|ml|iu)\b)", _of_year),
)
