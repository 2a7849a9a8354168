"""The books of coding rules, searched by words over a real Elasticsearch."""

from collections.abc import AsyncIterator, Sequence
from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.catalog.facts import FactCatalog
from services.lookup.facts.edition import FactEdition
from services.lookup.facts.source import Source
from services.lookup.guidelines.model import Book, Passage
from services.lookup.index.guidelines import book_documents
from services.lookup.messages.guidelines import passage_hits, passage_search
from services.lookup.passages import Passages
from services.runtime.errors import Refusal
from tests.integration.lookup_index import SECONDS, opened_store, reloaded, wiped

GUIDELINES, MANUAL = pb.FACT_SOURCE_ICD10CM_GUIDELINES, pb.FACT_SOURCE_NCCI_POLICY_MANUAL
BEFORE_ALL = "2020-01-01"
MANY = 30

RULES = (
    ("I", "Rules of the house", (), ""),
    ("I.A", "Lanterns", ("Rules of the house",), "Hang one of them at the door."),
    ("I.B", "Doors", ("Rules of the house",), "The lanterns hang there. Lanterns are lit at dusk."),
    ("I.B.1", "", ("Rules of the house", "Doors"), "Two knocks are enough."),
    ("I.C", "Pressure", ("Rules of the house",), "Hypertension is written first."),
    ("I.D", "Questions", ("Rules of the house",), "What can be asked, and how, there is no need to say."),
    ("II", "Visitors who stay", (), "A doubtful visitor is let in."),
    ("III", "Their luggage", (), "A doubtful visitor leaves it outside."),
    ("IV", "Visitors who do not stay", (), "A doubtful visitor is not let in."),
    ("Appendix-I", "Present on arrival", (), "Say of each visitor what was there."),
)
POLICIES = (
    ("I.A", "", ("General",), "A lantern is part of its door."),
    ("I.B", "", ("General",), "Stairs are swept once a day."),
    ("II.B", "", ("Stairs",), "Stairs are swept once a day."),
    *((f"III.{number}", "", ("Windows",), f"Window {number} stays shut.") for number in range(1, MANY + 1)),
)


@pytest.fixture(scope="module")
async def passages(elasticsearch_url: str) -> AsyncIterator[Passages]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        await FactCatalog(store).load(edition(Source.GUIDELINES_ICD10CM, RULES))
        await FactCatalog(store).load(edition(Source.NCCI_POLICY_MANUAL, POLICIES))
        yield (await reloaded(store)).passages


def edition(source: Source, sections: Sequence[tuple[str, str, tuple[str, ...], str]]) -> FactEdition:
    book = Book(
        tuple(
            Passage(id=id, title=title, above=above, text=text, refers_to=(), order=place)
            for place, (id, title, above, text) in enumerate(sections, 1)
        ),
        (),
    )
    return FactEdition(
        source=source,
        label="FY2026",
        effective_from=date(2025, 10, 1),
        effective_to=date(2026, 9, 30),
        origin="rules.txt",
        rows=len(book.passages),
        codes=0,
        documents=book_documents(source, book, None if source is Source.GUIDELINES_ICD10CM else {}),
    )


async def search(passages: Passages, query: str, **asked: object) -> pb.SearchPassagesResponse:
    request = pb.SearchPassagesRequest(query=query, **asked)  # type: ignore[arg-type]
    return passage_hits(await passages.search(passage_search(request), SECONDS))


async def found(passages: Passages, query: str, **asked: object) -> list[str]:
    return [hit.passage.id for hit in (await search(passages, query, **asked)).hits]


async def test_a_word_of_the_title_goes_before_the_same_word_in_the_text(passages: Passages) -> None:
    assert await found(passages, "lanterns", sources=[GUIDELINES]) == ["I.A", "I.B"]


