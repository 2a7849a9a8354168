"""Reads the Clinical Classifications Software Refined (CCSR) for ICD-10-CM diagnoses of AHRQ.

It is read from the csv file of AHRQ, `DXCCSR_vYYYY-N.csv`, or from a JSON object with a category for each code.
"""

import json
import re
from collections.abc import Container, Iterator, Sequence
from datetime import date
from functools import partial

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact, is_compact
from services.lookup.crosswalks.model import CcsrCategory
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.crosswalks import ccsr_document
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.layout import Layout, rows_of

# Since v2021.1 the default of inpatient data (IP) and of outpatient data (OP) are told apart.
_LAYOUT = Layout(
    {
        "code": ("ICD-10-CM CODE",),
        "inpatient": ("Default CCSR CATEGORY IP", "Default CCSR CATEGORY"),
        "inpatient_title": ("Default CCSR CATEGORY DESCRIPTION IP", "Default CCSR CATEGORY DESCRIPTION"),
        "outpatient": ("Default CCSR CATEGORY OP",),
        "outpatient_title": ("Default CCSR CATEGORY DESCRIPTION OP",),
    },
    optional=frozenset({"outpatient", "outpatient_title"}),
)
_CATEGORY = re.compile(r"[A-Z]{3}[0-9]{3}")
# Not a category: the code is not acceptable as a principal or first-listed diagnosis.
_NOT_ACCEPTABLE = "XXX"
_VERSION = re.compile(r"(?<![0-9])(20[0-9]{2})[-._]([0-9])(?![0-9])")
_MAP = re.compile(rb'\s*\{\s*"[A-Z][0-9A-Z]{2,6}"\s*:\s*"[A-Z]{3}[0-9]{3}"')
_ICD10CM_BEGAN = date(2015, 10, 1)


def is_ccsr(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether this is the csv file of AHRQ."""
    return _LAYOUT.is_in(rows)


def is_ccsr_map(head: bytes) -> bool:
    """Tell from the first bytes whether this is a JSON object with a category for each code."""
    return bool(_MAP.match(head))


def read_ccsr(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read the default category of each code, from one file a version.

    The default is that of inpatient data; where the code is not acceptable there as the principal diagnosis (XXX000,
    XXX111), that of outpatient data. The version is in the name of the file, unless told; it classifies the codes from
    October 2015 through September of its year, as its mapping program says. Raises SourceError for a row that does not
    hold a code and categories, a code given twice, and a file that is cut.
    """
    found = [file for file in files if file.kind is Kind.CCSR]
    for (year, number), file in one_file_each(found, partial(_version, told=told)).items():
        with file.open() as stream:
            is_map = is_ccsr_map(stream.read(1 << 10))
        categories = _read_map(file) if is_map else _read_csv(file)
        classified = {code: category for code, category in categories.items() if category}
        unclassified = len(categories) - len(classified)
        yield FactEdition(
            source=Source.CCSR,
            label=f"v{year}.{number}",
            effective_from=told.effective_from or _ICD10CM_BEGAN,
            effective_to=told.effective_to or date(year, 9, 30),
            origin=file.name,
            rows=len(categories),
            codes=len(classified),
            documents=[(code, ccsr_document(category)) for code, category in classified.items()],
            left_out={"no default category": unclassified} if unclassified else {},
        )


def _version(file: SourceFile, told: Told) -> tuple[int, int]:
    versions = _VERSION.findall(told.edition or file.name)
    if not versions:
        raise SourceError(file.name, None, "expected a version such as v2026.1 in the name; tell it with --edition")
    year, number = versions[-1]
    return int(year), int(number)


def _read_csv(file: SourceFile) -> dict[str, CcsrCategory | None]:
    """Return the default category of each code, None where it has none."""
    categories: dict[str, CcsrCategory | None] = {}
    for line, quoted in _LAYOUT.records(rows_of(file), file.name):
        # AHRQ puts codes and categories between single quotes.
        fields = {field: cell.strip("' ") for field, cell in quoted.items()}
        code, category = compact(fields["code"]), _default(fields)
        if fault := _fault(code, category.category, categories):
            raise SourceError(file.name, line, fault)
        categories[code] = category if category.category else None
    return categories


def _default(fields: dict[str, str]) -> CcsrCategory:
    inpatient = CcsrCategory(fields["inpatient"], fields["inpatient_title"])
    outpatient = CcsrCategory(fields["outpatient"], fields["outpatient_title"])
    acceptable = [one for one in (inpatient, outpatient) if not one.category.startswith(_NOT_ACCEPTABLE)]
    return next((one for one in acceptable if one.category), inpatient)


def _read_map(file: SourceFile) -> dict[str, CcsrCategory | None]:
    categories: dict[str, CcsrCategory | None] = {}
    with file.open() as stream:
        data = stream.read()
    try:
        pairs = json.loads(data, object_pairs_hook=list)
    except (ValueError, RecursionError) as error:
        raise SourceError(file.name, getattr(error, "lineno", None), f"expected a JSON object: {error}") from error
    for code, category in pairs:
        if fault := _fault(code, category, categories):
            line = data.count(b"\n", 0, data.rfind(f'"{code}"'.encode())) + 1
            raise SourceError(file.name, line, fault)
        categories[code] = CcsrCategory(category, title="") if category else None
    return categories


def _fault(code: str, category: object, known: Container[str]) -> str:
    """Return what was expected instead of a code and its category; empty when they are sound."""
    if not is_compact(System.ICD10CM, code):
        return f"expected an ICD-10-CM code, found {code!r}"
    if code in known:
        return f"code {code} was already given"
    if not isinstance(category, str) or (category and not _CATEGORY.fullmatch(category)):
        return f"expected a category such as DIG001 for {code}, found {category!r}"
    return ""
