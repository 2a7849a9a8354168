"""What words of a condition deny: "COPD, no exacerbation" is no exacerbation."""

import re
from typing import NamedTuple

# What is denied ends where something else begins.
_END = (
    r"(?=\s*(?:$|[,;:.()?!/]|\b(?:no|without|w/o|denies|denied|neg|negative|not|but|with|w|w/|just|only|however|although|"
    r"except|in|on|at|from|due|after|since|stated|noted|documented|seen|found|initial|subsequent|sequela|first|type|stage|"
    r"left|right|bilateral|both|there|is|was)\b))"
)
_WORDS = r"(?:[\w'-]+)(?:\s(?!(?:or|and|nor)\b)[\w'-]+){0,3}?"
_DENIED = re.compile(
    r"[,;.]?\s*(?<![\w-])(?:(?:and|but|or|w/|with)\s)?"
    r"(?:(?:(?:when\s|if\s|where\s)?there(?:'s|\sis|\swas)\s)?no(?:\s(?:evidence|signs?|symptoms|mention|report)\s(?:of|for))?"
    r"|nothing(?=\s\w+ed\b)|(?<=[,;.(]\s)never(?:\shad)?(?!\s(?:heal|unite))|without(?:\sany)?(?!\smention)"
    r"|w/o|den(?:ies|ied|ying)(?:\sany)?|neg(?:ative)?\sfor|r/o|rules?\sout|ruling\sout)\s"
    rf"(?!(?:longer|show|code|one|known|other)\b)(?P<what>{_WORDS}(?:\s(?:or|and|nor)\s{_WORDS})*)(?:\sat\sall)?{_END}",
    re.IGNORECASE,
)
# "Not recurrent", as a clause of its own: else "not" is of what is done, or left open.
_NOT = re.compile(
    r"(?:^|[,;.(]\s*|\s(?:and|but)\s)not\s(?P<what>(?!(?:specified|stated|otherwise|sure|documented|from|due|carried)\b)"
    r"[\w'-]+(?:\s[\w'-]+)?)(?=\s*(?:$|[,;.)]|\s[a-z]+\swas\b))",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[,;]?\s*\b(?P<what>[\w'-]+(?:\s[\w'-]+)?)\s(?:was\s|is\s|has been\s)?ruled\sout\b", re.IGNORECASE)
_OR = re.compile(r"\s(?:or|and|nor)\s", re.IGNORECASE)
_EITHER = re.compile(r"\bwith\s?(?:/|or)\s?(?:o|without)\b", re.IGNORECASE)
_EDGES = " ,;:-."
_TELLS = re.compile(r"\b(?!(?:patient|with|has|had|the|and|code|codes)\b)[a-z]{3,}", re.IGNORECASE)


class Stated(NamedTuple):
    """What words say is there, and what they deny."""

    there: str
    denied: tuple[str, ...]


def stated(phrase: str) -> Stated:
    """Return what a phrase says is there and what it denies; all is there where it denies all that it names."""
    denied: list[str] = []

    def left_out(match: re.Match[str]) -> str:
        denied.extend(_OR.split(match["what"]))
        return ","

    there = "" if _EITHER.search(phrase) else phrase
    for pattern in (_AFTER, _DENIED, _NOT):
        there = pattern.sub(left_out, there)
    there = re.sub(r"(?:\s*,)+", ",", there).strip(_EDGES)
    return Stated(there, tuple(denied)) if denied and _TELLS.search(there) else Stated(phrase, ())
