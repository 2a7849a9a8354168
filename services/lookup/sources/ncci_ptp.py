"""Reads the procedure-to-procedure (PTP) edits of the NCCI: `ccipra-vNNNrN-f1` to `f4` for practitioners, `ccioph-...`
for outpatient hospital services, as text or workbook, with every edit that ever was.

A table of column 1, column 2 and modifier indicator without dates holds the pairs that are active in one quarter.
"""

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.lookup.edits.model import ModifierIndicator, PtpTerms, Setting
from services.lookup.edits.table import PtpTable
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.edits import PTP_SOURCES, PtpDocuments
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.ncci import date_in, period_of, procedure_code, setting_of
from services.lookup.sources.periods import Period
from services.lookup.sources.tables import columns, rows

# The official heading takes four rows in the text, and one in the workbook.
_HEADINGS = {
    "column1": ("Column 1", "column1"),
    "column2": ("Column 2", "column2"),
    "effective": ("Effective", "Effective Date"),
    "deletion": ("Deletion", "Deletion Date", "Deletion Date *=no data"),
    "indicator": (
        "Modifier",
        "Modifier 0=not allowed 1=allowed 9=not applicable",
        "modifier_indicator",
        "modifier_allowed",
    ),
    "rationale": ("PTP Edit Rationale", "rationale"),
}
_PAIRS = {"column1", "column2", "indicator"}
_DATES = {"effective", "deletion"}
_TERMS = ("effective", "deletion", "indicator", "rationale")
_ACTIVE = "*"
_PART = re.compile(r"[-_]f(\d)(?!\d)", re.IGNORECASE | re.ASCII)


class _Part(NamedTuple):
    """Which part of which edition a file is: `number` is 0 for an edition that is not in parts."""

    setting: Setting
    period: Period
    number: int


def is_ncci_ptp(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether this is a table of procedure-to-procedure edits."""
    return any(columns(row, _HEADINGS).keys() >= _PAIRS for row in rows)


def read_ncci_ptp(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read the edition of each setting and quarter, from all its parts.

    An edition with dates answers from the first date of an edit on, one of active pairs for its quarter; both until the
    end of the quarter. Raises SourceError for a name that does not say the setting and the quarter, a part that is
    missing, a row that breaks the layout, and for edits of one pair that are in force together.
    """
    parts = one_file_each([file for file in files if file.kind is Kind.NCCI_PTP], lambda file: _part(file, told))
    editions: dict[tuple[Setting, Period], dict[int, SourceFile]] = {}
    for part, file in parts.items():
        editions.setdefault((part.setting, part.period), {})[part.number] = file
    for (setting, period), by_number in editions.items():
        _check_parts(by_number)
        yield _edition(setting, period, [by_number[number] for number in sorted(by_number)], told)


def _part(file: SourceFile, told: Told) -> _Part:
    setting = setting_of(file)
    if setting is None or setting not in PTP_SOURCES:
        raise SourceError(
            file.name,
            None,
            "expected the setting in the name: ccipra or practitioner, ccioph or hospital",
        )
    number = _PART.search(file.member or file.path.name)
    return _Part(setting, period_of(file, told), int(number[1]) if number else 0)


def _check_parts(by_number: Mapping[int, SourceFile]) -> None:
    last = max(by_number)
    missing = [number for number in range(1, last) if number not in by_number]
    if missing:
        raise SourceError(by_number[last].name, None, f"expected part f{missing[0]} of the edition beside it")


def _edition(setting: Setting, period: Period, files: Sequence[SourceFile], told: Told) -> FactEdition:
    table, lines = PtpTable(), array("I")
    begins = []
    for file in files:
        begins.append(len(table))
        _read_part(file, period, table, lines)
        if len(table) == begins[-1]:
            raise SourceError(file.name, None, "expected edits, found none")
    twice = table.settle()
    for edit in table.overlapping():
        file = next(file for file, begin in zip(reversed(files), reversed(begins), strict=True) if begin <= edit)
        raise SourceError(file.name, lines[edit], "expected no other edit of the pair to be in force at the same time")
    documents = PtpDocuments(table)
    return FactEdition(
        source=PTP_SOURCES[setting],
        label=period.label,
        effective_from=told.effective_from or table.earliest(),
        effective_to=period.effective_to,
        origin=", ".join(file.name for file in files),
        rows=len(table),
        codes=len({*table.codes(1), *table.codes(2)}),
        documents=documents,
        left_out={"given twice": twice} if twice else {},
    )


def _read_part(file: SourceFile, period: Period, table: PtpTable, lines: "array[int]") -> None:
    """Add the edits of a file to a table, and their lines to `lines`."""
    at: dict[str, int] = {}
    in_heading = True
    numbers: dict[tuple[str, ...], int] = {}
    with file.open() as stream:
        for line, cells in rows(stream, file.name):
            if not at:
                at = _heading(cells, file, line)
                first, second, width = at.get("column1", 0), at.get("column2", 0), max(at.values(), default=0) + 1
                written_at = [at[field] for field in _TERMS if field in at]
                continue
            cells += [""] * (width - len(cells))
            if in_heading and not cells[first] and not cells[second]:
                continue
            in_heading = False
            column1, column2 = procedure_code(cells[first]), procedure_code(cells[second])
            if column1 is None or column2 is None:
                found = f"{cells[first][:80]!r} and {cells[second][:80]!r}"
                raise SourceError(file.name, line, f"expected CPT or HCPCS codes in columns 1 and 2, found {found}")
            written = tuple([cells[place] for place in written_at])
            number = numbers.get(written)
            if number is None:
                terms = _terms({field: cells[place] for field, place in at.items()}, period, file, line)
                number = numbers[written] = table.number(terms)
            table.add(column1, column2, number)
            lines.append(line)
    if not at:
        raise SourceError(file.name, None, "expected a heading with column 1, column 2 and the modifier indicator")


def _heading(cells: Sequence[str], file: SourceFile, line: int) -> dict[str, int]:
    """Return where the columns stand; nothing for a row above the heading."""
    at = columns(cells, _HEADINGS)
    if not at.keys() >= _PAIRS:
        return {}
    if len(at.keys() & _DATES) == 1:
        raise SourceError(file.name, line, "expected both an effective and a deletion date, or neither")
    return at


def _terms(written: Mapping[str, str], period: Period, file: SourceFile, line: int) -> PtpTerms:
    try:
        indicator = ModifierIndicator(written["indicator"])
    except ValueError:
        found = f"{written['indicator'][:80]!r}"
        raise SourceError(file.name, line, f"expected a modifier indicator 0, 1 or 9, found {found}") from None
    effective_from, effective_to = (
        _window(written, file, line) if written.keys() >= _DATES else (period.effective_from, None)
    )
    return PtpTerms(
        effective_from=effective_from,
        effective_to=effective_to,
        indicator=indicator,
        rationale=written.get("rationale", ""),
    )


def _window(written: Mapping[str, str], file: SourceFile, line: int) -> tuple[date, date | None]:
    effective_from = date_in(written["effective"])
    if effective_from is None:
        found = f"{written['effective'][:80]!r}"
        raise SourceError(file.name, line, f"expected an effective date as YYYYMMDD, found {found}")
    if written["deletion"] == _ACTIVE:
        return effective_from, None
    effective_to = date_in(written["deletion"])
    if effective_to is None or effective_to < effective_from:
        found = f"{written['deletion'][:80]!r}"
        raise SourceError(
            file.name, line, f"expected * or a deletion date as YYYYMMDD, not before the effective date, found {found}"
        )
    return effective_from, effective_to
