"""`codingahead compare`: codes side by side from a terminal."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from codingahead.lookup.v1 import lookup_pb2

from cli.lookups import EffectiveOn, ask
from cli.output import AsJson, emit
from services.gateway import comparing, comparison
from services.gateway.api import plain
from services.gateway.comparison import Cell, Pair, Setting
from services.gateway.web.sections.edits import MODIFIER_INDICATORS
from services.gateway.words import SETTING_WORDS
from services.runtime.errors import invalid

if TYPE_CHECKING:
    from codingahead.lookup.v1.lookup_pb2_grpc import LookupServiceAsyncStub

Found = tuple[list[lookup_pb2.GetCodePageResponse], dict[Setting, list[lookup_pb2.Finding]]]


def compare(
    codes: Annotated[list[str], typer.Argument(help="Two to five codes: E11.9, or with the system cpt:99213.")],
    effective_on: EffectiveOn = "",
    as_json: AsJson = False,
) -> None:
    """Compare codes side by side, with the edits between them."""
    pages, between = ask(lambda lookup: _found(lookup, codes, effective_on))
    if as_json:
        edits = {SETTING_WORDS[setting]: [plain.as_json(one) for one in found] for setting, found in between.items()}
        emit([{"codes": [plain.as_json(page) for page in pages], "edits": edits}], True)
        return
    names = [page.entry.code for page in pages]
    for exclusion in comparison.exclusions(pages):
        print(f"{exclusion.code} excludes1 {exclusion.excluded}: {exclusion.note!r}, under {exclusion.printed_under}")
    if pairs := comparison.pairs(between, comparing.procedures(page.entry for page in pages)):
        print("\nNCCI edits between them")
        emit([_pair(pair) for pair in pairs], False)
    for section in comparison.compare(pages):
        print(f"\n{section.title}")
        emit(
            [
                {"": row.label, "differs": "≠" if row.differs else ""}
                | {name: _text(cell) for name, cell in zip(names, row.cells, strict=True)}
                for row in section.rows
            ],
            False,
        )
        if section.sources:
            print(f"source: {'; '.join(section.sources)}")


async def _found(lookup: "LookupServiceAsyncStub", codes: list[str], effective_on: str) -> Found:
    entries = await comparing.find(lookup, comparing.names(codes), effective_on)
    if len(entries) < comparing.FEWEST:
        raise invalid("codes", f"expected {comparing.FEWEST} to {comparing.MOST} different codes")
    pages = await asyncio.gather(
        *(
            lookup.GetCodePage(
                lookup_pb2.GetCodePageRequest(system=one.system, code=one.code, effective_on=effective_on)
            )
            for one in entries
        )
    )
    return pages, await comparing.edits_between(lookup, entries, effective_on)


def _pair(pair: Pair) -> dict[str, str]:
    row = {"codes": " with ".join(pair.codes)}
    for setting, between in pair.between.items():
        edit = between.edit
        row[SETTING_WORDS[setting]] = (
            f"{edit.column1} (column 1) is paid, {edit.column2} (column 2) is not; "
            f"{MODIFIER_INDICATORS[edit.modifier_indicator]}; from {edit.effective_from}"
            if edit
            else between.text
        )
        row[f"{SETTING_WORDS[setting]} source"] = between.source
    return row


def _text(cell: Cell) -> str:
    return "\n".join(f"{value.text}{f' ({value.note})' if value.note else ''}" for value in cell)
