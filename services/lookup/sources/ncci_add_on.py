"""Reads the add-on code (AOC) edits of the NCCI, `AOC_VYYYYQN-MCR`, as text of fixed width or as workbook.

Both hold the same fields: the type, the add-on code and when it was deleted, the primary code and when it was deleted,
when the edit began and when it was deleted, and notes. Dates are a year and the day in it (YYYYDDD).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO, NamedTuple

from services.lookup.edits.model import AddOnHistory, AddOnWindow
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.edits import add_on_document
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.ncci import date_in, period_of, procedure_code
from services.lookup.sources.periods import Period
from services.lookup.sources.tables import columns, rows

_CONTRACTOR_DEFINED = "CCCCC"
_HEADINGS = {
    "type": ("AOC_Edit_Type", "aoc_edit_type", "type"),
    "add_on": ("Add-On_Code", "Add_On_Code", "add_on_code", "addon"),
    "add_on_deleted": ("AOC_DelDT", "AOC_Del_Dt", "AOC_Del_Dt_Julian"),
    "primary": ("Primary_Code", "primary_code", "primary"),
    "primary_deleted": ("Primary_Code_DelDT", "Primary_Code_Del_Dt", "Primary_Code_Del_Dt_Julian"),
    "effective": ("AOC_Edit_EffDT", "AOC_Edit_Eff_Dt", "AOC_Edit_Eff_Dt_Julian", "valid_from"),
    "deleted": ("AOC_Edit_DelDT", "AOC_Edit_Del_Dt", "AOC_Edit_Del_Dt_Julian", "valid_to"),
}
_NEEDED = {"type", "add_on", "primary"}
_DELETED = ("add_on_deleted", "primary_deleted", "deleted")
_DAY = r"\d{7}| {7}"
_FIXED = re.compile(
    rf"(?P<type>[123])(?P<add_on>[A-Z0-9]{{5}})(?P<add_on_deleted>{_DAY})(?P<primary>[A-Z0-9]{{5}})"
    rf"(?P<primary_deleted>{_DAY})(?P<effective>\d{{7}})(?P<deleted>{_DAY})(?P<notes>.*)",
    re.ASCII,
)
_FIXED_WIDTH = 39
_YEAR_AND_DAY = re.compile(r"\d{7}", re.ASCII)


class _AddOnRow(NamedTuple):
    """One row: an add-on code, a primary code (empty when the contractor defines it), and when they belong together."""

    type: int
    add_on: str
    primary: str
    effective_from: date | None
    effective_to: date | None


def is_ncci_add_on(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether this is a table of add-on codes."""
    return any(columns(row, _HEADINGS).keys() >= _NEEDED for row in rows)


def is_ncci_add_on_text(head: bytes) -> bool:
    """Tell from the first bytes whether this is the add-on code file of fixed width."""
    return any(_fixed(line) for line in head.decode("latin-1").splitlines())


