"""`make search-quality`: how well search finds the codes that are meant, and whether it does so as well as before."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from services.lookup.catalog.editions import EditionCatalog
from services.lookup.catalog.facts import FactCatalog
from services.lookup.search.vocabulary.concepts import read_concepts
from services.lookup.sources.icd10cm import carried_release, read_edition
from services.lookup.sources.recognition import recognise
from services.lookup.store import Store
from tests.conftest import part
from tests.integration.lookup_index import SECONDS, opened_store, reloaded
from tests.search import ablation
from tests.search.book import as_facts, lines, official_files, read_books, split
from tests.search.floors import FLOORS, Figures, Key, raised, read_floors, shortfalls, write_floors
from tests.search.measure import (
    DEPTHS,
    Asked,
    Estimate,
    Search,
    ask,
    hit_rate,
    mean_reciprocal_rank,
    milliseconds,
)
from tests.search.sets import WRITTEN, Query, by_number, cut_short, digest, misspelt, sampled, written

_WIDTH = 150
_SHOWN_ANSWERS = 3
# The queries of a class that each step of the build-up is asked at most.
_MOST_A_STEP = 400

Sets = Mapping[str, Sequence[Query]]


class Material:
    """What is loaded and what is asked. Without the official files there are no books."""

    def __init__(self) -> None:
        self.edition = read_edition(recognise([carried_release()]).files)
        self.concepts = read_concepts(None)
        self.books = read_books(official_files())
        self.kept_books, self.left_out_books = split(self.books)

    @cached_property
    def by_words(self) -> Sets:
        """The classes of words that are asked of every search."""
        sets = {name: written(name) for name in WRITTEN}
        return {**sets, "typo": misspelt(sets["clinical"]), "prefix": cut_short(sets["clinical"])}

    @cached_property
    def common(self) -> Sets:
        """The classes of both runs."""
        return {**self.by_words, "code": by_number(self.edition)}

    @cached_property
    def carried(self) -> Sets:
        """The classes of the run that knows nothing of the index."""
        return {**self.common, "index": lines(self.books, self.edition)} if self.books else self.common

    @cached_property
    def left_out(self) -> Sets:
        """The lines of the index that the run with the index does not know."""
        return {"index": lines(self.left_out_books, self.edition)} if self.books else {}


def main(
    raise_floors: Annotated[bool, typer.Option("--raise", help="Raise the floors that are exceeded.")] = False,
    misses: Annotated[str, typer.Option(metavar="CLASS", help="Print the queries of a class that are missed.")] = "",
    build_up: Annotated[bool, typer.Option("--ablation", help="Build the search up step by step.")] = False,
) -> None:
    """Measure how well search finds codes; exit with 1 when a figure is lower than its floor."""
    console = Console() if Console().is_terminal else Console(width=_WIDTH)
    began = time.perf_counter()
    material = Material()
    if not material.books:
        console.print("The official files of the alphabetic index are not at hand: it is neither loaded nor asked.")
    if misses and misses not in material.carried:
        raise typer.BadParameter(f"expected one of {', '.join(material.carried)}", param_hint="--misses")
    named: list[str] = []
    if build_up:
        asyncio.run(_build_up(material, console))
    elif misses:
        asyncio.run(_print_misses(material, misses, console))
    else:
        named = _gate(asyncio.run(_measure(material, console)), raise_floors)
    console.print(f"{time.perf_counter() - began:.0f} s in all")
    for one in named:
        console.print(one, markup=False, highlight=False)
    raise typer.Exit(1 if named else 0)


@asynccontextmanager
async def _store() -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory(prefix="codingahead-search-") as folder:
        async with part(Path(folder), "elasticsearch") as stack, opened_store(stack.elasticsearch_url) as store:
            yield store


async def _runs(material: Material, store: Store) -> AsyncIterator[tuple[str, Search, Sets]]:
    """Yield each run with its search and its classes: the carried release, then that with the index."""
    catalog = EditionCatalog(store, material.concepts)
    await catalog.load(material.edition)
    yield "carried", partial((await reloaded(store)).search, timeout=SECONDS), material.carried
    if material.books:
        for book in material.kept_books:
            await FactCatalog(store).load(as_facts(book, material.edition))
        await catalog.load(material.edition)
        search = partial((await reloaded(store)).search, timeout=SECONDS)
        yield "with index", search, {**material.common, **material.left_out}


async def _measure(material: Material, console: Console) -> dict[Key, Figures]:
    """Ask every class of every run, and print the figures."""
    measured: dict[Key, Figures] = {}
    async with _store() as store:
        async for run, search, sets in _runs(material, store):
            columns = ("class", "n", *(f"hit@{depth} %" for depth in DEPTHS), "MRR@10", "p50 ms", "p95 ms")
            table = Table(*columns, title=run, box=box.MARKDOWN)
            for name, queries in sets.items():
                asked = await ask(search, queries)
                rates = [hit_rate(asked, depth) for depth in DEPTHS]
                measured[run, name] = Figures(digest(queries), tuple(round(rate.value, 1) for rate in rates))
                table.add_row(name, str(len(asked)), *_cells(rates, asked))
            console.print(table)
    return measured


def _cells(rates: Sequence[Estimate], asked: Sequence[Asked]) -> list[str]:
    mrr = mean_reciprocal_rank(asked)
    return [
        *(f"{rate.value:.1f} ({rate.low:.1f}–{rate.high:.1f})" for rate in rates),
        f"{mrr.value:.3f} ({mrr.low:.3f}–{mrr.high:.3f})",
        *(f"{milliseconds(asked, percent):.1f}" for percent in (50, 95)),
    ]


def _gate(measured: Mapping[Key, Figures], raise_floors: bool) -> list[str]:
    """Return what the gate says against the figures, after raising its floors to them where that is asked."""
    floors = read_floors(FLOORS)
    if raise_floors:
        floors = raised(measured, floors)
        write_floors(FLOORS, floors)
    return shortfalls(measured, floors)


async def _build_up(material: Material, console: Console) -> None:
    """Print what each step of the search adds: hit@1 / hit@10 of each class."""
    sets = {name: sampled(one, _MOST_A_STEP) for name, one in {**material.by_words, **material.left_out}.items()}
    table = Table("with", *sets, title="hit@1 / hit@10 in %", box=box.MARKDOWN)
    async with _store() as store:
        async for name, search in ablation.steps(store, material.edition, material.concepts, material.kept_books):
            asked = [await ask(search, queries) for queries in sets.values()]
            table.add_row(name, *(f"{hit_rate(one, 1).value:.1f} / {hit_rate(one, 10).value:.1f}" for one in asked))
    console.print(table)


async def _print_misses(material: Material, name: str, console: Console) -> None:
    """Print the queries of a class whose first answer is wrong, with the rank of a right one and the first answers."""
    async with _store() as store:
        async for run, search, sets in _runs(material, store):
            missed = [one for one in await ask(search, sets[name]) if one.rank != 1]
            console.print(f"\n{run}, {name}: {len(missed)} of {len(sets[name])} missed", highlight=False)
            for one in missed:
                place = f"rank {one.rank}" if one.rank else "not found"
                console.print(f"\n{one.query.text}  →  {' '.join(one.query.codes)}, {place}", markup=False)
                for hit in one.hits[:_SHOWN_ANSWERS]:
                    matched = f"  ({hit.matched_term})" if hit.matched_term else ""
                    console.print(f"  {hit.entry.code}  {hit.entry.title}{matched}", markup=False, highlight=False)


if __name__ == "__main__":
    typer.run(main)
