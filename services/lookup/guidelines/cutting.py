"""Cuts the lines of a book into sections."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import takewhile

from services.lookup.guidelines.model import Book, Passage, Reference
from services.lookup.guidelines.numbering import Number, Outline, Style, numbers
from services.lookup.guidelines.paragraphs import PAGE_END, Line, closed, goes_on_in_title, joined, paragraphs, plain
from services.lookup.guidelines.references import Named, unique

# A heading and its entry in the table of contents differ by a word now and then.
_ALIKE = 0.6
_LONGEST_TITLE = 4


@dataclass(slots=True)
class Section:
    """A section as cut: its path, its title, the line it begins on, and its own lines."""

    id: str
    title: str
    line: int
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a book is numbered, and which of its numbers stand before a title; before text stand the others."""

    styles: Sequence[Style]
    titled: Collection[Style]


def cut(
    lines: Sequence[Line], grammar: Grammar, titles: Mapping[str, str], within: tuple[Number, ...] = ()
) -> list[Section]:
    """Return the sections of a book, or those within one, in order of print.

    The first stands for what they are in, and has the lines before the first heading and no title.
    `titles` are those of the table of contents, by path: a line whose number fits is no heading if the table knows the
    section by another title.
    """
    outline = Outline(grammar.styles, within)
    sections = {within: Section(".".join(number.label for number in within), "", 0)}
    ids: set[str] = set()
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        heading = outline.heading(line.text)
        if heading is None or heading.id in ids:
            sections[outline.path].lines.append(line)
            continue
        title, more = "", 0
        if heading.path[-1].style in grammar.titled:
            printed = titles.get(heading.id, "")
            title, more = _title(heading.rest, _unnumbered(lines[place : place + _LONGEST_TITLE], grammar), printed)
            if printed and not alike(title, printed):
                sections[outline.path].lines.append(line)
                continue
        place += more
        outline.open(heading)
        ids.add(heading.id)
        section = sections[heading.path] = Section(heading.id, title, line.number)
        if not title and heading.rest:
            section.lines.append(Line(line.number, heading.rest))
    return list(sections.values())


def bind(
    sections: Sequence[Section],
    wording: Callable[[str], str],
    named: Callable[[str, str, Mapping[str, str]], list[Named]],
) -> Book:
    """Return the book of some sections.

    `wording` is what is made of each text; `named` tells which sections a text in a section names, from the text, the
    path of that section and the titles of all.
    """
    titles = {section.id: section.title for section in sections}
    passages, references = [], []
    for order, section in enumerate(sections, 1):
        text = wording("\n".join(paragraphs(section.lines)))
        found = named(text, section.id, titles)
        references += [Reference(passage=section.id, printed=one.printed, meant=one.meant) for one in found]
        parts = section.id.split(".")
        passages.append(
            Passage(
                id=section.id,
                title=wording(section.title),
                above=tuple(titles[".".join(parts[:depth])] for depth in range(1, len(parts))),
                text=text,
                refers_to=unique(found, section.id),
                order=order,
            )
        )
    return Book(tuple(passages), tuple(references))


def alike(first: str, second: str) -> bool:
    """Whether two titles are those of one section."""
    return SequenceMatcher(None, plain(first), plain(second), autojunk=False).ratio() >= _ALIKE


def _unnumbered(lines: Iterable[Line], grammar: Grammar) -> list[Line]:
    """Return the lines before the first that begins with a number."""
    return list(takewhile(lambda line: not numbers(line.text, grammar.styles), lines))


def _title(first: str, following: Sequence[Line], printed: str) -> tuple[str, int]:
    """Return a title that begins on one line, and how many of the following lines belong to it."""
    title, whole = first, plain(printed)
    for more, line in enumerate(following):
        if not line.text or plain(title) == whole:
            return title, more
        if line.text == PAGE_END:
            continue
        longer = joined(title, line.text)
        if not whole.startswith(plain(longer)) and not (not closed(title) and goes_on_in_title(title, line.text)):
            return title, more
        title = longer
    return title, len(following)
