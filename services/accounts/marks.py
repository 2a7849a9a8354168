"""What members keep beside the codes: pages they have opened, favourites and private notes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from codingahead.events.v1 import events_pb2

from services.accounts.model import MEMBER_PREFIX, Clock, Favourite, Note, OpenedPage, utc_now
from services.accounts.store import marks as store
from services.accounts.store import owners
from services.accounts.store.database import Database
from services.runtime import paging, timeline
from services.runtime.errors import Kind, Refusal, invalid

MOST_OPENED = 5000
MOST_FAVOURITES = 2000
MOST_NOTES = 2000
LONGEST_NOTE = 2000
_PAGE_SIZE = 50
_LARGEST_PAGE = 200
_PAGE = re.compile(r"[a-z0-9]{1,32}:[A-Z0-9.-]{1,32}")
_LINE_BREAK = re.compile(r"\r\n?")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")

Kept = TypeVar("Kept", OpenedPage, Favourite, Note)


@dataclass(frozen=True, slots=True)
class CodeMarks:
    """What a member keeps beside one code; `note` is empty for none."""

    favourite: bool
    note: str


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is kept of an account beside the account itself, each list latest first."""

    history: list[OpenedPage]
    favourites: list[Favourite]
    notes: list[Note]
    sessions_began_at: list[datetime]


class Marks:
    """What members keep. `now` is the clock.

    A subject without an account is refused with ACCOUNT_NOT_FOUND.
    """

    def __init__(self, database: Database, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def get_code_marks(self, subject: str, page: str) -> CodeMarks:
        """Return what a member keeps beside one code."""
        _check_page(page)
        async with self._database.begin() as connection:
            account_id = await owners.find(connection, subject)
            return CodeMarks(
                favourite=await store.is_favourite(connection, account_id, page),
                note=await store.note_text(connection, account_id, page),
            )

    async def set_favourite(self, subject: str, page: str, favourite: bool) -> None:
        """Put a code among the favourites of a member, or take it out; one that is there already keeps its place.

        Refused with TOO_MANY_FAVOURITES when the account has as many as it may.
        """
        _check_page(page)
        async with self._database.begin() as connection:
            account_id = await owners.hold(connection, subject)
            if not favourite:
                await store.remove_favourite(connection, account_id, page)
            elif not await store.is_favourite(connection, account_id, page):
                if await store.count_favourites(connection, account_id) >= MOST_FAVOURITES:
                    raise _too_many("FAVOURITES", f"An account has at most {MOST_FAVOURITES} favourites.")
                await store.add_favourite(connection, account_id, Favourite(page, self._now()))

    async def save_note(self, subject: str, page: str, text: str) -> None:
        """Keep a private note on a code in place of the one before; a blank text removes it.

        Refused with TOO_MANY_NOTES when the account has as many as it may.
        """
        _check_page(page)
        text = _checked_text(text)
        async with self._database.begin() as connection:
            account_id = await owners.hold(connection, subject)
            await store.remove_note(connection, account_id, page)
            if not text:
                return
            if await store.count_notes(connection, account_id) >= MOST_NOTES:
                raise _too_many("NOTES", f"An account has at most {MOST_NOTES} notes.")
            await store.add_note(connection, account_id, Note(page, text, self._now()))

    async def list_history(self, subject: str, page_size: int, page_token: str) -> tuple[list[OpenedPage], str]:
        """Return the code pages that a member has opened, latest first, and the token of the next page."""
        return await self._list(
            "history", store.list_history, lambda kept: kept.opened_at, subject, page_size, page_token
        )

    async def list_favourites(self, subject: str, page_size: int, page_token: str) -> tuple[list[Favourite], str]:
        """Return the favourites of a member, latest first, and the token of the next page."""
        return await self._list(
            "favourites", store.list_favourites, lambda kept: kept.added_at, subject, page_size, page_token
        )

    async def list_notes(self, subject: str, page_size: int, page_token: str) -> tuple[list[Note], str]:
        """Return the notes of a member, the one that was changed last first, and the token of the next page."""
        return await self._list("notes", store.list_notes, lambda kept: kept.changed_at, subject, page_size, page_token)

    async def clear_history(self, subject: str) -> None:
        """Forget the code pages that a member has opened."""
        async with self._database.begin() as connection:
            await store.clear_history(connection, await owners.hold(connection, subject))

    async def record_opened(self, event: events_pb2.ViewCharged, _: str) -> None:
        """Put a charged page at the head of its member's history; again, or late, it changes nothing newer.

        The oldest pages make room. Guests have no history, and neither has an account that is gone.
        """
        if not event.subject.startswith(MEMBER_PREFIX):
            return
        _check_page(event.page)
        opened = OpenedPage(event.page, event.charged_at.ToDatetime(UTC))
        async with self._database.begin() as connection:
            account_id = await owners.hold_if_there(connection, event.subject)
            if account_id:
                await store.put_opened(connection, account_id, opened, MOST_OPENED)

    async def export(self, subject: str) -> Export:
        """Return everything that is kept of an account beside the account itself and its keys."""
        async with self._database.begin() as connection:
            account_id = await owners.find(connection, subject)
            return Export(
                history=await store.list_history(connection, account_id),
                favourites=await store.list_favourites(connection, account_id),
                notes=await store.list_notes(connection, account_id),
                sessions_began_at=await store.sessions_began_at(connection, account_id),
            )

    async def _list(
        self,
        name: str,
        lister: store.Lister[Kept],
        time_of: Callable[[Kept], datetime],
        subject: str,
        page_size: int,
        page_token: str,
    ) -> tuple[list[Kept], str]:
        size = paging.page_size(page_size, _PAGE_SIZE, _LARGEST_PAGE)
        after = timeline.decode(page_token, name, subject)
        async with self._database.begin() as connection:
            account_id = await owners.find(connection, subject)
            found = await lister(connection, account_id, after, size + 1)
        if len(found) <= size:
            return found, ""
        last = found[size - 1]
        return found[:size], timeline.encode(timeline.Position(time_of(last), last.page), name, subject)


def _check_page(page: str) -> None:
    if not _PAGE.fullmatch(page):
        raise invalid("page", 'expected the name of a code page, such as "icd10cm:E11.9"')


def _checked_text(text: str) -> str:
    # Browsers send the lines of a form with two characters at each end and count them as one.
    text = _LINE_BREAK.sub("\n", text).strip()
    if len(text) > LONGEST_NOTE or _CONTROL.search(text):
        raise invalid("text", f"expected at most {LONGEST_NOTE} characters, and of control characters only line breaks")
    return text


def _too_many(what: str, message: str) -> Refusal:
    return Refusal(Kind.PRECONDITION, f"TOO_MANY_{what}", message)
