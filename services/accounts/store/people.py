"""People in SQL: accounts, registrations and letters."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts.model import Account, Guest, Letter, LetterKind, Plan, Registration
from services.accounts.store.database import insert_into
from services.accounts.store.tables import accounts, letters, registrations


async def add_account(connection: AsyncConnection, account: Account) -> bool:
    """Keep a new account; False when its id or its address has one."""
    query = (
        insert_into(connection, accounts)
        .values(
            id=account.id,
            email=account.email,
            password_hash=account.password_hash,
            plan=account.plan,
            plan_ends_at=account.plan_ends_at,
            registered_at=account.registered_at,
        )
        .on_conflict_do_nothing()
        .returning(accounts.c.id)
    )
    return await connection.scalar(query) is not None


async def account(connection: AsyncConnection, account_id: str) -> Account | None:
    """Return an account, None when there is none."""
    return await _account(connection, accounts.c.id == account_id)


async def account_of(connection: AsyncConnection, email: str) -> Account | None:
    """Return the account of an address, None when there is none."""
    return await _account(connection, accounts.c.email == email)


async def hold_account(connection: AsyncConnection, account_id: str | ScalarSelect[str]) -> Account | None:
    """Return an account; until the transaction ends nobody else who holds it changes it or its sessions."""
    # SQLite has no such lock and needs none: its transactions follow one another.
    query = select(accounts).where(accounts.c.id == account_id).with_for_update(key_share=True)
    return _as_account((await connection.execute(query)).first())


async def set_password(connection: AsyncConnection, account_id: str, password_hash: str) -> None:
    """Keep a new password."""
    await connection.execute(update(accounts).where(accounts.c.id == account_id).values(password_hash=password_hash))


async def set_plan(connection: AsyncConnection, account_id: str, plan: Plan, ends_at: datetime | None) -> None:
    """Keep a new plan."""
    await connection.execute(
        update(accounts).where(accounts.c.id == account_id).values(plan=plan, plan_ends_at=ends_at)
    )


async def remove_account(connection: AsyncConnection, account: Account) -> None:
    """Forget an account with all that belongs to it, and the registrations and letters of its address."""
    await connection.execute(delete(letters).where(letters.c.email == account.email))
    await connection.execute(delete(registrations).where(registrations.c.email == account.email))
    await connection.execute(delete(accounts).where(accounts.c.id == account.id))


async def add_registration(connection: AsyncConnection, registration: Registration) -> None:
    """Keep a new registration."""
    await connection.execute(
        insert(registrations).values(
            id=registration.id,
            email=registration.email,
            password_hash=registration.password_hash,
            guest_subject=registration.guest.subject,
            guest_network=registration.guest.network,
            created_at=registration.created_at,
        )
    )


async def registration(connection: AsyncConnection, registration_id: str) -> Registration | None:
    """Return a registration, None when there is none."""
    query = select(registrations).where(registrations.c.id == registration_id)
    return _as_registration((await connection.execute(query)).first())


async def latest_registration(connection: AsyncConnection, email: str, since: datetime) -> Registration | None:
    """Return the latest registration of an address, None when there is none since then."""
    query = (
        select(registrations)
        .where(registrations.c.email == email, registrations.c.created_at > since)
        .order_by(registrations.c.created_at.desc(), registrations.c.id)
        .limit(1)
    )
    return _as_registration((await connection.execute(query)).first())


async def add_letter(connection: AsyncConnection, letter: Letter) -> None:
    """Keep a letter that is to be sent."""
    await connection.execute(
        insert(letters).values(
            id=letter.id,
            kind=letter.kind,
            email=letter.email,
            registration_id=letter.registration_id,
            created_at=letter.created_at,
        )
    )


async def letter(connection: AsyncConnection, letter_id: str) -> Letter | None:
    """Return a letter, None when there is none."""
    row = (await connection.execute(select(letters).where(letters.c.id == letter_id))).first()
    if row is None:
        return None
    return Letter(
        id=row.id,
        kind=LetterKind(row.kind),
        email=row.email,
        registration_id=row.registration_id,
        created_at=row.created_at,
        sent_at=row.sent_at,
        used_at=row.used_at,
    )


async def set_sent(connection: AsyncConnection, letter_id: str, now: datetime) -> None:
    """Note that a letter was sent."""
    await connection.execute(update(letters).where(letters.c.id == letter_id).values(sent_at=now))


async def remove_letter(connection: AsyncConnection, letter_id: str) -> None:
    """Forget a letter."""
    await connection.execute(delete(letters).where(letters.c.id == letter_id))


async def use_resets(connection: AsyncConnection, email: str, now: datetime) -> None:
    """Let no link to reset the password of an address be good any more."""
    await connection.execute(
        update(letters)
        .where(letters.c.email == email, letters.c.kind == LetterKind.RESET, letters.c.used_at.is_(None))
        .values(used_at=now)
    )


async def _account(connection: AsyncConnection, condition: ColumnElement[bool]) -> Account | None:
    return _as_account((await connection.execute(select(accounts).where(condition))).first())


def _as_account(row: Row[Any] | None) -> Account | None:
    if row is None:
        return None
    return Account(
        id=row.id,
        email=row.email,
        password_hash=row.password_hash,
        plan=Plan(row.plan),
        plan_ends_at=row.plan_ends_at,
        registered_at=row.registered_at,
    )


def _as_registration(row: Row[Any] | None) -> Registration | None:
    if row is None:
        return None
    return Registration(
        id=row.id,
        email=row.email,
        password_hash=row.password_hash,
        guest=Guest(row.guest_subject, row.guest_network),
        created_at=row.created_at,
    )
