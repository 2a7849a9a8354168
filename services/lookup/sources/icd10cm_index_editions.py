"""Editions of the Alphabetic Index of ICD-10-CM: each book of it is a source of its own."""

from collections.abc import Iterator, Sequence

from services.lookup.alphabetic.model import Book
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.alphabetic import SOURCES, IndexDocuments
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.fiscal import period
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
    # Which year a file says does not matter when an operator says when it begins.
    year = None if told.effective_from else read.fiscal_year or year_in(file)
    dates = period([year], file, told)
    documents = IndexDocuments(read.index)
    return FactEdition(
        source=SOURCES[read.index.book],
        label=dates.label,
        effective_from=dates.effective_from,
        effective_to=dates.effective_to,
        origin=file,
        rows=sum(len(main_term.terms) for main_term in read.index.main_terms),
        codes=documents.codes,
        documents=documents,
    )
