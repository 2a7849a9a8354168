"""Words that point at what was said before."""

import re
from collections.abc import Sequence

from services.assistant.question import Code
from services.assistant.understanding.cues import Cues

# What a message that goes on with a conversation begins with.
LEADS = Cues(
    "and, or, what about, how about, what if, with, without, for, same for, same, also, then, in, on, but, now, "
    "instead, ok and, okay and, if, as, at, so, plus, does that, would that, only, and what about, and how about, "
    "and for, and with, and in, hows about, even with, even if, make it, say, suppose, assume, change, from, to, ok, "
    "wait, hm, hmm, sorry, meant, i meant, actually, try"
)
IT = Cues(
    "it, its, this, that, the code, same code, one, the same, the other side, the other eye, the other ear, "
    "the other hand, the other foot, the other arm, the other leg, the other knee, the other hip, the other shoulder, "
    "the other breast"
)
THEM = Cues(
    "they, them, these, those, both, each, all, either, two, their, the pair, that pair, this pair, the combination, "
    "together, each other, one another"
)
# What is asked of several by what it says: how they compare, and which comes first.
COMPARED = Cues(
    "higher, lower, highest, lowest, difference, differ, compare, compared, pays more, worth more, add up, "
    "add them up, sum, total of both"
)
_ORDERED = Cues(
    "exclude ... other, which first, which is first, whats first, who is first, whos first, goes first, comes first, "
    "same claim, one claim"
)
# Of several that were named it is asked which one it is: "which is billable", "and which one has".
WHICH_ONE = Cues(
    ", ".join(
        f"{led}which {which}"
        for led in ("", "and ", "so ", "ok ", "but ")
        for which in ("is", "one", "ones", "of", "are", "has", "have", "do", "should", "would")
    )
)
_NUMBERS = {3: Cues("three"), 4: Cues("four"), 5: Cues("five"), 2: Cues("both, two, either, pair, difference")}
_CONTINUES = Cues(
    "and with, and <mod>, and, with, even with, same with, without, what about with, what if, and if, if i add, "
    "would <mod> help, does <mod> help, what about <mod>, how about <mod>"
)
# "Which code shows that a patient is on insulin" points at nothing.
_TELLING = re.compile(r"\b(?:shows?|says?|tells?|means?|states?|indicates?) that (?=an? |the |s?he |they |some)")
# The code that is looked for, and none that was spoken of.
_CODE_OF = re.compile(r"\bthe code (?:for|of)(?= \S)")
# One of several: "is the second one billable", and not what place one has: "as the first code".
_SHORT = 14
_PLACES = ("first", "second", "third", "fourth", "fifth")
_ONE_OF_SEVERAL = re.compile(
    r"(?<!\bas )(?<!\bbe )(?<!\bbecome )(?<!\bwhich is )(?<!\bwhat is )(?<!\bwhich one is )"
    r"(?:\bthe (?P<pair>former|latter)\b"
    r"|\b(?:the )?(?P<place>1st|first|2nd|second|3rd|third|4th|fourth|5th|fifth|last) (?:one|code)\b"
    r"|\bthe (?P<alone>2nd|second|3rd|third)(?=\s*(?:[?.,;!]|$))"
    r"|(?<=\bswap )the (?P<swapped>first|second)(?= for\b| with\b)"
    r"|(?<=\breplace )the (?P<replaced>first|second)(?= with\b))"
    r"(?! (?:listed|diagnosis|on the claim))",
    re.IGNORECASE,
)
_ENDING_ALONE = re.compile(
    r"(?<!\S)\.(?=[A-Z]*\d)[\dA-Z]{1,4}(?![\w.%])(?!\s*(?:mg|mcg|ml|cc|g|cm|mm|units?|rvus?|inch)\b)", re.IGNORECASE
)
_IT_WITH = Cues("it with, them with, this with, that with, these with, those with")


def continues(words: str) -> bool:
    """Tell whether words go on with something that was said before."""
    led = _CONTINUES.at_start(words)
    return led or _IT_WITH(words)


def points_back(words: str) -> bool:
    """Tell whether words point at something that was said before."""
    words = _TELLING.sub(" ", _CODE_OF.sub(" ", words))
    return IT(words) or THEM(words)


def means_several(words: str) -> bool:
    """Tell whether words point at several things that were named one after the other."""
    return (THEM(words) and not IT(words)) or COMPARED(words) or _ORDERED(words) or WHICH_ONE.at_start(words)


def how_many(words: str) -> int | None:
    """Return how many things words point at, where they say it."""
    return next((number for number, cues in _NUMBERS.items() if cues(words)), None)


def means_one(words: str) -> bool:
    """Tell whether words point at one thing, and not at several."""
    return IT(_CODE_OF.sub(" ", words)) and not THEM(words)


def with_named(text: str, codes: Sequence[Code]) -> str:
    """Return a text with codes in the place of words that point at one of several by its place: "the second one"."""
    if len(codes) < 2 or len(text.split()) > _SHORT:
        return text
    return _ONE_OF_SEVERAL.sub(lambda match: _code_at(match, codes), text)


def with_ending(text: str, codes: Sequence[Code]) -> str:
    """Return a text with a code in the place of its ending alone: "J45.40?", "and .41?"."""
    if not codes or "." not in codes[0].text or len(text.split()) > _SHORT:
        return text
    return _ENDING_ALONE.sub(codes[0].text.partition(".")[0] + r"\g<0>", text)


def _code_at(match: re.Match[str], codes: Sequence[Code]) -> str:
    said = next(filter(None, match.groups())).lower()
    if said in ("last", "latter"):
        return codes[-1].text
    number = int(said[0]) - 1 if said[0].isdigit() else 0 if said == "former" else _PLACES.index(said)
    return codes[number].text if number < len(codes) else match.group()
