"""An edition of ICD-10-CM from its tabular list, its order file, or both."""

import importlib.util
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from services.lookup.codes.model import Edition, Entry, Level, System
from services.lookup.facts.edition import Told
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import by_edition, only, period
from services.lookup.sources.icd10cm_code import CATEGORY_LENGTH
from services.lookup.sources.icd10cm_order import OrderRow, read_order
from services.lookup.sources.icd10cm_tabular import read_tabular_list
from services.lookup.sources.periods import year_in

_CARRIER = "simple_icd_10_cm"
_KINDS = (Kind.ICD10CM_TABULAR, Kind.ICD10CM_ORDER)


def carried_release() -> Path:
    """Return the tabular list that the package simple-icd-10-cm carries.

    The package is found, not imported: importing it reads the whole list. Raises SourceError when it holds none.
    """
    spec = importlib.util.find_spec(_CARRIER)
    folders = (spec and spec.submodule_search_locations) or ()
    found = [path for folder in folders for path in Path(folder, "data").glob("*tabular*.xml")]
    if len(found) != 1:
        raise SourceError(_CARRIER, None, f"expected the package to carry one tabular list, found {len(found)}")
    return found[0]


def read_icd10cm(files: Sequence[SourceFile], told: Told) -> Iterator[Edition]:
    """Read the editions among the files one by one, the oldest first; files of another kind are left alone."""
    for edition in by_edition([file for file in files if file.kind in _KINDS], told):
        yield _read(edition, told)


def read_edition(files: Sequence[SourceFile], effective_from: date | None = None) -> Edition:
    """Read one edition from its tabular list, its order file, or both; files of another kind are left alone.

    With both, the order file says which codes there are, which are billable and what their titles are; the list gives
    chapters, sections, notes and inclusion terms. The order file alone has no chapters and sections: its categories
    have no parent.

    The fiscal year is the version in the list, or stands in the name of the order file. The edition takes effect on its
    1 October or, where the name of a file says April, on its 1 April, unless `effective_from` says when; it ends with
    the fiscal year.

    Files are read whole or not at all. Raises SourceError for a file that its reader refuses, two files of one kind or
    none, and a fiscal year that is not known or on which the files and `effective_from` disagree.
    """
    return _read(files, Told(effective_from=effective_from))


def _read(files: Sequence[SourceFile], told: Told) -> Edition:
    tabular_file, order_file = only(Kind.ICD10CM_TABULAR, files), only(Kind.ICD10CM_ORDER, files)
    origin = " and ".join(file.name for file in (tabular_file, order_file) if file)
    if not origin:
        raise SourceError("ICD-10-CM", None, "expected a tabular list, an order file, or both")
    years: set[int | None] = set()
    entries: list[Entry] = []
    if tabular_file:
        with tabular_file.open() as stream:
            tabular = read_tabular_list(stream, tabular_file.name)
        years.add(tabular.fiscal_year or year_in(tabular_file.name))
        entries = tabular.entries
    if order_file:
        years.add(year_in(order_file.name))
    dates = period(years, origin, told)
    if order_file:
        with order_file.open() as stream:
            entries = _by_order_file(read_order(stream, order_file.name), entries, order_file.name)
    return Edition(
        system=System.ICD10CM,
        label=dates.label,
        effective_from=dates.effective_from,
        effective_to=dates.effective_to,
        origin=origin,
        entries=tuple(entries),
    )


def _by_order_file(rows: Sequence[OrderRow], tabular: Sequence[Entry], file: str) -> list[Entry]:
    """Return the rows as entries, below the chapters and sections of the tabular list where there is one."""
    if not tabular:
        return [_entry(row, order, row.parent, None) for order, row in enumerate(rows, 1)]
    printed = {entry.code: entry for entry in tabular if entry.level is Level.CODE}
    by_category: dict[str, list[OrderRow]] = defaultdict(list)
    for row in rows:
        by_category[row.code[:CATEGORY_LENGTH]].append(row)
    entries: list[Entry] = []
    for entry in tabular:
        if entry.level is not Level.CODE:
            entries.append(replace(entry, order=len(entries) + 1))
        elif len(entry.code) == CATEGORY_LENGTH:
            for row in by_category.pop(entry.code, ()):
                entries.append(_entry(row, len(entries) + 1, row.parent or entry.parent, printed.get(row.code)))
    if by_category:
        categories = ", ".join(by_category)
        raise SourceError(file, None, f"expected categories of the tabular list, found also {categories}")
    return entries


def _entry(row: OrderRow, order: int, parent: str, printed: Entry | None) -> Entry:
    """Return the entry for a row, with what the tabular list prints under its code."""
    return Entry(
        code=row.code,
        level=Level.CODE,
        title=row.title,
        parent=parent,
        order=order,
        billable=row.valid,
        inclusion_terms=printed.inclusion_terms if printed else (),
        notes=printed.notes if printed else (),
        seventh_characters=printed.seventh_characters if printed else (),
    )
