"""An edition of ICD-10-CM from its tabular list, its order file, or both."""

import importlib.util
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from services.lookup.codes.model import Edition, Entry, Level, System
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_code import CATEGORY_LENGTH
from services.lookup.sources.icd10cm_order import OrderRow, read_order
from services.lookup.sources.icd10cm_tabular import read_tabular_list

_CARRIER = "simple_icd_10_cm"
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)


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
    tabular_file, order_file = _only(Kind.ICD10CM_TABULAR, files), _only(Kind.ICD10CM_ORDER, files)
    origin = " and ".join(file.name for file in (tabular_file, order_file) if file)
    if not origin:
        raise SourceError("ICD-10-CM", None, "expected a tabular list, an order file, or both")
    years: set[int] = set()
    entries: list[Entry] = []
    if tabular_file:
        with tabular_file.open() as stream:
            tabular = read_tabular_list(stream, tabular_file.name)
        years.update([tabular.fiscal_year] if tabular.fiscal_year else _year_in_name(tabular_file))
        entries = tabular.entries
    if order_file:
        years.update(_year_in_name(order_file))
    first_day = effective_from or _first_day(years, origin)
    fiscal_year = first_day.year + (first_day.month >= 10)
    years.add(fiscal_year)
    if len(years) > 1:
        raise SourceError(origin, None, f"expected one fiscal year, found {', '.join(map(str, sorted(years)))}")
    if order_file:
        with order_file.open() as stream:
            entries = _by_order_file(read_order(stream, order_file.name), entries, order_file.name)
    return Edition(
        system=System.ICD10CM,
        label=f"FY{fiscal_year}" if first_day.month == 10 else f"FY{fiscal_year} {first_day:%B}",
        effective_from=first_day,
        effective_to=date(fiscal_year, 9, 30),
        origin=origin,
        entries=tuple(entries),
    )


def _only(kind: Kind, files: Sequence[SourceFile]) -> SourceFile | None:
    of_kind = [file for file in files if file.kind is kind]
    if len(of_kind) > 1:
        names = ", ".join(file.name for file in of_kind)
        raise SourceError(names, None, f"expected one {kind.value} for an edition, found {len(of_kind)}")
    return of_kind[0] if of_kind else None


def _year_in_name(file: SourceFile) -> list[int]:
    """Return the last year in the file's name, which is nearer to the file than one in its archive's name."""
    return [int(year) for year in _YEAR.findall(file.name)[-1:]]


def _first_day(years: set[int], origin: str) -> date:
    """Return when the edition of a federal fiscal year takes effect: FY2026 begins on 1 October 2025."""
    if not years:
        raise SourceError(origin, None, "expected a fiscal year in the file or its name: say from when it is effective")
    year = max(years)
    return date(year, 4, 1) if "april" in origin.lower() else date(year - 1, 10, 1)


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
