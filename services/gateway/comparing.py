"""Codes are compared: found by what was written, their pages opened, and the edits between them looked up."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.quota.v1 import quota_pb2 as quota

from services.gateway.comparison import Setting
from services.gateway.edge import Edge
from services.gateway.identity import Caller
from services.gateway.policy import page_name, page_request
from services.gateway.wall import Admission
from services.gateway.words import system_of
from services.runtime.errors import FieldViolation, Kind, Refusal, invalid

if TYPE_CHECKING:
    from codingahead.lookup.v1.lookup_pb2_grpc import LookupServiceAsyncStub

FEWEST, MOST = 2, 5
SETTINGS = (lookup.SETTING_PRACTITIONER, lookup.SETTING_HOSPITAL)
AMBIGUOUS = "CODE_AMBIGUOUS"
SHORT_OF_VIEWS = "VIEWS_DO_NOT_SUFFICE"

_PROCEDURES = (lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS)
_SYSTEMS = tuple(number for number in lookup.CodeSystem.values() if number)
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Opened:
    """The pages that are open to a caller, and the codes whose view was denied.

    `admission` is the last denial, the last decision where there is none.
    """

    pages: list[lookup.GetCodePageResponse]
    denied: list[lookup.Entry]
    admission: Admission


def names(written: Iterable[str]) -> list[str]:
    """Return the codes of some texts, each a list with commas or spaces between."""
    return [name for text in written for name in re.split(r"[\s,;]+", text) if name]


async def find(service: "LookupServiceAsyncStub", written: Sequence[str], effective_on: str) -> list[lookup.Entry]:
    """Return the codes that are written, each once, in their order: "E11.9", or with its system "icd10cm:E11.9".

    Without its system a code is looked for in all. Raises a Refusal of the field "code" for one that there is not, and,
    with the reason AMBIGUOUS and its names as the metadata "choices", for one that several systems have.
    """
    if len(written) > MOST:
        raise invalid("code", f"expected {FEWEST} to {MOST} codes")
    asked = [_parsed(name) for name in written]
    books = await asyncio.gather(
        *(
            _in_book(service, system, [code for named, code in asked if named in (0, system)], effective_on)
            for system in _SYSTEMS
        )
    )
    by_system = dict(zip(_SYSTEMS, books, strict=True))
    entries = [
        _only(code, [book[code] for system, book in by_system.items() if named in (0, system) and code in book])
        for named, code in asked
    ]
    return list({page_name(entry): entry for entry in entries}.values())


def short_of_views(balance: quota.Balance | None, codes: int) -> Refusal | None:
    """Return the refusal of a comparison that takes more views than remain; None where they suffice or none remain.

    Which pages are open already, and free, quota does not tell; without any view left nothing can be charged.
    """
    if balance is None or balance.unlimited or not 0 < balance.remaining < codes:
        return None
    remaining = f"{balance.remaining} view{'' if balance.remaining == 1 else 's'}"
    return Refusal(
        Kind.EXHAUSTED,
        SHORT_OF_VIEWS,
        f"Comparing {codes} codes takes up to {codes} code page views, and you have {remaining} left. "
        "Pages that you have opened before are free.",
        metadata={"resource": "views", "limit": str(balance.limit), "remaining": str(balance.remaining)},
    )


async def open_pages(
    edge: Edge, caller: Caller, entries: Sequence[lookup.Entry], effective_on: str, request_id: str = ""
) -> Opened:
    """Open the pages of some codes, as many as views remain for: fetched first, then each charged as one view."""
    pages = await asyncio.gather(*(_page(edge.lookup, caller.plan, entry, effective_on) for entry in entries))
    # One after the other: when views run out, those of the first codes are open.
    decided = [(page, await edge.wall.admit(caller, page_name(page.entry), request_id)) for page in pages]
    denials = [admission for _, admission in decided if not admission.allowed]
    return Opened(
        [page for page, admission in decided if admission.allowed],
        [page.entry for page, admission in decided if not admission.allowed],
        (denials or [admission for _, admission in decided])[-1],
    )


def procedures(entries: Iterable[lookup.Entry]) -> list[str]:
    """Return those of the codes that NCCI edits: CPT and HCPCS."""
    return [entry.code for entry in entries if entry.system in _PROCEDURES]


async def edits_between(
    service: "LookupServiceAsyncStub", entries: Iterable[lookup.Entry], effective_on: str
) -> dict[Setting, list[lookup.Finding]]:
    """Return by setting what the procedure-to-procedure edits say; nothing for less than two procedures."""
    lines = [lookup.ClaimLine(code=code) for code in procedures(entries)]
    if len(lines) < FEWEST:
        return {}
    answers = await asyncio.gather(
        *(
            service.CheckEdits(
                lookup.CheckEditsRequest(claim=lookup.Claim(setting=setting, effective_on=effective_on, lines=lines))
            )
            for setting in SETTINGS
        )
    )
    return {
        setting: [finding for finding in answer.findings if finding.kind == lookup.FINDING_KIND_PTP]
        for setting, answer in zip(SETTINGS, answers, strict=True)
    }


async def _page(
    service: "LookupServiceAsyncStub", plan: str, entry: lookup.Entry, effective_on: str
) -> lookup.GetCodePageResponse:
    return await service.GetCodePage(
        page_request(plan, system=entry.system, code=entry.code, effective_on=effective_on)
    )


def _parsed(name: str) -> tuple[int, str]:
    """Return the system and the code that a name writes, 0 for no system."""
    if len(name) > _LONGEST:
        raise invalid("code", "expected a code such as E11.9 or cpt:99213")
    word, _, code = name.rpartition(":")
    return (system_of(word.lower()) if word else 0), code


async def _in_book(
    service: "LookupServiceAsyncStub", system: lookup.CodeSystem.ValueType, codes: Sequence[str], effective_on: str
) -> Mapping[str, lookup.BatchGetCodesResult]:
    """Return what a system says of codes, without those that it does not write so."""
    if not codes:
        return {}
    try:
        answer = await service.BatchGetCodes(
            lookup.BatchGetCodesRequest(system=system, codes=codes, effective_on=effective_on)
        )
    except Refusal as refusal:
        if refusal.kind is not Kind.PRECONDITION:
            raise
        failure = lookup.LookupFailure(reason=refusal.reason, message=refusal.message)
        return dict.fromkeys(codes, lookup.BatchGetCodesResult(failure=failure))
    return {result.asked: result for result in answer.results if result.failure.reason != "INVALID_ARGUMENT"}


def _only(code: str, results: Sequence[lookup.BatchGetCodesResult]) -> lookup.Entry:
    """Return the one entry that the systems have for a code. Raises a Refusal when they have none, or several."""
    entries = [result.entry for result in results if result.HasField("entry")]
    if len(entries) == 1:
        return entries[0]
    if entries:
        raise _ambiguous(code, [page_name(entry) for entry in entries])
    failures = [result.failure for result in results]
    # That a book has no such code says more than that another is not loaded.
    telling = [failure for failure in failures if failure.reason == "CODE_NOT_FOUND"] or failures
    why = "; ".join(dict.fromkeys(failure.message for failure in telling)) or "no code system writes its codes so"
    raise _refused(Kind.NOT_FOUND, "CODE_NOT_FOUND", f"{code} is not found: {why}.")


def _ambiguous(code: str, choices: Sequence[str]) -> Refusal:
    message = f"{code} is a code of {len(choices)} systems: write {' or '.join(choices)}."
    return _refused(Kind.INVALID, AMBIGUOUS, message, code=code, choices=" ".join(choices))


def _refused(kind: Kind, reason: str, message: str, **metadata: str) -> Refusal:
    return Refusal(kind, reason, message, metadata=metadata, fields=(FieldViolation("code", message),))
