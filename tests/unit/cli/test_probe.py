import asyncio
from collections.abc import AsyncIterator

import pytest
from codingahead.lookup.v1 import lookup_pb2
from google.protobuf.timestamp_pb2 import Timestamp

from cli import probe
from cli.parts import loaded
from cli.probe import Part, Probe, State, without_credentials
from cli.status import overall
from services.accounts.settings import DatabaseSettings
from services.runtime.errors import unavailable
from services.runtime.settings import Settings


def probe_that(raises: Exception | None = None, settings: type[Settings] = Settings, where: str = "nats_url") -> Probe:
    async def ask(_: Settings, url: str) -> AsyncIterator[Part]:
        if raises:
            raise raises
        yield Part("data", "nats", State.OK, "three streams")

    return Probe("data", "nats", settings, where, ask)


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODINGAHEAD_NATS_URL", "nats://staff:hunter2@events.example:4222?token=hunter2")


async def test_a_part_that_answers_is_shown_where_it_is_without_credentials(configured: None) -> None:
    (part,) = await probe_that().run()

    assert (part.state, part.reason, part.address) == (State.OK, "three streams", "nats://events.example:4222")


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (unavailable("The events cannot be reached."), "The events cannot be reached."),
        (ConnectionError("NATS does not answer"), "NATS does not answer"),
        (RuntimeError("the password hunter2 is wrong"), "RuntimeError"),
    ],
)
async def test_a_part_that_fails_is_down_by_a_reason_that_tells_no_secret(
    raised: Exception, reason: str, configured: None
) -> None:
    (part,) = await probe_that(raised).run()

    assert (part.state, part.reason) == (State.DOWN, reason)


async def test_a_part_that_nobody_named_here_is_not_said_to_be_down() -> None:
    (part,) = await probe_that(ConnectionError("NATS does not answer")).run()

    assert part.state is State.UNKNOWN
    assert "CODINGAHEAD_NATS_URL is unset" in part.reason


async def test_a_setting_that_is_wrong_is_named_and_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODINGAHEAD_DATABASE_URL", "mysql://staff:hunter2@host/a")

    (part,) = await probe_that(settings=DatabaseSettings, where="database_url").run()

    assert part.state is State.DOWN
    assert part.reason.startswith("CODINGAHEAD_DATABASE_URL: ")
    assert "hunter2" not in str(part)


async def test_a_part_that_does_not_answer_is_down_and_what_it_told_before_stays(
    monkeypatch: pytest.MonkeyPatch, configured: None
) -> None:
    monkeypatch.setattr(probe, "SECONDS", 0.01)

    async def ask(_: Settings, url: str) -> AsyncIterator[Part]:
        yield Part("events", "dead letters", State.OK)
        await asyncio.Event().wait()

    letters, nats = await Probe("data", "nats", Settings, "nats_url", ask).run()

    assert (letters.name, letters.state) == ("dead letters", State.OK)
    assert (nats.name, nats.state, nats.reason) == ("nats", State.DOWN, "no answer within 0.01 s")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:hunter2@cache.example:6379/0", "redis://cache.example:6379/0"),
        ("redis+sentinel://u:hunter2@a:26379,b:26379/main", "redis+sentinel://a:26379,b:26379/main"),
        ("nats://a:4222,nats://b:4222", "nats://a:4222,nats://b:4222"),
        ("nats://u:hunter2@a:4222,nats://u:hunter2@b:4222", "nats://b:4222"),
        ("postgresql://u:h,unter2@host/name?password=hunter2", "postgresql://host/name"),
        ("u:hunter2@a:4222", "a:4222"),
        ("dns:///lookup:7001", "dns:///lookup:7001"),
        ("sqlite:////data/accounts.db", "sqlite:////data/accounts.db"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([State.OK, State.UNKNOWN], State.OK),
        ([State.OK, State.DEGRADED], State.DEGRADED),
        ([State.OK, State.DEGRADED, State.DOWN], State.DOWN),
        ([State.UNKNOWN], State.UNKNOWN),
    ],
)
def test_the_whole_is_as_its_worst_part(states: list[State], state: State) -> None:
    assert overall([Part("data", "a part", each) for each in states]) is state


def edition(name: str, in_force: bool) -> lookup_pb2.Release:
    return lookup_pb2.Release(
        system=lookup_pb2.CODE_SYSTEM_ICD10CM,
        edition=name,
        effective_from="2025-10-01",
        effective_to="2026-09-30",
        in_force=in_force,
        loaded_at=Timestamp(seconds=1),
    )


def test_an_old_edition_is_no_fault_beside_one_in_force_and_alone_it_is() -> None:
    both = loaded(lookup_pb2.ListReleasesResponse(releases=[edition("FY2026", True), edition("FY2025", False)]))
    alone = loaded(lookup_pb2.ListReleasesResponse(releases=[edition("FY2025", False)]))
    nothing = loaded(lookup_pb2.ListReleasesResponse())

    assert [(part.name, part.state) for part in both] == [
        ("icd10cm FY2026", State.OK),
        ("icd10cm FY2025", State.OK),
    ]
    assert [part.state for part in alone] == [State.DEGRADED]
    assert [part.reason for part in nothing] == ["none is loaded"]
