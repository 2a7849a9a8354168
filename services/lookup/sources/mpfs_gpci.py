"""Reads the geographic practice cost indices of the Medicare physician fee schedule, GPCI (csv, xlsx; Addendum E).

Of the index of work CMS prints up to two columns, with the floor of 1.0 and without. The law sets the floor (Social
Security Act, section 1848(e)(1)(E)) for a time that Congress has always prolonged so far, and CMS prices with it while
it lasts: the column with the floor counts, and the other only where the file has no other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice

from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.fees.model import Locality, locality_key
from services.lookup.index.fees import LocalityDocuments
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.periods import month_in
from services.lookup.sources.tables import Row, columns, rows

# Headings without their year.
_HEADINGS = {
    "contractor": ("Medicare Administrative Contractor (MAC)", "Medicare Administrative Contractor", "MAC"),
    "state": ("State",),
    "number": ("Locality Number", "locality"),
    "name": ("Locality Name", "locality_name"),
    "work": ("PW GPCI (with 1.0 Floor)", "PW GPCI", "gpci_work", "PW GPCI (without 1.0 Floor)"),
    "pe": ("PE GPCI", "gpci_pe"),
    "mp": ("MP GPCI", "gpci_mp"),
}
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)", re.ASCII)
_CONTRACTOR = re.compile(r"\d{1,5}", re.ASCII)
_NUMBER = re.compile(r"\d{1,2}", re.ASCII)
_STATE = re.compile(r"[A-Z]{2}", re.ASCII)
_HEAD_ROWS = 40
_INDEX = Decimal("0.001")


def is_gpci(head: Sequence[Sequence[str]]) -> bool:
    """Tell from its first rows whether a table is that of the geographic indices."""
    return _find_columns(head) is not None


def read_gpci(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Yield the years that the files hold, each read when the iterator gets there.

    The text below the last locality holds footnotes, no records. Raises SourceError for a file that breaks the layout,
    a locality given twice with other indices, and a year that is not known.
    """
    years = {file: _year(file) for file in files if file.kind is Kind.MPFS_GPCI}
    for label, file in sorted(one_file_each(years, lambda file: _label(file, years[file], told)).items()):
        year = years[file]
        first = told.effective_from or (date(year, 1, 1) if year else None)
        if first is None:
            raise SourceError(file.name, None, "expected a first date of service: say it with --effective-from")
        yield _edition(label, file, first, told.effective_to or date(first.year, 12, 31))


def _label(file: SourceFile, year: int | None, told: Told) -> str:
    if not told.edition and year is None:
        raise SourceError(file.name, None, "expected the year of the indices: say it with --edition")
    return told.edition or str(year)


def _edition(label: str, file: SourceFile, first: date, last: date) -> FactEdition:
    localities: dict[str, Locality] = {}
    repeated = 0
    for line, one in _localities(file):
        repeated += one.key in localities
        if localities.setdefault(one.key, one) != one:
            raise SourceError(file.name, line, f"expected the indices of locality {one.key} given before")
    if not localities:
        raise SourceError(file.name, None, "expected localities below the headings, found none")
    return FactEdition(
        source=Source.GPCI,
        label=label,
        effective_from=first,
        effective_to=last,
        origin=file.name,
        rows=len(localities) + repeated,
        left_out={"repeats another row": repeated} if repeated else {},
        codes=0,
        documents=LocalityDocuments(localities.values()),
    )


def _year(file: SourceFile) -> int | None:
    """Return the year that the headings say, or the title above them, else the name of the file."""
    with file.open() as stream:
        head = list(islice(rows(stream, file.name), _HEAD_ROWS))
    heading, _ = _columns(head, file.name)
    for row in reversed(head[: heading + 1]):
        if said := _YEAR.search(" ".join(row.cells)):
            return int(said[1])
    if month := month_in(file.name):
        return month.year
    named = _YEAR.search(file.name)
    return int(named[1]) if named else None


def _columns(table: Sequence[Row], file: str) -> tuple[int, dict[str, int]]:
    found = _find_columns([row.cells for row in table])
    if found is None:
        raise SourceError(file, None, "expected the headings of the geographic indices")
    return found


def _find_columns(head: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """Return which row holds the headings, and where each column stands; None in another table."""
    for number, cells in enumerate(head):
        places = columns([_YEAR.sub("", cell) for cell in cells], _HEADINGS)
        if places.keys() == _HEADINGS.keys():
            return number, places
    return None


def _localities(file: SourceFile) -> Iterator[tuple[int, Locality]]:
    """Yield the localities of a file, each with its line."""
    with file.open() as stream:
        table = list(rows(stream, file.name))
    heading, places = _columns(table, file.name)
    footnotes = False
    for row in table[heading + 1 :]:
        if _is_footnote(row, places):
            footnotes = True
        elif footnotes:
            raise SourceError(file.name, row.line, "expected footnotes alone below the first of them")
        else:
            yield row.line, _locality(row, places, file.name)


def _is_footnote(row: Row, places: Mapping[str, int]) -> bool:
    """Whether a row is a note: a text with nothing beside it."""
    return sum(map(bool, row.cells)) == 1 and not _CONTRACTOR.fullmatch(_cell(row, places["contractor"]))


def _locality(row: Row, places: Mapping[str, int], file: str) -> Locality:
    contractor, number, state = (_cell(row, places[field]) for field in ("contractor", "number", "state"))
    if not _CONTRACTOR.fullmatch(contractor) or not _NUMBER.fullmatch(number):
        raise SourceError(file, row.line, f"expected a contractor and a locality, found {contractor!r}, {number!r}")
    if not _STATE.fullmatch(state):
        raise SourceError(file, row.line, f"expected a state of two letters, found {state!r}")
    # Asterisks refer to the footnotes.
    name = _cell(row, places["name"]).rstrip("* ")
    indices = (_index(_cell(row, places[field]), row.line, file) for field in ("work", "pe", "mp"))
    return Locality(locality_key(contractor, number), name, state, *indices)


def _index(cell: str, line: int, file: str) -> Decimal:
    """Return an index at its three printed digits: other programs write float noise."""
    try:
        number = Decimal(cell)
        if number.is_finite() and 0 < number < 10:
            return number.quantize(_INDEX)
    except InvalidOperation:
        pass
    raise SourceError(file, line, f"expected an index such as 1.017, found {cell!r}")


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""
