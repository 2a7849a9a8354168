"""An edition of ICD-10-PCS from its order file, with the axes of its codes where the tables (XML) are at hand.

The book is that of CMS: section (first character), body system (first two), table (first three), code (seven).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from services.lookup.codes.model import Attribute, Edition, Entry, Level, System
from services.lookup.facts.edition import Told
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import by_edition, only, period, year_of
from services.lookup.sources.icd10pcs_code import COLUMNS
from services.lookup.sources.icd10pcs_tables import read_tables
from services.lookup.sources.order import TOP_LENGTH, OrderFile, OrderLine

_FILE = OrderFile(System.ICD10PCS, COLUMNS, "table")
_KINDS = (Kind.ICD10PCS_ORDER, Kind.ICD10PCS_TABLES)

# As CMS publishes them (ICD-10-PCS Official Guidelines and Reference Manual); the order file does not list them.
_SECTIONS = {
    "0": "Medical and Surgical",
    "1": "Obstetrics",
    "2": "Placement",
    "3": "Administration",
    "4": "Measurement and Monitoring",
    "5": "Extracorporeal or Systemic Assistance and Performance",
    "6": "Extracorporeal or Systemic Therapies",
    "7": "Osteopathic",
    "8": "Other Procedures",
    "9": "Chiropractic",
    "B": "Imaging",
    "C": "Nuclear Medicine",
    "D": "Radiation Therapy",
    "F": "Physical Rehabilitation and Diagnostic Audiology",
    "G": "Mental Health",
    "H": "Substance Abuse Treatment",
    "X": "New Technology",
}
# What the tables call the body system of the sections that have none.
_NO_BODY_SYSTEM = "None"


def is_icd10pcs_order(head: bytes) -> bool:
    """Tell from the first bytes whether this is an ICD-10-PCS order file: its first sections are numbered."""
    return _FILE.first_code(head)[:1].isdigit()


def read_icd10pcs(files: Sequence[SourceFile], told: Told) -> Iterator[Edition]:
    """Read the editions among the files one by one, the oldest first; files of another kind are left alone.

    An edition is an order file, with the tables of its fiscal year where they are given. Dates are those of ICD-10-CM:
    see `fiscal.period`. Files are read whole or not at all. Raises SourceError for a file that its reader refuses, two
    files of one kind for an edition, tables without their order file, a fiscal year that is not known, and tables that
    do not span exactly the codes of the order file.
    """
    for edition in by_edition([file for file in files if file.kind in _KINDS], told):
        yield _read(edition, told)


@dataclass(slots=True)
class _Axes:
    """What the tables say: the titles of sections and body systems, and the attributes of tables and codes."""

    titles: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, tuple[Attribute, ...]] = field(default_factory=dict)


def _read(files: Sequence[SourceFile], told: Told) -> Edition:
    order_file, tables_file = only(Kind.ICD10PCS_ORDER, files), only(Kind.ICD10PCS_TABLES, files)
    origin = " and ".join(file.name for file in (order_file, tables_file) if file)
    if order_file is None:
        raise SourceError(origin, None, "expected the ICD-10-PCS order file beside the tables")
    dates = period([year_of(file) for file in files], origin, told)
    with order_file.open() as stream:
        lines = _FILE.read(stream, order_file.name)
    axes = _read_axes(tables_file, lines, order_file.name) if tables_file else _Axes()
    return Edition(
        system=System.ICD10PCS,
        label=dates.label,
        effective_from=dates.effective_from,
        effective_to=dates.effective_to,
        origin=origin,
        entries=tuple(_entries(lines, axes)),
    )


def _read_axes(file: SourceFile, lines: Sequence[OrderLine], order_file: str) -> _Axes:
    """Read the tables and see that they span the codes of the order file, no more and no less."""
    codes = {line.code for line in lines}
    axes = _Axes()
    with file.open() as stream:
        for table in read_tables(stream, file.name):
            section, body_system, _ = table.axes
            axes.titles[section.value] = section.meaning
            axes.titles[section.value + body_system.value] = body_system.meaning
            definition = (Attribute("Definition", table.definition),) if table.definition else ()
            axes.attributes[table.code] = (*table.axes, *definition)
            for code, values in table.codes():
                if code not in codes:
                    raise SourceError(file.name, None, f"expected the codes of {order_file}, found also {code}")
                axes.attributes.setdefault(code, values)
    for line in lines:
        if line.code not in axes.attributes:
            raise SourceError(file.name, None, f"expected the codes of {order_file}, found no {line.code}")
    return axes


def _entries(lines: Sequence[OrderLine], axes: _Axes) -> Iterator[Entry]:
    """Yield the lines as entries, below the sections and body systems that their tables belong to."""
    titles = _SECTIONS | _body_systems(lines) | axes.titles
    above: set[str] = set()
    order = 0
    for line in lines:
        for code, level in ((line.code[:1], Level.CHAPTER), (line.code[:2], Level.SECTION)):
            if code not in above:
                above.add(code)
                order += 1
                yield Entry(code, level, titles[code], code[:-1], order, billable=False)
        order += 1
        yield Entry(
            code=line.code,
            level=Level.CODE,
            title=line.title,
            parent=line.parent or line.code[:2],
            order=order,
            billable=line.valid,
            short_title=line.short_title,
            attributes=axes.attributes.get(line.code, ()),
        )


def _body_systems(lines: Sequence[OrderLine]) -> dict[str, str]:
    """Return the titles of body systems, from those of their tables.

    A table is called by its section (not in Medical and Surgical), its body system (which may hold commas) and its
    operation: "Imaging, Ear, Nose, Mouth and Throat, Plain Radiography". A few leave one of them out.
    """
    titles: dict[str, str] = {}
    for line in lines:
        if len(line.code) == TOP_LENGTH:
            title = line.title.removeprefix(f"{_SECTIONS[line.code[0]]}, ")
            titles[line.code[:2]] = titles.get(line.code[:2]) or title.rpartition(", ")[0]
    return {code: title or _NO_BODY_SYSTEM for code, title in titles.items()}
