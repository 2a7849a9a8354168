"""`codingahead catalog fetch`: download the published files of sources."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from services.lookup.settings import FetchSettings
from services.lookup.sources.errors import SourceError
from services.lookup.sources.fetch import Address, fetch, parse_address

Sources = Annotated[
    list[str] | None, typer.Argument(help="Sources, as CODINGAHEAD_SOURCE_URLS names them; none: all that it names.")
]


@dataclass(frozen=True, slots=True)
class Downloads:
    """The files that are there, by the order asked for, and how many sources are not all there."""

    paths: list[Path]
    failures: int


def download(sources: Sequence[str]) -> Downloads:
    """Download the files of each source, of all for none, into its folder and print their paths.

    Tells what failed; the others go on.
    """
    # It would log addresses whole, and what stands in their queries may be secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = FetchSettings()
    except SettingsError as error:
        raise typer.BadParameter("expected JSON", param_hint="CODINGAHEAD_SOURCE_URLS") from error
    console = Console(stderr=True)
    paths: list[Path] = []
    failures = 0
    for source in dict.fromkeys(sources or settings.source_urls):
        try:
            for address in _addresses(settings, source):
                path = _fetch(address, settings.downloads / source, console)
                print(path)
                paths.append(path)
        except (SourceError, ValueError) as error:
            failures += 1
            console.print(f"{source}: {error}", markup=False, highlight=False, soft_wrap=True)
    return Downloads(paths, failures)


def _addresses(settings: FetchSettings, source: str) -> list[Address]:
    if source not in settings.source_urls:
        known = ", ".join(sorted(settings.source_urls)) or "none"
        raise ValueError(f"expected a source that CODINGAHEAD_SOURCE_URLS gives an address of ({known})")
    addresses = [parse_address(text) for text in settings.source_urls[source].split()]
    if len({address.name for address in addresses}) != len(addresses):
        raise ValueError("expected addresses that end with different names")
    return addresses


def _fetch(address: Address, folder: Path, console: Console) -> Path:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bars:
        bar = bars.add_task(address.name, total=None)
        return fetch(address, folder, lambda done, total: bars.update(bar, completed=done, total=total))