def read_ncci_add_on(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read the edition of each quarter.

    An edition with dates answers from the first date of an edit on, else from the first day of its quarter; both until
    the end of the quarter. Raises SourceError for a file of which the quarter is not known, and for a row that breaks
    the layout.
    """
    quarters = one_file_each(
        [file for file in files if file.kind is Kind.NCCI_ADD_ON], lambda file: period_of(file, told)
    )
    for period, file in quarters.items():
        yield _edition(period, file, told)


def _edition(period: Period, file: SourceFile, told: Told) -> FactEdition:
    given = [_row(written, file, line) for line, written in _written_rows(file)]
    if not given:
        raise SourceError(file.name, None, "expected add-on codes, found none")
    taken = dict.fromkeys(given)
    primaries: dict[str, list[AddOnWindow]] = {}
    add_ons: dict[str, list[AddOnWindow]] = {}
    for type, add_on, primary, first, last in taken:
        primaries.setdefault(add_on, []).append(AddOnWindow(primary, type, first, last))
        if primary:
            add_ons.setdefault(primary, []).append(AddOnWindow(add_on, type, first, last))
    codes = sorted({*primaries, *add_ons})
    histories = [AddOnHistory(code, _sorted(primaries.get(code)), _sorted(add_ons.get(code))) for code in codes]
    earliest = min(row.effective_from or period.effective_from for row in taken)
    return FactEdition(
        source=Source.ADD_ON_CODES,
        label=period.label,
        effective_from=told.effective_from or min(earliest, period.effective_from),
        effective_to=period.effective_to,
        origin=file.name,
        rows=len(given),
        codes=len(codes),
        documents=[(history.code, add_on_document(history)) for history in histories],
        left_out={"given twice": len(given) - len(taken)} if len(taken) < len(given) else {},
    )


def _sorted(windows: Sequence[AddOnWindow] | None) -> tuple[AddOnWindow, ...]:
    return tuple(sorted(windows or (), key=lambda one: (one.code, one.effective_from or date.min, one.type)))


def _written_rows(file: SourceFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the line and the fields of each row, as written."""
    with file.open() as stream:
        is_text = is_ncci_add_on_text(stream.read(1 << 16))
        stream.seek(0)
        yield from _fixed_rows(stream, file) if is_text else _table_rows(stream, file)


def _fixed_rows(stream: IO[bytes], file: SourceFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    *lines, rest = stream.read().decode("latin-1").replace("\r\n", "\n").split("\n")
    if rest.strip():
        raise SourceError(file.name, len(lines) + 1, "expected a line end after the last line: the file looks cut")
    in_preamble = True
    for number, line in enumerate(lines, 1):
        match = _fixed(line)
        if match:
            in_preamble = False
            yield number, {field: value.strip() for field, value in match.groupdict().items()}
        elif line.strip() and not in_preamble:
            raise SourceError(file.name, number, f"expected an add-on code edit of fixed width, found {line[:80]!r}")


def _fixed(line: str) -> re.Match[str] | None:
    return _FIXED.fullmatch(line.rstrip().ljust(_FIXED_WIDTH))


def _table_rows(stream: IO[bytes], file: SourceFile) -> Iterator[tuple[int, Mapping[str, str]]]:
    at: dict[str, int] = {}
    for line, cells in rows(stream, file.name):
        if at:
            cells += [""] * (max(at.values()) + 1 - len(cells))
            yield line, {field: cells[place] for field, place in at.items()}
        elif (found := columns(cells, _HEADINGS)).keys() >= _NEEDED:
            at = found
    if not at:
        raise SourceError(file.name, None, "expected a heading with the add-on code, the primary code and the type")


def _row(written: Mapping[str, str], file: SourceFile, line: int) -> _AddOnRow:
    if written["type"] not in ("1", "2", "3"):
        raise SourceError(file.name, line, f"expected the type 1, 2 or 3, found {written['type'][:80]!r}")
    add_on = _code(written["add_on"], file, line)
    is_defined = written["primary"] not in ("", _CONTRACTOR_DEFINED)
    primary = _code(written["primary"], file, line) if is_defined else ""
    if not primary and written["type"] == "1":
        raise SourceError(file.name, line, "expected a primary code: contractors define those of types 2 and 3 alone")
    effective_from = _date(written.get("effective", ""), file, line)
    deletions = [day for field in _DELETED if (day := _date(written.get(field, ""), file, line))]
    return _AddOnRow(int(written["type"]), add_on, primary, effective_from, min(deletions, default=None))


def _code(written: str, file: SourceFile, line: int) -> str:
    code = procedure_code(written)
    if code is None:
        raise SourceError(file.name, line, f"expected a CPT or HCPCS code, found {written[:80]!r}")
    return code


def _date(written: str, file: SourceFile, line: int) -> date | None:
    """Return the date in a cell, None for an empty one."""
    if not written:
        return None
    day = _day_of_year(written) if _YEAR_AND_DAY.fullmatch(written) else date_in(written)
    if day is None:
        raise SourceError(file.name, line, f"expected a date as YYYYDDD or YYYYMMDD, found {written[:80]!r}")
    return day


def _day_of_year(written: str) -> date | None:
    try:
        day = datetime.strptime(written, "%Y%j").date()
    except ValueError:
        return None
    # Day 366 of a year that has none becomes the first of the next.
    return day if day.year == int(written[:4]) else None
