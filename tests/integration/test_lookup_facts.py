"""Sources of facts from load to answer, over a real Elasticsearch."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.lookup.catalog.facts import FactCatalog
from services.lookup.facts.edition import Document, FactEdition
from services.lookup.facts.facts import Facts
from services.lookup.facts.kinds import FactKind, Found, Want
from services.lookup.facts.source import Source
from services.lookup.store import IndexGone, Store
from services.lookup.verify import VerificationFailed
from services.runtime.errors import Refusal
from tests.integration.lookup_index import SECONDS, opened_store, wiped

TODAY = date(2026, 6, 15)


def _read(id: str, values: Mapping[str, Any]) -> str:
    return f"{id}: {values['units']}"


UNITS = FactKind(Source.MUE_PRACTITIONER, _read)
OTHERS = FactKind(Source.MUE_HOSPITAL, _read)


def quarter(first: date, last: date, units: int, codes: int = 3) -> FactEdition:
    documents = [(f"9921{number}", {"units": units}) for number in range(codes)]
    return FactEdition(
        source=Source.MUE_PRACTITIONER,
        label=f"{first.year}Q{(first.month + 2) // 3}",
        effective_from=first,
        effective_to=last,
        origin="units.csv",
        rows=codes + 1,
        codes=codes,
        documents=documents,
        left_out={"given twice": 1},
    )


FIRST = quarter(date(2026, 1, 1), date(2026, 3, 31), 1)
SECOND = quarter(date(2026, 4, 1), date(2026, 6, 30), 2)


@pytest.fixture
async def store(elasticsearch_url: str) -> AsyncIterator[Store]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        yield store


async def facts_of(store: Store) -> Facts:
    facts = Facts(store, 1_000_000, today=lambda: TODAY)
    facts.use(await FactCatalog(store).editions())
    return facts


async def found(store: Store, id: str, on: date | None) -> Found[str]:
    answers = await (await facts_of(store)).of([Want(UNITS, id)], on, SECONDS)
    return answers.get(UNITS, id)


async def test_a_loaded_edition_says_what_it_is(store: Store) -> None:
    outcome = await FactCatalog(store).load(FIRST)

    assert outcome.changed
    assert await FactCatalog(store).editions() == [outcome.load]
    assert outcome.load.display_name == "NCCI MUE practitioner 2026Q1"
    assert (outcome.load.rows, outcome.load.codes, outcome.load.left_out) == (4, 3, {"given twice": 1})


async def test_the_same_edition_is_loaded_once_unless_forced(store: Store) -> None:
    await FactCatalog(store).load(FIRST)

    assert not (await FactCatalog(store).load(FIRST)).changed
    assert (await FactCatalog(store).load(FIRST, force=True)).changed


async def test_editions_answer_side_by_side_each_for_its_dates(store: Store) -> None:
    await FactCatalog(store).load(FIRST)
    await FactCatalog(store).load(SECOND)

    assert (await found(store, "99211", date(2026, 2, 1))).fact == "99211: 1"
    assert (await found(store, "99211", date(2026, 5, 1))).fact == "99211: 2"
    assert (await found(store, "99211", None)).fact == "99211: 2"


async def test_no_edition_for_a_date_names_what_is_loaded_and_no_fact_is_told_apart(store: Store) -> None:
    await FactCatalog(store).load(FIRST)

    missing = await found(store, "99211", date(2025, 12, 31))
    assert (missing.choice, missing.fact) == (None, None)
    assert [load.edition for load in missing.loaded] == ["2026Q1"]
    nothing = await found(store, "99999", date(2026, 1, 1))
    assert nothing.choice is not None
    assert nothing.choice.in_force
    assert nothing.fact is None


async def test_without_a_date_the_newest_that_has_begun_answers_and_is_not_in_force(store: Store) -> None:
    await FactCatalog(store).load(FIRST)

    last = await found(store, "99211", None)
    assert last.choice is not None
    assert not last.choice.in_force
    assert last.fact == "99211: 1"


async def test_every_edition_can_be_asked_together_with_the_one_in_force(store: Store) -> None:
    await FactCatalog(store).load(FIRST)
    await FactCatalog(store).load(SECOND)

    answers = await (await facts_of(store)).of(
        [Want(UNITS, "99210"), Want(OTHERS, "99210")], None, SECONDS, every=[Want(UNITS, "99211")]
    )
    assert answers.get(UNITS, "99210").fact == "99210: 2"
    assert answers.get(OTHERS, "99210").choice is None
    assert [one.fact for one in answers.every(UNITS, "99211")] == ["99211: 2", "99211: 1"]


async def test_what_was_read_is_kept(store: Store) -> None:
    await FactCatalog(store).load(FIRST)
    facts = await facts_of(store)
    await facts.of([Want(UNITS, "99211"), Want(UNITS, "99999")], None, SECONDS)
    await wiped(store)

    answers = await facts.of([Want(UNITS, "99211"), Want(UNITS, "99999")], None, SECONDS)
    assert (answers.get(UNITS, "99211").fact, answers.get(UNITS, "99999").fact) == ("99211: 1", None)
    with pytest.raises(IndexGone):
        await facts.of([Want(UNITS, "99210")], None, SECONDS)


async def test_a_rollback_returns_to_the_load_before(store: Store) -> None:
    await FactCatalog(store).load(FIRST)
    await FactCatalog(store).load(quarter(FIRST.effective_from, FIRST.effective_to, 7))
    assert (await found(store, "99211", None)).fact == "99211: 7"

    await FactCatalog(store).rollback(Source.MUE_PRACTITIONER, "2026Q1")

    assert (await found(store, "99211", None)).fact == "99211: 1"
    with pytest.raises(Refusal, match="not loaded"):
        await FactCatalog(store).rollback(Source.MUE_PRACTITIONER, "2030Q1")


class Forgetful(list[Document]):
    """Documents of which the last is not told when they are indexed."""

    def __iter__(self) -> Iterator[Document]:
        documents = list(super().__iter__())
        yield from documents[:-1]


async def test_a_load_that_is_not_what_the_edition_says_changes_nothing(store: Store) -> None:
    await FactCatalog(store).load(FIRST)
    broken = replace(FIRST, documents=Forgetful(FIRST.documents))

    with pytest.raises(VerificationFailed, match="holds 2 documents, expected 3"):
        await FactCatalog(store).load(broken)
    assert (await found(store, "99211", None)).fact == "99211: 1"
