"""Sections of the guidelines and of the NCCI policy manual, by their path, and documents of coverage."""

import re
from collections.abc import Sequence

from services.assistant.understanding.cues import words_of

MARK = "<section>"
DOCUMENT_MARK = "<document>"

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII")
_NUMERAL = r"(?:X{0,1}(?:IX|IV|V?I{1,3}|V)|X)"
_PATH = re.compile(
    rf"\b(?:(?:section|sec\.?|guideline|chapter|ch\.?)\s+)?(?<![\w.])(?P<path>{_NUMERAL}(?:\.[A-Za-z0-9]{{1,4}})+)(?!\w)",
    re.IGNORECASE,
)
# Chapter IV, Section E.2; chapter 4 section E.
_IN_CHAPTER = re.compile(
    rf"\bch(?:apter|ap|\.)?\s*(?P<chapter>{_NUMERAL}|\d{{1,2}})\b\s*,?\s*(?:,|of|-)?\s*"
    r"(?:(?:section|sec\.?|§)\s*(?P<section>[A-Z](?:\.[A-Za-z0-9]{1,4})*)|(?P<letter>(?-i:[B-Z]))(?:[.\s]?(?P<number>\d{1,2}))?)"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_APPENDIX = re.compile(r"\bappendix\s+(?:I|1|one)\b", re.IGNORECASE)
_SECTION = re.compile(rf"\bsection\s+(?P<path>{_NUMERAL})\b(?!\.\w)", re.IGNORECASE)
# Sections of that code system are others.
_OF_PCS = re.compile(r"\bpcs\b", re.IGNORECASE)
# An article, a local or a national coverage determination; ICD-10-CM has no such codes without a dot.
_DOCUMENT = re.compile(r"(?<![\w.])(?:A\d{5}|L3[1-9]\d{3})(?!\w|\.\d)", re.IGNORECASE)
# "and 9.b", "how about c".
_END = re.compile(
    r"(?:(?:and|or|what|whats|how|about|ok|then|now|section|is|does|for|in) )*"
    r"(?P<end>(?:\d{1,2}|[a-z]|[ivx]{2,4})(?:\.(?:\d{1,2}|[a-z]{1,4}))*)"
    r"(?: (?:say|says|too|then))*"
)
# Ways to give a drug, and "that is": sections only after that word.
_NO_PATHS = ("I.V", "I.M", "I.D", "I.E", "I.U", "I.Q")


def take_section(text: str) -> tuple[str, str]:
    """Return the path of the section that a text names, as the books number it, and the text with a mark for it."""
    for path in _PATH.finditer(text):
        printed = _as_printed(path["path"])
        if printed not in _NO_PATHS or path.group().lower() != path["path"].lower():
            return printed, _marked(text, path)
    chapter = _IN_CHAPTER.search(text)
    if chapter and (numeral := _numeral(chapter["chapter"])):
        section = chapter["section"] or ".".join(filter(None, [chapter["letter"], chapter["number"]]))
        return _as_printed(f"{numeral}.{section}"), _marked(text, chapter)
    if appendix := _APPENDIX.search(text):
        return "Appendix-I", _marked(text, appendix)
    if (alone := _SECTION.search(text)) and not _OF_PCS.search(text):
        return alone["path"].upper(), _marked(text, alone)
    return "", text


def section_after(text: str, before: str) -> str:
    """Return the path of the section that a text names after another one was spoken of; empty when it names none.

    After I.C.9.a, "and 9.b?" is I.C.9.b, "c?" I.C.9.c and "2?" I.C.9.a.2.
    """
    match = _END.fullmatch(words_of(text))
    if not match or not before:
        return ""
    levels, end = before.lower().split("."), match["end"].split(".")
    if len(end) > 1 and end[0] in levels[1:]:
        kept = len(levels) - 1 - levels[::-1].index(end[0])
    elif _shape(levels[-len(end) :]) == _shape(end):
        kept = len(levels) - len(end)
    elif _shape(levels[-1:]) != _shape(end[:1]):
        kept = len(levels)
    else:
        kept = max(place for place, part in enumerate(levels) if _shape([part]) == _shape(end[:1]))
    return _as_printed(".".join([*levels[: max(kept, 1)], *end]))


def _shape(parts: Sequence[str]) -> list[bool]:
    """Return which parts of a path are numbers."""
    return [part.isdigit() for part in parts]


def _numeral(chapter: str) -> str:
    """Return the number of a chapter as the manual writes it; empty when it has no such chapter."""
    if not chapter.isdigit():
        return chapter.upper()
    return _ROMAN[int(chapter) - 1] if 1 <= int(chapter) <= len(_ROMAN) else ""


def take_documents(text: str) -> tuple[str, str]:
    """Return the numbers of the documents of coverage that a text names, and the text with a mark for each."""
    named = " ".join(match.upper() for match in _DOCUMENT.findall(text))
    return named, _DOCUMENT.sub(f" {DOCUMENT_MARK} ", text)


def _as_printed(path: str) -> str:
    """Return a path in the case of the books: I.C.9.a.2, I.C.1.d.1.a.ii."""
    first, second, *further = path.split(".")
    return ".".join([first.upper(), second.upper(), *(part.lower() for part in further)])


def _marked(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {MARK} {text[match.end() :]}"
