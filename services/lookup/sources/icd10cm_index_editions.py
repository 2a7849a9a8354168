"""Editions of the Alphabetic Index of ICD-10-CM: each book of it is a source of its own."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.lookup.alphabetic.model import Book
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.alphabetic import SOURCES, IndexDocuments
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_index import IndexFile, read_alphabetic_index
from services.lookup.sources.periods import year_in

KINDS = {
    Kind.ICD10CM_INDEX: Book.DISEASES,
    Kind.ICD10CM_EXTERNAL_CAUSES: Book.EXTERNAL_CAUSES,
    Kind.ICD10CM_NEOPLASMS: Book.NEOPLASMS,
    Kind.ICD10CM_DRUGS: Book.DRUGS,
}


def read_alphabetic_editions(files: Sequence[SourceFile], told: Told) -> Iterator[FactEdition]:
    """Yield an edition for each file of the Alphabetic Index; files of another kind are left alone.

    The fiscal year is the version in the file, else the last year in its name. An edition takes effect on its 1 October
    or, where the name says April, on its 1 April, and ends with the fiscal year. Records are main terms and subterms.

    Raises SourceError for a file that `read_alphabetic_index` refuses, one whose fiscal year is not known, and a second
    file of an edition.
    """
    seen: dict[tuple[Source, str], str] = {}
    for file in files:
        if file.kind not in KINDS:
            continue
        with file.open() as stream:
            edition = _edition(read_alphabetic_index(stream, file.name), file.name, told)
        first = seen.setdefault((edition.source, edition.label), file.name)
        if first != file.name:
            raise SourceError(file.name, None, f"expected one file of an edition, found {first} beside it")
        yield edition


def _edition(read: IndexFile, file: str, told: Told) -> FactEdition:
    first_day = told.effective_from or _first_day(read.fiscal_year, file)
    fiscal_year = first_day.year + (first_day.month >= 10)
    label = f"FY{fiscal_year}" if first_day.month == 10 else f"FY{fiscal_year} {first_day:%B}"
    documents = IndexDocuments(read.index)
    return FactEdition(
        source=SOURCES[read.index.book],
        label=told.edition or label,
        effective_from=first_day,
        effective_to=told.effective_to or date(fiscal_year, 9, 30),
        origin=file,
        rows=sum(len(main_term.terms) for main_term in read.index.main_terms),
        codes=documents.codes,
        documents=documents,
    )


def _first_day(fiscal_year: int | None, file: str) -> date:
    """Return when the edition of a federal fiscal year takes effect: FY2026 begins on 1 October 2025."""
    year = fiscal_year or year_in(file)
    if not year:
        raise SourceError(file, None, "expected the fiscal year as <version> or in the name: tell --effective-from")
    return date(year, 4, 1) if "april" in file.lower() else date(year - 1, 10, 1)
