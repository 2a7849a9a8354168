"""The Alphabetic Index and the books of rules from load to answer, over a real Elasticsearch."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.alphabetic.model import Book
from services.lookup.browse import PageRequest
from services.lookup.catalog.facts import FactCatalog
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.guidelines.model import Book as Rules
from services.lookup.guidelines.model import Passage
from services.lookup.index.guidelines import book_documents
from services.lookup.index_browser import IndexBrowser, IndexTarget, LineOf, Named, Prefix
from services.lookup.messages.alphabetic import browsed
from services.lookup.messages.guidelines import passage_answer
from services.lookup.passages import Passages
from services.lookup.search.vocabulary import shipped
from services.lookup.serving import Serving
from services.lookup.sources.files import SourceFile
from services.lookup.sources.icd10cm_index_editions import KINDS, read_alphabetic_editions
from services.lookup.store import Store
from services.runtime.errors import Kind, Refusal
from tests.integration.lookup_index import SECONDS, opened_store, wiped
from tests.unit.lookup.alphabetic_books import ALL

TODAY = date(2026, 6, 15)
FIRST = PageRequest(0, "")
# So many subterms that they need two documents.
MANY = 700


@pytest.fixture(scope="module")
async def serving(elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Serving]:
    folder = tmp_path_factory.mktemp("index")
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        catalog = FactCatalog(store)
        for edition in [*index_editions(folder), rules()]:
            await catalog.load(edition)
        yield await serving_of(store)


async def serving_of(store: Store) -> Serving:
    serving = Serving(store, lambda: TODAY)
    await serving.reload(SECONDS)
    return serving


def index_editions(folder: Path) -> list[FactEdition]:
    """Return editions of all books but that of drugs; the external causes have a long main term."""
    lines = "".join(f'<term level="1"><title>by {number}</title><code>W20.8</code></term>' for number in range(MANY))
    long = f"<letter><title>S</title><mainTerm><title>Struck</title>{lines}</mainTerm></letter></ICD10CM.index>"
    texts = {book: text for book, text in ALL.items() if book is not Book.DRUGS}
    texts[Book.EXTERNAL_CAUSES] = texts[Book.EXTERNAL_CAUSES].replace("</ICD10CM.index>", long)
    kinds = {book: kind for kind, book in KINDS.items()}
    files = []
    for book, text in texts.items():
        path = folder / f"{book}.xml"
        path.write_text(text, "utf-8")
        files.append(SourceFile(kinds[book], path))
    return list(read_alphabetic_editions(files, Told(effective_from=date(2025, 10, 1))))


def rules() -> FactEdition:
    lines = [
        ("I", "Bells", (), ()),
        ("I.A", "Small bells", ("Bells",), ("II",)),
        ("I.A.1", "", ("Bells", "Small bells"), ()),
        ("I.AB", "Bells in rows", ("Bells",), ()),
        ("II", "Whistles", (), ()),
    ]
    book = Rules(
        tuple(
            Passage(id=id, title=title, above=above, text=f"Ring E11.9 for {id}.", refers_to=refers, order=order)
            for order, (id, title, above, refers) in enumerate(lines, 1)
        ),
        (),
    )
    documents = book_documents(Source.GUIDELINES_ICD10CM, book)
    return FactEdition(
        source=Source.GUIDELINES_ICD10CM,
        label="FY2026",
        effective_from=date(2025, 10, 1),
        effective_to=date(2026, 9, 30),
        origin="rules.txt",
        rows=len(lines),
        codes=1,
        documents=documents,
    )


async def browse(
    serving: Serving,
    target: IndexTarget,
    book: Book = Book.DISEASES,
    page: PageRequest = FIRST,
    on: str = "",
) -> pb.BrowseIndexResponse:
    return browsed(await IndexBrowser(serving).browse(book, target, on, page, SECONDS))


async def test_a_book_begins_with_its_letters(serving: Serving) -> None:
    answer = await browse(serving, None)

    assert [(one.letter, one.main_terms) for one in answer.letters] == [("B", 2), ("P", 3)]
    assert answer.status.availability == pb.AVAILABILITY_AVAILABLE
    assert answer.status.release.name == "ICD-10-CM Index FY2026"
    assert list((await browse(serving, None, Book.NEOPLASMS)).columns) == ["Malignant Primary", "Benign"]


async def test_main_terms_are_listed_page_by_page(serving: Serving) -> None:
    first = await browse(serving, Prefix("p"), page=PageRequest(2, ""))
    rest = await browse(serving, Prefix("p"), page=PageRequest(2, first.next_page_token))

    assert [(one.id, one.subterms) for one in first.terms] == [("pain", 7), ("pain-phantom", 0)]
    assert [one.id for one in rest.terms] == ["odland-pain"]
    assert rest.next_page_token == ""


async def test_a_line_comes_with_its_place_and_what_is_under_it(serving: Serving) -> None:
    answer = await browse(serving, LineOf("pain.2"))

    assert [one.title for one in answer.above] == ["Pain (acute) (chronic)", "belly, bellies"]
    assert [(one.depth, one.title) for one in answer.terms] == [(2, "with"), (3, "fever"), (3, "worms")]


async def test_a_line_is_found_by_what_a_reference_calls_it(serving: Serving) -> None:
    assert (await browse(serving, Named("Pain, belly"))).terms[0].id == "pain.1"
    cell = await browse(serving, Named("Neoplasm, boot"), Book.NEOPLASMS)
    assert (cell.terms[0].id, list(cell.terms[0].cells)) == ("neoplasm-neoplastic.1", ["C79.8-", "D36.7"])


async def test_a_long_term_comes_whole_over_its_pages(serving: Serving) -> None:
    ids, token, pages = [], "", 0
    while token or not pages:
        answer = await browse(serving, Named("Struck"), Book.EXTERNAL_CAUSES, PageRequest(0, token))
        ids += [one.id for one in answer.terms]
        token, pages = answer.next_page_token, pages + 1

    assert pages == 2
    assert ids == ["struck", *(f"struck.{number}" for number in range(1, MANY + 1))]


@pytest.mark.parametrize("target", [Prefix("x"), LineOf("pain.99"), LineOf("\u00e9" * 300), Named("condition")])
async def test_what_the_book_does_not_have_is_none(serving: Serving, target: IndexTarget) -> None:
    answer = await browse(serving, target)

    assert answer.status.availability == pb.AVAILABILITY_NONE
    assert answer.status.release.edition == "FY2026"
    assert not answer.terms


@pytest.mark.parametrize("target", [None, Prefix("p"), LineOf("pain"), Named("Pain")])
async def test_a_book_that_is_not_loaded_for_the_date_says_so(serving: Serving, target: IndexTarget) -> None:
    drugs = await browse(serving, target, Book.DRUGS)
    early = await browse(serving, target, on="2020-01-01")

    assert drugs.status.missing == "Not loaded: ICD-10-CM Table of Drugs."
    assert early.status.availability == pb.AVAILABILITY_NOT_LOADED
    assert "FY2026 (2025-10-01 to 2026-09-30)" in early.status.missing


@pytest.mark.parametrize(
    ("target", "field"),
    [(Prefix(""), "prefix"), (Prefix("p" * 101), "prefix"), (LineOf(" "), "term"), (Named("\n"), "find")],
)
async def test_a_target_that_is_no_text_is_refused(serving: Serving, target: IndexTarget, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        await browse(serving, target)
    assert refused.value.fields[0].field == field


async def test_a_token_of_another_request_is_refused(serving: Serving) -> None:
    token = (await browse(serving, Prefix("p"), page=PageRequest(2, ""))).next_page_token

    for target in (Prefix("b"), LineOf("pain"), Named("Pain")):
        with pytest.raises(Refusal, match="page_token"):
            await browse(serving, target, page=PageRequest(2, token))


async def passage(serving: Serving, id: str, source: Source = Source.GUIDELINES_ICD10CM) -> pb.GetPassageResponse:
    return passage_answer(await Passages(serving, shipped()).get(source, id, "", SECONDS))


async def test_a_book_of_rules_is_listed_and_a_section_comes_with_those_right_below_it(serving: Serving) -> None:
    contents = await passage(serving, "")
    section = await passage(serving, "I")

    assert [line.id for line in contents.below] == ["I", "I.A", "I.A.1", "I.AB", "II"]
    assert not contents.HasField("passage")
    assert (section.passage.title, section.passage.text) == ("Bells", "Ring E11.9 for I.")
    assert [line.title for line in section.below] == ["Small bells", "Bells in rows"]
    small = await passage(serving, "I.A")
    assert (list(small.passage.above), list(small.passage.refers_to)) == (["Bells"], ["II"])
    assert [(line.id, line.title) for line in small.below] == [("I.A.1", "Ring E11.9 for I.A.1.")]


@pytest.mark.parametrize("id", ["IX", "I.", "contents", "naming-E11", "\u00e9" * 300])
async def test_a_section_that_is_not_in_the_book_is_refused(serving: Serving, id: str) -> None:
    with pytest.raises(Refusal) as refused:
        await passage(serving, id)
    assert (refused.value.kind, refused.value.reason) == (Kind.NOT_FOUND, "PASSAGE_NOT_FOUND")
    assert "ICD-10-CM Guidelines FY2026" in refused.value.message


async def test_a_book_of_rules_that_is_not_loaded_says_so(serving: Serving) -> None:
    for id in ("", "IV.E.7"):
        answer = await passage(serving, id, Source.NCCI_POLICY_MANUAL)
        assert answer.status.missing == "Not loaded: NCCI Policy Manual."
        assert not answer.below
