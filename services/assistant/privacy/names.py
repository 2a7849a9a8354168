"""Names of people: behind a word that announces one, or a usual first name with a last name.

A name is announced by a title (Mr., Dr.), by a word for a patient or a relative, or by "name:". What follows is taken
for one when it is written like one: with a capital, or in any other way when it is among the usual names. Words that a
sentence may write with a capital, and diseases, signs and devices named after people are none.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

Span = tuple[int, int]
"""Where a name begins and ends."""

_TAG = "[name]"
_LONGEST = 4
_SHORTEST_REPEATED = 3


def _table(name: str) -> frozenset[str]:
    """Return the words of a table beside this module, in small letters; a line that begins with # is none."""
    lines = (Path(__file__).parent / f"{name}.txt").read_text("utf-8").splitlines()
    return frozenset(word.lower() for line in lines if not line.startswith("#") for word in line.split())


_FIRST = _table("first_names")
_LAST = _table("last_names")
_EPONYMS = _table("eponyms")
_NAMED_THINGS = _table("named_things")
_NO_NAMES = _table("no_names") | _table("medical_words")

_LETTER = r"[^\W\d_]"
_WORD = re.compile(rf"(?<!\w){_LETTER}(?:{_LETTER}|['’-](?={_LETTER}))*(?!\w)")
_OF_MEDICINE = re.compile(
    "(?:itis|osis|asis|emia|oma|pathy|ectomy|otomy|ostomy|oscopy|ology|plasty|algia|uria|rrhea|tion|sion|ical|ular)s?$"
)
_PARTICLES = frozenset(["de", "la", "del", "van", "der", "den", "von", "di", "da", "al", "bin", "el", "st"])
_SUFFIX = re.compile(r",? (?:Jr|Sr|JR|SR)\b\.?|,? (?:II|III|IV)\b")
_BETWEEN = re.compile(r"[ \t]+")
_COMMA = re.compile(", ?")
_AFTER_INITIAL = re.compile(r"\.?[ \t]+")

_TITLE = re.compile(
    r"(?<![\w-])(?:(?P<sure>Mr|Mrs|Ms|Mx|mrs|MRS)|(?P<weak>Miss|Dr|Doctor|Prof|Professor|mr|ms|dr|MR|MS|DR))"
    r"\.?[ \t]+(?=\w)"
)
_PATIENT = re.compile(
    r"(?<![\w-])(?:patient|pt|client|member|beneficiary|subscriber|insured|enrollee|resident|mother|father|mom|dad|son"
    r"|daughter|wife|husband|spouse|brother|sister|guardian|guarantor|baby(?: boy| girl)?|infant|child|newborn)"
    r"(?:(?:['’]s)?[ \t]+name(?:[ \t]+is)?|[ \t]+(?:is[ \t]+)?(?:named|called))?"
    r"(?:(?P<colon>[ \t]*[:–][ \t]*|[ \t]+-[ \t]+)|\.(?=[ \t])|)[ \t]*(?<=[\s:–])(?=\w)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?<![\w-])(?:(?:(?:full|first|last|legal|maiden|middle|sur)[ -]?)?name(?:[ \t]+is|[ \t]*[:=])|named|I am|I['’]m)"
    r"[ \t]*(?<=\s|:|=)(?=\w)",
    re.IGNORECASE,
)
_NAME_OF_A_THING = re.compile(
    r"\b(?:drug|brand|trade|generic|product|code|procedure|plan|file|test|device|facility|payer|insurance|release|section"
    r"|field|user|chapter|category|group|company|practice|hospital|disease|class|condition|common|medication)[ -]$",
    re.IGNORECASE,
)
# Places are named after saints: San Jose, St. Paul, Santa Barbara.
_PLACE = re.compile(r"\b(?:San|Santa|Santo|St\.?|Saint|Ft\.?|Fort|Lake|Port|Mount|Mt\.?|Los|El|Prince|Camp|Cape) $")
_AGE_BEHIND = re.compile(r"\W{1,3}(?:a[ \t]+)?(?:\d{1,2}|\[age\])[\s-]*(?:M\b|F\b|y/?o\b|yrs?\b|years?\b|male|female)")


