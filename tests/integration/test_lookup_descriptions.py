"""Common-language descriptions from load to page, over a real Elasticsearch."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.catalog.descriptions import DescriptionCatalog
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.codes.description import Collection
from services.lookup.index.mappings import DESCRIPTIONS_ALIAS, LOCKS_INDEX
from services.lookup.lookup import Lookup
from services.lookup.servicer import LookupServicer
from services.lookup.store import Store
from services.lookup.verify import VerificationFailed
from services.runtime.errors import Refusal
from tests.integration.lookup_edition import small_collection, small_edition
from tests.integration.lookup_index import SECONDS, opened_store, reloaded, wiped


@pytest.fixture
async def store(elasticsearch_url: str) -> AsyncIterator[Store]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        yield store


async def page(lookup: Lookup, code: str) -> pb.GetCodePageResponse:
    request = pb.GetCodePageRequest(system=pb.CODE_SYSTEM_ICD10CM, code=code)
    return await LookupServicer(lookup).get_code_page(request)


async def text_of(store: Store) -> str:
    """Return the text that a replica that has just started shows on the page of E11.9."""
    return (await page(await reloaded(store), "E11.9")).common_language_description.text


async def description_indices(store: Store) -> set[str]:
    return set(await store.names(f"{DESCRIPTIONS_ALIAS}-*", SECONDS))


async def refusal_of(answer: Awaitable[object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await answer
    return caught.value


# Loading


async def test_a_loaded_collection_says_what_it_is(store: Store) -> None:
    outcome = await DescriptionCatalog(store).load(small_collection())
    assert outcome.changed
    assert await DescriptionCatalog(store).loads() == [outcome.load]
    assert (outcome.load.edition, outcome.load.codes) == ("reviewed 2026-03-02", 2)
    assert outcome.load.origin == "an editor's folder"


async def test_the_same_descriptions_are_loaded_once_unless_forced(store: Store) -> None:
    catalog = DescriptionCatalog(store)
    first = await catalog.load(small_collection())
    reordered = replace(small_collection(), descriptions=small_collection().descriptions[::-1], origin="elsewhere")
    again = await catalog.load(reordered)
    assert (again.changed, again.load) == (False, first.load)
    assert (await catalog.load(small_collection(), force=True)).changed


async def test_a_collection_takes_the_place_of_the_one_before_and_can_be_rolled_back(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    catalog = DescriptionCatalog(store)
    await catalog.load(small_collection("One."))
    latest = (await catalog.load(small_collection("Two."))).load
    assert await text_of(store) == "Two."
    assert await description_indices(store) == {*latest.indices, *latest.previous}
    await catalog.rollback()
    assert await text_of(store) == "One."
    await catalog.rollback()
    assert await text_of(store) == "Two."


async def test_codes_that_the_new_collection_leaves_out_have_no_description_any_more(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    catalog = DescriptionCatalog(store)
    await catalog.load(small_collection())
    await catalog.load(replace(small_collection(), descriptions=small_collection().descriptions[1:]))
    answer = await page(await reloaded(store), "E11.9")
    assert answer.common_language_description.availability == pb.AVAILABILITY_NONE


async def test_there_is_nothing_to_roll_back_after_one_load(store: Store) -> None:
    catalog = DescriptionCatalog(store)
    assert (await refusal_of(catalog.rollback())).reason == "NOTHING_TO_ROLL_BACK"
    await catalog.load(small_collection())
    assert (await refusal_of(catalog.rollback())).reason == "NOTHING_TO_ROLL_BACK"


@pytest.mark.parametrize("force", [False, True])
async def test_samples_never_take_the_place_of_an_operators_own(store: Store, force: bool) -> None:
    catalog = DescriptionCatalog(store)
    samples = replace(small_collection("A sample."), samples=True)
    assert (await catalog.load(samples)).changed
    assert (await catalog.load(replace(small_collection("A better sample."), samples=True))).changed
    own = await catalog.load(small_collection("My own."))
    kept = await catalog.load(samples, force=force)
    assert (kept.changed, kept.load) == (False, own.load)


async def test_loads_of_codes_and_of_descriptions_leave_each_other_alone(store: Store) -> None:
    release = (await EditionCatalog(store).load(small_edition())).load
    collection = (await DescriptionCatalog(store).load(small_collection())).load
    await EditionCatalog(store).load(small_edition(), force=True)
    assert await DescriptionCatalog(store).loads() == [collection]
    assert release.codes_index in await store.names("codingahead-*", SECONDS)


@pytest.mark.parametrize("step", ["index texts", "merge", "verify"])
async def test_a_load_that_fails_changes_nothing_and_leaves_nothing(store: Store, step: str) -> None:
    def die(current: str, done: int, total: int) -> None:
        if current == step:
            raise InterruptedError(step)

    serving = (await DescriptionCatalog(store).load(small_collection("Serving."))).load
    with pytest.raises(InterruptedError):
        await DescriptionCatalog(store).load(small_collection("Never."), progress=die)
    assert await description_indices(store) == set(serving.indices)
    assert await DescriptionCatalog(store).loads() == [serving]


async def test_a_collection_that_is_not_what_it_says_is_refused(store: Store) -> None:
    first = small_collection().descriptions[0]
    doubled = Collection("a folder", (first, first))
    with pytest.raises(VerificationFailed, match="holds 1 documents, expected 2"):
        await DescriptionCatalog(store).load(doubled)
    assert await description_indices(store) == set()


async def test_what_a_killed_load_left_is_cleared_up_by_the_next(store: Store) -> None:
    await store.create_index(f"{DESCRIPTIONS_ALIAS}-20260101t000000", {}, SECONDS)
    load = (await DescriptionCatalog(store).load(small_collection())).load
    assert await description_indices(store) == set(load.indices)


async def test_one_load_of_any_source_runs_at_a_time(store: Store) -> None:
    await DescriptionCatalog(store).load(small_collection())
    source = {"holder": "elsewhere:1", "expires_at": 4_000_000_000}
    assert await store.put(LOCKS_INDEX, "load", source, SECONDS, replaces=None)
    assert (await refusal_of(DescriptionCatalog(store).load(small_collection("New.")))).reason == "LOAD_IN_PROGRESS"
    assert (await refusal_of(EditionCatalog(store).load(small_edition()))).reason == "LOAD_IN_PROGRESS"


# Pages


async def test_no_data_is_told_from_no_source(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    replica = await reloaded(store)
    before = (await page(replica, "E10.9")).common_language_description
    assert before == pb.CommonLanguageDescription(availability=pb.AVAILABILITY_NOT_LOADED)
    await DescriptionCatalog(store).load(small_collection())
    await replica.reload(SECONDS)
    after = (await page(replica, "E10.9")).common_language_description
    assert after == pb.CommonLanguageDescription(availability=pb.AVAILABILITY_NONE)


async def test_a_running_replica_follows_each_load(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    await DescriptionCatalog(store).load(small_collection("One."))
    replica = await reloaded(store)
    assert (await page(replica, "E11.9")).common_language_description.text == "One."
    await DescriptionCatalog(store).load(small_collection("Two."))
    await replica.reload(SECONDS)
    assert (await page(replica, "E11.9")).common_language_description.text == "Two."


async def test_a_replica_that_missed_two_loads_reads_the_latest(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    for text in ("One.", "Two.", "Three."):
        await DescriptionCatalog(store).load(small_collection(text))
        if text == "One.":
            replica = await reloaded(store)
    assert (await page(replica, "E11.9")).common_language_description.text == "Three."


async def test_an_index_that_is_gone_never_fails_a_page(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    load = (await DescriptionCatalog(store).load(small_collection())).load
    replica = await reloaded(store)
    await store.delete_indices(load.indices, SECONDS)
    answer = await page(replica, "E11.9")
    assert answer.entry.code == "E11.9"
    assert answer.common_language_description.availability == pb.AVAILABILITY_NOT_LOADED


# Codes known by their number alone


async def test_a_text_that_is_a_code_of_two_systems_finds_both(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    number, *_ = small_collection().descriptions
    described = replace(number, system=number.system.HCPCS, code="E1131")
    await DescriptionCatalog(store).load(replace(small_collection(), descriptions=(described,)))
    servicer = LookupServicer(await reloaded(store))
    seen, token = [], ""
    while True:
        answer = await servicer.search(pb.SearchRequest(query="E1131", page_size=1, page_token=token))
        assert answer.total == 3
        seen += [(hit.entry.system, hit.entry.code) for hit in answer.hits]
        token = answer.next_page_token
        if not token:
            break
    icd10cm = pb.CODE_SYSTEM_ICD10CM
    assert seen == [(pb.CODE_SYSTEM_HCPCS, "E1131"), (icd10cm, "E11.31"), (icd10cm, "E11.311")]


async def test_numbers_are_known_when_no_release_of_any_system_is_loaded(store: Store) -> None:
    await DescriptionCatalog(store).load(small_collection())
    replica = await reloaded(store)
    answer = await LookupServicer(replica).search(pb.SearchRequest(query="E119"))
    assert [(hit.entry.code, hit.entry.number_only) for hit in answer.hits] == [("E11.9", True)]
    assert (await page(replica, "E11.9")).entry.number_only
    assert not replica.list_releases()
