"""The tables of a vocabulary: the project's own beside this module, and those of an operator's folder.

They are separated by tabs. The header says which of the kinds a table is; its `source` column says where a row is from.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

from services.lookup.codes.model import System
from services.lookup.errors import VocabularyError

_FOLDER = Path(__file__).parent


class Table(Enum):
    """A kind of table, with its columns.

    An ambiguous abbreviation has one row for each expansion, the most usual first. The names of synonyms are all those
    of one thing, separated by bars, the preferred first; those of codes are lent to each of the codes. A part is the
    ending of a word ("-cillin") or its beginning ("cef-"), and tells what a word is that is not known. A term of a code
    system is read in searches of its codes alone; its meaning is in the words of their titles.
    """

    ABBREVIATIONS = ("abbreviation", "expansion", "source")
    LAY_TERMS = ("term", "meaning", "source")
    EQUIVALENTS = ("word", "equivalent", "source")
    WORD_PARTS = ("part", "meaning", "source")
    SYNONYMS = ("names", "source")
    CODE_NAMES = ("codes", "names", "source")
    SYSTEM_TERMS = ("system", "term", "meaning", "source")


Tables = dict[Table, list[Sequence[str]]]


def read_tables(further: Path | None) -> Tables:
    """Return the rows of the project's own tables, then of those in a `further` folder.

    Raises VocabularyError for a folder that is none, a table that is not UTF-8 or has an unknown header, and a row that
    is not like it.
    """
    if further and not further.is_dir():
        raise VocabularyError(f"{further} is no folder")
    tables: Tables = {table: [] for table in Table}
    for folder in filter(None, (_FOLDER, further)):
        for path in sorted(folder.glob("*.tsv")):
            lines = io.StringIO(_decoded(path), newline="")
            _read(path.name, csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), tables)
    return tables


def _decoded(path: Path) -> str:
    """Return the text of a table; spreadsheets begin one with a byte order mark."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise VocabularyError(f"{path.name} line {line}: expected text in UTF-8") from error


def _read(name: str, rows: Iterator[list[str]], tables: Tables) -> None:
    header = tuple(next(rows, ()))
    table = next((table for table in Table if table.value == header), None)
    if table is None:
        kinds = "; ".join(", ".join(table.value) for table in Table)
        raise VocabularyError(f"{name} line 1: expected the columns of a table, one of: {kinds}")
    for number, row in enumerate(rows, 2):
        if len(row) != len(header) or not all(cell.strip() for cell in row):
            raise VocabularyError(f"{name} line {number}: expected {', '.join(header)}, none of them empty")
        if table is Table.SYSTEM_TERMS and row[0] not in set(System):
            raise VocabularyError(f"{name} line {number}: expected a code system, one of: {', '.join(System)}")
        tables[table].append(row)
