"""The index of a book: one document an entry, fetched by id, and what a replica reads when it opens a release."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from services.lookup.codes.model import Attribute, Edition, Entry, Level, Note, NoteKind, SeventhCharacter
from services.lookup.codes.notation import compact
from services.lookup.codes.record import EntryLine, Record

OUTLINE_ID = "outline"
LEXICON_ID = "lexicon"

_LEVELS = {Level.CHAPTER: 0, Level.SECTION: 1, Level.CODE: 2}
_LEVELS_BACK = {number: level for level, number in _LEVELS.items()}


@dataclass(frozen=True)
class Outline:
    """The top of a book: the lines that nothing stands above, and the records of chapters and sections by code."""

    top: tuple[EntryLine, ...]
    records: Mapping[str, Record]

    @cached_property
    def chapter_titles(self) -> dict[str, str]:
        """The titles of the chapters by their number, or, where a book has none, of its sections by their range."""
        return {line.code: line.title for line in self.top if line.level is not Level.CODE}


def outline_of(records: Iterable[Record]) -> Outline:
    """Gather the outline of an edition from its records."""
    top: list[EntryLine] = []
    upper: dict[str, Record] = {}
    for record in records:
        if not record.ancestors:
            top.append(record.line)
        if record.line.level is not Level.CODE:
            upper[record.line.code] = record
    return Outline(tuple(top), upper)


def document_id(code: str) -> str:
    """Return the id of an entry's document."""
    return compact(code)


def records(edition: Edition) -> Iterator[Record]:
    """Make the records of an edition, in book order."""
    children: dict[str, list[Entry]] = {}
    for entry in edition.entries:
        children.setdefault(entry.parent, []).append(entry)
    lines = {entry.code: _line(entry, has_children=entry.code in children) for entry in edition.entries}
    ancestors: dict[str, tuple[str, ...]] = {"": ()}
    neighbours = _neighbours(edition)
    for entry in edition.entries:
        ancestors[entry.code] = above = _above(entry, ancestors)
        previous, following = neighbours[entry.code]
        yield Record(
            line=lines[entry.code],
            order=entry.order,
            ancestors=above,
            children=tuple(lines[child.code] for child in children.get(entry.code, ())),
            previous=lines.get(previous),
            next=lines.get(following),
            inclusion_terms=entry.inclusion_terms,
            notes=entry.notes,
            seventh_characters=entry.seventh_characters,
            short_title=entry.short_title,
            attributes=entry.attributes,
            common_language=entry.common_language,
        )


def _line(entry: Entry, has_children: bool) -> EntryLine:
    return EntryLine(
        entry.code,
        entry.level,
        entry.title,
        entry.billable,
        has_children,
        effective_from=entry.effective_from,
        effective_to=entry.effective_to,
    )


def _above(entry: Entry, ancestors: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return (*ancestors[entry.parent], entry.parent) if entry.parent else ()


def _neighbours(edition: Edition) -> dict[str, tuple[str, str]]:
    """Return the ids before and after each entry at its depth, empty at the ends."""
    depths: dict[str, int] = {"": -1}
    rows: dict[int, list[str]] = {}
    for entry in edition.entries:
        depths[entry.code] = depth = depths[entry.parent] + 1
        rows.setdefault(depth, []).append(entry.code)
    return {
        middle: (before, after)
        for row in rows.values()
        for before, middle, after in zip(["", *row[:-1]], row, [*row[1:], ""], strict=True)
    }


def record_document(record: Record) -> dict[str, Any]:
    """Return the document of a record. `order` and `code` are searchable, the rest is only stored."""
    line = record.line
    searchable = {"order": record.order} | ({"code": compact(line.code)} if line.level is Level.CODE else {})
    details = {
        "above": record.ancestors,
        "children": [line_values(child) for child in record.children],
        "previous": record.previous and line_values(record.previous),
        "next": record.next and line_values(record.next),
        "terms": record.inclusion_terms,
        "notes": [(note.kind.value, note.text) for note in record.notes],
        "seventh": [(value.character, value.meaning) for value in record.seventh_characters],
        "short": record.short_title,
        "attributes": [(one.name, one.value, one.meaning) for one in record.attributes],
        "common": record.common_language,
    }
    return searchable | {"line": line_values(line), "details": {key: value for key, value in details.items() if value}}


def read_record(source: Mapping[str, Any]) -> Record:
    """Read the document of a record."""
    details = source["details"]
    return Record(
        line=read_line(source["line"]),
        order=source["order"],
        ancestors=tuple(details.get("above", ())),
        children=tuple(map(read_line, details.get("children", ()))),
        previous=read_line(details["previous"]) if "previous" in details else None,
        next=read_line(details["next"]) if "next" in details else None,
        inclusion_terms=tuple(details.get("terms", ())),
        notes=tuple(Note(NoteKind(kind), text) for kind, text in details.get("notes", ())),
        seventh_characters=tuple(SeventhCharacter(*pair) for pair in details.get("seventh", ())),
        short_title=details.get("short", ""),
        attributes=tuple(Attribute(*values) for values in details.get("attributes", ())),
        common_language=details.get("common", ""),
    )


def outline_document(outline: Outline) -> dict[str, Any]:
    """Return the document of an outline."""
    records = [record_document(record) for record in outline.records.values()]
    return {"outline": {"top": list(map(line_values, outline.top)), "records": records}}


def read_outline(source: Mapping[str, Any]) -> Outline:
    """Read the document of an outline."""
    found = map(read_record, source["outline"]["records"])
    return Outline(tuple(map(read_line, source["outline"]["top"])), {record.line.code: record for record in found})


def read_line(values: list[Any]) -> EntryLine:
    """Read one line of a list."""
    code, level, title, billable, has_children, *dates = values
    effective_from, effective_to = (date.fromisoformat(day) if day else None for day in dates or ("", ""))
    return EntryLine(
        code,
        _LEVELS_BACK[level],
        title,
        bool(billable),
        bool(has_children),
        effective_from=effective_from,
        effective_to=effective_to,
    )


def line_values(line: EntryLine) -> list[Any]:
    """Return one line of a list in JSON values; its dates stand at the end, where it has any."""
    values = [line.code, _LEVELS[line.level], line.title, int(line.billable), int(line.has_children)]
    dates = [day.isoformat() if day else "" for day in (line.effective_from, line.effective_to)]
    return [*values, *dates] if any(dates) else values
