"""Numbers as texts say them: in digits or words, as amounts, shares, counts and dates."""

import re
from decimal import Decimal

# What a number counts, where it matters.
DATE, DOLLARS, PERCENT = "date", "$", "%"

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred")
_ORDINALS = ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WORDS = {
    **{word: number for number, word in enumerate(_ONES, 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{word: number for number, word in enumerate(_ORDINALS, 3)},
    **{"once": 1, "twice": 2, "thrice": 3},
}
# Numbers only before what is counted.
_COMMON = ("one", "two")
_COUNTED = r"units?|days?|times?|lines?|years?|months?|weeks?|hours?|minutes?|modifiers?"
_NUMBER = re.compile(
    rf"""
    (?P<money> \$ \s? | \bUSD \s )?
    (?: (?<![\w.]) (?P<digits> \d[\d,]*(?:\.\d+)? ) | \b (?P<word> {"|".join(_WORDS)} ) \b )
    (?P<unit> \s? % | \s percent\b | \s (?:dollars|USD)\b | [\s-] (?:{_COUNTED})\b )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    rf"""
    (?<![\w-]) (?: (?P<iso> \d{{4}}-\d\d-\d\d )
      | (?P<month> \d{{1,2}} ) / (?P<day> \d{{1,2}} ) / (?P<year> \d{{4}} | \d\d )
      | (?P<name> {"|".join(_MONTHS)} )[a-z]*\.? \s (?P<day_of> \d{{1,2}} )(?:st|nd|rd|th)?,? \s (?P<year_of> \d{{4}} )
    ) \b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def numbers_in(text: str) -> set[tuple[str, Decimal]]:
    """Return the numbers of a text, those of dollars and percent also as such; of a date the year and the whole."""
    found = set()
    for match in _DATE.finditer(text):
        year, day = _year_and_day(match)
        found |= {("", Decimal(year)), (DATE, Decimal(day))}
    text = _DATE.sub(" ", text)
    for match in _NUMBER.finditer(text):
        unit = (match["unit"] or "").strip().lower()
        if match["word"]:
            number = Decimal(_WORDS[match["word"].lower()])
            if match["word"].lower() in _COMMON and not unit:
                continue
        else:
            number = Decimal(match["digits"].replace(",", "")).normalize()
        if match["money"] or unit in ("dollars", "usd"):
            found.add((DOLLARS, number))
        if unit in ("%", "percent"):
            found.add((PERCENT, number))
        found.add(("", number))
    return found


def _year_and_day(match: re.Match[str]) -> tuple[int, str]:
    """Return the year of a date and the whole as YYYYMMDD."""
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
    elif match["month"]:
        year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
        year += 2000 if len(match["year"]) == len("24") else 0
    else:
        year, day = int(match["year_of"]), int(match["day_of"])
        month = 1 + _MONTHS.index(match["name"].lower())
    return year, f"{year:04}{month:02}{day:02}"
