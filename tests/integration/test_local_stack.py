import asyncio
import hashlib
import json
import os
import signal
import socket
import sys
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import nats
import psutil
import pytest
from elasticsearch import AsyncElasticsearch, NotFoundError
from redis.asyncio import Redis

from deploy.local.elasticsearch.home import VERSION, FetchFailed, JarRefused, Pin, prepare
from deploy.local.folder import FolderInUse
from deploy.local.ports import free_port
from deploy.local.stack import LocalStack
from deploy.local.supervisor import Child, ChildFailed, Supervisor, silent
from tests.support import eventually

REPOSITORY = Path(__file__).parents[2]
HOME = REPOSITORY / ".local" / "elasticsearch" / f"home-{VERSION}"
PARTS = ("nats", "redis", "elasticsearch")
ANY_PORTS: dict[str, int] = {}

SLEEPS = "import time; time.sleep(600)"
IGNORES_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEPS}"


def stack_in(folder: Path, *parts: str) -> LocalStack:
    return LocalStack(folder, set(parts), ports=ANY_PORTS, elasticsearch_home=HOME)


def python(name: str, code: str, stop_grace: float = 10) -> Child:
    async def at_once() -> bool:
        return True

    return Child(name, (sys.executable, "-c", code), at_once, stop_grace=stop_grace)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@asynccontextmanager
