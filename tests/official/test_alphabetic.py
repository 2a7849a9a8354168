"""The Alphabetic Index of CDC against a direct count of the elements in its files."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import orjson
import pytest

from services.lookup.alphabetic.model import AlphabeticIndex, Book, Term
from services.lookup.alphabetic.phrases import phrases
from services.lookup.alphabetic.references import References, in_book
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.alphabetic import PHRASES, POINTERS, phrases_id
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_index import read_alphabetic_index
from services.lookup.sources.icd10cm_index_editions import read_alphabetic_editions

DATA = Path(__file__).parents[3] / "shared" / "data" / "icd10cm"
FILES = {
    Book.DISEASES: SourceFile(Kind.ICD10CM_INDEX, DATA / "icd10cm_index_2017.xml"),
    Book.EXTERNAL_CAUSES: SourceFile(Kind.ICD10CM_EXTERNAL_CAUSES, DATA / "icd10cm_eindex_2022.xml"),
    Book.NEOPLASMS: SourceFile(Kind.ICD10CM_NEOPLASMS, DATA / "icd10cm_neoplasm_2022.xml"),
    Book.DRUGS: SourceFile(Kind.ICD10CM_DRUGS, DATA / "icd10cm_drug_2022.xml"),
}
# The share of references that lead to the very line they name; some name none ("see condition"), some are misspelt.
WHOLE = {Book.DISEASES: 0.9, Book.EXTERNAL_CAUSES: 0.82, Book.NEOPLASMS: 0.88, Book.DRUGS: 0.88}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


class Raw(NamedTuple):
    """What is counted in a file without the reader."""

    elements: Counter[str]
    codes: Counter[str]


@pytest.fixture(scope="module", params=list(Book))
def book(request: pytest.FixtureRequest) -> Book:
    return Book(request.param)


@pytest.fixture(scope="module")
def indices() -> dict[Book, AlphabeticIndex]:
    read = {}
    for book, file in FILES.items():
        with file.open() as stream:
            read[book] = read_alphabetic_index(stream, file.name).index
    return read


@pytest.fixture(scope="module")
def edition(book: Book) -> FactEdition:
    [edition] = read_alphabetic_editions([FILES[book]], Told())
    return replace(edition, documents=list(edition.documents))


@pytest.fixture(scope="module")
def raw(book: Book) -> Raw:
    elements: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for _, element in ElementTree.iterparse(FILES[book].path):
        elements[element.tag] += 1
        text = (element.text or "").strip()
        if element.tag in ("code", "manif", "seecat", "subcat", "cell") and re.match(r"[A-Z]\d", text):
            codes[text] += 1
    return Raw(elements, codes)


def test_every_element_is_read(book: Book, raw: Raw, indices: dict[Book, AlphabeticIndex]) -> None:
    main_terms = indices[book].main_terms
    terms = [term for main_term in main_terms for term in main_term.terms]
    assert len(main_terms) == raw.elements["mainTerm"]
    assert len(terms) - len(main_terms) == raw.elements["term"]
    assert len({main_term.letter for main_term in main_terms}) == raw.elements["letter"]
    for name, tags in {
        "see": ("see",),
        "see_also": ("seeAlso",),
        "code": ("code",),
        "brackets": ("manif",),
        "category": ("seecat", "subcat"),
    }.items():
        assert sum(bool(getattr(term, name)) for term in terms) == sum(raw.elements[tag] for tag in tags)


def test_every_code_has_a_pointer_and_a_phrase(book: Book, raw: Raw, edition: FactEdition) -> None:
    pointing: defaultdict[str, int] = defaultdict(int)
    spoken: Counter[str] = Counter()
    for id, values in edition.documents:
        if id.startswith("code-"):
            pointers = POINTERS[book].read(id, values)
            pointing[id.removeprefix("code-")] += len(pointers)
        elif id.startswith("phrases-"):
            phrases = PHRASES[book].read(id, values)
            assert all(re.search(r"\w", phrase) for phrase in phrases)
            spoken[id.removeprefix("phrases-")] += len(phrases)
    assert spoken.keys() == pointing.keys()
    expected: Counter[str] = Counter()
    for code, count in raw.codes.items():
        expected[re.sub(r"[.-]", "", code)] += count
    assert pointing == expected
    assert edition.codes == len(expected)


def test_an_edition_says_what_its_documents_are_and_none_is_large(book: Book, raw: Raw, edition: FactEdition) -> None:
    assert edition.rows == raw.elements["mainTerm"] + raw.elements["term"]
    assert edition.label == ("FY2017" if book is Book.DISEASES else "FY2022")
    assert len({id for id, _ in edition.documents}) == len(edition.documents)
    assert max(len(orjson.dumps(values)) for _, values in edition.documents) < 100_000


def test_most_references_lead_to_the_very_line_they_name(book: Book, indices: dict[Book, AlphabeticIndex]) -> None:
    references, neoplasms = References(indices[book]), References(indices[Book.NEOPLASMS])
    led: list[bool] = []
    for main_term in indices[book].main_terms:
        for text in (text for term in main_term.terms for text in (term.see, term.see_also) if text):
            reference = references.reference(text)
            if reference.book in (None, book):
                led.append(reference.whole)
            elif reference.book is Book.NEOPLASMS:
                # What is left of "Neoplasm, breast, benign" is the column.
                assert neoplasms.place(in_book(text, Book.NEOPLASMS))
    assert sum(led) / len(led) > WHOLE[book]


def test_a_reference_is_followed_as_a_coder_would(indices: dict[Book, AlphabeticIndex]) -> None:
    diseases, neoplasms = References(indices[Book.DISEASES]), References(indices[Book.NEOPLASMS])
    for text, path in {
        "Pain, abdominal": ("Pain", "abdominal"),
        "Fracture, femur, lower end": ("Fracture, traumatic", "femur, femoral", "lower end"),
        "Complication, transplant, heart, with lung": ("Complication", "transplant", "heart", "with lung"),
    }.items():
        place = diseases.place(text)
        assert place
        assert place.main_term.path(place.position) == path
    place = neoplasms.place("Neoplasm, breast, malignant")
    assert place
    assert place.main_term.terms[place.position].cells[0] == "C50.9-"


# A code of each book, and phrases of lines that have it or say "see" to one that has.
PHRASES_OF = {
    Book.DISEASES: (
        "J18.9",
        "Pneumonia (acute) (double) (migratory) (purulent) (septic) (unresolved)",
        "Congestion, lung, active or acute",
    ),
    Book.EXTERNAL_CAUSES: ("W54.0", "Bite, bitten by dog"),
    Book.NEOPLASMS: ("C26.0", "Malignant neoplasm of intestine (primary)", "Cancer of bowel (primary)"),
    Book.DRUGS: (
        "T39.312",
        "Overdose of Ibuprofen, intentional (suicide attempt)",
        "Poisoning by Aleve, intentional self-harm",
    ),
}


def test_a_code_has_the_phrases_of_its_lines_and_of_those_that_say_see(book: Book, edition: FactEdition) -> None:
    code, *expected = PHRASES_OF[book]
    (values,) = (values for id, values in edition.documents if id == phrases_id(code))
    assert set(expected) <= set(PHRASES[book].read(phrases_id(code), values))


@pytest.mark.parametrize("table", [Book.NEOPLASMS, Book.DRUGS])
def test_the_columns_of_the_tables_have_words_of_their_own(table: Book, indices: dict[Book, AlphabeticIndex]) -> None:
    for column in indices[table].columns:
        assert phrases([Term(0, "Glue")], column) != [f"Glue, {column.lower()}"]
