"""What commands print: a table for people, JSON with --json."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def emit(rows: Sequence[Mapping[str, Any]], as_json: bool, empty: str = "Nothing found.") -> None:
    """Print rows that share their keys; `empty` is what people read when there are none."""
    if as_json:
        print(json.dumps(list(rows), ensure_ascii=False, default=str))
        return
    if not rows:
        print(empty)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in rows[0]:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    # Off a terminal there is no width to fit: lines stay whole for whoever reads them.
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # A table is no place for markup: titles print brackets.
    return str(value).replace("[", r"\[")