def without_names(text: str) -> tuple[str, int]:
    """Return a text without the names of people, and how many were removed."""
    spans = _without_overlaps([*_titled(text), *_announced(text), *_full_names(text)])
    words = {word for start, end in spans for word in _WORD.findall(text[start:end])}
    spans = _without_overlaps([*spans, *_repeated(text, words)])
    for start, end in reversed(spans):
        text = text[:start] + _TAG + text[end:]
    return text, len(spans)


def _titled(text: str) -> Iterator[Span]:
    for cue in _TITLE.finditer(text):
        word = _word_at(text, cue.end())
        usual = _usual(word)
        if word.isupper():
            announced = usual or (len(word) == 1 and cue["sure"] is not None)
        elif cue[0].isupper():
            announced = usual  # multiple sclerosis, magnetic resonance, diabetic retinopathy
        elif word[:1].isupper():
            announced = cue["sure"] is not None or not _no_name(word)
        else:
            announced = usual or ((cue["sure"] is not None or cue[0] == "mr. ") and not _no_name(word))
        if announced and (end := _end_of_name(text, cue.end(), trusted=True)):
            yield cue.end(), end


def _announced(text: str) -> Iterator[Span]:
    capitals_say_little = _is_title_case(text)
    for cue in (*_PATIENT.finditer(text), *_NAME.finditer(text)):
        if cue[0].startswith("PT") and not cue.groupdict().get("colon"):
            continue  # physical therapy
        if _NAME_OF_A_THING.search(text, max(0, cue.start() - 20), cue.start()):
            continue
        start = cue.end()
        word = _word_at(text, start)
        if capitals_say_little and not _usual(word):
            continue
        if _is_of_a_thing(text, start, word):
            continue
        if end := _end_of_name(text, start, inverted=True):
            yield start, end


def _full_names(text: str) -> Iterator[Span]:
    """Find usual first names with a last name behind them, and last names with an age or a first name behind them."""
    for found in _WORD.finditer(text):
        word = found[0]
        if _bare(word).lower() in _FIRST and not _PLACE.search(text, max(0, found.start() - 8), found.start()):
            end = _end_of_name(text, found.start())
            if end and (_has_last_name(text, found.start(), end) or _alone(text, word, found.start())):
                yield found.start(), end
        elif word.lower() in _LAST and (end := _end_of_name(text, found.start(), inverted=True)):
            words = _WORD.findall(text[found.start() : end])
            inverted = "," in text[found.start() : end] and words[1].lower() in _FIRST
            if inverted or (len(words) > 1 and _AGE_BEHIND.match(text, end)):
                yield found.start(), end


def _has_last_name(text: str, start: int, end: int) -> bool:
    words = [word for word in _WORD.findall(text[start:end]) if len(word) > 1]
    if len(words) < 2 or _is_of_a_thing(text, start + text[start:end].rindex(words[-1]), words[-1]):
        return False
    # In small or large letters only a usual last name tells a name from other words.
    return not (words[0].islower() or words[0].isupper()) or words[-1].lower() in _LAST


def _alone(text: str, word: str, start: int) -> bool:
    """Whether a usual first name stands for somebody, and not in front of what is named after one."""
    behind = _behind(text, start + len(word))
    return word[1:].islower() and not word.islower() and not _is_a_thing(behind) and _bare(behind) not in _EPONYMS


def _repeated(text: str, words: Iterable[str]) -> Iterator[Span]:
    """Find the parts of names that were found, where they stand alone."""
    parts = {_bare(word) for word in words}
    parts = {part for part in parts if len(part) >= _SHORTEST_REPEATED and not _no_name(part) and not part.islower()}
    for found in _WORD.finditer(text):
        if _bare(found[0]) in parts and not _is_of_a_thing(text, found.start(), found[0]):
            yield found.span()


