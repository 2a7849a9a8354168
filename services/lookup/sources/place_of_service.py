"""Reads the place of service codes of CMS: a table with a row for each code, and for a range of unassigned ones."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from services.lookup.codes.place import Place
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.places import place_documents
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.layout import Layout, rows_of
from services.lookup.sources.periods import month_in, year_in

_LAYOUT = Layout(
    {
        "code": ("Place of Service Code(s)", "Place of Service Code", "pos_code"),
        "name": ("Place of Service Name", "pos_name"),
        "description": ("Place of Service Description", "pos_description"),
        "type": ("pos_type",),
    },
    optional=frozenset({"type"}),
)
_CODES = re.compile(r"([0-9]{1,2})(?:\s*[-\u2013]\s*([0-9]{1,2}))?")
_UNASSIGNED = "unassigned"
# Whether Medicare pays the facility rate there.
_FACILITY = {"facility": True, "non-facility": False, "": None}


def is_place_of_service(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether these are place of service codes."""
    return _LAYOUT.is_in(rows)


def read_places(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read the codes, from one file an edition.

    The edition is the month or the year in the name of the file, unless told. CMS sets no bound to its dates. Raises
    SourceError for a row that does not hold a code with its name, a code given twice, and a file that is cut.
    """
    found = [file for file in files if file.kind is Kind.PLACE_OF_SERVICE]
    for label, file in one_file_each(found, partial(_edition, told=told)).items():
        places, unassigned = _read(file)
        yield FactEdition(
            source=Source.PLACE_OF_SERVICE,
            label=label,
            effective_from=told.effective_from or date.min,
            effective_to=told.effective_to or date.max,
            origin=file.name,
            rows=len(places) + unassigned,
            codes=len(places),
            documents=place_documents(places),
            left_out={"unassigned": unassigned} if unassigned else {},
        )


def _edition(file: SourceFile, told: Told) -> str:
    month = month_in(file.name)
    label = told.edition or (f"{month:%B %Y}" if month else year_in(file.name))
    if not label:
        raise SourceError(file.name, None, "expected the month or the year in the name; tell it with --edition")
    return str(label)


def _read(file: SourceFile) -> tuple[list[Place], int]:
    """Return the places, and how many rows say that codes are unassigned."""
    places: list[Place] = []
    unassigned = 0
    line_of: dict[str, int] = {}
    for line, fields in _LAYOUT.records(rows_of(file), file.name):
        # CMS marks some names with asterisks, for its notes.
        name = fields["name"].rstrip("* ")
        codes = _numbers(fields["code"], file.name, line)
        for code in codes:
            if code in line_of:
                raise SourceError(file.name, line, f"code {code} was already given in line {line_of[code]}")
            line_of[code] = line
        if name.casefold() == _UNASSIGNED:
            unassigned += 1
            continue
        facility = fields["type"].casefold()
        if len(codes) != 1 or not name or facility not in _FACILITY:
            expected = "a code, its name, and facility or non-facility where the table says it"
            raise SourceError(file.name, line, f"expected {expected}")
        places.append(Place(codes[0], name, fields["description"], _FACILITY[facility]))
    return places, unassigned


def _numbers(text: str, file: str, line: int) -> list[str]:
    """Return the codes that a cell names: one, or all of a range. A workbook drops the zero of 01."""
    match = _CODES.fullmatch(text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    if first > last:
        raise SourceError(file, line, f"expected a code of two digits or a range of them, found {text!r}")
    return [f"{number:02}" for number in range(first, last + 1)]
