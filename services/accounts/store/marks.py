"""What members keep beside the codes, in SQL. Lists are ordered by time and page, both falling."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Row, Table, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts.model import Favourite, Note, OpenedPage
from services.accounts.store.tables import favourites, notes, opened_pages, sessions
from services.runtime.timeline import Position

T = TypeVar("T")

# One of the lists: up to so many rows of an account after a position.
Lister = Callable[[AsyncConnection, str, Position | None, int | None], Awaitable[list[T]]]


async def list_history(
    connection: AsyncConnection, account_id: str, after: Position | None = None, limit: int | None = None
) -> list[OpenedPage]:
    """Return up to `limit` opened pages after a position."""
    rows = await _latest(connection, opened_pages.c.opened_at, account_id, after, limit)
    return [OpenedPage(row.page, row.opened_at) for row in rows]


async def put_opened(connection: AsyncConnection, account_id: str, opened: OpenedPage, most: int) -> None:
    """Keep that a page was opened, the latest time of it; of more than `most` pages the oldest are dropped."""
    mine = opened_pages.c.account_id == account_id
    row = mine & (opened_pages.c.page == opened.page)
    known = await connection.scalar(select(opened_pages.c.opened_at).where(row))
    if known is not None:
        if known < opened.opened_at:
            await connection.execute(update(opened_pages).where(row).values(opened_at=opened.opened_at))
        return
    await connection.execute(
        insert(opened_pages).values(account_id=account_id, page=opened.page, opened_at=opened.opened_at)
    )
    latest_first = (opened_pages.c.opened_at.desc(), opened_pages.c.page.desc())
    surplus = select(opened_pages.c.page).where(mine).order_by(*latest_first).offset(most)
    await connection.execute(delete(opened_pages).where(mine, opened_pages.c.page.in_(surplus)))


async def clear_history(connection: AsyncConnection, account_id: str) -> None:
    """Forget the opened pages of an account."""
    await connection.execute(delete(opened_pages).where(opened_pages.c.account_id == account_id))


async def list_favourites(
    connection: AsyncConnection, account_id: str, after: Position | None = None, limit: int | None = None
) -> list[Favourite]:
    """Return up to `limit` favourites after a position."""
    rows = await _latest(connection, favourites.c.added_at, account_id, after, limit)
    return [Favourite(row.page, row.added_at) for row in rows]


async def is_favourite(connection: AsyncConnection, account_id: str, page: str) -> bool:
    """Tell whether a page is a favourite."""
    query = select(favourites.c.page).where(favourites.c.account_id == account_id, favourites.c.page == page)
    return await connection.scalar(query) is not None


async def count_favourites(connection: AsyncConnection, account_id: str) -> int:
    """Return how many favourites an account has."""
    return await _count(connection, favourites, account_id)


async def add_favourite(connection: AsyncConnection, account_id: str, favourite: Favourite) -> None:
    """Keep a page that is no favourite yet as one."""
    await connection.execute(
        insert(favourites).values(account_id=account_id, page=favourite.page, added_at=favourite.added_at)
    )


async def remove_favourite(connection: AsyncConnection, account_id: str, page: str) -> None:
    """Let a page be no favourite."""
    await connection.execute(delete(favourites).where(favourites.c.account_id == account_id, favourites.c.page == page))


async def list_notes(
    connection: AsyncConnection, account_id: str, after: Position | None = None, limit: int | None = None
) -> list[Note]:
    """Return up to `limit` notes after a position."""
    rows = await _latest(connection, notes.c.changed_at, account_id, after, limit)
    return [Note(row.page, row.text, row.changed_at) for row in rows]


async def note_text(connection: AsyncConnection, account_id: str, page: str) -> str:
    """Return the text of the note on a page, empty for none."""
    query = select(notes.c.text).where(notes.c.account_id == account_id, notes.c.page == page)
    return await connection.scalar(query) or ""


async def count_notes(connection: AsyncConnection, account_id: str) -> int:
    """Return how many notes an account has."""
    return await _count(connection, notes, account_id)


async def add_note(connection: AsyncConnection, account_id: str, note: Note) -> None:
    """Keep a note on a page that has none."""
    await connection.execute(
        insert(notes).values(account_id=account_id, page=note.page, text=note.text, changed_at=note.changed_at)
    )


async def remove_note(connection: AsyncConnection, account_id: str, page: str) -> None:
    """Forget the note on a page."""
    await connection.execute(delete(notes).where(notes.c.account_id == account_id, notes.c.page == page))


async def sessions_began_at(connection: AsyncConnection, account_id: str) -> list[datetime]:
    """Return when each session of an account began, latest first."""
    query = select(sessions.c.began_at).where(sessions.c.account_id == account_id).order_by(sessions.c.began_at.desc())
    return list(await connection.scalars(query))


async def _latest(
    connection: AsyncConnection, time: Column[datetime], account_id: str, after: Position | None, limit: int | None
) -> Sequence[Row[Any]]:
    table = time.table
    query = select(table).where(table.c.account_id == account_id).order_by(time.desc(), table.c.page.desc())
    if after:
        query = query.where(tuple_(time, table.c.page) < (after.at, after.key))
    return (await connection.execute(query.limit(limit))).all()


async def _count(connection: AsyncConnection, table: Table, account_id: str) -> int:
    query = select(func.count()).select_from(table).where(table.c.account_id == account_id)
    return await connection.scalar(query) or 0
