"""Loading, swapping and going back, over a real Elasticsearch that may die."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date

import pytest

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.stack import LocalStack
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.codes.model import Edition, Level, System
from services.lookup.index.mappings import BOOKS_ALIAS, CODES_ALIAS, LOCKS_INDEX
from services.lookup.search.request import SearchRequest
from services.lookup.store import Store
from services.lookup.verify import VerificationFailed
from services.runtime.errors import Kind, Refusal
from tests.integration.lookup_edition import retitled, small_concepts, small_edition
from tests.integration.lookup_index import SECONDS, opened_store, reloaded, wiped

ICD10CM = System.ICD10CM
EDITION = "FY2026 April"


@pytest.fixture
async def store(elasticsearch_url: str) -> AsyncIterator[Store]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        yield store


async def title_of(store: Store, code: str) -> str:
    """Return the title that a replica that has just started answers."""
    return (await (await reloaded(store)).get_code(ICD10CM, code, "", SECONDS)).entry.title


async def release_indices(store: Store) -> set[str]:
    return {name for name in await store.names("codingahead-*", SECONDS) if name != LOCKS_INDEX}


def failing_at(step: str) -> Callable[[str, int, int], None]:
    """Return a progress that dies at a step, as a loader may at any moment."""

    def progress(current: str, done: int, total: int) -> None:
        if current == step:
            raise InterruptedError(step)

    return progress


async def test_a_loaded_release_says_what_it_is(store: Store) -> None:
    edition = small_edition()
    outcome = await EditionCatalog(store).load(edition)
    (release,) = await EditionCatalog(store).releases()
    assert outcome.changed
    assert release == outcome.load
    assert (release.system, release.edition, release.origin) == (ICD10CM, EDITION, edition.origin)
    assert (release.effective_from, release.effective_to) == (edition.effective_from, edition.effective_to)
    assert release.codes == sum(entry.level is Level.CODE for entry in edition.entries)
    assert release.billable_codes == sum(entry.billable for entry in edition.entries)


async def test_progress_ends_each_step_whole(store: Store) -> None:
    seen: dict[str, tuple[int, int]] = {}
    await EditionCatalog(store).load(
        small_edition(), progress=lambda step, done, total: seen.update({step: (done, total)})
    )
    assert {"index names of codes", "index book", "merge", "verify"} <= set(seen)
    assert all(done == total for done, total in seen.values())


async def test_the_same_content_is_loaded_once_unless_forced(store: Store) -> None:
    catalog = EditionCatalog(store)
    first = await catalog.load(small_edition())
    again = await catalog.load(small_edition())
    assert (again.changed, again.load) == (False, first.load)
    forced = await catalog.load(small_edition(), force=True)
    assert forced.changed
    assert await catalog.releases() == [forced.load]


async def test_an_edition_is_loaded_anew_when_the_names_it_is_lent_have_changed_and_not_again(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    assert (await EditionCatalog(store, small_concepts()).load(small_edition())).changed
    assert not (await EditionCatalog(store, small_concepts()).load(small_edition())).changed
    hits = (await (await reloaded(store)).search(SearchRequest("gonalgia"), SECONDS)).hits
    assert [hit.entry.code for hit in hits] == ["M25.562"]


async def test_a_new_load_replaces_the_old_one_and_a_running_replica_follows(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    replica = await reloaded(store)
    await replica.search(SearchRequest("merkel"), SECONDS)
    await EditionCatalog(store).load(retitled(small_edition(), "C4A", "Merkel tumor"))
    assert (await replica.get_code(ICD10CM, "C4A", "", SECONDS)).entry.title == "Merkel cell carcinoma"
    await replica.reload(SECONDS)
    assert (await replica.get_code(ICD10CM, "C4A", "", SECONDS)).entry.title == "Merkel tumor"
    hits = (await replica.search(SearchRequest("merkel"), SECONDS)).hits
    assert [hit.entry.title for hit in hits] == ["Merkel tumor"]


async def test_a_replica_whose_indices_are_gone_answers_from_the_new_ones(store: Store) -> None:
    catalog = EditionCatalog(store)
    await catalog.load(small_edition())
    replica = await reloaded(store)
    await catalog.load(small_edition(), force=True)
    await catalog.load(retitled(small_edition(), "C4A", "Merkel tumor"))
    assert (await replica.get_code(ICD10CM, "C4A", "", SECONDS)).entry.title == "Merkel tumor"


async def test_rollback_returns_to_the_load_before_and_back_again(store: Store) -> None:
    catalog = EditionCatalog(store)
    await catalog.load(small_edition())
    await catalog.load(retitled(small_edition(), "C4A", "Merkel tumor"))
    await catalog.rollback(ICD10CM, EDITION)
    assert await title_of(store, "C4A") == "Merkel cell carcinoma"
    await catalog.rollback(ICD10CM, EDITION)
    assert await title_of(store, "C4A") == "Merkel tumor"


async def test_only_the_load_before_is_kept(store: Store) -> None:
    catalog = EditionCatalog(store)
    for title in ("one", "two", "three"):
        release = (await catalog.load(retitled(small_edition(), "C4A", title))).load
    assert await release_indices(store) == {*release.indices, *release.previous}


async def test_there_is_nothing_to_roll_back_after_one_load(store: Store) -> None:
    catalog = EditionCatalog(store)
    for _ in range(2):
        with pytest.raises(Refusal) as caught:
            await catalog.rollback(ICD10CM, EDITION)
        assert (caught.value.kind, caught.value.reason) == (Kind.PRECONDITION, "NOTHING_TO_ROLL_BACK")
        await catalog.load(small_edition())


async def test_editions_serve_side_by_side_each_on_its_dates(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    older = retitled(small_edition(), "C4A", "of the year before")
    older = replace(older, label="FY2025", effective_from=date(2024, 10, 1), effective_to=date(2025, 9, 30))
    await EditionCatalog(store).load(older)
    replica = await reloaded(store)
    assert [choice.release.edition for choice in replica.list_releases()] == [EDITION, "FY2025"]
    assert (await replica.get_code(ICD10CM, "C4A", "2025-01-01", SECONDS)).entry.title == "of the year before"
    assert (await replica.get_code(ICD10CM, "C4A", "", SECONDS)).entry.title == "Merkel cell carcinoma"


@pytest.mark.parametrize("step", ["read words", "index book", "index names of codes", "merge", "verify"])
async def test_a_load_that_fails_changes_nothing_and_leaves_nothing(store: Store, step: str) -> None:
    catalog = EditionCatalog(store)
    serving = (await catalog.load(small_edition())).load
    with pytest.raises(InterruptedError):
        await catalog.load(retitled(small_edition(), "C4A", "never"), progress=failing_at(step))
    assert await release_indices(store) == set(serving.indices)
    assert await title_of(store, "C4A") == "Merkel cell carcinoma"


async def test_a_release_that_is_not_what_the_edition_says_is_refused(store: Store) -> None:
    edition = small_edition()
    doubled = replace(edition, entries=(*edition.entries, replace(edition.entries[-1], order=len(edition.entries) + 1)))
    with pytest.raises(VerificationFailed, match=r"holds \d+ documents, expected"):
        await EditionCatalog(store).load(doubled)
    assert await EditionCatalog(store).releases() == []


async def test_what_a_killed_load_left_is_cleared_up_by_the_next(store: Store) -> None:
    await store.create_index(f"{CODES_ALIAS}-icd10cm-fy2026-april-20260101t000000", {}, SECONDS)
    await store.create_index(f"{BOOKS_ALIAS}-icd10cm-fy2026-april-20260101t000000", {}, SECONDS)
    release = (await EditionCatalog(store).load(small_edition())).load
    assert await release_indices(store) == set(release.indices)


async def test_an_index_that_has_no_place_and_does_not_serve_makes_nobody_unready(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    nowhere = {"settings": {"index.routing.allocation.require._name": "nobody", "number_of_replicas": 0}}
    with pytest.raises(Refusal):  # as while the disk is nearly full: it is made, and waits for a place
        await store.create_index(f"{CODES_ALIAS}-icd10cm-fy2026-april-20260101t000000", nowhere, 0.5)

    assert await store.ping(SECONDS) == "green"


async def load_until(
    catalog: EditionCatalog, edition: Edition, step: str
) -> "tuple[asyncio.Event, asyncio.Task[object]]":
    """Start a load and return once it is at a step, with the task."""
    reached = asyncio.Event()

    def progress(current: str, done: int, total: int) -> None:
        if current == step:
            reached.set()

    task: asyncio.Task[object] = asyncio.create_task(catalog.load(edition, force=True, progress=progress))
    await reached.wait()
    return reached, task


async def test_a_second_loader_is_refused_while_the_first_goes_on(store: Store) -> None:
    _, first = await load_until(EditionCatalog(store), small_edition(), "index book")
    with pytest.raises(Refusal) as caught:
        await EditionCatalog(store).load(small_edition())
    assert (caught.value.kind, caught.value.reason) == (Kind.CONFLICT, "LOAD_IN_PROGRESS")
    await first
    assert len(await EditionCatalog(store).releases()) == 1


async def test_a_killed_loader_blocks_only_until_its_lock_expires(store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    await hold_lock(store, expires_at=4_000_000_000)
    with pytest.raises(Refusal, match="in progress"):
        await EditionCatalog(store).load(small_edition(), force=True)
    await hold_lock(store, expires_at=1)
    assert (await EditionCatalog(store).load(small_edition(), force=True)).changed


async def test_a_loader_that_lost_its_lock_does_not_swap(store: Store) -> None:
    serving = (await EditionCatalog(store).load(small_edition())).load
    _, task = await load_until(EditionCatalog(store), retitled(small_edition(), "C4A", "never"), "index book")
    await hold_lock(store, expires_at=4_000_000_000)
    with pytest.raises(Refusal) as caught:
        await task
    assert caught.value.reason == "LOAD_LOCK_LOST"
    assert await release_indices(store) == set(serving.indices)


async def hold_lock(store: Store, expires_at: float) -> None:
    """Take the lock away from whoever has it, as a loader elsewhere."""
    source = {"holder": "elsewhere:1", "expires_at": expires_at}
    for _ in range(50):
        held = await store.get(LOCKS_INDEX, "load", SECONDS)
        if await store.put(LOCKS_INDEX, "load", source, SECONDS, replaces=held):
            return
    raise AssertionError("the lock could not be taken")


async def test_nobody_notices_that_one_of_several_nodes_is_away(elasticsearch_url: str) -> None:
    async with opened_store(f"http://{LOOPBACK}:{free_port()}", elasticsearch_url) as store:
        for _ in range(4):  # in turns with the other
            await store.ping(SECONDS)


async def test_elasticsearch_dying_under_a_load_leaves_the_old_release(elasticsearch: LocalStack, store: Store) -> None:
    await EditionCatalog(store).load(small_edition())
    replica = await reloaded(store)
    _, task = await load_until(
        EditionCatalog(store, lock_seconds=1), retitled(small_edition(), "C4A", "new"), "index book"
    )
    await elasticsearch.supervisor.kill("elasticsearch")
    with pytest.raises(Refusal) as caught:
        await task
    assert caught.value.kind is Kind.UNAVAILABLE
    with pytest.raises(Refusal) as caught:
        await replica.search(SearchRequest("merkel"), SECONDS)
    assert caught.value.kind is Kind.UNAVAILABLE
    await elasticsearch.supervisor.restart("elasticsearch")

    assert (await replica.get_code(ICD10CM, "C4A", "", SECONDS)).entry.title == "Merkel cell carcinoma"
    assert await title_of(store, "C4A") == "Merkel cell carcinoma"
    release = (await EditionCatalog(store).load(retitled(small_edition(), "C4A", "new"))).load
    assert await title_of(store, "C4A") == "new"
    assert await release_indices(store) == {*release.indices, *release.previous}
