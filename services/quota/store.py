"""The view counters in Redis 7 or Valkey: every call that changes something is one script.

How durable an answer is, the operator decides: with `appendfsync always` no acknowledged charge is lost when Redis is
killed, with `everysec` the last second may be. Where a replica takes over, what had not reached it is lost, unless an
answer waits for it.
"""

import asyncio
import hashlib
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from codingahead.events.v1 import events_pb2
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from redis import exceptions

from services.quota.decisions import Allowance, Balance, Decision, Grant, Merge, Outcome, Viewer
from services.quota.plans import Plan
from services.quota.servers import Argument, Servers, open_servers
from services.runtime import context, telemetry
from services.runtime.errors import invalid, unavailable
from services.runtime.events.outbox import OutboxEntry

# All keys of one script carry one hash tag, so that Redis Cluster can run it. Fixed: another number loses the counters.
SHARDS = 16

_SCRIPTS = files("services.quota") / "scripts"
_MILLISECOND = timedelta(milliseconds=1)
_PAGE_FIELD = b"page:"
# Replies about the state of Redis begin with a word such as MISCONF or NOREPLICAS. From those about the command itself,
# which are defects, redis-py drops the word ERR.
_ABOUT_THE_STATE = re.compile(r"[A-Z]{3,} ")
# Keeps Redis from others for well under a millisecond.
_SCANNED_AT_ONCE = 1000


class _Script:
    """A Lua script. `flags` are checked by the server: with no-writes it refuses to write."""

    def __init__(self, name: str, flags: str = "") -> None:
        self.name = name
        parts = (f"#!lua flags={flags}\n", _source("shared"), _source(name))
        self.text = "".join(parts).encode()
        self.sha = hashlib.sha1(self.text, usedforsecurity=False).hexdigest()


def _source(name: str) -> str:
    return (_SCRIPTS / f"{name}.lua").read_text()


_RECORD_VIEW = _Script("record_view")
_BALANCE = _Script("balance", flags="no-writes")
_MERGE = _Script("merge")
_GRANT = _Script("grant")
_TAKE_CALL = _Script("take_call")
_TAKE_QUESTION = _Script("take_question")
_QUESTIONS_LEFT = _Script("questions_left", flags="no-writes")


