"""Tables whose columns are found by their headings, wherever they stand."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.lookup.sources import tables
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import SourceFile


def rows_of(file: SourceFile) -> Iterator[tables.Row]:
    """Yield the rows of a table. It stays open as long as they are asked for, also when one of them is refused."""
    with file.open() as stream:
        yield from tables.rows(stream, file.name)


class Record(NamedTuple):
    """One row below the headings: the line it ends on, and its cells by field, empty where a field has no column."""

    line: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Layout:
    """For each field the headings its column may have; the `optional` fields may have none."""

    headings: Mapping[str, Collection[str]]
    optional: frozenset[str] = frozenset()

    def columns(self, row: Sequence[str]) -> dict[str, int] | None:
        """Return where the fields stand when the row has the headings, None otherwise."""
        found = tables.columns(row, self.headings)
        return found if self.headings.keys() - found.keys() <= self.optional else None

    def is_in(self, rows: Sequence[Sequence[str]]) -> bool:
        """Tell from the first rows of a table whether it has this layout."""
        return any(self.columns(row) is not None for row in rows)

    def records(self, rows: Iterator[tables.Row], file: str) -> Iterator[Record]:
        """Yield the rows below the headings.

        Raises SourceError when there are no headings or nothing below them, and for a row that is cut short.
        """
        columns = next((found for row in rows if (found := self.columns(row.cells))), None)
        if columns is None:
            required = [next(iter(names)) for field, names in self.headings.items() if field not in self.optional]
            raise SourceError(file, None, f"expected a row with the headings {', '.join(required)}")
        line = 0
        for line, cells in rows:
            if len(cells) <= max(columns.values()):
                raise SourceError(file, line, f"expected more than {max(columns.values())} columns, found {len(cells)}")
            yield Record(line, {field: cells[columns[field]] if field in columns else "" for field in self.headings})
        if not line:
            raise SourceError(file, None, "expected rows below the headings, found none")
