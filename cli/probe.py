"""Asking one part how it is: by its own settings, within a deadline, whatever goes wrong."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from pydantic import SecretStr, ValidationError

from services.runtime.errors import Refusal
from services.runtime.mail import MailDelayed
from services.runtime.settings import PREFIX, Settings, Unusable, explain

SECONDS = 2.0


class State(StrEnum):
    """How a part is. `UNKNOWN`: whoever asks was not told where it is."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "not configured here"


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it was found. `address` has no credentials in it, `details` are for programs, `ms` is for asking."""

    kind: str
    name: str
    state: State
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    address: str = ""
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Probe:
    """How a part is asked: by `ask`, which is given settings and the one of them that is its address, named by `where`.

    What `ask` yields is the part, and others that are known by it, such as the events that wait in a database.
    """

    kind: str
    name: str
    settings: type[Settings]
    where: str
    ask: Callable[[Any, str], AsyncIterator[Part]]

    async def run(self) -> list[Part]:
        """Return what was found; what went wrong is the state of the part."""
        began = time.monotonic()
        parts: list[Part] = []
        configured, address, failure = True, "", ""
        try:
            settings = self.settings()
            configured = self.where in settings.model_fields_set
            value = getattr(settings, self.where)
            address = value.get_secret_value() if isinstance(value, SecretStr) else value
            async with asyncio.timeout(SECONDS):
                async for part in self.ask(settings, address):
                    parts.append(part)
        except ValidationError as error:
            failure = explain(error)
        except TimeoutError:
            failure = f"no answer within {SECONDS:g} s"
        except Refusal as refusal:
            failure = refusal.message
        except (ConnectionError, FileNotFoundError, MailDelayed, Unusable) as error:
            failure = str(error)
        except Exception as error:  # the text of a client may quote a password
            failure = type(error).__name__
        if failure and configured:
            parts.append(Part(self.kind, self.name, State.DOWN, failure))
        elif failure:
            unset = f"{PREFIX}{self.where.upper()} is unset, and nothing answers at its default"
            parts.append(Part(self.kind, self.name, State.UNKNOWN, unset))
        ms = round((time.monotonic() - began) * 1000, 1)
        return [replace(part, address=without_credentials(address), ms=ms) for part in parts]


def without_credentials(url: str) -> str:
    """Return a URL, or several separated by commas, without what may be secret: users, passwords, parameters."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "", url
    return f"{scheme}{separator}{rest.rpartition('@')[2].partition('?')[0]}"
