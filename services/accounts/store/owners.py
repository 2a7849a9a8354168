"""Whose rows: the account that a request names."""

import re

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts.model import MEMBER_PREFIX
from services.accounts.store.tables import accounts
from services.runtime.errors import Kind, Refusal

_SUBJECT = re.compile(f"{MEMBER_PREFIX}([0-9a-f]{{32}})")


async def find(connection: AsyncConnection, subject: str) -> str:
    """Return the account id of a subject. Refused with ACCOUNT_NOT_FOUND when it has no account."""
    return _there(await _find(connection, subject, select(accounts.c.id)))


async def hold(connection: AsyncConnection, subject: str) -> str:
    """Return the account id of a subject as `find` does, and keep others who hold or close it waiting.

    Until the transaction ends what was counted stays true, and rows that are added have an account to belong to.
    """
    return _there(await hold_if_there(connection, subject))


async def hold_if_there(connection: AsyncConnection, subject: str) -> str | None:
    """Return the account id of a subject as `hold` does, None when it has no account."""
    # SQLite has no such lock and needs none: its transactions follow one another.
    return await _find(connection, subject, select(accounts.c.id).with_for_update(key_share=True))


async def _find(connection: AsyncConnection, subject: str, query: Select[str]) -> str | None:
    named = _SUBJECT.fullmatch(subject)
    return await connection.scalar(query.where(accounts.c.id == named[1])) if named else None


def not_found() -> Refusal:
    """Refuse because there is no account."""
    return Refusal(Kind.NOT_FOUND, "ACCOUNT_NOT_FOUND", "There is no such account.")


def _there(account_id: str | None) -> str:
    if account_id is None:
        raise not_found()
    return account_id
