"""The guidelines and the NCCI policy manual as published: sections, references, and no wording of the AMA."""

import re
from pathlib import Path

import pytest

from services.lookup.facts.edition import FactEdition, Told
from services.lookup.guidelines.model import Book, Passage
from services.lookup.index.guidelines import CONTENTS_ID, KINDS
from services.lookup.sources.extracted import read_extracted
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_guidelines import cut_guidelines, read_icd10cm_guidelines
from services.lookup.sources.ncci_policy_manual import cut_policy_manual, read_ncci_policy_manual

DATA = Path(__file__).parents[3] / "shared" / "data"
GUIDELINES = SourceFile(Kind.ICD10CM_GUIDELINES, DATA / "icd10cm" / "guidelines_FY2026_oct2025_extracted.txt")
MANUAL = SourceFile(Kind.NCCI_POLICY_MANUAL, DATA / "ncci" / "ncci_medicare_policy_manual_2025_text.txt")
LARGEST = 100_000

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


@pytest.fixture(scope="module")
def guidelines() -> Book:
    with GUIDELINES.open() as stream:
        return cut_guidelines(read_extracted(stream, GUIDELINES.name).lines, GUIDELINES.name)


@pytest.fixture(scope="module")
def manual() -> Book:
    with MANUAL.open() as stream:
        return cut_policy_manual(read_extracted(stream, MANUAL.name).lines, MANUAL.name)[0]


@pytest.fixture(scope="module")
def editions() -> list[FactEdition]:
    files = [GUIDELINES, MANUAL]
    return [*read_icd10cm_guidelines(files, Told()), *read_ncci_policy_manual(files, Told())]


def numbered(book: Book) -> list[Passage]:
    return [one for one in book.passages if re.fullmatch(r"[IVX]+(?:\.\w+)+", one.id)]


def test_every_numbered_section_of_the_guidelines_is_a_passage(guidelines: Book) -> None:
    assert len(numbered(guidelines)) == 487
    assert len(guidelines.by_id) == len(guidelines.passages) == 493


def test_the_sections_of_the_manual_are_passages(manual: Book) -> None:
    assert len(numbered(manual)) == 1_117
    assert len(manual.by_id) == len(manual.passages) == 1_139


def test_every_reference_resolves(guidelines: Book, manual: Book) -> None:
    assert [*guidelines.unresolved, *manual.unresolved] == []
    assert (len(guidelines.references), len(manual.references)) == (122, 75)
    for book in (guidelines, manual):
        assert {path for one in book.passages for path in one.refers_to} <= set(book.by_id)


@pytest.mark.parametrize(
    ("path", "title", "refers_to"),
    [
        ("I.C.9.a.2", "Hypertensive Chronic Kidney Disease", ("I.C.14.a",)),
        ("I.C.1.a.2.i", "Encounters for HIV testing", ()),
        ("I.C.1.g.1.g", "Signs and symptoms without definitive diagnosis of COVID-19", ()),
        ("I.C.6.b.1.b.ii", "Sequencing of Category G89 Codes with Site-Specific Pain Codes", ()),
        ("I.C.13.c", "Coding of Pathologic Fractures", ("I.C.19.c",)),
        ("I.C.9.d.3", None, ("I.C.21.c.4",)),
        ("IV.Q", "Encounters for routine health screenings", ("I.C.21.c.5",)),
    ],
)
def test_passages_of_the_guidelines(guidelines: Book, path: str, title: str | None, refers_to: tuple[str, ...]) -> None:
    passage = guidelines.by_id[path]

    assert passage.title == title or title is None
    assert passage.refers_to == refers_to


def test_pages_leave_no_trace(guidelines: Book, manual: Book) -> None:
    furniture = re.compile(r"Page \d+ of|Revision Date|\.{5}|\f|Section I\. Conv")

    assert [one.id for book in (guidelines, manual) for one in book.passages if furniture.search(one.text)] == []


def test_every_word_of_the_guidelines_is_in_a_passage_in_order(guidelines: Book) -> None:
    """From the text behind the table of contents, without the heads of pages."""
    raw = GUIDELINES.path.read_text(encoding="utf-8")
    body = raw[raw.rindex("Section I. Conventions, general coding guidelines and chapter \n") :]
    heads = re.compile(r"ICD-10-CM Official Guidelines for Coding and Reporting \nFY 2026 \nPage \d+ of 121")
    labels = {
        one.id: one.id.rpartition(".")[2] if "." in one.id else f"Section {one.id}" for one in guidelines.passages
    }
    labels["Appendix-I"] = "Appendix I"
    kept = "".join(f"{labels[one.id]}{one.title}{one.text}" for one in guidelines.passages[1:])

    assert re.sub(r"[\W_]", "", kept) == re.sub(r"[\W_]", "", heads.sub("", body))


def test_no_bracket_behind_a_cpt_code_is_left(manual: Book) -> None:
    left = [
        match[0]
        for one in manual.passages
        for match in re.finditer(r"(?:\b\d{5}|\b\d{4}[TUFM]|\bD\d{4}|modifier \d\d) ?\([^)]*", one.text)
    ]

    assert [text for text in left if not re.search(r"\((?:CPT codes|Laryngoscopy codes describe)", text)] == []


def test_no_document_is_large(editions: list[FactEdition]) -> None:
    for edition in editions:
        assert max(len(str(values)) for _, values in edition.documents) < LARGEST
        assert len({id for id, _ in edition.documents}) == len(edition.documents)


def test_a_direct_scan_finds_the_codes_that_the_index_names(guidelines: Book, editions: list[FactEdition]) -> None:
    edition = editions[0]
    kind, documents = KINDS[edition.source].naming, dict(edition.documents)
    ranges = re.compile(r"\b[A-Z]\d\w[.\dA-Z]*-? ?(?:[-–]|to|through) ?[A-Z]\d\w[.\dA-Z]*")
    for category in ("E11", "I13", "Z79", "O9A", "T36", "U07"):
        naming = kind.read("", documents[f"naming-{category}"])
        without_ranges = {one.id: ranges.sub("", f"{one.title} {one.text}") for one in guidelines.passages}
        scanned = {id for id, text in without_ranges.items() if re.search(rf"\b{category}\b", text)}
        by_name = {one.passage.id for one in naming if any(not name.is_range for name in one.names)}
        assert by_name == scanned


def test_the_contents_list_every_passage(guidelines: Book, editions: list[FactEdition]) -> None:
    kind, documents = KINDS[editions[0].source].contents, dict(editions[0].documents)
    lines = kind.read(CONTENTS_ID, documents[CONTENTS_ID])

    assert [line.id for line in lines] == [one.id for one in guidelines.passages]
    assert all(line.title for line in lines)
