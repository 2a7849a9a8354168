"""Reads the hierarchical condition categories (HCC) of CMS: the mapping of diagnoses, and the labels of the categories.

The mapping of a payment year is the table of CMS, "YYYY ICD-10-CM Mappings", with a column for each model and one that
says whether the payment year uses it, or a table with a row for each code, model and category.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain
from typing import NamedTuple

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact, is_compact
from services.lookup.crosswalks.model import HccCategory
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.crosswalks import hcc_document
from services.lookup.sources import tables
from services.lookup.sources.editions import one_file_each
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.layout import Layout, Record, rows_of
from services.lookup.sources.periods import year_in

_MODEL = re.compile(
    r"(?P<domain>cms hcc|cms hcc (?:pace )?esrd|rxhcc) model (?:category )?v(?P<version>[0-9]{2})"
    r"(?: for (?P<year>20[0-9]{2}) payment year)?"
)
_DOMAINS = {"cms hcc": "CMS-HCC", "rxhcc": "RxHCC"}
_ESRD = "CMS-HCC ESRD"
_CODE = {"code": ("Diagnosis Code",)}
_LONG = Layout({**_CODE, "category": ("cc",), "model": ("model_name",)})
_LABELS = Layout(
    {
        "category": ("cc",),
        "title": ("label",),
        "domain": ("model_domain",),
        "version": ("model_version",),
        "full_name": ("model_fullname",),
    }
)
_LABEL_DOMAINS = {"CMS-HCC": "CMS-HCC", "ESRD": _ESRD, "RxHCC": "RxHCC"}
_LABEL_VERSION = re.compile(r"[VR]([0-9]{2})")
_LABEL_CATEGORY = re.compile(r"(?:RX)?HCC([0-9]{1,3})")
_LABEL_FULL_NAME = re.compile(r"[VR][0-9]{2}[A-Z0-9][0-9]{2}L[0-9]")
_CATEGORY = re.compile(r"[0-9]{1,3}")
# How the table of CMS writes that there is none.
_NONE = ("", "-", "--")
_PAYMENT_YEAR = re.compile(r"(?:PY)?(20[0-9]{2})", re.IGNORECASE)


class _ModelColumn(NamedTuple):
    """Where a model has its category, and where it says whether the payment year uses it, if it does."""

    model: str
    category: int
    used: int | None


@dataclass(slots=True)
class _Categories:
    """The categories of each code by model, the lines they stand in, and the rows of the table."""

    of: dict[str, dict[tuple[str, str], int]] = field(default_factory=dict)
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, found: Sequence[tuple[str, str]], file: str, line: int) -> None:
        """Take the categories of one row: a code has a row for each of several categories in a model."""
        known = self.of.setdefault(code, {})
        if all(one in known for one in found):
            raise SourceError(file, line, f"{code} was already given in line {known[found[0]]}")
        for one in found:
            known.setdefault(one, line)


def is_hcc_mapping(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether this is a mapping of diagnoses to condition categories."""
    return any(_is_heading(row) for row in rows)


def is_hcc_labels(rows: Sequence[Sequence[str]]) -> bool:
    """Tell from the first rows whether these are labels of condition categories."""
    return _LABELS.is_in(rows)


