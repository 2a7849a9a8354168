"""The Elasticsearch home folder: fetched once from Maven, each jar checked against the pinned list on every start."""

import asyncio
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.folder import try_lock
from deploy.local.supervisor import Progress
from deploy.local.tasks import together

VERSION = "9.2.2"
PINS = Path(__file__).with_name("jars.sha256")
PARALLEL_FETCHES = 6
FETCH_ATTEMPTS = 3
FETCH_TIMEOUT_S = 60

Fetch = Callable[[str, Path], Path]
"""Given Maven coordinates and an empty folder to use, returns the path of the jar. Blocking."""


class JarRefused(Exception):
    """A jar is not the one that is pinned, or not pinned at all."""


class FetchFailed(Exception):
    """A jar could not be fetched."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A jar that may be used: its sha256, its place under the home, where it comes from (group:artifact:version)."""

    sha256: str
    folder: str
    coordinates: str

    @property
    def path(self) -> str:
        """Its path under the home."""
        _, artifact, version = self.coordinates.split(":")
        return f"{self.folder}/{artifact}-{version}.jar"


def read_pins(path: Path = PINS) -> list[Pin]:
    """Read a list of pinned jars."""
    lines = path.read_text().splitlines()
    return [Pin(*line.split()) for line in lines if line and not line.startswith("#")]


def from_maven(coordinates: str, folder: Path) -> Path:
    """Download one jar by its coordinates, from Maven Central or the repositories of the user's jgo settings."""
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext

    group, artifact, version = coordinates.split(":")
    repositories = GlobalSettings.load().repositories or None
    maven = MavenContext(repo_cache=folder, remote_repos=repositories, timeout=FETCH_TIMEOUT_S)
    return Path(maven.project(group, artifact).at_version(version).artifact().resolve())


async def prepare(home: Path, pins: Sequence[Pin], progress: Progress, fetch: Fetch = from_maven) -> None:
    """Make `home` hold exactly the pinned jars, fetching those it lacks.

    Raises JarRefused when a jar differs from its pin, there or as fetched, or when a file is there that no pin names;
    FetchFailed when a jar cannot be had.
    """
    async with _locked(home, progress):
        missing = [pin for pin in pins if not (home / pin.path).exists()]
        await _fetch_all(home, missing, len(pins), progress, fetch)
        await asyncio.to_thread(_check_home, home, pins)


@asynccontextmanager
async def _locked(home: Path, progress: Progress) -> AsyncIterator[None]:
    while not (lock := try_lock(home / ".lock")):
        progress("elasticsearch", "waiting for another run that prepares it")
        await asyncio.sleep(0.2)
    with lock:
        yield


async def _fetch_all(home: Path, missing: Sequence[Pin], total: int, progress: Progress, fetch: Fetch) -> None:
    scratch = home / ".fetching"  # whatever an interrupted run left there is of no use
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    slots = asyncio.Semaphore(PARALLEL_FETCHES)
    done = total - len(missing)

    async def fetch_one(pin: Pin) -> None:
        nonlocal done
        async with slots:
            await asyncio.to_thread(_fetch_and_check, pin, home, scratch, fetch)
        done += 1
        progress("elasticsearch", f"fetching the jars {done}/{total}")

    await together(fetch_one(pin) for pin in missing)
    shutil.rmtree(scratch)


def _fetch_and_check(pin: Pin, home: Path, scratch: Path, fetch: Fetch) -> None:
    jar = _fetch_with_retries(pin.coordinates, scratch, fetch)
    _check(jar, pin)
    place = home / pin.path
    place.parent.mkdir(parents=True, exist_ok=True)
    jar.replace(place)


def _fetch_with_retries(coordinates: str, scratch: Path, fetch: Fetch) -> Path:
    for attempt in range(1, FETCH_ATTEMPTS + 1):
        folder = Path(tempfile.mkdtemp(dir=scratch))
        try:
            return fetch(coordinates, folder)
        except (OSError, RuntimeError) as error:
            if attempt == FETCH_ATTEMPTS:
                raise FetchFailed(f"could not fetch {coordinates}: {error}") from error
    raise AssertionError("unreachable")


def _check_home(home: Path, pins: Sequence[Pin]) -> None:
    expected = set()
    for pin in pins:
        _check(home / pin.path, pin)
        expected |= {home / pin.path, *_lay_out_module(home / pin.path)}
    for folder in ("lib", "modules"):
        for path in (home / folder).rglob("*"):
            if path.is_file() and path not in expected:
                raise JarRefused(f"{path} is not in the list of pinned jars: remove it")


def _check(jar: Path, pin: Pin) -> None:
    with jar.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != pin.sha256:
        raise JarRefused(
            f"{jar} is not the pinned {pin.coordinates}: its sha256 is {found}, expected {pin.sha256}. "
            "Remove it to fetch it again; if it still differs, do not trust where it comes from"
        )


def _lay_out_module(jar: Path) -> list[Path]:
    """Put the description of a module, which its jar carries, beside the jar as the server expects it."""
    described = []
    with zipfile.ZipFile(jar) as archive:
        for name in archive.namelist():
            if name.startswith(f"META-INF/es-plugins/{jar.parent.name}/") and not name.endswith("/"):
                path = jar.parent / Path(name).name
                path.write_bytes(archive.read(name))
                described.append(path)
    return described
