"""Which sections of a book a text names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import NamedTuple

from services.lookup.guidelines.numbering import numeral
from services.lookup.guidelines.paragraphs import plain

APPENDIX = "Appendix-I"

# Behind the path of a section its title follows, or that of a section below it.
_TITLE_REACH = 160
_SHORTEST_TITLE = 4

_SECTION = r"(?:IV|I{1,3})"
# A letter behind a blank may be a word: "I.C.16. f. Title" but "I.C.16. a code".
_PARTS = r"(?:(?:\s?\.\s?(?:[A-Z]|\d{1,2})|\.[a-z]{1,4}|\. [a-z](?=[.)]))(?![A-Za-z0-9]))*"
_GUIDELINE = re.compile(
    # I.C.9.a.2 anywhere; "Section II, H." and "Section IA"; "Sections I, II, and III".
    rf"(?:[Ss]ections? )?(?P<path>\b{_SECTION}\s?\.\s?[A-Z](?![A-Za-z]){_PARTS})"
    rf"|[Ss]ection (?P<letter>{_SECTION}(?:, ?[A-Z](?=[.)])|[A-Z](?=[.,)\s])))"
    rf"|[Ss]ections? (?P<list>{_SECTION}(?![A-Za-z])(?:(?:, (?:and )?| and | or ){_SECTION}(?![A-Za-z]))*)"
    r"|(?P<appendix>\bAppendix I\b)"
)

_CHAPTER = r"(?:X{1,3}(?:IX|IV|V?I{0,3})|IX|IV|V?I{1,3}|V)"
_NAMED = r"(?: ?\((?:[^()]|\([^()]*\))*\)|, (?!Section|Subsection|Paragraph)[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)*)?"
_POLICY = re.compile(
    # An arabic number is also that of a chapter of another manual, whose sections have numbers as well.
    rf"(?:\bChapter (?P<chapter>{_CHAPTER}|\d{{1,2}}(?=, Section [A-Z]\b))\b(?:{_NAMED},? ?)?)?"
    rf"(?:\bSections? (?P<section>[A-Z])\b(?! ?\.?\d)(?: ?[-–] ?(?P<to>[A-Z])\b)?(?:{_NAMED},? ?)?)?"
    r"(?:\b(?:Subsection|Paragraph) (?P<number>\d{1,2})\b)?"
)


class Named(NamedTuple):
    """What a text says of a section, and the paths of the sections it means."""

    printed: str
    meant: tuple[str, ...]


def named_in_guidelines(text: str, titles: Mapping[str, str]) -> list[Named]:
    """Return the sections of the ICD-10-CM guidelines that a text names, `titles` being those of the book by path.

    "See Section I.C.15. Puerperal sepsis" means I.C.15.k: the title narrows the path. "I.C.21.4" means I.C.21.c.4 as
    long as no other section fits.
    """
    found = []
    for match in _GUIDELINE.finditer(text):
        if match["appendix"]:
            paths = [APPENDIX]
        elif match["list"]:
            paths = re.findall(_SECTION, match["list"])
        elif match["letter"]:
            paths = [".".join(re.findall(rf"^{_SECTION}|[A-Z]$", match["letter"]))]
        else:
            paths = [re.sub(r"[.\s]+", ".", match["path"])]
        behind = text[match.end() : match.end() + _TITLE_REACH]
        meant = tuple(_narrowed(path, behind, titles) for one in paths if (path := _existing(one, titles)))
        found.append(Named(match[0], meant if len(meant) == len(paths) else ()))
    return found


def named_in_policies(text: str, own: str, ids: Iterable[str]) -> list[Named]:
    """Return the sections of the NCCI policy manual that a text in section `own` names; `ids` are those of the book.

    A section without its chapter is one of the same chapter, a subsection without its section one of the same section.
    """
    known = set(ids)
    found = []
    for match in _POLICY.finditer(text):
        if not match[0].strip():
            continue
        chapter = match["chapter"]
        if chapter and chapter.isdigit():
            chapter = numeral(int(chapter))
        parts = [chapter, match["section"], match["number"]]
        first = next(place for place, part in enumerate(parts) if part)
        path = ".".join([*own.split(".")[:first], *(part for part in parts if part)])
        paths = [path]
        if match["to"]:
            paths = [f"{path[:-1]}{chr(letter)}" for letter in range(ord(path[-1]), ord(match["to"]) + 1)]
        found.append(Named(match[0].strip(" ,"), tuple(paths) if known.issuperset(paths) else ()))
    return found


def unique(named: Iterable[Named], own: str) -> tuple[str, ...]:
    """Return the sections meant, each once, without the one that names them."""
    return tuple(dict.fromkeys(path for one in named for path in one.meant if path != own))


def _existing(path: str, titles: Mapping[str, str]) -> str:
    """Return the path, or the only one that has a level more than it; empty when there is none."""
    if path in titles:
        return path
    head, _, last = path.rpartition(".")
    if head not in titles:
        return ""
    one_more = [id for id in titles if re.fullmatch(rf"{re.escape(head)}\.[a-z]\.{re.escape(last)}", id)]
    return one_more[0] if len(one_more) == 1 else ""


def _narrowed(path: str, behind: str, titles: Mapping[str, str]) -> str:
    """Return the section below a path whose title follows the path, the path itself when none does."""
    said = plain(behind)
    own = plain(_bare(titles[path]))
    said = said.removeprefix(own)
    # What begins as the section's own title does is no other title.
    best, longest = path, max(_SHORTEST_TITLE, _in_common(own, said))
    for id in _below(path, titles):
        title = plain(_bare(titles[id]))
        if longest < len(title) and said.startswith(title):
            best, longest = id, len(title)
    return best


def _in_common(first: str, second: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _below(path: str, titles: Mapping[str, str]) -> Iterator[str]:
    return (id for id in titles if id.startswith(f"{path}."))


def _bare(title: str) -> str:
    """Return the title of a chapter without its number and its codes."""
    return re.sub(r"^Chapter \d+: | \([A-Z]\d.*$", "", title)