async def test_a_section_is_found_by_the_titles_above_it_but_not_one_without_words_of_its_own(
    passages: Passages,
) -> None:
    by_title_above = await found(passages, "knocks doors")
    assert by_title_above[0] == "I.B.1"
    assert "I" not in await found(passages, "rules of the house")


async def test_a_hit_is_the_section_with_all_of_its_text(passages: Passages) -> None:
    (hit,) = (await search(passages, "knocks")).hits

    assert hit.source == GUIDELINES
    assert (hit.passage.id, list(hit.passage.above)) == ("I.B.1", ["Rules of the house", "Doors"])
    assert hit.passage.text == "Two knocks are enough."


@pytest.mark.parametrize("query", ["HTN", "high blood pressure hypertension", "How can I code HTN?"])
async def test_abbreviations_are_written_out_and_the_words_of_a_question_are_not_searched(
    passages: Passages, query: str
) -> None:
    assert await found(passages, query) == ["I.C"]


@pytest.mark.parametrize("query", ["I.B.1", "i.b.1", "Section I.B.1."])
async def test_the_path_of_a_section_finds_it(passages: Passages, query: str) -> None:
    assert await found(passages, query) == ["I.B.1"]


async def test_sections_for_other_patients_are_left_out(passages: Passages) -> None:
    assert set(await found(passages, "visitor")) == {"II", "III", "IV", "Appendix-I"}
    inpatient = await found(passages, "visitor", setting=pb.CARE_SETTING_INPATIENT)
    assert set(inpatient) == {"II", "III", "Appendix-I"}
    assert await found(passages, "visitor", setting=pb.CARE_SETTING_OUTPATIENT) == ["IV"]


async def test_the_same_rule_in_two_chapters_is_one_hit(passages: Passages) -> None:
    assert len(await found(passages, "stairs swept")) == 1


async def test_only_the_books_asked_for_are_searched(passages: Passages) -> None:
    both = await search(passages, "lantern")
    manual = await search(passages, "lantern", sources=[MANUAL])

    assert {hit.source for hit in both.hits} == {GUIDELINES, MANUAL}
    assert [(hit.source, hit.passage.id) for hit in manual.hits] == [(MANUAL, "I.A")]
    assert [status.source for status in manual.statuses] == [MANUAL]


async def test_a_page_has_ten_sections_or_as_many_as_are_asked_for(passages: Passages) -> None:
    assert len(await found(passages, "windows")) == 10
    assert len(await found(passages, "windows", page_size=MANY)) == MANY


async def test_each_book_says_what_it_has(passages: Passages) -> None:
    nothing, some = await search(passages, "zeppelin"), await search(passages, "knocks")
    early = await search(passages, "knocks", effective_on=BEFORE_ALL)

    assert [status.availability for status in nothing.statuses] == [pb.AVAILABILITY_NONE] * 2
    assert [status.availability for status in some.statuses] == [pb.AVAILABILITY_AVAILABLE, pb.AVAILABILITY_NONE]
    assert [status.release.edition for status in some.statuses] == ["FY2026", "FY2026"]
    assert [status.availability for status in early.statuses] == [pb.AVAILABILITY_NOT_LOADED] * 2
    assert "FY2026 (2025-10-01 to 2026-09-30)" in early.statuses[0].missing
    assert not early.hits


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"query": ""}, "query"),
        ({"query": " "}, "query"),
        ({"query": "x" * 301}, "query"),
        ({"query": "a\x00b"}, "query"),
        ({"sources": [pb.FACT_SOURCE_GEM_TO_ICD9CM]}, "sources"),
        ({"sources": [999]}, "sources"),
        ({"setting": 999}, "setting"),
        ({"effective_on": "tomorrow"}, "effective_on"),
        ({"page_size": 51}, "page_size"),
        ({"page_size": -1}, "page_size"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_its_field(
    passages: Passages, asked: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await search(passages, **({"query": "lantern"} | asked))  # type: ignore[arg-type]
    assert [violation.field for violation in refused.value.fields] == [field]
