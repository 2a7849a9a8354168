"""The quarter, the month or the year that the name or the heading of a published file says."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)
_QUARTER = re.compile(r"(?<!\d)(20\d\d)[ _-]?q([1-4])(?!\d)", re.IGNORECASE | re.ASCII)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_NAME = rf"({'|'.join(_MONTHS)})[a-z]*"
_MONTH_PATTERNS = (
    # 2024-07, 2024_07, 202407, also with a day behind it.
    (re.compile(r"(?<!\d)(20\d\d)[ _-]?(0[1-9]|1[0-2])(?:[ _-]?[0-3]\d)?(?!\d)", re.ASCII), 1, 2),
    # 07-01-2026, 07/01/2026.
    (re.compile(r"(?<!\d)(0[1-9]|1[0-2])[-_/][0-3]\d[-_/](20\d\d)(?!\d)", re.ASCII), 2, 1),
    # OCT2025, July 2024, jul_2026.
    (re.compile(rf"(?<![a-z]){_NAME}[ _-]*(20\d\d)(?!\d)", re.IGNORECASE | re.ASCII), 2, 1),
    # 2026_OCT, 2026 July.
    (re.compile(rf"(?<!\d)(20\d\d)[ _-]*{_NAME}(?![a-z])", re.IGNORECASE | re.ASCII), 1, 2),
)


@dataclass(frozen=True, slots=True)
class Period:
    """What an edition is called, and the first and last date of service it is valid for."""

    label: str
    effective_from: date
    effective_to: date


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a calendar year, `number` 1 to 4."""

    year: int
    number: int

    @property
    def label(self) -> str:
        """The quarter as editions are called, such as 2026Q3."""
        return f"{self.year}Q{self.number}"

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """The last day of the quarter."""
        month = 3 * self.number
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """Return the quarter of a day."""
        return cls(day.year, (day.month + 2) // 3)


def quarter_in(text: str) -> Quarter | None:
    """Return the last quarter that a text names, or the quarter of the last month that it names; None for neither."""
    if named := _QUARTER.findall(text):
        year, number = named[-1]
        return Quarter(int(year), int(number))
    month = month_in(text)
    return Quarter.of(month) if month else None


def month_in(text: str) -> date | None:
    """Return the first day of the last month that a text names with its year, None when it names none."""
    found: list[tuple[int, date]] = []
    for pattern, year, month in _MONTH_PATTERNS:
        for match in pattern.finditer(text):
            written = match[month]
            number = int(written) if written.isdigit() else _MONTHS[written[:3].lower()]
            found.append((match.start(), date(int(match[year]), number, 1)))
    return max(found)[1] if found else None


def year_in(text: str) -> int | None:
    """Return the last year, from 2000 on, that a text names; None when it names none."""
    years = _YEAR.findall(text)
    return int(years[-1]) if years else None