def _end_of_name(text: str, start: int, *, trusted: bool = False, inverted: bool = False) -> int:
    """Return where a name that begins at `start` ends, 0 when none does.

    The first word of a `trusted` one is part of it however it is written. An `inverted` one may begin with the last
    name and a comma.
    """
    end, at, count = 0, start, 0
    first = _word_at(text, start).lower() in _FIRST
    while count < _LONGEST and (found := _WORD.match(text, at)):
        word = found[0]
        initial = len(word) == 1 and word.isupper()
        if initial:
            if count == 0 and not (trusted or _starts_like_a_name(text, found.end())):
                break
        elif word.lower() in _PARTICLES and _starts_like_a_name(text, found.end(), particles=True):
            pass
        elif not (trusted and count == 0) and not _like_a_name(word) and not (first and _bare(word).lower() in _LAST):
            break
        end, count = found.end(), count + 1
        if inverted and count == 1 and (comma := _COMMA.match(text, end)) and _like_a_name(_word_at(text, comma.end())):
            at = comma.end()
            continue
        if initial and text[end : end + 1] == "." and (count > 1 or trusted or _BETWEEN.match(text, end + 1)):
            end += 1
        if not (gap := (_AFTER_INITIAL if initial else _BETWEEN).match(text, end)):
            break
        at = gap.end()
    if end and (suffix := _SUFFIX.match(text, end)):
        end = suffix.end()
    return end


def _starts_like_a_name(text: str, end: int, *, particles: bool = False) -> bool:
    """Whether the word behind a gap is written like a name, or further `particles` lead to one."""
    if not (gap := _AFTER_INITIAL.match(text, end)):
        return False
    word = _word_at(text, gap.end())
    if particles and word.lower() in _PARTICLES:
        return _starts_like_a_name(text, gap.end() + len(word), particles=True)
    return _like_a_name(word)


def _like_a_name(word: str) -> bool:
    """Whether a word is written like a name and is none of the words that are no names."""
    if len(word) < 2 or _no_name(word):
        return False
    if word.islower() or word.isupper():
        return _usual(word)
    return word[0].isupper()


def _is_of_a_thing(text: str, start: int, word: str) -> bool:
    """Whether a word names a disease or a device: an eponym, unless it is a usual name too and no such noun follows."""
    of_a_thing = _is_a_thing(_behind(text, start + len(word)))
    if _bare(word).lower() not in _EPONYMS:
        return of_a_thing and _bare(word).lower() not in _FIRST
    return of_a_thing or not _usual(word)


def _behind(text: str, end: int) -> str:
    """Return the next word, in small letters."""
    gap = _BETWEEN.match(text, end)
    return _word_at(text, gap.end()).lower() if gap else ""


def _is_a_thing(word: str) -> bool:
    return word in _NAMED_THINGS or word.removesuffix("s") in _NAMED_THINGS


def _usual(word: str) -> bool:
    bare = _bare(word).lower()
    return bare in _FIRST or bare in _LAST


def _no_name(word: str) -> bool:
    bare = _bare(word).lower()
    return (
        bare in _NO_NAMES
        or any(len(part) > 2 and part in _NO_NAMES for part in bare.split("-"))
        or (_OF_MEDICINE.search(bare) is not None and not _usual(bare))
    )


def _bare(word: str) -> str:
    """Return a word without the ending of a possessive."""
    return re.sub(r"['’]s$", "", word)


def _word_at(text: str, at: int) -> str:
    found = _WORD.match(text, at)
    return found[0] if found else ""


def _is_title_case(text: str) -> bool:
    """Whether most words begin with a capital, so that a capital says little."""
    words = [word for word in _WORD.findall(text) if len(word) > 3]
    return len(words) > 5 and sum(word[0].isupper() for word in words) > 0.7 * len(words)


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return spans in their order; of those that overlap the first, and of those the longest."""
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
