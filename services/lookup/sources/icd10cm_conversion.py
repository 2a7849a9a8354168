"""Reads the ICD-10-CM conversion table of NCHS: every code since FY2017 that was new, and what was assigned before it.

"For each new code the table shows the effective date and its previously assigned code equivalent. Unless otherwise
specified the code effective date is October 1 of the year listed" (above the table itself).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from services.lookup.codes.history import NO_ASSIGNMENT, Conversion
from services.lookup.codes.model import System
from services.lookup.codes.notation import compact, display
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.history import conversion_documents
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import check_told_of_one, period
from services.lookup.sources.layout import rows_of
from services.lookup.sources.periods import year_in
from services.lookup.sources.tables import Row, columns

_COLUMNS = {
    "code": ("Current code assignment",),
    "effective": ("Effective", "Effective date"),
    "previous": ("Previous Code(s) Assignment",),
}
_CODE = r"[A-Z](?:[0-9][0-9A-Z]|[A-Z][0-9])(?:\.?[0-9A-Z]{1,4})?"
_ONE_CODE = re.compile(_CODE)
# A dash or a dot behind it makes it the beginning of codes that are not named: I63.-
_SPAN = re.compile(rf"\b({_CODE})(?:\s*-\s*({_CODE}))?(?![0-9A-Z]|\.-|-)")
# "K59.09 AND Code from categories T36-T50": what follows are no codes that were assigned.
_UNNAMED = re.compile(r"\bcodes? (?:in|from)\b.*", re.IGNORECASE | re.DOTALL)
_YEAR = re.compile(r"20[0-9]{2}")
_FISCAL_YEAR = re.compile(r"\bFY ?(20[0-9]{2})\b")
_GIVEN_TWICE = "given twice"


def is_conversion(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows of a table whether this is the ICD-10-CM conversion table."""
    return any(len(columns(row, _COLUMNS)) == len(_COLUMNS) for row in rows)


def read_conversion(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read each conversion table among the files as an edition; files of another kind are left alone.

    The fiscal year stands above the table, else in the name of the file. A table repeats all before it and has no end.
    Raises SourceError for a row without a code, a day it took effect or what was assigned before, a table without rows,
    a fiscal year that is not known, and a second file of an edition.
    """
    own = [file for file in files if file.kind is Kind.ICD10CM_CONVERSION]
    editions = one_file_each(own, _fiscal_year)
    check_told_of_one(list(editions), told)
    for year, file in editions.items():
        dates = period([year], file.name, told)
        table = rows_of(file)
        places, _ = _heading(table, file.name)
        found = [_conversion(row, places, file.name) for row in table]
        if not found:
            raise SourceError(file.name, None, "expected rows below the headings, found none")
        conversions = list(dict.fromkeys(found))
        documents = conversion_documents(conversions)
        repeated = len(found) - len(conversions)
        yield FactEdition(
            source=Source.CONVERSION,
            label=dates.label,
            effective_from=dates.effective_from,
            effective_to=told.effective_to or date.max,
            origin=file.name,
            rows=len(found),
            codes=len(documents),
            documents=documents,
            left_out={_GIVEN_TWICE: repeated} if repeated else {},
        )


def _fiscal_year(file: SourceFile) -> int | None:
    _, year = _heading(rows_of(file), file.name)
    return year or year_in(file.name)


def _heading(table: Iterator[Row], file: str) -> tuple[Mapping[str, int], int | None]:
    """Go to the first row of the table; return where its columns stand, and the fiscal year that is said above it."""
    year = None
    for row in table:
        places = columns(row.cells, _COLUMNS)
        if len(places) == len(_COLUMNS):
            return places, year
        if said := _FISCAL_YEAR.search(" ".join(row.cells)):
            year = int(said[1])
    headings = ", ".join(names[0] for names in _COLUMNS.values())
    raise SourceError(file, None, f"expected a row with the headings {headings}")


def _conversion(row: Row, places: Mapping[str, int], file: str) -> Conversion:
    cells = dict(enumerate(row.cells))
    code, effective, previous = (cells.get(places[name], "") for name in _COLUMNS)
    if not _ONE_CODE.fullmatch(code):
        raise SourceError(file, row.line, f"expected an ICD-10-CM code as current assignment, found {code[:20]!r}")
    day = _day(effective)
    if day is None:
        raise SourceError(file, row.line, f"expected the year or the day {code} took effect, found {effective[:20]!r}")
    if not previous:
        raise SourceError(file, row.line, f"expected what was assigned before {code}, or {NO_ASSIGNMENT}")
    spans = [_span(match) for match in _SPAN.finditer(_UNNAMED.sub("", previous))]
    return Conversion(_printed(code), day, tuple(dict.fromkeys(spans)), " ".join(previous.split()))


def _day(text: str) -> date | None:
    if _YEAR.fullmatch(text):
        return date(int(text), 10, 1)
    for form in ("%Y-%m-%d", "%m/%d/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def _span(match: re.Match[str]) -> str:
    return "-".join(_printed(code) for code in match.groups() if code)


def _printed(code: str) -> str:
    """Return a code with its dot, which a few rows leave out."""
    return display(System.ICD10CM, compact(code))
