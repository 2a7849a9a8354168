"""What accounts knows of people, as values; the names are those of codingahead.accounts.v1."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

MEMBER_PREFIX = "member:"

Clock = Callable[[], datetime]
"""Returns the time, aware, UTC."""


def utc_now() -> datetime:
    """Return the time, aware, UTC."""
    return datetime.now(UTC)


class Plan(StrEnum):
    """The plans an account can have."""

    MEMBER = "member"
    SUBSCRIBER = "subscriber"


class Scope(StrEnum):
    """What an API key may do."""

    CODES = "codes"
    PAGES = "pages"


class LetterKind(StrEnum):
    """What a letter is about."""

    CONFIRM = "confirm"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind of letter
    ACCOUNT_CLOSED = "account_closed"


@dataclass(frozen=True, slots=True)
class Guest:
    """The guest that a browser was before it logged in; both empty when none is known."""

    subject: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A member. All times are aware, UTC. `plan_ends_at` is None for a plan without an end."""

    id: str
    email: str
    password_hash: str
    plan: Plan
    plan_ends_at: datetime | None
    registered_at: datetime

    @property
    def subject(self) -> str:
        """The member as other services name it."""
        return MEMBER_PREFIX + self.id

    def plan_on(self, now: datetime) -> Plan:
        """Return the plan in force: one that has ended is that of a member again."""
        return Plan.MEMBER if self.plan_ends_at and self.plan_ends_at <= now else self.plan


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody typed who wants an account. Its account, once confirmed, has the same id."""

    id: str
    email: str
    password_hash: str
    guest: Guest
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to send or sent; `registration_id` is None but for one that confirms."""

    id: str
    kind: LetterKind
    email: str
    registration_id: str | None
    created_at: datetime
    sent_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in on one device, with the tokens that its holder has yet to be given."""

    subject: str
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; `ending` are the last characters of that."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None
    ending: str


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """A code page, such as "icd10cm:E11.9", and when it was charged last."""

    page: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Favourite:
    """A code page that a member wants at hand."""

    page: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """What a member has written on a code, for nobody else."""

    page: str
    text: str
    changed_at: datetime
