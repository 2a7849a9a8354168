"""Synthetic files of the National Correct Coding Initiative, and what they are read into."""

import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from services.lookup.edits.model import ModifierIndicator, PtpEdit, PtpEdits, PtpTerms
from services.lookup.edits.table import PtpTable
from services.lookup.facts.edition import FactEdition
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.sources.files import Kind, SourceFile


def written(folder: Path, kind: Kind, name: str, content: str | bytes) -> SourceFile:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return SourceFile(kind, path)


def workbook(table: Iterable[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in table:
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ptp_edit(
    column1: str,
    column2: str,
    first: date = date(2020, 1, 1),
    last: date | None = None,
    indicator: str = "1",
    rationale: str = "Because",
) -> PtpEdit:
    return PtpEdit(
        column1=column1,
        column2=column2,
        effective_from=first,
        effective_to=last,
        indicator=ModifierIndicator(indicator),
        rationale=rationale,
    )


def ptp_edits(code: str, column: int, edits: Iterable[PtpEdit]) -> PtpEdits:
    """Return the edits of a code in a column, as a table holds them; no edits when it is in none."""
    table = PtpTable()
    for edit in edits:
        terms = PtpTerms(
            effective_from=edit.effective_from,
            effective_to=edit.effective_to,
            indicator=edit.indicator,
            rationale=edit.rationale,
        )
        table.add(edit.column1, edit.column2, table.number(terms))
    table.settle()
    return table.edits(code, column)


def answers(wants: Iterable[Want], editions: Iterable[FactEdition]) -> Answers:
    """Answer wants from editions, whatever their dates."""
    by_source = {edition.source: edition for edition in editions}
    found: dict[Want, Found[Any]] = {}
    for want in wants:
        edition = by_source.get(want.kind.source)
        if edition is None:
            found[want] = Found(want.kind.source, None, (), None)
            continue
        values = dict(edition.documents).get(want.id)
        load = _load(edition)
        fact = None if values is None else want.kind.read(want.id, values)
        found[want] = Found(want.kind.source, FactChoice(load, in_force=True), (load,), fact)
    return Answers(found)


def _load(edition: FactEdition) -> FactLoad:
    return FactLoad(
        source=edition.source,
        edition=edition.label,
        effective_from=edition.effective_from,
        effective_to=edition.effective_to,
        rows=edition.rows,
        left_out=edition.left_out,
        documents=len(edition.documents),
        codes=edition.codes,
        loaded_at=datetime(2026, 7, 1, tzinfo=UTC),
        origin=edition.origin,
        content="",
        index="an-index",
    )


def damaged(content: bytes, cut: int, place: int, byte: int) -> bytes:
    """Return a content that is cut short, or has a byte replaced."""
    if cut:
        return content[: place % len(content)]
    changed = bytearray(content)
    with suppress(IndexError):
        changed[place % len(content)] = byte
    return bytes(changed)
