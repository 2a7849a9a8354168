"""`codingahead catalog`: load code sets, facts and descriptions, list them, go back."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from codingahead.events.v1 import events_pb2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cli.audit import AuditLog, audit_log
from cli.fetch import Sources, download
from cli.output import AsJson, emit
from services.lookup.catalog.catalog import C, Catalog, L, LoadOutcome
from services.lookup.catalog.descriptions import DescriptionCatalog
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.catalog.facts import FactCatalog
from services.lookup.catalog.stored import stored_edition
from services.lookup.codes.description import Collection
from services.lookup.codes.model import Edition, System
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.registry import FactLoad
from services.lookup.facts.source import Source
from services.lookup.index.alphabetic import SOURCES as INDEX_SOURCES
from services.lookup.releases import DescriptionLoad, Load, Release, bound, today
from services.lookup.search.vocabulary.concepts import read_concepts
from services.lookup.settings import ElasticsearchSettings
from services.lookup.sources.descriptions import read_samples
from services.lookup.sources.errors import SourceError
from services.lookup.sources.icd10cm import carried_release
from services.lookup.sources.library import Content, readings
from services.lookup.sources.recognition import recognise
from services.lookup.store import Store

app = typer.Typer(help="Load code sets, facts and descriptions, list them, go back.", no_args_is_help=True)

_DESCRIPTIONS = "descriptions"


@app.command()
def load(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Published files, Markdown descriptions, folders or archives (zip, gz) of them; none: the ICD-10-CM "
            "release and the sample descriptions that ship along."
        ),
    ] = None,
    edition: Annotated[str, typer.Option(help="What the edition is called, where the files do not say it.")] = "",
    effective_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First date of service, where the files do not say it."),
    ] = None,
    effective_to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last date of service, where the files do not say it."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Load again what is loaded already.")] = False,
) -> None:
    """Load code sets, facts and descriptions: read them, index them, check them, and only then let them serve.

    Each edition is loaded for itself: one that is refused changes nothing, the others are loaded. All descriptions that
    are given together are one collection, which takes the place of the one before. The samples that ship along never
    take the place of an operator's own descriptions.
    """
    told = Told(
        edition=edition,
        effective_from=effective_from.date() if effective_from else None,
        effective_to=effective_to.date() if effective_to else None,
    )
    if not _load_files(paths, told, force):
        raise typer.Exit(1)


@app.command()
def fetch(
    sources: Sources = None,
    load: Annotated[bool, typer.Option("--load", help="Load what was downloaded.")] = False,
) -> None:
    """Download the published files of sources, and print where they are.

    Addresses stand in CODINGAHEAD_SOURCE_URLS. A download that was cut off is taken up where it ended.
    """
    downloads = download(sources or [])
    none_refused = _load_files(downloads.paths, Told(), force=False) if load and downloads.paths else True
    if downloads.failures or not none_refused:
        raise typer.Exit(1)


def _load_files(paths: list[Path] | None, told: Told, force: bool) -> bool:
    """Load what stands at the paths, what ships along for none; return whether nothing was refused."""
    console = Console(stderr=True)
    with console.status("Looking into the files ..."):
        found = recognise(paths or [carried_release()])
    for name in found.passed_over:
        console.print(f"Passed over, not a file of a known kind: {name}", markup=False)
    contents = [reading() for reading in readings(found.files, told)]
    if not paths:
        contents.append(iter([read_samples(today())]))
    return asyncio.run(_load_all(contents, force, console))


@app.command("list")
def list_loads(as_json: AsJson = False) -> None:
    """List everything that serves: code sets, facts and descriptions."""

    async def read() -> tuple[list[Release], list[FactLoad], list[DescriptionLoad]]:
        async with _store() as store:
            return (
                await EditionCatalog(store).releases(),
                await FactCatalog(store).editions(),
                await DescriptionCatalog(store).loads(),
            )

    day = today()
    releases, facts, collections = asyncio.run(read())
    serving: list[Release | FactLoad | DescriptionLoad] = [*releases, *facts, *collections]
    emit([_listed(one, day) for one in serving], as_json, "Nothing is loaded.")


@app.command()
def rollback(
    source: Annotated[str, typer.Argument(help=f"A code system, a source of facts, or {_DESCRIPTIONS}: see the list.")],
    edition: Annotated[str, typer.Argument(help='The edition, such as "FY2026 April"; none for descriptions.')] = "",
) -> None:
    """Return to the load that the serving one replaced."""
    if source not in (*System, *Source, _DESCRIPTIONS):
        expected = ", ".join((*System, *Source))
        raise typer.BadParameter(f"expected one of {expected} or {_DESCRIPTIONS}", param_hint="source")
    if bool(edition) == (source == _DESCRIPTIONS):
        raise typer.BadParameter("expected, but not for descriptions", param_hint="edition")

    async def run() -> Load:
        earlier: Load
        async with audit_log() as staff, _store() as store:
            async with staff.action("catalog rollback", f"{source} {edition}".rstrip()) as details:
                if source == _DESCRIPTIONS:
                    earlier = await DescriptionCatalog(store).rollback()
                elif source in list(Source):
                    earlier = await FactCatalog(store).rollback(Source(source), edition)
                else:
                    earlier = await EditionCatalog(store).rollback(System(source), edition)
                details |= {"serves": earlier.edition, "loaded_at": earlier.loaded_at.isoformat(timespec="seconds")}
            await _tell(staff, earlier, rolled_back=True)
        return earlier

    earlier = asyncio.run(run())
    print(f"{_name(earlier)} as loaded at {earlier.loaded_at:%Y-%m-%d %H:%M:%S} UTC serves again.")


async def _load_all(contents: Iterable[Iterator[Content]], force: bool, console: Console) -> bool:
    """Load contents one by one, as they are read; return whether none was refused."""
    none_refused, indices = True, False
    async with audit_log() as staff, _store() as store:
        for reading in contents:
            try:
                while content := await _read_next(reading, console):
                    await _load(store, staff, content, force, console)
                    indices |= isinstance(content, FactEdition) and content.source in INDEX_SOURCES.values()
            except SourceError as error:
                console.print(f"Refused: {error}", markup=False, soft_wrap=True)
                none_refused = False
        if indices:
            await _find_by_index(store, staff, console)
    return none_refused


async def _find_by_index(store: Store, staff: AuditLog, console: Console) -> None:
    """Load the editions of ICD-10-CM that serve once more: they are found by the alphabetic index that has come."""
    for release in await EditionCatalog(store).releases():
        if release.system is System.ICD10CM:
            with console.status("Reading ..."):
                edition = await stored_edition(store, release)
            await _load(store, staff, edition, False, console)


async def _read_next(reading: Iterator[Content], console: Console) -> Content | None:
    with console.status("Reading ..."):
        return await asyncio.to_thread(next, reading, None)


async def _load(store: Store, staff: AuditLog, content: Content, force: bool, console: Console) -> None:
    """Load one content, and tell people and replicas."""
    settings = ElasticsearchSettings()
    replicas = settings.index_replicas
    outcome: LoadOutcome[Release] | LoadOutcome[FactLoad] | LoadOutcome[DescriptionLoad]
    async with staff.action("catalog load", _target(content), origin=content.origin) as details:
        match content:
            case Edition():
                concepts = await asyncio.to_thread(read_concepts, settings.vocabulary)
                outcome = await _load_one(EditionCatalog(store, concepts, replicas=replicas), content, force, console)
            case FactEdition():
                outcome = await _load_one(FactCatalog(store, replicas=replicas), content, force, console)
            case Collection():
                outcome = await _load_one(DescriptionCatalog(store, replicas=replicas), content, force, console)
        details["changed"] = "yes" if outcome.changed else "no"
    if outcome.changed:
        print(f"{_name(outcome.load)} serves: {_counts(outcome.load)}.")
        await _tell(staff, outcome.load, rolled_back=False)
    else:
        print(f"{_name(outcome.load)} is loaded already.")


async def _load_one(catalog: Catalog[C, L], content: C, force: bool, console: Console) -> LoadOutcome[L]:
    """Load one content into its catalogue, and show how far it is."""
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        steps: dict[str, TaskID] = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = bars.add_task(step, total=total)
            bars.update(steps[step], completed=done)

        return await catalog.load(content, force=force, progress=progress)


async def _tell(staff: AuditLog, load: Load, *, rolled_back: bool) -> None:
    """Tell every lookup replica at once; one that does not hear it looks for itself every few seconds."""
    event = events_pb2.CatalogReleased(system=_source(load), edition=load.edition, rolled_back=rolled_back)
    if isinstance(load, Release | FactLoad):
        event.effective_from = load.effective_from.isoformat()
        event.effective_to = load.effective_to.isoformat()
    try:
        # An id of its own: the same load may be put back more than once.
        await staff.bus.publish(event, f"{load.indices[0]}:{uuid4()}")
    except OSError:
        print("NATS does not answer: lookup will notice within its next check.")


@asynccontextmanager
async def _store() -> AsyncIterator[Store]:
    store = Store(ElasticsearchSettings().access())
    try:
        yield store
    finally:
        await store.close()


def _listed(load: Release | FactLoad | DescriptionLoad, day: date) -> dict[str, object]:
    dated = load if isinstance(load, Release | FactLoad) else None
    return {
        "source": _source(load),
        "edition": load.edition,
        "effective_from": bound(dated.effective_from) if dated else "",
        "effective_to": bound(dated.effective_to) if dated else "",
        "in_force": dated.covers(day) if dated else True,
        "codes": load.codes,
        "billable_codes": load.billable_codes if isinstance(load, Release) else "",
        "rows": load.rows if isinstance(load, FactLoad) else "",
        "left_out": sum(load.left_out.values()) if isinstance(load, FactLoad) else "",
        "loaded_at": load.loaded_at.isoformat(timespec="seconds"),
        "origin": load.origin,
    }


def _target(content: Content) -> str:
    """Return a content as `catalog rollback` names it."""
    match content:
        case Edition():
            return f"{content.system} {content.label}"
        case FactEdition():
            return f"{content.source} {content.label}"
        case Collection():
            return _DESCRIPTIONS


def _source(load: Load) -> str:
    match load:
        case Release():
            return load.system.value
        case FactLoad():
            return load.source.value
        case _:
            return _DESCRIPTIONS


def _name(load: Load) -> str:
    match load:
        case Release():
            return f"{load.system.display_name} {load.edition}"
        case FactLoad():
            return load.display_name
        case _:
            return f"The collection of descriptions {load.edition}"


def _counts(load: Load) -> str:
    match load:
        case Release():
            return f"{load.codes:,} codes, {load.billable_codes:,} billable"
        case FactLoad():
            left_out = "".join(f", {count:,} left out ({reason})" for reason, count in load.left_out.items())
            rows = f"{load.rows:,} row{'s' if load.rows != 1 else ''}"
            return f"{rows}{left_out}, {load.codes:,} code{'s' if load.codes != 1 else ''}"
        case _:
            return f"{load.codes:,} codes"
