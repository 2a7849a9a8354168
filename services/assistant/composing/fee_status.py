"""Codes whose own release is not loaded: what the physician fee schedule says of their status."""

from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict
from services.assistant.composing.parts import bold, named, source_of, with_remark
from services.assistant.editions import Dated, system_name
from services.assistant.question import Dates
from services.assistant.tools import Tools

# Paid, if covered.
_PAID = ("A", "C", "J", "R", "T")
# Deleted, not valid for Medicare purposes, and bundled: never paid beside another service.
_NOT_BILLED = ("B", "D", "F", "G", "H", "I", "P")


class Status(NamedTuple):
    """What the fee schedule says of a code; `value` is its status code."""

    value: str
    text: str
    sources: tuple[Source, ...]
    dated: Dated


async def of(entry: lookup.Entry, dates: Dates | None, tools: Tools) -> Status | None:
    """Return the status of a code under the fee schedule; None when the schedule has none, or is not loaded."""
    dated = tools.on(lookup.FACT_SOURCE_RVU, dates)
    if dated.edition is None or entry.system not in (lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS):
        return None
    page = await tools.page(entry.system, entry.code, dated, lookup.PAGE_SECTION_FEES)
    row = next((one for one in page.fees.rows if not one.modifier), None)
    if row is None:
        return None
    meaning = f" ({row.status.meaning})" if row.status.meaning else ""
    text = f"{dated.edition.name} has it with status {row.status.value}{meaning} on {dated.iso}."
    return Status(row.status.value, text, source_of(dated), dated)


async def billable(entry: lookup.Entry, dates: Dates | None, tools: Tools) -> Answer:
    """Say whether a code known by its number alone can be billed to Medicare, by its status."""
    status = await of(entry, dates, tools)
    system = system_name(entry.system)
    if status is None:
        dated = tools.on(lookup.FACT_SOURCE_RVU, dates)
        why = f"{dated.edition.name} does not list it." if dated.edition else f"Fee schedule: {dated.missing}"
        text = (
            f"Whether {bold(entry.code)} is valid for submission is not known: no release of {system} is loaded. {why}"
        )
        return Answer(text, Verdict.NO_DATA, source_of(dated), named(entry))
    billed = status.value not in _NOT_BILLED
    said = "cannot be billed to Medicare as a separate service"
    if billed:
        said = (
            "is in use, and paid by Medicare where covered"
            if status.value in _PAID
            else "is a code in use, but not paid under the fee schedule"
        )
    body = (
        f"{bold(entry.code)} {said}: {status.text}\n\n"
        f"The release of {system} is not loaded: this is its status in the fee schedule, not the list of valid codes."
    )
    verdict = Verdict.YES if billed else Verdict.NO
    return Answer(with_remark(body, status.dated), verdict, status.sources, named(entry))
