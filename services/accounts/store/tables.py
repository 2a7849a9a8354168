"""The tables. What is written here and what the migrations make is compared by a test."""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from services.runtime.database import Moment, tables_metadata

metadata = tables_metadata()

_ID = String(32)
# RFC 5321: 64 before the @, 255 after it.
_EMAIL = String(320)
_SUBJECT = String(128)
_PAGE = String(128)
# SQLite counts up only a column of exactly this type.
_POSITION = BigInteger().with_variant(Integer, "sqlite")


def _owner(**options: Any) -> Column[str]:
    """Return the column of the account that a row belongs to and goes with."""
    return Column("account_id", _ID, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, **options)


accounts = Table(
    "accounts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("email", _EMAIL, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("plan", String(32), nullable=False),
    Column("plan_ends_at", Moment),
    Column("registered_at", Moment, nullable=False),
)

# What somebody typed who wants an account: there may be several for an address, and none of them is an account.
registrations = Table(
    "registrations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("email", _EMAIL, nullable=False, index=True),
    Column("password_hash", Text, nullable=False),
    Column("guest_subject", _SUBJECT, nullable=False),
    Column("guest_network", _SUBJECT, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# Letters to send or sent; the link in one is made of its id, so that no secret is stored.
letters = Table(
    "letters",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("email", _EMAIL, nullable=False, index=True),
    Column("registration_id", _ID, ForeignKey("registrations.id", ondelete="CASCADE")),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("used_at", Moment),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", _ID, primary_key=True),
    _owner(index=True),
    # Counts the refresh tokens: only the newest is good, and for a short while the one before.
    Column("generation", Integer, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("refreshed_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
)

# How often something was tried in a window, such as a password for an address; the name is a hash.
attempts = Table(
    "attempts",
    metadata,
    Column("what", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("ends_at", Moment, nullable=False, index=True),
)

# Events that wait for the relay, written in the transaction of the change they tell of.
outbox = Table(
    "outbox",
    metadata,
    Column("position", _POSITION, primary_key=True, autoincrement=True),
    Column("event_id", _ID, nullable=False),
    Column("subject", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    # Of the call that made the change, as in W3C Trace Context.
    Column("traceparent", String(55)),
    sqlite_autoincrement=True,
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _ID, primary_key=True),
    _owner(index=True),
    Column("name", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("secret_hash", LargeBinary(32), nullable=False),
    Column("ending", String(8), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment),
)

opened_pages = Table(
    "opened_pages",
    metadata,
    _owner(primary_key=True),
    Column("page", _PAGE, primary_key=True),
    Column("opened_at", Moment, nullable=False),
)
Index("ix_opened_pages_latest", opened_pages.c.account_id, opened_pages.c.opened_at)

favourites = Table(
    "favourites",
    metadata,
    _owner(primary_key=True),
    Column("page", _PAGE, primary_key=True),
    Column("added_at", Moment, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    _owner(primary_key=True),
    Column("page", _PAGE, primary_key=True),
    Column("text", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
