"""What members keep beside the codes, over the real databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import datetime, timedelta

import pytest
from codingahead.events.v1 import events_pb2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, func, insert, select

from services.accounts.marks import CodeMarks, Export, Marks
from services.accounts.model import Favourite, Note, OpenedPage
from services.accounts.store.database import Database
from services.accounts.store.tables import favourites, notes, opened_pages, sessions
from services.runtime.errors import Kind, Refusal
from tests.integration.accounts_rows import NO_ACCOUNTS, Clock, add_member, close, count
from tests.integration.accounts_stack import DATABASES, empty_database, people_on

PAGE = "icd10cm:E11.9"
LISTS = ["history", "favourites", "notes"]
TABLES = {"history": opened_pages, "favourites": favourites, "notes": notes}


@pytest.fixture(scope="module", params=DATABASES)
async def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with people_on(await empty_database(request, tmp_path_factory.mktemp("accounts"))) as people:
        yield people.database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def marks(database: Database, clock: Clock) -> Marks:
    return Marks(database, clock)


@pytest.fixture
async def subject(database: Database) -> str:
    return await add_member(database)


def charged(subject: str, page: str, at: datetime) -> events_pb2.ViewCharged:
    event = events_pb2.ViewCharged(subject=subject, plan="member", page=page, request_id="1")
    event.charged_at.FromDatetime(at)
    return event


async def add(marks: Marks, name: str, subject: str, page: str, at: datetime) -> None:
    """Put a page into a list; `at` is what the clock says."""
    match name:
        case "history":
            await marks.record_opened(charged(subject, page, at), "id")
        case "favourites":
            await marks.set_favourite(subject, page, True)
        case _:
            await marks.save_note(subject, page, "text")


async def read(
    marks: Marks, name: str, subject: str, size: int = 0, token: str = ""
) -> tuple[list[OpenedPage] | list[Favourite] | list[Note], str]:
    match name:
        case "history":
            return await marks.list_history(subject, size, token)
        case "favourites":
            return await marks.list_favourites(subject, size, token)
        case _:
            return await marks.list_notes(subject, size, token)


async def pages(marks: Marks, name: str, subject: str) -> list[str]:
    return [row.page for row in (await read(marks, name, subject, 200))[0]]


async def opened_in_all(database: Database) -> int | None:
    async with database.begin() as connection:
        return await connection.scalar(select(func.count()).select_from(opened_pages))


async def fill(database: Database, time: Column[datetime], subject: str, rows: int, since: datetime) -> None:
    """Give a subject so many rows, a second apart, the last one before `since`."""
    values = {"account_id": subject.removeprefix("member:")} | ({"text": "text"} if time.table is notes else {})
    async with database.begin() as connection:
        await connection.execute(
            insert(time.table),
            [values | {"page": f"icd10cm:{n}", time.name: since - timedelta(seconds=n + 1)} for n in range(rows)],
        )


async def test_a_favourite_is_put_in_and_taken_out(marks: Marks, subject: str, clock: Clock) -> None:
    added_at = clock.time
    await marks.set_favourite(subject, PAGE, True)
    clock.go(hours=1)
    await marks.set_favourite(subject, PAGE, True)

    assert await marks.get_code_marks(subject, PAGE) == CodeMarks(favourite=True, note="")
    assert await marks.list_favourites(subject, 0, "") == ([Favourite(PAGE, added_at)], "")
    for _ in range(2):
        await marks.set_favourite(subject, PAGE, False)
        assert await marks.get_code_marks(subject, PAGE) == CodeMarks(favourite=False, note="")


async def test_a_note_takes_the_place_of_the_one_before(marks: Marks, subject: str, clock: Clock) -> None:
    await marks.save_note(subject, PAGE, "ask the endocrinologist")
    await marks.save_note(subject, PAGE, "  answered:\r\n\r\nyes 👍  ")

    assert await marks.get_code_marks(subject, PAGE) == CodeMarks(favourite=False, note="answered:\n\nyes 👍")
    assert await marks.list_notes(subject, 0, "") == ([Note(PAGE, "answered:\n\nyes 👍", clock.time)], "")


@pytest.mark.parametrize("blank", ["", " \r\n "])
async def test_a_blank_note_removes_the_one_before(marks: Marks, subject: str, blank: str) -> None:
    await marks.save_note(subject, PAGE, "text")
    for _ in range(2):
        await marks.save_note(subject, PAGE, blank)
        assert await marks.list_notes(subject, 0, "") == ([], "")


async def test_the_note_that_was_changed_last_comes_first(marks: Marks, subject: str, clock: Clock) -> None:
    for page in ("icd10cm:A00", "icd10cm:B00", "icd10cm:A00"):
        clock.go(seconds=1)
        await marks.save_note(subject, page, "text")

    assert await pages(marks, "notes", subject) == ["icd10cm:A00", "icd10cm:B00"]


async def test_a_note_of_the_longest_kind_is_kept_whole(marks: Marks, subject: str) -> None:
    longest = "𝛼" * 1999 + "\n" + "z"
    with pytest.raises(Refusal, match="text: expected at most 2000 characters"):
        await marks.save_note(subject, PAGE, longest)

    # Browsers count the two characters at the end of a line as one.
    await marks.save_note(subject, PAGE, longest[1:].replace("\n", "\r\n"))
    assert (await marks.get_code_marks(subject, PAGE)).note == longest[1:]


@pytest.mark.parametrize("text", ["a\x00b", "a\tb", "a\x1bb", "a\x7fb", "a\x85b"])
async def test_control_characters_are_refused_in_notes(marks: Marks, subject: str, text: str) -> None:
    with pytest.raises(Refusal, match="only line breaks"):
        await marks.save_note(subject, PAGE, text)


async def test_a_charged_page_goes_to_the_head_of_the_history(marks: Marks, subject: str, clock: Clock) -> None:
    times = [clock.go(seconds=1) for _ in range(3)]
    for page, at in zip(("icd10cm:A00", "icd10cm:B00", "icd10cm:A00"), times, strict=True):
        await marks.record_opened(charged(subject, page, at), "id")

    assert await marks.list_history(subject, 0, "") == (
        [OpenedPage("icd10cm:A00", times[2]), OpenedPage("icd10cm:B00", times[1])],
        "",
    )


async def test_an_event_that_comes_again_or_late_changes_nothing(marks: Marks, subject: str, clock: Clock) -> None:
    earlier, later = clock.time, clock.go(days=31)
    for at in (later, earlier, later):
        await marks.record_opened(charged(subject, PAGE, at), "id")

    assert await marks.list_history(subject, 0, "") == ([OpenedPage(PAGE, later)], "")


async def test_events_of_one_page_at_the_same_time_leave_the_latest(marks: Marks, subject: str, clock: Clock) -> None:
    times = [clock.go(seconds=1) for _ in range(12)]
    await asyncio.gather(*(marks.record_opened(charged(subject, PAGE, at), "id") for at in times))

    assert await marks.list_history(subject, 0, "") == ([OpenedPage(PAGE, times[-1])], "")


@pytest.mark.parametrize("nobody", [*NO_ACCOUNTS, "gateway"])
async def test_the_pages_of_guests_and_of_accounts_that_are_gone_are_not_kept(
    marks: Marks, database: Database, clock: Clock, nobody: str
) -> None:
    before = await opened_in_all(database)
    await marks.record_opened(charged(nobody, PAGE, clock.time), "id")

    assert await opened_in_all(database) == before


async def test_a_history_is_cleared(marks: Marks, subject: str, database: Database, clock: Clock) -> None:
    other = await add_member(database)
    for member in (subject, other):
        await marks.record_opened(charged(member, PAGE, clock.time), "id")
    for _ in range(2):
        await marks.clear_history(subject)
        assert await marks.list_history(subject, 0, "") == ([], "")

    assert await pages(marks, "history", other) == [PAGE]


async def test_a_history_of_five_thousand_pages_drops_the_oldest(
    marks: Marks, database: Database, subject: str, clock: Clock
) -> None:
    await fill(database, opened_pages.c.opened_at, subject, 5000, clock.time)
    await marks.record_opened(charged(subject, "icd10cm:NEW", clock.time), "id")
    # What is older than all that is kept finds no place.
    await marks.record_opened(charged(subject, "icd10cm:OLD", clock.time - timedelta(days=1)), "id")

    kept = [opened.page for opened in (await marks.export(subject)).history]
    assert kept == ["icd10cm:NEW", *(f"icd10cm:{n}" for n in range(4999))]


async def test_more_than_two_thousand_favourites_are_refused(
    marks: Marks, database: Database, subject: str, clock: Clock
) -> None:
    await fill(database, favourites.c.added_at, subject, 1999, clock.time)
    answers = await asyncio.gather(
        *(marks.set_favourite(subject, f"icd10cm:X{n}", True) for n in range(5)), return_exceptions=True
    )

    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [(refusal.kind, refusal.reason) for refusal in refusals] == [(Kind.PRECONDITION, "TOO_MANY_FAVOURITES")] * 4
    assert await count(database, favourites, subject) == 2000
    await marks.set_favourite(subject, "icd10cm:0", True)
    await marks.set_favourite(subject, "icd10cm:0", False)
    await marks.set_favourite(subject, PAGE, True)


async def test_more_than_two_thousand_notes_are_refused(
    marks: Marks, database: Database, subject: str, clock: Clock
) -> None:
    await fill(database, notes.c.changed_at, subject, 1999, clock.time)
    answers = await asyncio.gather(
        *(marks.save_note(subject, f"icd10cm:X{n}", "text") for n in range(5)), return_exceptions=True
    )

    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [(refusal.kind, refusal.reason) for refusal in refusals] == [(Kind.PRECONDITION, "TOO_MANY_NOTES")] * 4
    assert await count(database, notes, subject) == 2000
    await marks.save_note(subject, "icd10cm:0", "changed")
    assert (await marks.get_code_marks(subject, "icd10cm:0")).note == "changed"
    await marks.save_note(subject, "icd10cm:0", "")
    await marks.save_note(subject, PAGE, "text")


@pytest.mark.parametrize(
    "page",
    ["", "icd10cm", "icd10cm:", ":E11.9", "icd10cm:e11.9", "ICD10CM:E11.9", f"icd10cm:{'1' * 33}", "a:B\n", "a:\x00"],
)
async def test_what_is_no_page_is_refused_by_its_field(marks: Marks, subject: str, clock: Clock, page: str) -> None:
    for call in (
        marks.get_code_marks(subject, page),
        marks.set_favourite(subject, page, True),
        marks.save_note(subject, page, "text"),
        marks.record_opened(charged(subject, page, clock.time), "id"),
    ):
        with pytest.raises(Refusal) as caught:
            await call
        assert caught.value.metadata == {"field": "page"}


@pytest.mark.parametrize("name", LISTS)
@given(
    places=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    size=st.integers(1, 5),
    added=st.lists(st.booleans(), max_size=12),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_reading_on_skips_and_repeats_nothing_while_rows_are_added(
    database: Database, name: str, places: list[int], size: int, added: list[bool]
) -> None:
    clock = Clock()
    marks, subject = Marks(database, clock), await add_member(database)
    for number, seconds in enumerate(places):  # some at the same time
        await add(marks, name, subject, f"icd10cm:{number}", clock.go(seconds=seconds))
    before = await pages(marks, name, subject)

    seen: list[str] = []
    token = ""
    for number in range(len(places) + 1):
        if number < len(added) and added[number]:
            await add(marks, name, subject, f"icd10cm:NEW.{number}", clock.go(seconds=1))
        rows, token = await read(marks, name, subject, size, token)
        seen += [row.page for row in rows]
        if not token:
            break

    assert [page for page in seen if "NEW" not in page] == before
    assert len(seen) == len(set(seen))
    assert not token


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_of_a_list_has_fifty_rows_unless_told_otherwise(
    marks: Marks, database: Database, subject: str, clock: Clock, name: str
) -> None:
    time = {"history": opened_pages.c.opened_at, "favourites": favourites.c.added_at, "notes": notes.c.changed_at}
    await fill(database, time[name], subject, 201, clock.time)

    assert [len((await read(marks, name, subject, size))[0]) for size in (0, 1, 200)] == [50, 1, 200]
    for size in (-1, 201):
        with pytest.raises(Refusal, match="page_size: expected 1 to 200, or 0 for 50"):
            await read(marks, name, subject, size)


@pytest.mark.parametrize("name", LISTS)
async def test_a_token_is_good_for_its_member_and_its_list_only(
    marks: Marks, database: Database, subject: str, clock: Clock, name: str
) -> None:
    other = await add_member(database)
    for member in (subject, other):
        for list_ in LISTS:
            for page in ("icd10cm:A00", "icd10cm:B00"):
                await add(marks, list_, member, page, clock.go(seconds=1))
    _, token = await read(marks, name, subject, 1)

    assert [row.page for row in (await read(marks, name, subject, 1, token))[0]] == ["icd10cm:A00"]
    wrong = [(list_, subject, token) for list_ in LISTS if list_ != name]
    for list_, member, text in (*wrong, (name, other, token), (name, subject, "made up"), (name, subject, token[:-1])):
        with pytest.raises(Refusal) as caught:
            await read(marks, list_, member, 1, text)
        assert caught.value.metadata == {"field": "page_token"}


async def test_members_see_and_change_only_what_is_theirs(
    marks: Marks, database: Database, subject: str, clock: Clock
) -> None:
    stranger = await add_member(database)
    for name in LISTS:
        await add(marks, name, subject, PAGE, clock.time)
    kept = await marks.export(subject)

    assert await marks.get_code_marks(stranger, PAGE) == CodeMarks(favourite=False, note="")
    assert await marks.export(stranger) == Export([], [], [], [])
    await marks.set_favourite(stranger, PAGE, False)
    await marks.save_note(stranger, PAGE, "")
    await marks.clear_history(stranger)
    assert await marks.export(subject) == kept


async def test_an_export_holds_everything_latest_first(
    marks: Marks, database: Database, subject: str, clock: Clock
) -> None:
    times = [clock.go(seconds=1) for _ in range(60)]
    for number, at in enumerate(times):
        await marks.record_opened(charged(subject, f"icd10cm:{number}", at), "id")
    await marks.set_favourite(subject, PAGE, True)
    await marks.save_note(subject, PAGE, "text")
    session = {"account_id": subject.removeprefix("member:"), "generation": 1}
    async with database.begin() as connection:
        for at in times[:2]:
            values = session | {"id": f"{subject[7:38]}{at.second}"[-32:], "began_at": at}
            await connection.execute(insert(sessions).values(**values, refreshed_at=at, ends_at=at))

    assert await marks.export(subject) == Export(
        history=[OpenedPage(f"icd10cm:{n}", at) for n, at in reversed(list(enumerate(times)))],
        favourites=[Favourite(PAGE, clock.time)],
        notes=[Note(PAGE, "text", clock.time)],
        sessions_began_at=[times[1], times[0]],
    )


@pytest.mark.parametrize("nobody", NO_ACCOUNTS)
async def test_who_has_no_account_keeps_nothing(marks: Marks, nobody: str) -> None:
    calls: list[Awaitable[object]] = [
        marks.get_code_marks(nobody, PAGE),
        marks.set_favourite(nobody, PAGE, True),
        marks.set_favourite(nobody, PAGE, False),
        marks.save_note(nobody, PAGE, "text"),
        marks.save_note(nobody, PAGE, ""),
        marks.list_history(nobody, 0, ""),
        marks.list_favourites(nobody, 0, ""),
        marks.list_notes(nobody, 0, ""),
        marks.clear_history(nobody),
        marks.export(nobody),
    ]
    for call in calls:
        with pytest.raises(Refusal) as caught:
            await call
        assert (caught.value.kind, caught.value.reason) == (Kind.NOT_FOUND, "ACCOUNT_NOT_FOUND")


@pytest.mark.parametrize("name", LISTS)
async def test_what_is_kept_goes_with_its_account(
    marks: Marks, database: Database, subject: str, clock: Clock, name: str
) -> None:
    await add(marks, name, subject, PAGE, clock.time)
    assert await count(database, TABLES[name], subject) == 1
    await close(database, subject)

    assert await count(database, TABLES[name], subject) == 0


@pytest.mark.parametrize("name", LISTS)
async def test_what_comes_while_an_account_is_closed_is_refused_or_gone(
    marks: Marks, database: Database, clock: Clock, name: str
) -> None:
    for _ in range(10):
        subject = await add_member(database)
        answer, _ = await asyncio.gather(
            add(marks, name, subject, PAGE, clock.time), close(database, subject), return_exceptions=True
        )

        assert answer is None or getattr(answer, "reason", "") == "ACCOUNT_NOT_FOUND"
        assert await count(database, TABLES[name], subject) == 0
