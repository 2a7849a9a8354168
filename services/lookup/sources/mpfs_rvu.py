"""Reads the relative value file of the Medicare physician fee schedule, PPRRVU (csv, xlsx), as CMS publishes it.

Its columns stand under headings of several rows, 31 of them until 2025, 32 since. Since 2026 CMS publishes two files of
one release: all codes with the conversion factor for most (nonQPP), and the codes with one of their own for qualifying
participants of an advanced APM (QPP); the relative values are the same. Also read are tables of the same columns that
are spread over several files. The rows of all files of one release are joined by code and modifier.

The descriptions in the file are those of the AMA and the ADA: that column is never looked at.
"""

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby, islice
from pathlib import PurePath
from typing import Any

from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.fees.model import CodeFees, FeeRow, Participation
from services.lookup.index.fees import ROW_FLAGS, ROW_NUMBERS, ROW_TEXTS, FeeDocuments
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.periods import month_in
from services.lookup.sources.tables import Row, columns, rows

_HEADINGS = {
    "code": ("HCPCS", "hcpcs_code"),
    "modifier": ("MOD",),
    "status": ("STATUS CODE", "status"),
    "work": ("WORK RVU", "rvu_work"),
    "non_facility_pe": ("NON-FAC PE RVU", "rvu_non_pe"),
    "non_facility_na": ("NON-FAC NA INDICATOR", "non_na"),
    "facility_pe": ("FACILITY PE RVU", "rvu_fac_pe"),
    "facility_na": ("FACILITY NA INDICATOR", "fac_na"),
    "mp": ("MP RVU", "rvu_mp"),
    "non_facility_total": ("NON-FACILITY TOTAL", "rvu_non_sum"),
    "facility_total": ("FACILITY TOTAL", "rvu_fac_sum"),
    "pctc": ("PCTC IND", "pctc"),
    "global_days": ("GLOB DAYS", "glob"),
    "pre": ("PRE OP", "pre_op"),
    "intra": ("INTRA OP", "intra_op"),
    "post": ("POST OP", "post_op"),
    "multiple": ("MULT PROC", "mult_proc"),
    "bilateral": ("BILAT SURG", "bilat_surg"),
    "assistant": ("ASST SURG", "asst_surg"),
    "co_surgeons": ("CO- SURG", "co_surg"),
    "team": ("TEAM SURG", "team_surg"),
    "endoscopic_base": ("ENDO BASE", "endo_base"),
    "conversion_factor": ("CONV FACTOR", "cf"),
    "supervision": ("PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES", "phys_diag_pro"),
    "imaging_family": ("DIAGNOSTIC IMAGING FAMILY INDICATOR", "diag_img_fam"),
    "opps_non_facility_pe": ("NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT", "rvu_opps_non_pe"),
    "opps_facility_pe": ("FACILITY PE USED FOR OPPS PAYMENT AMOUNT", "rvu_opps_fac_pe"),
    "opps_mp": ("MP USED FOR OPPS PAYMENT AMOUNT", "rvu_opps_mp"),
    # Whether the conversion factor is that of qualifying participants, since 2026.
    "pricing": ("PRIC IND",),
}
_KEY = {"code", "modifier"}
_NEEDED = {*ROW_NUMBERS, *ROW_FLAGS, *ROW_TEXTS, "conversion_factor"}
# Enough to tell the file, or each part of it, from other tables about codes.
_SIGNS: tuple[set[str], ...] = ({"work", "facility_pe", "mp"}, {"status", "global_days", "bilateral"})
_SUMS = (("non_facility_pe", "non_facility_total"), ("facility_pe", "facility_total"))

_CODE = re.compile(r"[A-Z]\d{4}|\d{4}[0-9A-Z]", re.ASCII)
_MODIFIER = re.compile(r"(?:[0-9A-Z]{2})?", re.ASCII)
_RELEASE = re.compile(r"(20\d\d) National Physician Fee Schedule Relative Value File ([A-Z][a-z]+)", re.ASCII)
_RELEASE_NAME = re.compile(r"rvu(\d\d)([a-d])", re.IGNORECASE | re.ASCII)
_QPP_NAME = re.compile(r"(non)?[ _-]?qpp", re.IGNORECASE | re.ASCII)

_HEAD_ROWS = 40
_HEADING_ROWS = 5
# The printed digits of relative values and of conversion factors.
_UNIT = Decimal("0.01")
_FACTOR = Decimal("0.0001")
# What rounding three values and their sum can come to.
_TOLERANCE = Decimal("0.02")
_WIDTHS = {"global_days": 3, "endoscopic_base": 5, "supervision": 2, "imaging_family": 2}