async def parent_process(code: str, *arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Run another Python that stands for `codingahead up`; yields it and the first line that it prints."""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, *arguments), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    try:
        async with asyncio.timeout(60):
            line = await parent.stdout.readline()
        yield parent, line.decode()
    finally:
        if parent.returncode is None:
            parent.kill()
        await parent.wait()


# The data services


async def write_everywhere(stack: LocalStack) -> None:
    connection = await nats.connect(stack.nats_url)
    await connection.jetstream().add_stream(name="KEPT", subjects=["kept.>"])
    await connection.jetstream().publish("kept.one", b"in nats")
    await connection.close()
    async with Redis.from_url(stack.redis_url) as redis:
        await redis.set("kept", "in redis")
    async with AsyncElasticsearch(stack.elasticsearch_url) as elasticsearch:
        await elasticsearch.indices.create(index="kept", mappings={"properties": {"words": {"type": "text"}}})
        await elasticsearch.index(index="kept", id="1", document={"words": "in elasticsearch"}, refresh=True)


async def assert_kept_everywhere(stack: LocalStack) -> None:
    connection = await nats.connect(stack.nats_url)
    message = await connection.jetstream().get_msg("KEPT", 1)
    await connection.close()
    assert message.data == b"in nats"
    async with Redis.from_url(stack.redis_url) as redis:
        assert await redis.get("kept") == b"in redis"
    async with AsyncElasticsearch(stack.elasticsearch_url) as elasticsearch:
        found = await elasticsearch.search(index="kept", query={"match": {"words": "elasticsearch"}})
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["1"]


START_ALL = """
import asyncio, json, sys
from pathlib import Path
from deploy.local.stack import PARTS, LocalStack

async def main(folder, home):
    async with LocalStack(Path(folder), ports={}, elasticsearch_home=Path(home)) as stack:
        print(json.dumps([stack.supervisor.pid(part) for part in PARTS]), flush=True)
        await stack.supervisor.wait()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_data_outlives_a_stop_and_a_killed_parent_whose_children_end(tmp_path: Path) -> None:
    async with stack_in(tmp_path, *PARTS) as stack:
        await write_everywhere(stack)
        async with AsyncElasticsearch(stack.elasticsearch_url) as elasticsearch:
            with pytest.raises(NotFoundError):
                await elasticsearch.index(index="misspelt", document={})
        pids = [stack.supervisor.pid(part) for part in PARTS]
    assert not any(alive(pid) for pid in pids)

    async with parent_process(START_ALL, str(tmp_path), str(HOME)) as (parent, line):
        parent.kill()
        await parent.wait()
        pids = json.loads(line)
        async with stack_in(tmp_path, *PARTS) as stack:
            assert not any(alive(pid) for pid in pids)
            await assert_kept_everywhere(stack)


async def test_parts_not_asked_for_are_not_started(tmp_path: Path) -> None:
    async with stack_in(tmp_path, "nats") as stack:
        assert stack.nats_url
        with pytest.raises(KeyError):
            _ = stack.redis_url
        assert not (tmp_path / "data" / "redis").exists()


async def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        async with LocalStack(tmp_path, {"redis"}, ports={"redis": taken}) as stack:
            assert str(taken) not in stack.redis_url
            async with Redis.from_url(stack.redis_url) as redis:
                assert await redis.ping()


async def test_both_ports_of_the_inbox_are_replaced_when_they_are_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as smtp, socket.create_server(("127.0.0.1", 0)) as page:
        taken = {"smtp": smtp.getsockname()[1], "inbox": page.getsockname()[1]}
        async with LocalStack(tmp_path, {"inbox"}, ports=taken) as stack, httpx.AsyncClient() as client:
            assert str(taken["smtp"]) not in stack.smtp_url
            assert str(taken["inbox"]) not in stack.inbox_url
            assert (await client.get(f"{stack.inbox_url}/messages.json")).json() == []


async def test_an_smtp_port_taken_between_the_look_and_the_start_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr("deploy.local.stack.free_port", lambda preferred=0: preferred or free_port())
        async with LocalStack(tmp_path, {"inbox"}, ports={"smtp": taken}) as stack:
            assert str(taken) not in stack.smtp_url


async def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    async with stack_in(tmp_path, "redis") as first:
        with pytest.raises(FolderInUse, match=f"in use by process {os.getpid()}"):
            async with stack_in(tmp_path, "redis"):
                pass
        async with Redis.from_url(first.redis_url) as redis:
            assert await redis.ping(), "the refused run must not have touched the first one"
    async with stack_in(tmp_path):
        pass


async def test_redis_killed_loses_nothing_and_comes_back_on_its_port(tmp_path: Path) -> None:
    async with stack_in(tmp_path, "redis") as stack:
        async with Redis.from_url(stack.redis_url) as redis:
            for value in range(100):
                await redis.set("last", value)
        killed = stack.supervisor.pid("redis")
        await stack.supervisor.kill("redis")
        assert not alive(killed)
        await stack.supervisor.restart("redis")
        async with Redis.from_url(stack.redis_url) as redis:
            assert await redis.get("last") == b"99"


async def test_redis_starts_from_a_file_that_ends_inside_a_command(tmp_path: Path) -> None:
    async with stack_in(tmp_path, "redis") as stack, Redis.from_url(stack.redis_url) as redis:
        await redis.set("whole", "yes")
        await redis.set("torn", "yes")
    (file,) = (tmp_path / "data" / "redis" / "appendonlydir").glob("*.incr.aof")
    os.truncate(file, file.stat().st_size - 3)
    async with stack_in(tmp_path, "redis") as stack, Redis.from_url(stack.redis_url) as redis:
        assert await redis.get("whole") == b"yes"
        assert await redis.get("torn") is None


# The supervisor


async def test_a_child_that_ends_at_start_is_reported_with_its_log(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(ChildFailed, match=r"broken ended with 3 before it was ready(?s:.*)no such luck") as failed:
            await supervisor.start(
                Child("broken", (sys.executable, "-c", "print('no such luck'); exit(3)"), never_healthy)
            )
        assert failed.value.name == "broken"


async def test_a_child_that_is_not_healthy_in_time_is_killed(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        child = Child("slow", (sys.executable, "-c", IGNORES_SIGTERM), never_healthy, start_timeout=0.5)
        with pytest.raises(ChildFailed, match=r"slow was not ready within 0\.5 s"):
            await supervisor.start(child)
        assert not alive(supervisor.pid("slow"))


async def never_healthy() -> bool:
    raise ConnectionRefusedError


async def test_another_program_on_the_port_is_not_taken_for_the_child(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        child = Child(
            "redis",
            (sys.executable, "-c", SLEEPS),
            python("", "").health,
            port=other.getsockname()[1],
            start_timeout=0.5,
        )
        async with Supervisor(tmp_path) as supervisor:
            with pytest.raises(ChildFailed, match="was not ready"):
                await supervisor.start(child)


async def test_wait_names_the_child_that_ends_unasked(tmp_path: Path) -> None:
    async with Supervisor(tmp_path) as supervisor:
        for name in ("first", "second", "third"):
            await supervisor.start(python(name, SLEEPS))
        await supervisor.kill("first")
        await supervisor.restart("third")
        os.kill(supervisor.pid("second"), signal.SIGKILL)
        async with asyncio.timeout(10):
            with pytest.raises(ChildFailed, match="second ended unexpectedly with -9"):
                await supervisor.wait()


async def test_children_stop_in_reverse_order_and_a_deaf_one_is_killed(tmp_path: Path) -> None:
    states: list[tuple[str, str]] = []
    async with Supervisor(tmp_path, lambda name, state: states.append((name, state))) as supervisor:
        await supervisor.start(python("below", SLEEPS))
        await supervisor.start(python("above", IGNORES_SIGTERM, stop_grace=0.2))
        await eventually(lambda: "deaf" in (tmp_path / "logs" / "above.log").read_text())
        pids = [supervisor.pid("below"), supervisor.pid("above")]
        assert all(os.getsid(pid) == pid for pid in pids), "the terminal's Ctrl-C must not reach the children"
        states.clear()
    assert states == [("above", "stopping"), ("above", "stopped"), ("below", "stopping"), ("below", "stopped")]
    assert not any(alive(pid) for pid in pids)


START_DEAF = f"""
import asyncio, sys
from pathlib import Path
from deploy.local.supervisor import Child, Supervisor

async def main(folder):
    log = folder / "logs" / "deaf.log"
    async def deaf():
        return "deaf" in log.read_text()
    async with Supervisor(folder) as supervisor:
        await supervisor.start(Child("deaf", (sys.executable, "-c", {IGNORES_SIGTERM!r}), deaf))
        print(supervisor.pid("deaf"), flush=True)
        await supervisor.wait()

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_a_leftover_that_ignores_sigterm_is_ended_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.supervisor.LEFTOVER_GRACE_S", 0.5)
    async with parent_process(START_DEAF, str(tmp_path)) as (parent, line):
        parent.kill()
        await parent.wait()
        assert alive(int(line))
        async with Supervisor(tmp_path):
            await eventually(lambda: not alive(int(line)))


async def test_a_process_that_only_has_the_number_of_a_leftover_is_left_alone(tmp_path: Path) -> None:
    stranger = await asyncio.create_subprocess_exec(sys.executable, "-c", SLEEPS)
    try:
        (tmp_path / "run").mkdir()
        note = {"pid": stranger.pid, "started": psutil.Process(stranger.pid).create_time() - 60}
        (tmp_path / "run" / "redis.pid").write_text(json.dumps(note))
        async with Supervisor(tmp_path):
            assert alive(stranger.pid)
    finally:
        stranger.kill()
        await stranger.wait()


# The jars


@pytest.fixture
def jars(tmp_path: Path) -> dict[str, Path]:
    """A repository of two tiny jars, by coordinates; the second is a module that carries its description."""
    repository = {"org.example:core:1": tmp_path / "core.jar", "org.example:http:1": tmp_path / "http.jar"}
    for coordinates, path in repository.items():
        with zipfile.ZipFile(path, "w") as jar:
            jar.writestr("content", coordinates)
            jar.writestr("META-INF/es-plugins/http/plugin-descriptor.properties", "name=http")
    return repository


@pytest.fixture
def pins(jars: dict[str, Path]) -> list[Pin]:
    folders = ("lib", "modules/http")
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in jars.values()]
    return [Pin(*row) for row in zip(hashes, folders, jars, strict=True)]


def fetch_from(jars: dict[str, Path]) -> Callable[[str, Path], Path]:
    def fetch(coordinates: str, folder: Path) -> Path:
        copy = folder / "fetched.jar"
        copy.write_bytes(jars[coordinates].read_bytes())
        return copy

    return fetch


def no_network(coordinates: str, folder: Path) -> Path:
    raise ConnectionError("no network")


async def test_jars_are_laid_out_once_and_then_need_no_network(
    tmp_path: Path, jars: dict[str, Path], pins: list[Pin]
) -> None:
    home = tmp_path / "home"
    states: list[str] = []
    await prepare(home, pins, lambda _, state: states.append(state), fetch_from(jars))
    assert states == ["fetching the jars 1/2", "fetching the jars 2/2"]
    assert (home / "lib" / "core-1.jar").read_bytes() == jars["org.example:core:1"].read_bytes()
    assert (home / "modules" / "http" / "plugin-descriptor.properties").read_text() == "name=http"
    await prepare(home, pins, silent, no_network)


async def test_a_fetched_jar_that_differs_is_refused_and_not_used(
    tmp_path: Path, jars: dict[str, Path], pins: list[Pin]
) -> None:
    jars["org.example:http:1"].write_bytes(b"tampered")
    with pytest.raises(JarRefused, match=r"is not the pinned org\.example:http:1"):
        await prepare(tmp_path / "home", pins, silent, fetch_from(jars))
    assert not (tmp_path / "home" / "modules").exists()


async def test_a_jar_changed_after_it_was_laid_out_is_refused(
    tmp_path: Path, jars: dict[str, Path], pins: list[Pin]
) -> None:
    home = tmp_path / "home"
    await prepare(home, pins, silent, fetch_from(jars))
    (home / "lib" / "core-1.jar").write_bytes(b"tampered")
    with pytest.raises(JarRefused, match=r"core-1\.jar is not the pinned org\.example:core:1"):
        await prepare(home, pins, silent, no_network)


async def test_a_jar_that_is_not_pinned_is_refused(tmp_path: Path, jars: dict[str, Path], pins: list[Pin]) -> None:
    home = tmp_path / "home"
    await prepare(home, pins, silent, fetch_from(jars))
    with pytest.raises(JarRefused, match=r"core-1\.jar is not in the list of pinned jars"):
        await prepare(home, pins[1:], silent, no_network)


async def test_a_jar_that_cannot_be_had_is_named(tmp_path: Path, pins: list[Pin]) -> None:
    with pytest.raises(FetchFailed, match=r"could not fetch org\.example:.*: no network"):
        await prepare(tmp_path / "home", pins, silent, no_network)


def test_a_free_port_is_kept_as_wished() -> None:
    wished = free_port()
    assert free_port(wished) == wished
