"""How often something may be tried: log-ins and letters, by address and by network."""

import hmac
import math
from dataclasses import dataclass
from datetime import timedelta

from services.accounts.model import Clock, utc_now
from services.accounts.store import attempts as store
from services.accounts.store.database import Database, Transaction
from services.runtime.errors import Kind, Refusal


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in a window."""

    most: int
    window: timedelta


_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)

# Enough for somebody who tries all their passwords; guesses from one place stop there, and the owner is elsewhere.
LOG_IN = Limit(5, _QUARTER)
# Guesses from many networks: higher, since the owner is locked out by it too.
LOG_IN_ADDRESS = Limit(50, _QUARTER)
# One password for many addresses: high, since a company or a school is one network.
LOG_IN_NETWORK = Limit(50, _QUARTER)
# Nobody's mailbox is to be filled by others.
LETTERS_ADDRESS = Limit(3, _HOUR)
# Nor is our name as a sender to suffer.
LETTERS_NETWORK = Limit(20, _HOUR)


class Attempts:
    """Counts attempts before they are made, so that parallel ones do not pass a limit together.

    Counters are named by hashes with `key`: no address is kept. An address counts alike with and without an account.
    """

    def __init__(self, database: Database, key: bytes, now: Clock = utc_now) -> None:
        self._database = database
        self._key = key
        self._now = now

    async def count_log_in(self, email: str, network: str) -> None:
        """Count a password that is about to be looked at. Refused with TOO_MANY_ATTEMPTS."""
        address = self._name("address", email)
        here = self._name("network", network)
        await self._count((address, LOG_IN_ADDRESS), (f"{address}:{here}", LOG_IN), (here, LOG_IN_NETWORK))

    async def count_letter(self, email: str, network: str) -> None:
        """Count a letter that is about to be asked for. Refused with TOO_MANY_ATTEMPTS."""
        await self._count(
            (self._name("letters to", email), LETTERS_ADDRESS), (self._name("letters from", network), LETTERS_NETWORK)
        )

    async def clear(self, connection: Transaction, email: str) -> None:
        """Forget the log-ins that were tried for an address."""
        await store.forget(connection, self._name("address", email))

    async def succeed(self, connection: Transaction, email: str, network: str) -> None:
        """Note that a password was right: the address begins anew, and the network is not charged for it.

        The network does not begin anew: who has an account could else go on guessing by logging in between.
        """
        await self.clear(connection, email)
        await store.uncount(connection, self._name("network", network))

    async def _count(self, *counters: tuple[str, Limit]) -> None:
        now = self._now()
        # A refused attempt is not counted anywhere: the refusal takes the others back.
        async with self._database.begin() as connection:
            for what, limit in counters:
                counted, ends_at = await store.count(connection, what, now, now + limit.window)
                if counted > limit.most:
                    seconds = math.ceil((ends_at - now).total_seconds())
                    raise Refusal(
                        Kind.EXHAUSTED,
                        "TOO_MANY_ATTEMPTS",
                        f"Too many attempts. Try again in {math.ceil(seconds / 60)} minutes.",
                        retry_after=seconds,
                    )

    def _name(self, kind: str, text: str) -> str:
        return hmac.digest(self._key, f"{kind}: {text}".encode(), "sha256")[:15].hex()
