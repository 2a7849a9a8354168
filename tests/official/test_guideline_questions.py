"""Questions as coders ask them, each with the sections that answer it, asked of the published books."""

import csv
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from services.lookup.catalog.facts import FactCatalog
from services.lookup.facts.edition import Told
from services.lookup.facts.source import Source
from services.lookup.guidelines.model import Passage
from services.lookup.passages import PassageSearch
from services.lookup.sources.icd10cm_guidelines import read_icd10cm_guidelines
from services.lookup.sources.ncci_policy_manual import read_ncci_policy_manual
from tests.integration.lookup_index import SECONDS, opened_store, reloaded, wiped
from tests.official.test_guidelines import DATA, GUIDELINES, MANUAL

QUESTIONS = Path(__file__).with_name("guideline_questions.tsv")
DEPTH = 5
# The share of questions with an answer at the first place, and among the first five.
FLOORS = {Source.GUIDELINES_ICD10CM: (0.75, 0.95), Source.NCCI_POLICY_MANUAL: (0.65, 0.85)}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


class Question(NamedTuple):
    """A question, and the sections that each answer it: the manual prints many of its rules in several chapters."""

    book: Source
    words: str
    answers: frozenset[str]

    def is_answered_by(self, book: Source, section: Passage) -> bool:
        return book is self.book and section.id in self.answers


def questions() -> list[Question]:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Question(Source(row["book"]), row["question"], frozenset(row["sections"].split())) for row in rows]


Places = dict[Question, int | None]


@pytest.fixture(scope="module")
async def places(elasticsearch_url: str) -> AsyncIterator[Places]:
    """The place of the first answer to each question among the sections of both books."""
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        files = [GUIDELINES, MANUAL]
        for edition in (*read_icd10cm_guidelines(files, Told()), *read_ncci_policy_manual(files, Told())):
            await FactCatalog(store).load(edition)
        passages = (await reloaded(store)).passages
        found: Places = {}
        for question in questions():
            hits = (await passages.search(PassageSearch(question.words, page_size=DEPTH), SECONDS)).hits
            found[question] = next((place for place, hit in enumerate(hits, 1) if question.is_answered_by(*hit)), None)
        yield found


@pytest.mark.parametrize("book", FLOORS)
def test_questions_find_the_section_that_answers_them(places: Places, book: Source) -> None:
    of_book = {question.words: place for question, place in places.items() if question.book is book}
    first, among_five = (
        sum(place is not None and place <= depth for place in of_book.values()) / len(of_book) for depth in (1, DEPTH)
    )
    missed = [words for words, place in of_book.items() if place is None]

    assert first >= FLOORS[book][0], missed
    assert among_five >= FLOORS[book][1], missed