class RedisStore:
    """The counters and the outbox of their events. Made by `connect`."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    async def check(self) -> None:
        """Raise what is wrong when Redis does not answer."""
        await self._servers.check()

    async def record_view(self, viewer: Viewer, plan: Plan, page: str, request_id: str, cap: Plan | None) -> Decision:
        """See decisions.Store."""
        tag = _tag(shard_of(viewer))
        keys = (
            *_usage_keys(viewer),
            f"{tag}:view/{viewer.subject}/{request_id}",
            f"{tag}:network/{viewer.network}",
            _outbox(shard_of(viewer)),
        )
        terms = _terms(plan) + (_terms(cap) if cap else (-1, 0))
        reply = await self._evaluate(
            _RECORD_VIEW, keys, viewer.subject, plan.name, page, request_id, *terms, context.traceparent()
        )
        replayed, (outcome, *usage) = _answer(reply)
        return Decision(Outcome(outcome), replayed, _balance(plan, *usage))

    async def balance(self, viewer: Viewer, plan: Plan) -> Balance:
        """See decisions.Store."""
        return _balance(plan, *map(int, (await self._evaluate(_BALANCE, _usage_keys(viewer))).split()))

    async def merge(self, source: Viewer, target: Viewer, plan: Plan, request_id: str) -> Merge:
        """See decisions.Store."""
        # Two hash slots, so two steps. A page that the source opens in between is not merged, and that is all.
        window = _usage_keys(source)[0]
        fields = await self._run(window, "HKEYS", window)
        opened = [field for field in fields if field.startswith(_PAGE_FIELD)]
        keys = (*_usage_keys(target), f"{_tag(shard_of(target))}:merge/{target.subject}/{request_id}")
        reply = await self._evaluate(_MERGE, keys, source.subject, plan.window // _MILLISECOND, *opened)
        replayed, (pages, *usage) = _answer(reply)
        return Merge(pages, replayed, _balance(plan, *usage))

    async def grant(self, viewer: Viewer, plan: Plan, views: int, request_id: str) -> Grant:
        """See decisions.Store."""
        keys = (*_usage_keys(viewer), f"{_tag(shard_of(viewer))}:grant/{viewer.subject}/{request_id}")
        replayed, usage = _answer(await self._evaluate(_GRANT, keys, views))
        return Grant(replayed, _balance(plan, *usage))

    async def take_call(self, subject: str, limit: int) -> Allowance:
        """See decisions.Store."""
        calls = f"{_tag(shard_of(Viewer(subject)))}:calls/{subject}"
        allowed, used, minute_ends = await self._evaluate(_TAKE_CALL, (calls,), limit)
        return Allowance(allowed == 1, limit, max(0, limit - used), _moment(minute_ends))

    async def take_question(self, viewer: Viewer, limit: int, cap: int | None) -> Allowance:
        """See decisions.Store."""
        allowed, remaining, day_ends = await self._of_questions(_TAKE_QUESTION, viewer, limit, cap)
        return Allowance(allowed == 1, limit, remaining, _moment(day_ends))

    async def questions_left(self, viewer: Viewer, limit: int, cap: int | None) -> Allowance:
        """See decisions.Store."""
        remaining, day_ends = await self._of_questions(_QUESTIONS_LEFT, viewer, limit, cap)
        return Allowance(remaining > 0, limit, remaining, _moment(day_ends))

    async def forget(self, viewer: Viewer) -> None:
        """See decisions.Store. Walks over all keys, about a second for a million: closing an account is rare."""
        questions = _questions_key(viewer)
        await self._run(questions, "UNLINK", *_usage_keys(viewer), questions)
        tag = _tag(shard_of(viewer))
        requests = tuple(f"{tag}:{kind}/{viewer.subject}/".encode() for kind in ("view", "merge", "grant"))
        # A subject has no character that means something in a pattern.
        pattern = f"{tag}:*/{viewer.subject}/*"
        with _refusing():
            # A cursor is of one server: what was its replica until now has all keys too, but walks in another order.
            server = await self._servers.server_of(tag)
        cursor = 0
        while True:
            with _refusing():
                cursor, keys = await server.run("SCAN", cursor, "MATCH", pattern, "COUNT", _SCANNED_AT_ONCE)
            if found := [key for key in keys if key.startswith(requests)]:
                await self._run(tag, "UNLINK", *found)
            if cursor == 0:
                return

    async def pending(self, limit: int) -> list[OutboxEntry]:
        """Return up to `limit` waiting events, oldest first in each shard, a fair share from every shard."""
        share = max(1, limit // SHARDS)
        outboxes = [_outbox(shard) for shard in range(SHARDS)]
        shards = await asyncio.gather(
            *(self._run(outbox, "XRANGE", outbox, "-", "+", "COUNT", share) for outbox in outboxes),
            return_exceptions=True,
        )
        entries = [
            _entry(shard, *row)
            for shard, rows in enumerate(shards)
            if not isinstance(rows, BaseException)
            for row in rows
        ]
        # The events of other servers do not wait for one that is away.
        if not entries:
            for failure in shards:
                if isinstance(failure, BaseException):
                    raise failure
        return entries[:limit]

    async def remove(self, entries: Sequence[OutboxEntry]) -> None:
        """Forget events that have been published."""
        shards: dict[str, list[str]] = {}
        for entry in entries:
            key, _, row = entry.position.partition(" ")
            shards.setdefault(key, []).append(row)
        await asyncio.gather(*(self._run(key, "XDEL", key, *rows) for key, rows in shards.items()))

    async def depth(self) -> int:
        """Return how many events wait to be published."""
        outboxes = [_outbox(shard) for shard in range(SHARDS)]
        return sum(await asyncio.gather(*(self._run(outbox, "XLEN", outbox) for outbox in outboxes)))

    async def _of_questions(self, script: _Script, viewer: Viewer, limit: int, cap: int | None) -> Any:
        keys = (_questions_key(viewer), f"{_tag(shard_of(viewer))}:network-questions/{viewer.network}")
        return await self._evaluate(script, keys, limit, -1 if cap is None else cap)

    async def _evaluate(self, script: _Script, keys: Sequence[str], *arguments: Argument) -> Any:
        try:
            return await self._run(keys[0], "EVALSHA", script.sha, len(keys), *keys, *arguments, script=script.name)
        except exceptions.NoScriptError:
            # Redis was restarted or its scripts were flushed. EVAL also loads the script, for the calls to come.
            return await self._run(keys[0], "EVAL", script.text, len(keys), *keys, *arguments, script=script.name)

    async def _run(self, key: str, *command: Argument, script: str = "") -> Any:
        """Run a command on the server that has a key; `script` is the name of the one that it runs, if it does."""
        operation = str(command[0])
        names = {"db.system.name": "redis", "db.operation.name": operation}
        with telemetry.span(f"{operation} {script}".rstrip(), telemetry.Kind.CLIENT, names), _refusing():
            return await self._servers.run(key, *command)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn an outage into a refusal that says it; anything else is a defect, or NOSCRIPT."""
    try:
        yield
    except exceptions.NoScriptError:
        raise
    except (exceptions.RedisError, OSError) as error:
        if type(error) is exceptions.ResponseError and not _ABOUT_THE_STATE.match(str(error)):
            raise
        raise unavailable("The view counters cannot be reached at the moment.") from error


