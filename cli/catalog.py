"""`codingahead catalog`: load releases, list them, go back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from codingahead.events.v1 import events_pb2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cli.output import AsJson, emit
from services.lookup.catalog import Catalog
from services.lookup.codes.model import Edition, System
from services.lookup.releases import Release, today
from services.lookup.settings import ElasticsearchSettings
from services.lookup.sources.files import recognise
from services.lookup.sources.icd10cm import carried_release, read_edition
from services.lookup.store import Store
from services.runtime import logs
from services.runtime.events import bus

app = typer.Typer(help="Load releases of code systems, list them, go back.", no_args_is_help=True)


@app.command()
def load(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Published files, folders or zip archives; none: the ICD-10-CM release that ships along."),
    ] = None,
    effective_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First date of service, where the files do not say it."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Load again what is loaded already.")] = False,
) -> None:
    """Load a release: read it, index it, check it, and only then let it serve."""
    console = Console(stderr=True)
    with console.status("Reading ..."):
        files = recognise(paths or [carried_release()])
        edition = read_edition(files.files, effective_from.date() if effective_from else None)
    for name in files.passed_over:
        console.print(f"Passed over, not a file of a known kind: {name}", markup=False)
    release, changed = asyncio.run(_load(edition, force, console))
    if changed:
        print(f"{_name(release)} serves: {release.codes:,} codes, {release.billable_codes:,} billable.")
    else:
        print(f"{_name(release)} is loaded already.")


@app.command("list")
def list_releases(as_json: AsJson = False) -> None:
    """List the releases that serve."""

    async def read() -> list[Release]:
        async with _store() as store:
            return await Catalog(store).releases()

    day = today()
    emit(
        [
            {
                "system": release.system.value,
                "edition": release.edition,
                "effective_from": release.effective_from.isoformat(),
                "effective_to": release.effective_to.isoformat(),
                "in_force": release.covers(day),
                "codes": release.codes,
                "billable_codes": release.billable_codes,
                "loaded_at": release.loaded_at.isoformat(timespec="seconds"),
                "origin": release.origin,
            }
            for release in asyncio.run(read())
        ],
        as_json,
        "No release is loaded.",
    )


@app.command()
def rollback(
    system: Annotated[System, typer.Argument(help="The code system.")],
    edition: Annotated[str, typer.Argument(help='The edition, such as "FY2026 April".')],
) -> None:
    """Return to the load of an edition that the serving one replaced."""

    async def run() -> Release:
        async with _store() as store:
            release = await Catalog(store).rollback(system, edition)
        await _tell(release, rolled_back=True)
        return release

    release = asyncio.run(run())
    print(f"{_name(release)} as loaded at {release.loaded_at:%Y-%m-%d %H:%M:%S} UTC serves again.")


async def _load(edition: Edition, force: bool, console: Console) -> tuple[Release, bool]:
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        steps: dict[str, TaskID] = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = bars.add_task(step, total=total)
            bars.update(steps[step], completed=done)

        settings = ElasticsearchSettings()
        async with _store() as store:
            catalog = Catalog(store, replicas=settings.index_replicas)
            outcome = await catalog.load(edition, force=force, progress=progress)
    if outcome.changed:
        await _tell(outcome.release, rolled_back=False)
    return outcome.release, outcome.changed


async def _tell(release: Release, *, rolled_back: bool) -> None:
    """Tell every lookup replica at once; one that does not hear it looks for itself every few seconds."""
    settings = ElasticsearchSettings()
    event = events_pb2.CatalogReleased(
        system=release.system.value,
        edition=release.edition,
        effective_from=release.effective_from.isoformat(),
        effective_to=release.effective_to.isoformat(),
        rolled_back=rolled_back,
    )
    logs.configure("catalog", "error", as_json=False)
    async with bus.connect(settings.nats_url, logs.get("catalog"), "catalog", settings.event_replicas) as connected:
        try:
            await connected.publish(event, f"{release.codes_index}:{'back' if rolled_back else 'new'}")
        except OSError:
            print("NATS does not answer: lookup will notice the release within its next check.")


@asynccontextmanager
async def _store() -> AsyncIterator[Store]:
    store = Store(ElasticsearchSettings().access())
    try:
        yield store
    finally:
        await store.close()


def _name(release: Release) -> str:
    return f"{release.system.upper()} {release.edition}"
