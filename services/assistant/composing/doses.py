"""How many units of service a dose or a time is, by the unit that the text of a HCPCS code names."""

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

_MEASURES = {
    **{"mcg": ("mcg", 1), "ug": ("mcg", 1), "microgram": ("mcg", 1), "mg": ("mcg", 1000), "milligram": ("mcg", 1000)},
    **{"g": ("mcg", 10**6), "gm": ("mcg", 10**6), "gram": ("mcg", 10**6)},
    **{"ml": ("ml", 1), "cc": ("ml", 1), "milliliter": ("ml", 1)},
    **{"minute": ("minute", 1), "min": ("minute", 1), "hour": ("minute", 60), "hr": ("minute", 60)},
    **{"iu": ("iu", 1), "meq": ("meq", 1), "mci": ("mci", 1), "millicurie": ("mci", 1), "dose": ("dose", 1)},
}
_TIME = "minute"
_NAMES = "|".join(sorted(_MEASURES, key=len, reverse=True))
_AMOUNT = rf"(?P<number>\d[\d,]*(?:\.\d+)?|\.\d+)[\s-]*(?P<measure>{_NAMES})s?(?![\w/])"
# What was given, and neither a strength ("40 mg/ml") nor a limit ("up to 5 mg").
_GIVEN = re.compile(rf"(?<![\w.$/-])(?<!/ ){_AMOUNT}", re.IGNORECASE)
_UNIT = re.compile(rf"(?:\bper|\beach|\bup\s+to|,)\s+(?:{_AMOUNT}|(?P<one>{_NAMES})(?!\w))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """A dose or a time as written, and how much it is in the smallest measure of its kind."""

    written: str
    measure: str
    size: Fraction

    def units_of(self, unit: "Amount") -> int | None:
        """Return how many units of service it is: of a dose the last one begun is one, of a time there are whole ones.

        None where they are not told from the text alone.
        """
        count = self.size / unit.size
        if self.measure != unit.measure or (unit.measure == _TIME and count.denominator > 1):
            return None
        return ceil(count)


def amount_given(text: str) -> Amount | None:
    """Return the dose or the time that a text names; None for none, or several."""
    found = {(one.measure, one.size): one for one in map(_amount, _GIVEN.finditer(text))}
    return next(iter(found.values())) if len(found) == 1 else None


def unit_named(title: str) -> Amount | None:
    """Return the unit that the title of a code names; None for none, or several."""
    found = {(one.measure, one.size): one for one in map(_amount, _UNIT.finditer(title))}
    return next(iter(found.values())) if len(found) == 1 else None


def _amount(match: re.Match[str]) -> Amount:
    written = " ".join(match.group().split()).lstrip(", ").removeprefix("per ").removeprefix("each ")
    named: dict[str, str] = match.groupdict(default="")
    measure, factor = _MEASURES[(named["measure"] or named["one"]).lower()]
    number = (named["number"] or "1").replace(",", "")
    return Amount(written, measure, Fraction(number) * factor)
