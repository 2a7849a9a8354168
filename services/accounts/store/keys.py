"""API keys in SQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts.model import ApiKey, Scope
from services.accounts.store.tables import api_keys


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key with whose it is and what its secret is checked by."""

    key: ApiKey
    account_id: str
    secret_hash: bytes


async def add(connection: AsyncConnection, account_id: str, key: ApiKey, secret_hash: bytes) -> None:
    """Keep a new key."""
    await connection.execute(
        insert(api_keys).values(
            id=key.id,
            account_id=account_id,
            name=key.name,
            scopes=" ".join(sorted(key.scopes)),
            secret_hash=secret_hash,
            ending=key.ending,
            created_at=key.created_at,
        )
    )


async def find(connection: AsyncConnection, key_id: str) -> StoredKey | None:
    """Return a key, None when there is none."""
    row = (await connection.execute(select(api_keys).where(api_keys.c.id == key_id))).first()
    return StoredKey(_key(row), row.account_id, row.secret_hash) if row else None


async def of(connection: AsyncConnection, account_id: str) -> list[ApiKey]:
    """Return the keys of an account, oldest first."""
    query = select(api_keys).where(api_keys.c.account_id == account_id).order_by(api_keys.c.created_at, api_keys.c.id)
    return [_key(row) for row in (await connection.execute(query))]


async def remove(connection: AsyncConnection, account_id: str, key_id: str) -> bool:
    """Forget a key; False when the account has no such key."""
    result = await connection.execute(
        delete(api_keys).where(api_keys.c.id == key_id, api_keys.c.account_id == account_id)
    )
    return result.rowcount > 0


async def set_last_used(connection: AsyncConnection, key: ApiKey, now: datetime) -> None:
    """Note that a key was used, unless somebody else has since `key` was read."""
    await connection.execute(
        update(api_keys)
        .where(api_keys.c.id == key.id, api_keys.c.last_used_at.is_not_distinct_from(key.last_used_at))
        .values(last_used_at=now)
    )


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        ending=row.ending,
    )