def read_hcc(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Read the categories of each code in every model, from one mapping and at most one file of labels a payment year.

    The payment year is in the name of the file, unless told. The edition has the dates of service whose diagnoses it
    pays by: the calendar year before (42 CFR 422.310(g)). Raises SourceError for a row that does not hold a code and
    categories, one that adds nothing to those before, labels without their mapping, and a file that is cut.
    """
    mappings = one_file_each((one for one in files if one.kind is Kind.HCC_MAPPING), partial(_payment_year, told=told))
    labels = one_file_each((one for one in files if one.kind is Kind.HCC_LABELS), partial(_payment_year, told=told))
    for year, file in labels.items():
        if year not in mappings:
            raise SourceError(file.name, None, f"expected the mapping of payment year {year} beside its labels")
    for year, file in mappings.items():
        yield _read_edition(year, file, labels.get(year), told)


def _read_edition(year: int, file: SourceFile, labels: SourceFile | None, told: Told) -> FactEdition:
    categories = _read_mapping(file, year)
    titles = _read_labels(labels) if labels else {}
    models = {model for found in categories.of.values() for model, _ in found}
    left_out = Counter(categories.left_out)
    if unused := sum(model not in models for model, _ in titles):
        left_out["labels of models without a mapping"] = unused
    return FactEdition(
        source=Source.HCC,
        label=f"PY{year}",
        effective_from=told.effective_from or date(year - 1, 1, 1),
        effective_to=told.effective_to or date(year - 1, 12, 31),
        origin=f"{file.name}, {labels.name}" if labels else file.name,
        rows=categories.rows + len(titles),
        codes=len(categories.of),
        documents=[(code, hcc_document(_in_order(found, titles))) for code, found in categories.of.items()],
        left_out=left_out,
    )


def _payment_year(file: SourceFile, told: Told) -> int:
    if not told.edition:
        if year := year_in(file.name):
            return year
        raise SourceError(file.name, None, "expected the payment year in the name of the file; tell it with --edition")
    match = _PAYMENT_YEAR.fullmatch(told.edition)
    if not match:
        raise SourceError(
            file.name, None, f"expected --edition to be a payment year such as PY2026, not {told.edition}"
        )
    return int(match[1])


def _in_order(found: Mapping[tuple[str, str], int], titles: Mapping[tuple[str, str], str]) -> list[HccCategory]:
    """Return categories by kind of model, the newest version first."""

    def place(one: tuple[str, str]) -> tuple[str, int, int]:
        model, category = one
        domain, _, version = model.rpartition(" V")
        return domain, -int(version), int(category)

    return [HccCategory(*one, titles.get(one, "")) for one in sorted(found, key=place)]


def _plain(heading: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", heading.casefold()))


def _model(match: re.Match[str]) -> str:
    return f"{_DOMAINS.get(match['domain'], _ESRD)} V{match['version']}"


def _is_heading(row: Sequence[str]) -> bool:
    models = [match for cell in row if (match := _MODEL.fullmatch(_plain(cell)))]
    is_wide = bool(tables.columns(row, _CODE)) and any(not match["year"] for match in models)
    return is_wide or _LONG.columns(row) is not None


def _read_mapping(file: SourceFile, year: int) -> _Categories:
    rows = rows_of(file)
    heading = next((row for row in rows if _is_heading(row.cells)), None)
    if heading is None:
        raise SourceError(file.name, None, "expected a row with the headings Diagnosis Code and those of models")
    if _LONG.columns(heading.cells):
        return _read_long(_LONG.records(chain([heading], rows), file.name), file.name)
    code = tables.columns(heading.cells, _CODE)["code"]
    categories = _read_wide(rows, code, _model_columns(heading, year, file.name), file.name)
    if not categories.of:
        raise SourceError(file.name, None, f"expected categories that payment year {year} uses, found none")
    return categories


def _read_long(records: Iterator[Record], file: str) -> _Categories:
    categories = _Categories()
    for line, fields in records:
        match = _MODEL.fullmatch(_plain(fields["model"]))
        if not match:
            raise SourceError(file, line, f"expected a model such as CMS-HCC Model V28, found {fields['model']!r}")
        found = (_model(match), _category(fields["category"], file, line))
        categories.rows += 1
        categories.add(_code(fields["code"], file, line), [found], file, line)
    return categories


def _model_columns(heading: tables.Row, year: int, file: str) -> list[_ModelColumn]:
    places: dict[str, int] = {}
    used: dict[str, int] = {}
    years = set()
    for place, cell in enumerate(heading.cells):
        if match := _MODEL.fullmatch(_plain(cell)):
            if not match["year"]:
                places[_model(match)] = place
            elif int(match["year"]) == year:
                used[_model(match)] = place
            years.add(match["year"])
    if years != {None} and str(year) not in years:
        raise SourceError(file, heading.line, f"expected columns for the payment year {year}")
    return [_ModelColumn(model, place, used.get(model)) for model, place in places.items()]


def _read_wide(rows: Iterator[tables.Row], code: int, models: Sequence[_ModelColumn], file: str) -> _Categories:
    categories = _Categories()
    width = 1 + max(code, *(max(model.category, model.used or 0) for model in models))
    for line, cells in rows:
        filled = [cell for cell in cells if cell]
        if len(filled) == 1 and not is_compact(System.ICD10CM, filled[0]):
            # Notes of CMS stand below the table.
            continue
        if len(cells) < width:
            raise SourceError(file, line, f"expected at least {width} columns, found {len(cells)}")
        categories.rows += 1
        number = _code(cells[code], file, line)
        mapped = [model for model in models if cells[model.category] not in _NONE]
        used = [model for model in mapped if _is_used(model, cells, file, line)]
        if used:
            found = [(model.model, _category(cells[model.category], file, line)) for model in used]
            categories.add(number, found, file, line)
        else:
            categories.left_out["not used in the payment year" if mapped else "no category"] += 1
    return categories


def _is_used(model: _ModelColumn, cells: Sequence[str], file: str, line: int) -> bool:
    if model.used is None:
        return True
    answer = cells[model.used].casefold()
    if answer not in ("yes", "no", *_NONE):
        raise SourceError(file, line, f"expected Yes or No for {model.model}, found {cells[model.used]!r}")
    return answer == "yes"


def _read_labels(file: SourceFile) -> dict[tuple[str, str], str]:
    """Return the labels by model and category."""
    titles: dict[tuple[str, str], str] = {}
    with file.open() as stream:
        # The table is also passed on without its last line end: that it is whole shows in the last column.
        whole = io.BytesIO(stream.read() + b"\n")
    for line, fields in _LABELS.records(tables.rows(whole, file.name), file.name):
        key = _label_key(fields, file.name, line)
        if key in titles:
            raise SourceError(file.name, line, f"category {key[1]} of {key[0]} was already given")
        titles[key] = fields["title"]
    return titles


def _label_key(fields: Mapping[str, str], file: str, line: int) -> tuple[str, str]:
    domain = _LABEL_DOMAINS.get(fields["domain"])
    version = _LABEL_VERSION.fullmatch(fields["version"])
    category = _LABEL_CATEGORY.fullmatch(fields["category"])
    if not (domain and version and category and fields["title"] and _LABEL_FULL_NAME.fullmatch(fields["full_name"])):
        raise SourceError(
            file, line, "expected a category such as HCC37, its label, and a model such as CMS-HCC, V28, V28115L3"
        )
    return f"{domain} V{version[1]}", category[1]


def _code(cell: str, file: str, line: int) -> str:
    code = compact(cell)
    if not is_compact(System.ICD10CM, code):
        raise SourceError(file, line, f"expected an ICD-10-CM code, found {cell!r}")
    return code


def _category(cell: str, file: str, line: int) -> str:
    if not _CATEGORY.fullmatch(cell):
        raise SourceError(file, line, f"expected the number of a category, found {cell!r}")
    return cell
