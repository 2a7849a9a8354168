"""Editions of HCPCS Level II, codes and modifiers, from the quarterly file of CMS or a plain list."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from services.lookup.codes.model import Attribute, Edition, Entry, Level, System
from services.lookup.codes.modifier import Modifier
from services.lookup.codes.notation import is_compact
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.modifiers import modifier_document
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import check_told_of_one
from services.lookup.sources.hcpcs_fields import (
    ADDED,
    ATTRIBUTE_DATES,
    ATTRIBUTES,
    LONG,
    SHORT,
    TERMINATED,
    Field,
    HcpcsRow,
)
from services.lookup.sources.hcpcs_fixed import read_fixed
from services.lookup.sources.hcpcs_table import read_table
from services.lookup.sources.periods import Period, Quarter, quarter_in

_READERS = {Kind.HCPCS_FIXED: read_fixed, Kind.HCPCS_TABLE: read_table}
_MODIFIER_LENGTH = 2
# The file of January names no month.
_JANUARY = re.compile(r"HCPC(20\d\d)(?=_ANWEB)", re.IGNORECASE)

# Level I is CPT: numbers and texts belong to the AMA.
_CPT_CODE = "CPT code"
_CPT_MODIFIER = "CPT modifier"
_IN_CODE_SET = "code, in the code set"

# The texts of D codes (CDT) belong to the ADA: the number alone is kept.
_DENTAL = "D"
DENTAL_TITLE = "Dental procedure (CDT; its description belongs to the American Dental Association and is not loaded)"

# The letters as CMS groups the codes.
_SECTIONS = {
    "A": "Transportation services, medical and surgical supplies, administrative and investigational",
    "B": "Enteral and parenteral therapy",
    "C": "Outpatient prospective payment system",
    "D": "Dental procedures",
    "E": "Durable medical equipment",
    "G": "Procedures and professional services (temporary)",
    "H": "Alcohol and drug abuse treatment services",
    "J": "Drugs administered other than oral method, chemotherapy drugs",
    "K": "Durable medical equipment for Medicare administrative contractors (temporary)",
    "L": "Orthotic and prosthetic procedures and devices",
    "M": "Medical services and quality measures",
    "P": "Pathology and laboratory services",
    "Q": "Miscellaneous services (temporary)",
    "R": "Diagnostic radiology services",
    "S": "Temporary national codes (not Medicare)",
    "T": "National codes for state Medicaid agencies",
    "U": "Coronavirus diagnostic panel",
    "V": "Vision, hearing and speech-language pathology services",
}


@dataclass(frozen=True, slots=True)
class _Item:
    """A code or a modifier with its whole description."""

    row: HcpcsRow
    long: str
    added: date | None
    terminated: date | None

    @property
    def title(self) -> str:
        return self.long or _spaced(self.row.first(SHORT))


def read_hcpcs(files: Sequence[SourceFile], told: Told) -> Iterator[Edition | FactEdition]:
    """Yield for each quarter its codes and, where the file has any, its modifiers.

    A file is of the quarter in its name, unless `told`. A code is added on its first and terminated after its last date
    of service (record layout of CMS: "last date for which a procedure or modifier code may be used"); the file keeps
    terminated ones. A code is billable when it is valid on a day of the quarter; a plain list without dates tells no
    terminated codes apart. A list without long descriptions has the short ones as titles. What a list says of a code
    again, after a date that ends it, takes the place of what it said before.

    Raises SourceError for a file whose quarter is not known, several of one quarter, and one that its reader refuses.
    """
    chosen = one_file_each((file for file in files if file.kind in _READERS), lambda file: _period(file, told))
    check_told_of_one(tuple(chosen), told)
    for period in sorted(chosen, key=lambda period: period.effective_from):
        yield from _read(chosen[period], period)


def _period(file: SourceFile, told: Told) -> Period:
    quarter = _quarter(file, told)
    return Period(
        told.edition or f"{quarter.first_day:%B %Y}",
        told.effective_from or quarter.first_day,
        told.effective_to or quarter.last_day,
    )


def _quarter(file: SourceFile, told: Told) -> Quarter:
    if told.effective_from:
        return Quarter.of(told.effective_from)
    if quarter := quarter_in(file.name):
        return quarter
    if annual := _JANUARY.search(file.name):
        return Quarter(int(annual[1]), 1)
    expected = "expected the quarter in the file's name, as in HCPC2025_OCT_ANWEB: say from when it is effective"
    raise SourceError(file.name, None, f"{expected} (--effective-from)")


def _read(file: SourceFile, period: Period) -> Iterator[Edition | FactEdition]:
    items: dict[str, _Item] = {}
    counts: Counter[str] = Counter()
    with file.open() as stream:
        for row in _READERS[file.kind](stream, file.name):
            reason = _left_out(row.code)
            counts[reason] += 1
            if reason not in (_CPT_CODE, _CPT_MODIFIER):
                items[row.code] = _item(row, items, file.name)
    codes = sorted(code for code in items if len(code) > _MODIFIER_LENGTH)
    modifiers = [_modifier(items[code]) for code in sorted(items) if len(code) == _MODIFIER_LENGTH]
    if not codes:
        raise SourceError(file.name, None, "expected HCPCS codes, found none")
    yield Edition(
        system=System.HCPCS,
        label=period.label,
        effective_from=period.effective_from,
        effective_to=period.effective_to,
        origin=file.name,
        entries=tuple(_entries([items[code] for code in codes], period)),
    )
    if modifiers:
        yield FactEdition(
            source=Source.MODIFIERS_HCPCS,
            label=period.label,
            effective_from=period.effective_from,
            effective_to=period.effective_to,
            origin=file.name,
            rows=counts.total(),
            codes=len(modifiers),
            documents=list(map(modifier_document, modifiers)),
            left_out={reason: count for reason, count in counts.items() if reason},
        )


def _left_out(code: str) -> str:
    """Return why a row is not among the modifiers, empty when it is."""
    if len(code) == _MODIFIER_LENGTH:
        return _CPT_MODIFIER if code[0].isdigit() else ""
    return _CPT_CODE if code[0].isdigit() else _IN_CODE_SET


def _item(row: HcpcsRow, before: dict[str, _Item], file: str) -> _Item:
    """Return what is known of a code after one more of its rows."""
    known, text = before.get(row.code), _spaced(row.first(LONG))
    if row.continues:
        if known is None or next(reversed(before)) != row.code:
            raise SourceError(file, row.line, f"expected the first row of {row.code} right before this one")
        return replace(known, long=_spaced(f"{known.long} {text}"))
    if len(row.code) > _MODIFIER_LENGTH and not is_compact(System.HCPCS, row.code):
        raise SourceError(file, row.line, f"expected a HCPCS code such as J1885, found {row.code}")
    item = _Item(row, text, _day(row, ADDED, file), _day(row, TERMINATED, file))
    if not item.title and not _is_dental(row.code):
        raise SourceError(file, row.line, f"expected a description of {row.code}")
    if known is not None and not _follows(item, known):
        raise SourceError(file, row.line, f"{row.code} was already given in line {known.row.line}")
    return item


def _is_dental(code: str) -> bool:
    return len(code) > _MODIFIER_LENGTH and code.startswith(_DENTAL)


def _follows(item: _Item, known: _Item) -> bool:
    return known.terminated is not None and (item.terminated is None or item.terminated > known.terminated)


def _day(row: HcpcsRow, field: Field, file: str) -> date | None:
    written = row.first(field)
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        expected = f"expected the {field.name} of {row.code} as YYYYMMDD or YYYY-MM-DD"
        raise SourceError(file, row.line, f"{expected}, found {written[:20]!r}") from error


def _entries(items: Sequence[_Item], period: Period) -> Iterator[Entry]:
    order = 0
    for letter, group in groupby(items, key=lambda item: item.row.code[0]):
        section = f"{letter}0000-{letter}9999"
        title = _SECTIONS.get(letter, f"{letter} codes")
        yield Entry(section, Level.SECTION, title, parent="", order=(order := order + 1), billable=False)
        for item in group:
            yield _entry(item, section, order := order + 1, period)


def _entry(item: _Item, section: str, order: int, period: Period) -> Entry:
    dental = _is_dental(item.row.code)
    added = not item.added or item.added <= period.effective_to
    terminated = item.terminated and item.terminated < period.effective_from
    return Entry(
        code=item.row.code,
        level=Level.CODE,
        title=DENTAL_TITLE if dental else item.title,
        parent=section,
        order=order,
        billable=bool(added and not terminated),
        short_title="" if dental or not item.long else _spaced(item.row.first(SHORT)),
        attributes=tuple(
            Attribute(field.name, _printed(field, value), field.meanings.get(value, ""))
            for field in ATTRIBUTES
            for value in item.row.values.get(field.name, ())
        ),
        effective_from=item.added,
        effective_to=item.terminated,
    )


def _printed(field: Field, value: str) -> str:
    """Return a value as printed, a date as others write it."""
    if field in ATTRIBUTE_DATES and len(value) == 8 and value.isdigit():
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    return value


def _modifier(item: _Item) -> Modifier:
    return Modifier(item.row.code, item.title, item.added, item.terminated)


def _spaced(text: str) -> str:
    return " ".join(text.split())