@asynccontextmanager
async def connect(url: str, timeout_seconds: float = 0.25, replicas: int = 0) -> AsyncIterator[RedisStore]:
    """Open the store at a URL that redis_url.parse reads; nothing is sent before it is used.

    A call that gets no answer within `timeout_seconds`, or whose change has not reached so many `replicas`, is refused
    and not tried again here: whether it happened is unknown, and its caller repeats it with the same request id.
    """
    servers = open_servers(url, timeout_seconds, replicas)
    try:
        yield RedisStore(servers)
    finally:
        await servers.close()


def shard_of(viewer: Viewer) -> int:
    """Return the shard of a viewer's keys. The guests of one network share it, for they share a counter."""
    return zlib.crc32((viewer.network or viewer.subject).encode()) % SHARDS


def _tag(shard: int) -> str:
    return f"{{q{shard}}}"


def _outbox(shard: int) -> str:
    return f"{_tag(shard)}:outbox"


def _usage_keys(viewer: Viewer) -> tuple[str, str]:
    tag = _tag(shard_of(viewer))
    return f"{tag}:window/{viewer.subject}", f"{tag}:granted/{viewer.subject}"


def _questions_key(viewer: Viewer) -> str:
    return f"{_tag(shard_of(viewer))}:questions/{viewer.subject}"


def _terms(plan: Plan) -> tuple[int, int]:
    return -1 if plan.views is None else plan.views, plan.window // _MILLISECOND


def _answer(reply: tuple[int, bytes]) -> tuple[bool, list[int]]:
    known, answer = reply
    if known == 2:
        raise invalid("request_id", "expected an id that was not used for something else")
    return known == 1, [int(number) for number in answer.split()]


def _balance(plan: Plan, used: int, granted: int, window_ends: int) -> Balance:
    return Balance(plan, used, granted, _moment(window_ends))


def _moment(milliseconds: int) -> datetime | None:
    return None if milliseconds < 0 else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _entry(shard: int, row: bytes, values: Mapping[bytes, bytes]) -> OutboxEntry:
    fields = {name.decode(): value.decode() for name, value in values.items()}
    return OutboxEntry(
        event_id=f"quota-{shard}-{row.decode()}",
        event=_event(fields),
        position=f"{_outbox(shard)} {row.decode()}",
        traceparent=fields.get("traceparent", ""),
    )


def _event(fields: dict[str, str]) -> Message:
    at = Timestamp()
    at.FromMilliseconds(int(fields["at"]))
    match fields["event"]:
        case "quota.view.charged":
            return events_pb2.ViewCharged(
                subject=fields["subject"],
                plan=fields["plan"],
                page=fields["page"],
                request_id=fields["request_id"],
                charged_at=at,
                remaining=int(fields["remaining"]),
            )
        case "quota.limit.reached":
            return events_pb2.LimitReached(
                subject=fields["subject"], plan=fields["plan"], limit=int(fields["limit"]), reached_at=at
            )
        case unknown:
            raise ValueError(f"an event of an unknown type waits in the outbox: {unknown}")
