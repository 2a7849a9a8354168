"""`codingahead catalog`: load releases and descriptions, list them, go back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from codingahead.events.v1 import events_pb2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cli.output import AsJson, emit
from services.lookup.catalog.catalog import Catalog, Content, L
from services.lookup.catalog.descriptions import DescriptionCatalog
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.codes.description import Collection
from services.lookup.codes.model import Edition, System
from services.lookup.releases import DescriptionLoad, Load, Release, today
from services.lookup.settings import ElasticsearchSettings
from services.lookup.sources.descriptions import read_collection, read_samples
from services.lookup.sources.files import Kind, recognise
from services.lookup.sources.icd10cm import carried_release, read_edition
from services.lookup.store import Store
from services.runtime import logs
from services.runtime.events import bus

app = typer.Typer(help="Load releases of code systems and descriptions, list them, go back.", no_args_is_help=True)

_DESCRIPTIONS = "descriptions"


@app.command()
def load(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Published files, Markdown descriptions, folders or zip archives of them; none: the ICD-10-CM release "
            "and the sample descriptions that ship along."
        ),
    ] = None,
    effective_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First date of service, where the files do not say it."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Load again what is loaded already.")] = False,
) -> None:
    """Load a release, descriptions, or both: read them, index them, check them, and only then let them serve.

    All descriptions that are given together are one collection, which takes the place of the one before. The samples
    that ship along never take the place of an operator's own descriptions.
    """
    console = Console(stderr=True)
    with console.status("Reading ..."):
        found = recognise(paths or [carried_release()])
        described = any(file.kind is Kind.DESCRIPTION for file in found.files)
        published = any(file.kind is not Kind.DESCRIPTION for file in found.files)
        if effective_from and not published:
            raise typer.BadParameter("expected a file of a code system with --effective-from")
        edition: Edition | None = None
        collection: Collection | None = None
        if published:
            edition = read_edition(found.files, effective_from.date() if effective_from else None)
        if described:
            collection = read_collection(found.files, today())
        elif not paths:
            collection = read_samples(today())
    for name in found.passed_over:
        console.print(f"Passed over, not a file of a known kind: {name}", markup=False)
    asyncio.run(_load(edition, collection, force, console))


@app.command("list")
def list_loads(as_json: AsJson = False) -> None:
    """List the releases and the descriptions that serve."""

    async def read() -> tuple[list[Release], list[DescriptionLoad]]:
        async with _store() as store:
            return await EditionCatalog(store).releases(), await DescriptionCatalog(store).loads()

    day = today()
    releases, collections = asyncio.run(read())
    rows = [
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
        for release in releases
    ] + [
        {
            "system": _DESCRIPTIONS,
            "edition": collection.edition,
            "effective_from": "",
            "effective_to": "",
            "in_force": True,
            "codes": collection.codes,
            "billable_codes": "",
            "loaded_at": collection.loaded_at.isoformat(timespec="seconds"),
            "origin": collection.origin,
        }
        for collection in collections
    ]
    emit(rows, as_json, "Nothing is loaded.")


@app.command()
def rollback(
    source: Annotated[str, typer.Argument(help=f"The code system ({', '.join(System)}), or {_DESCRIPTIONS}.")],
    edition: Annotated[str, typer.Argument(help='The edition of a code system, such as "FY2026 April".')] = "",
) -> None:
    """Return to the load that the serving one replaced."""
    if source not in (*System, _DESCRIPTIONS):
        raise typer.BadParameter(f"expected {', '.join(System)} or {_DESCRIPTIONS}", param_hint="source")
    if bool(edition) == (source == _DESCRIPTIONS):
        raise typer.BadParameter("expected for a code system, and for nothing else", param_hint="edition")

    async def run() -> Load:
        earlier: Load
        async with _store() as store:
            if source == _DESCRIPTIONS:
                earlier = await DescriptionCatalog(store).rollback()
            else:
                earlier = await EditionCatalog(store).rollback(System(source), edition)
        await _tell(earlier, rolled_back=True)
        return earlier

    earlier = asyncio.run(run())
    print(f"{_name(earlier)} as loaded at {earlier.loaded_at:%Y-%m-%d %H:%M:%S} UTC serves again.")


async def _load(edition: Edition | None, collection: Collection | None, force: bool, console: Console) -> None:
    replicas = ElasticsearchSettings().index_replicas
    async with _store() as store:
        if edition:
            await _load_one(EditionCatalog(store, replicas=replicas), edition, force, console)
        if collection:
            await _load_one(DescriptionCatalog(store, replicas=replicas), collection, force, console)


async def _load_one(catalog: Catalog[Content, L], content: Content, force: bool, console: Console) -> None:
    """Load one source, and tell people and replicas."""
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        steps: dict[str, TaskID] = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = bars.add_task(step, total=total)
            bars.update(steps[step], completed=done)

        outcome = await catalog.load(content, force=force, progress=progress)
    if outcome.changed:
        print(f"{_name(outcome.load)} serves: {_counts(outcome.load)}.")
        await _tell(outcome.load, rolled_back=False)
    else:
        print(f"{_name(outcome.load)} is loaded already.")


async def _tell(load: Load, *, rolled_back: bool) -> None:
    """Tell every lookup replica at once; one that does not hear it looks for itself every few seconds."""
    settings = ElasticsearchSettings()
    event = events_pb2.CatalogReleased(system=_DESCRIPTIONS, edition=load.edition, rolled_back=rolled_back)
    if isinstance(load, Release):
        event.system = load.system.value
        event.effective_from = load.effective_from.isoformat()
        event.effective_to = load.effective_to.isoformat()
    logs.configure("catalog", "error", as_json=False)
    async with bus.connect(settings.nats_url, logs.get("catalog"), "catalog", settings.event_replicas) as connected:
        try:
            # An id of its own: the same load may be put back more than once.
            await connected.publish(event, f"{load.indices[0]}:{uuid4()}")
        except OSError:
            print("NATS does not answer: lookup will notice within its next check.")


@asynccontextmanager
async def _store() -> AsyncIterator[Store]:
    store = Store(ElasticsearchSettings().access())
    try:
        yield store
    finally:
        await store.close()


def _name(load: Load) -> str:
    if isinstance(load, Release):
        return f"{load.system.upper()} {load.edition}"
    return f"The collection of descriptions {load.edition}"


def _counts(load: Load) -> str:
    billable = f", {load.billable_codes:,} billable" if isinstance(load, Release) else ""
    return f"{load.codes:,} codes{billable}"