# The values of a row by field: Decimal for numbers, bool for flags, else str.
_Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Table:
    """A file whose columns are known; `heading_row` is the last row of its headings, of those that are not empty."""

    file: SourceFile
    month: date | None
    places: Mapping[str, int]
    heading_row: int


def is_rvu(head: Sequence[Sequence[str]]) -> bool:
    """Tell from its first rows whether a table is the relative value file, or a part of it."""
    return _find_columns(head) is not None


def read_rvu(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Yield the releases that the files hold, each read when the iterator gets there.

    A release is effective from the first of its month to the end of its year. Raises SourceError for a file that breaks
    the layout, a row whose work, practice expense and malpractice do not add up to its total, rows of one release that
    contradict each other, and a release whose columns are not all there, or whose month is not known.
    """
    of_kind = (file for file in files if file.kind is Kind.MPFS_RVU)
    tables = [_head(file) for file in one_file_each(of_kind, lambda file: PurePath(file.name).with_suffix("")).values()]
    labelled = sorted(((_label(table, told), table) for table in tables), key=lambda one: one[0])
    for label, group in groupby(labelled, key=lambda one: one[0]):
        yield _edition(label, [table for _, table in group], told)


def _label(table: _Table, told: Told) -> str:
    if told.edition:
        return told.edition
    if table.month is None:
        raise SourceError(table.file.name, None, "expected the month of the release: say it with --edition")
    return f"{calendar.month_name[table.month.month]} {table.month.year}"


def _edition(label: str, tables: Sequence[_Table], told: Told) -> FactEdition:
    months = {table.month for table in tables if table.month}
    first = told.effective_from or (min(months) if months else None)
    if first is None:
        raise SourceError(tables[0].file.name, None, "expected a first date of service: say it with --effective-from")
    release = _Release()
    for table in tables:
        release.add(table)
    codes = release.codes()
    return FactEdition(
        source=Source.RVU,
        label=label,
        effective_from=first,
        effective_to=told.effective_to or date(first.year, 12, 31),
        origin=", ".join(dict.fromkeys(table.file.path.name for table in tables)),
        rows=release.rows,
        left_out=dict(release.left_out),
        codes=len(codes),
        documents=FeeDocuments(codes),
    )


class _Release:
    """The rows of all files of one release, joined by code and modifier."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self._values: dict[tuple[str, str], _Values] = {}
        self._factors: dict[tuple[str, str], dict[Participation, Decimal]] = defaultdict(dict)
        self._last_file = ""

    @property
    def rows(self) -> int:
        """How many rows the release has: one that stands in several of its files counts once."""
        return len(self._values) + sum(self.left_out.values())

    def add(self, table: _Table) -> None:
        """Take the rows of a file; raises SourceError for one that contradicts another."""
        name = self._last_file = table.file.name
        seen: set[tuple[str, str]] = set()
        for line, values in _data(table):
            key = values.pop("code"), values.pop("modifier")
            if key in seen:
                self.left_out["repeats another row"] += 1
            seen.add(key)
            participation = _participation(name, values.pop("pricing", None))
            factor = values.pop("conversion_factor", None)
            if factor is not None and self._factors[key].setdefault(participation, factor) != factor:
                raise SourceError(name, line, f"expected the conversion factor of {_named(key)} given before")
            known = self._values.setdefault(key, {})
            for field, value in values.items():
                if known.setdefault(field, value) != value:
                    raise SourceError(name, line, f"expected {field} {known[field]} of {_named(key)} given before")
        if not seen:
            raise SourceError(name, None, "expected rows below the headings, found none")

    def codes(self) -> dict[str, CodeFees]:
        """Return the rows by code; raises SourceError where a part of a row is missing."""
        by_code: dict[str, list[FeeRow]] = defaultdict(list)
        for key, values in self._values.items():
            factors = self._factors.get(key, {})
            missing = _NEEDED - values.keys() - ({"conversion_factor"} if factors else set())
            if missing:
                headings = ", ".join(_HEADINGS[field][0] for field in _HEADINGS if field in missing)
                expected = f"expected also {headings} of {_named(key)}: give all files of the release together"
                raise SourceError(self._last_file, None, expected)
            by_code[key[0]].append(FeeRow(modifier=key[1], conversion_factors=factors, **values))
        return {
            code: CodeFees(code, tuple(sorted(by_code[code], key=lambda row: row.modifier))) for code in sorted(by_code)
        }


def _named(key: tuple[str, str]) -> str:
    return "-".join(filter(None, key))


def _participation(name: str, pricing: object) -> Participation:
    """Return whom the conversion factor is for: the names of the two files say it, else their pricing indicator."""
    if named := _QPP_NAME.search(name.rpartition("!")[2]):
        return Participation.OTHERS if named[1] else Participation.QUALIFYING
    if pricing is None:
        return Participation.ALL
    return Participation.QUALIFYING if pricing == "1" else Participation.OTHERS


def _head(file: SourceFile) -> _Table:
    with file.open() as stream:
        head = list(islice(rows(stream, file.name), _HEAD_ROWS))
    found = _find_columns([row.cells for row in head])
    if found is None:
        raise SourceError(file.name, None, "expected the headings of the relative value file")
    heading, places = found
    return _Table(file, _month([row.cells for row in head[:heading]], file.name), places, heading)


def _month(preamble: Sequence[Sequence[str]], name: str) -> date | None:
    """Return the first day of the month of release: as the file says, else as its name says."""
    for cell in (cell for cells in preamble for cell in cells):
        if (said := _RELEASE.search(cell)) and (month := month_in(f"{said[2]} {said[1]}")):
            return month
    if named := _RELEASE_NAME.search(name):
        return date(2000 + int(named[1]), 1 + 3 * "abcd".index(named[2].lower()), 1)
    return month_in(name)


def _find_columns(head: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """Return which row is the last of the headings, and where each column stands; None in another table."""
    for number, cells in enumerate(head):
        if columns(cells, _HEADINGS).keys() >= _KEY:
            places = columns(_stacked(head[:number], cells), _HEADINGS)
            if any(_KEY | sign <= places.keys() for sign in _SIGNS):
                return number, places
    return None


def _stacked(above: Sequence[Sequence[str]], last: Sequence[str]) -> list[str]:
    """Join headings that are written over several rows; a row with a single text belongs to the preamble."""
    stack = [last]
    for cells in reversed(above[-_HEADING_ROWS:]):
        if sum(map(bool, cells)) < 2:
            break
        stack.insert(0, cells)
    return [" ".join(filter(None, (_cell(cells, place) for cells in stack))) for place in range(len(last))]


def _data(table: _Table) -> Iterator[tuple[int, _Values]]:
    """Return the rows below the headings, each with its line."""
    with table.file.open() as stream:
        below = list(islice(rows(stream, table.file.name), table.heading_row + 1, None))
    return ((row.line, _values(row, table)) for row in below)


def _values(row: Row, table: _Table) -> _Values:
    name = table.file.name
    values: _Values = {}
    for field, place in table.places.items():
        cell = _cell(row.cells, place)
        if field in ROW_NUMBERS:
            values[field] = _number(cell, _UNIT, field, row.line, name)
        elif field == "conversion_factor":
            values[field] = _number(cell, _FACTOR, field, row.line, name)
        elif field in ROW_FLAGS:
            values[field] = cell.upper() == "NA"
        else:
            text = cell.removesuffix(".0").upper()
            values[field] = text.zfill(_WIDTHS[field]) if text and text[0].isdigit() and field in _WIDTHS else text
    values["code"] = values["code"].zfill(5)
    if not _CODE.fullmatch(values["code"]):
        raise SourceError(name, row.line, f"expected a CPT or HCPCS code, found {values['code']!r}")
    if not _MODIFIER.fullmatch(values["modifier"]):
        raise SourceError(name, row.line, f"expected a modifier or none, found {values['modifier']!r}")
    _check_sums(values, row.line, name)
    return values


def _check_sums(values: _Values, line: int, name: str) -> None:
    for pe, total in _SUMS:
        if values.keys() >= {"work", pe, "mp", total}:
            work, expense, malpractice, printed = (values[field] for field in ("work", pe, "mp", total))
            if abs(work + expense + malpractice - printed) > _TOLERANCE:
                expected = f"expected work {work} + PE {expense} + MP {malpractice} to be the total, found {printed}"
                raise SourceError(name, line, f"{expected} ({values['code']})")


def _number(cell: str, digits: Decimal, field: str, line: int, name: str) -> Decimal:
    """Return a number at its printed digits: what a workbook or another program wrote may carry float noise."""
    try:
        number = Decimal(cell)
        if number.is_finite() and 0 <= number < 1_000_000:
            return number.quantize(digits)
    except InvalidOperation:
        pass
    raise SourceError(name, line, f"expected a number in {_HEADINGS[field][0]}, found {cell!r}")


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
