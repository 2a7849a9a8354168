"""Reads the medically unlikely edits (MUE) of the NCCI, `MCR_MUE_PractitionerServices_Eff_MM-DD-YYYY` and its like for
outpatient hospital services and DME suppliers, as csv or workbook: one setting and one quarter a file.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.lookup.edits.model import AdjudicationIndicator, Mue, Setting
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.edits import MUE_SOURCES, mue_document
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.ncci import period_of, procedure_code, setting_in, setting_of
from services.lookup.sources.periods import Period
from services.lookup.sources.tables import Row, columns, rows

_HEADINGS = {
    "code": ("HCPCS/CPT Code", "hcpcs_code"),
    "value": (
        "Practitioner Services MUE Values",
        "Outpatient Hospital Services MUE Values",
        "DME Supplier Services MUE Values",
        "mue_units",
    ),
    "indicator": ("MUE Adjudication Indicator", "mue_mai"),
    "rationale": ("MUE Rationale", "mue_rationale"),
    "service": ("mue_service",),
}
_NEEDED = {"code", "value", "indicator"}
_VALUE = re.compile(r"\d{1,6}", re.ASCII)
# "2 Date of Service Edit: Policy", or the number alone.
_INDICATOR = re.compile(r"([123])(?: .*)?", re.ASCII)


class _Columns(NamedTuple):
    """Where the columns stand, and the setting that the heading of the values says."""

    places: dict[str, int]
    setting: Setting | None

    def cell(self, row: Row, field: str) -> str:
        """Return a cell; empty where the row is shorter, or there is no such column."""
        place = self.places.get(field, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""


class _Table(NamedTuple):
    """What one file holds."""

    setting: Setting
    period: Period


def is_ncci_mue(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether this is a table of medically unlikely edits."""
    return any(columns(row, _HEADINGS).keys() >= _NEEDED for row in rows)


def read_ncci_mue(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read the edition of each setting and quarter.

    The setting is what the heading of the values says, else the service column, else the name. Raises SourceError for
    a file of which the setting or the quarter is not known, a row that breaks the layout, and a code with two values.
    """
    tables = one_file_each(
        [file for file in files if file.kind is Kind.NCCI_MUE],
        lambda file: _Table(_setting(file), period_of(file, told)),
    )
    for table, file in tables.items():
        yield _edition(table, file)


def _setting(file: SourceFile) -> Setting:
    said = _said_setting(file) or setting_of(file)
    if said is None:
        raise SourceError(
            file.name,
            None,
            "expected the setting in the heading, the service or the name: practitioner, hospital or DME",
        )
    return said


def _said_setting(file: SourceFile) -> Setting | None:
    """Return the setting that the heading says, or the service of the first row."""
    for row, at in _rows(file):
        return at.setting or setting_in(at.cell(row, "service"))
    return None


def _rows(file: SourceFile) -> Iterator[tuple[Row, _Columns]]:
    """Yield the rows below the heading, which stands below a copyright, and where their columns stand."""
    at = None
    with file.open() as stream:
        for row in rows(stream, file.name):
            if at:
                yield row, at
            elif (places := columns(row.cells, _HEADINGS)).keys() >= _NEEDED:
                at = _Columns(places, setting_in(row.cells[places["value"]]))
    if not at:
        raise SourceError(
            file.name, None, "expected a heading with the code, the MUE values and the adjudication indicator"
        )


def _edition(table: _Table, file: SourceFile) -> FactEdition:
    mues: dict[str, Mue] = {}
    twice = 0
    for row, at in _rows(file):
        mue = _mue(row, at, file)
        service = at.cell(row, "service")
        if service and setting_in(service) is not table.setting:
            raise SourceError(file.name, row.line, f"expected one setting in a file, found {service[:80]!r}")
        known = mues.setdefault(mue.code, mue)
        if known != mue:
            raise SourceError(file.name, row.line, f"code {mue.code} was already given with another edit")
        twice += known is not mue
    if not mues:
        raise SourceError(file.name, None, "expected edits, found none")
    return FactEdition(
        source=MUE_SOURCES[table.setting],
        label=table.period.label,
        effective_from=table.period.effective_from,
        effective_to=table.period.effective_to,
        origin=file.name,
        rows=len(mues) + twice,
        codes=len(mues),
        documents=[(code, mue_document(mues[code])) for code in sorted(mues)],
        left_out={"given twice": twice} if twice else {},
    )


def _mue(row: Row, at: _Columns, file: SourceFile) -> Mue:
    written = at.cell(row, "code")
    code = procedure_code(written)
    if code is None:
        raise SourceError(file.name, row.line, f"expected a CPT or HCPCS code, found {written[:80]!r}")
    value = at.cell(row, "value")
    if not _VALUE.fullmatch(value):
        raise SourceError(file.name, row.line, f"expected the units as a whole number, found {value[:80]!r}")
    indicator = at.cell(row, "indicator")
    number = _INDICATOR.fullmatch(indicator)
    if not number:
        raise SourceError(file.name, row.line, f"expected an adjudication indicator 1 to 3, found {indicator[:80]!r}")
    return Mue(code, int(value), AdjudicationIndicator(number[1]), at.cell(row, "rationale"))
