"""Which encounter is told, in whatever words: the first one, a later one, or one for what an injury left behind."""

import re

from services.assistant.understanding.missing import says_nothing

# What coders say otherwise than the meanings of the seventh characters.
_AS_THE_BOOKS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), said)
    for pattern, said in (
        (r"(?:first|1st|initial) (?:\w+ )?(?:visit|time|encounter|seen)|active treatment", "initial encounter"),
        (
            r"follow(?:ing|s|ed)?[- ]?ups?|f/?u|re-?checks?|rechecked|(?:back|returns?|returned|seen again)"
            r"(?=$|[ ,.;?]+(?:for|to|in|today|now|with|after|check|visit)\b|[,.;?])|"
            r"(?:second|2nd|third|3rd|later|return|post-?op) (?:visit|check)|"
            r"(?:\d+|two|three|four|six|eight) (?:days?|weeks?|wks?|months?) (?:later|out)|"
            r"(?:suture|staple|cast|pin|hardware|dressing|wound)s? (?:removal|change|check)",
            "subsequent encounter",
        ),
        (r"heal(?:s|ed|ing)? (?:ok|okay|well|fine|normally|nicely|as expected)", "routine healing"),
        (r"late effects?(?: of)?|residuals?(?: of)?|sequelae", "sequela"),
        (r"non-union|(?:not|never) united|(?:did not|didn'?t|failed to|never) (?:unite|heal)", "nonunion"),
    )
)
_TOLD = re.compile(
    r"\b(?:initial|subsequent|sequela)(?: encounter)?\b|\b(?:routine|delayed) healing\b|\b(?:non|mal)union\b|"
    r"\b(?:closed|open)\b(?: fracture)?|(?:(?:er|ed|office|clinic) |(?<= ))(?:visit|check|healing)\b"
)
_FEW_WORDS = 8
_LETTER = re.compile(
    r"(?:(?:\b[Ww]hat about|\b[Hh]ow about|\b[Aa]nd|\b[Ww]ith|\b[Tt]o|\b[Aa]s|\b[Uu]se|\b[Ff]or|\b[Ii]n|\bthe|\b[Aa]n?|"
    r"7th(?: char(?:acter)?)?|^)\s+)?(?<![\w.'])(?P<letter>[A-Z])"
    r"(?:\s+(?:version|one|code|instead|at the end|as (?:the )?(?:7th|seventh|last)\b.*))?\s*[?.!]*\s*"
    r"(?:(?:is (?:it )?)?(?:billable|valid|ok)?[?.! ]*)$"
)
# "7th character S", "S as the seventh character".
_NAMED = re.compile(
    r"\b(?:7th|[Ss]eventh)(?:[ -]char(?:acter)?s?)?(?: of| is| =)? [\"'\u201c\u2018]?(?P<before>[A-Z])\b|"
    r"\b(?P<after>[A-Z])[\"'\u201d\u2019]? (?:(?:an?|the|its|ok|okay|right|correct|valid|allowed|as|for|be) ){1,3}"
    r"(?:7th|seventh)\b"
)


def as_the_books(phrase: str) -> str:
    """Return a phrase with the encounter that it tells in the words of the tabular list."""
    for pattern, said in _AS_THE_BOOKS:
        phrase = pattern.sub(said, phrase)
    return phrase


def tells_encounter(words: str) -> bool:
    """Tell whether a few words tell the encounter, or how a fracture heals, and nothing else."""
    said = as_the_books(words)
    return len(words.split()) <= _FEW_WORDS and bool(_TOLD.search(said)) and says_nothing(_TOLD.sub(" ", said))


def letter_named(text: str) -> str:
    """Return the seventh character that a message names by its letter: "and the D version?", "7th character S"."""
    if match := _NAMED.search(text):
        return match["before"] or match["after"]
    match = _LETTER.search(text)
    return match["letter"] if match else ""
