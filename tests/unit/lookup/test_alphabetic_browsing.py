import pytest

from services.lookup.alphabetic.browsing import letters, main_terms, place, term
from services.lookup.alphabetic.model import AlphabeticIndex, Book, MainTerm, Term, term_id
from services.lookup.index import alphabetic as documents
from tests.unit.lookup.alphabetic_books import ALL, fetching, read

FETCH = fetching(map(read, ALL.values()))
# Each of three sites has four lines under it.
SITES = [Term(1 + (number % 5 > 0), f"line {number}") for number in range(15)]
LARGE = AlphabeticIndex(Book.DISEASES, (), (MainTerm("large", "L", (Term(0, "Large"), *SITES)),))


async def test_letters_have_the_count_of_their_main_terms() -> None:
    assert (await letters(FETCH, Book.DISEASES)).letters == (("B", 2), ("P", 3))
    assert (await letters(FETCH, Book.NEOPLASMS)).found.fact == documents.Letters(
        ("Malignant Primary", "Benign"), (("N", 1),)
    )


async def test_a_book_that_is_not_loaded_has_nothing() -> None:
    fetch = fetching([read(ALL[Book.DISEASES])])
    assert (await letters(fetch, Book.DRUGS)).letters == ()
    assert (await main_terms(fetch, Book.DRUGS, "a", 0, 10)).main_terms == ()
    assert (await term(fetch, Book.DRUGS, "a")).lines == ()
    assert await place(fetch, Book.DRUGS, "a") == ""


@pytest.mark.parametrize(
    ("prefix", "ids"),
    [
        ("b", ["bellyache", "boot-booted"]),
        ("BOOT", ["boot-booted"]),
        ("pain,", ["pain-phantom"]),
        ("P", ["pain", "pain-phantom", "odland-pain"]),
        ("x", []),
        ("", []),
        ("4", []),
    ],
)
async def test_main_terms_are_listed_by_letter_or_by_how_they_begin(prefix: str, ids: list[str]) -> None:
    answer = await main_terms(FETCH, Book.DISEASES, prefix, 0, 10)
    assert [each.line.id for each in answer.main_terms] == ids
    assert answer.next is None


async def test_main_terms_come_in_pages() -> None:
    first = await main_terms(FETCH, Book.DISEASES, "p", 0, 2)
    assert first.next == 2
    rest = await main_terms(FETCH, Book.DISEASES, "p", first.next, 2)
    assert [each.line.id for each in (*first.main_terms, *rest.main_terms)] == ["pain", "pain-phantom", "odland-pain"]
    assert rest.next is None


async def test_a_term_comes_with_what_stands_above_and_under_it() -> None:
    answer = await term(FETCH, Book.DISEASES, "pain.1")
    assert [line.id for line in answer.above] == ["pain"]
    assert [line.term.name for line in answer.lines] == ["belly, bellies", "with", "fever", "worms"]
    assert answer.next == ""
    deeper = await term(FETCH, Book.DISEASES, "pain.3")
    assert ([line.id for line in deeper.above], len(deeper.lines)) == (["pain", "pain.1", "pain.2"], 1)


@pytest.mark.parametrize("part_lines", [1, 2, 3, 4, 7, 100])
@pytest.mark.parametrize("asked", [0, 1, 6, 8, 11])
async def test_a_large_term_comes_in_stretches_that_make_it_up(
    monkeypatch: pytest.MonkeyPatch, part_lines: int, asked: int
) -> None:
    monkeypatch.setattr(documents, "PART_LINES", part_lines)
    fetch = fetching([LARGE])
    id = term_id("large", asked)
    names, start, calls = [], "", 0
    while calls == 0 or start:
        answer = await term(fetch, Book.DISEASES, id, start)
        assert answer.lines
        names += [line.term.name for line in answer.lines]
        start, calls = answer.next, calls + 1
    all_lines = LARGE.main_terms[0].terms
    under = next((at for at in range(asked + 1, 16) if all_lines[at].level <= all_lines[asked].level), 16)
    assert names == [line.name for line in all_lines[asked:under]]


@pytest.mark.parametrize(
    ("id", "start"),
    [
        ("nothing", ""),
        ("pain.99", ""),
        ("pain.5", "pain.1"),
        ("pain.1", "pain.5"),
        ("pain", "bellyache"),
        ("pain.x", ""),
    ],
)
async def test_a_term_that_is_not_there_has_no_lines(id: str, start: str) -> None:
    assert (await term(FETCH, Book.DISEASES, id, start)).lines == ()


@pytest.mark.parametrize(
    ("book", "text", "id"),
    [
        (Book.DISEASES, "Pain, belly", "pain.1"),
        (Book.DISEASES, "pain belly with fever", "pain.3"),
        (Book.DISEASES, "Pain, phantom", "pain-phantom"),
        (Book.NEOPLASMS, "Neoplasm, boot, benign", "neoplasm-neoplastic.1"),
        (Book.NEOPLASMS, "Table of Neoplasms, boot", "neoplasm-neoplastic.1"),
        (Book.DISEASES, "Index to Diseases and Injuries, Boot(s)", "boot-booted"),
        (Book.DISEASES, "condition", ""),
        (Book.DISEASES, " , ", ""),
    ],
)
async def test_a_text_leads_to_the_line_it_names(book: Book, text: str, id: str) -> None:
    assert await place(FETCH, book, text) == id
