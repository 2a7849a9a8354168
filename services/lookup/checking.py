"""Claims are checked: what is known of their codes is gathered in few fetches, and judged by the rules of edits."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from services.lookup.codes.history import Event
from services.lookup.codes.model import System
from services.lookup.codes.modifier import Modifier
from services.lookup.codes.record import EntryLine
from services.lookup.edits.check import ClaimFindings, Finding, Sourced
from services.lookup.edits.check_add_on import check_add_ons
from services.lookup.edits.check_diagnosis import Diagnosis, check_diagnoses
from services.lookup.edits.check_excludes import check_excludes
from services.lookup.edits.check_laterality import check_laterality
from services.lookup.edits.check_modifier import check_modifiers, rules_of
from services.lookup.edits.check_place import check_places
from services.lookup.edits.check_procedure import check_procedures
from services.lookup.edits.check_ptp import check_ptp
from services.lookup.edits.check_units import check_units
from services.lookup.edits.claim import Claim, Line
from services.lookup.edits.model import Setting
from services.lookup.facts.kinds import Answers, FactKind, Found, Want
from services.lookup.index import history
from services.lookup.index.edits import ADD_ON, MUE, PTP1, ptp_id
from services.lookup.index.fees import FEES
from services.lookup.index.modifiers import MODIFIER_CPT, MODIFIER_HCPCS
from services.lookup.index.places import PLACE
from services.lookup.opened import OpenRelease
from services.lookup.records import CODE_NOT_FOUND
from services.lookup.serving import Serving
from services.runtime.errors import Kind, Refusal

T = TypeVar("T")

# What the claims of a group have in common is fetched once; while one group is judged the next is fetched.
_GROUP = 20
_GROUPS_AT_ONCE = 2


class Checker:
    """Checks claims against the editions in force on their dates of service.

    A date that no loaded edition covers gives no verdict but no data, today's as well: unlike a page, a verdict is
    never taken from an edition that is not in force. Suppliers of durable medical equipment are checked against units
    alone of the NCCI edits: no others are published for them. `timeout` is the seconds that an answer may take.
    """

    def __init__(self, serving: Serving) -> None:
        self._facts = serving.facts
        self._records = serving.records
        self._serving = serving

    async def check(self, claim: Claim, timeout: float) -> ClaimFindings:
        """Check a claim."""
        (findings,) = await self._checked([claim], timeout)
        return findings

    async def check_all(self, claims: Iterable[Claim], timeout: float) -> AsyncGenerator[ClaimFindings, None]:
        """Check many claims, and yield what was found of each in their order; `timeout` is for each group of 20."""
        every = iter(claims)
        running: deque[asyncio.Task[list[ClaimFindings]]] = deque()
        try:
            while group := list(islice(every, _GROUP)):
                running.append(asyncio.create_task(self._checked(group, timeout)))
                if len(running) == _GROUPS_AT_ONCE:
                    for findings in await running.popleft():
                        yield findings
            while running:
                for findings in await running.popleft():
                    yield findings
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _checked(self, claims: Sequence[Claim], timeout: float) -> list[ClaimFindings]:
        async def answer() -> list[ClaimFindings]:
            known = await self._gathered(claims, timeout)
            checked = []
            for claim in claims:
                checked.append(ClaimFindings.of(claim.id, _findings(claim, known)))
                # Other callers are not kept waiting for a whole group.
                await asyncio.sleep(0)
            return checked

        return await self._serving.with_current_indices(answer, timeout)

    async def _gathered(self, claims: Sequence[Claim], timeout: float) -> "_Known":
        """Fetch what is known of claims: facts, procedures and diagnoses, each by date."""
        wants: dict[date, dict[Want, None]] = {}
        procedures: dict[tuple[System, date], dict[str, None]] = {}
        diagnoses: dict[date, dict[str, None]] = {}
        for claim in claims:
            diagnoses.setdefault(claim.day, {}).update(dict.fromkeys(claim.diagnoses))
            for line in claim.lines:
                wants.setdefault(line.day, {}).update(dict.fromkeys(_wants(line, claim.setting)))
                procedures.setdefault((line.system, line.day), {})[line.code] = None
        facts, lines, records = await asyncio.gather(
            asyncio.gather(*(self._facts.of(of_day, day, timeout) for day, of_day in wants.items())),
            asyncio.gather(*(self._procedures(*key, list(codes), timeout) for key, codes in procedures.items())),
            asyncio.gather(*(self._diagnoses(day, list(codes), timeout) for day, codes in diagnoses.items())),
        )
        known = _Known(
            dict(zip(wants, facts, strict=True)),
            {
                (day, code): found
                for (_, day), book in zip(procedures, lines, strict=True)
                for code, found in book.items()
            },
            {(day, code): found for day, book in zip(diagnoses, records, strict=True) for code, found in book.items()},
            {},
        )
        known.history.update(await self._history(known.unknown_diagnoses(), timeout))
        return known

    async def _procedures(
        self, system: System, day: date, codes: Sequence[str], timeout: float
    ) -> dict[str, Sourced[EntryLine]]:
        opened = self._in_force(system, day)
        if isinstance(opened, str):
            return dict.fromkeys(codes, Sourced(None, "", opened))
        lines = await self._records.lines(opened, codes, timeout)
        return {code: Sourced(line, _edition(opened)) for code, line in lines.items()}

    async def _diagnoses(self, day: date, codes: Sequence[str], timeout: float) -> dict[str, Sourced[Diagnosis]]:
        opened = self._in_force(System.ICD10CM, day)
        if isinstance(opened, str):
            return dict.fromkeys(codes, Sourced(None, "", opened))
        found = await asyncio.gather(*(self._diagnosis(opened, code, timeout) for code in codes))
        return {code: Sourced(one, _edition(opened)) for code, one in zip(codes, found, strict=True)}

    async def _diagnosis(self, opened: OpenRelease, code: str, timeout: float) -> Diagnosis | None:
        try:
            return Diagnosis(*await self._records.with_ancestors(opened, code, timeout))
        except Refusal as refusal:
            if refusal.reason != CODE_NOT_FOUND:
                raise
            return None

    async def _history(self, codes: Iterable[str], timeout: float) -> dict[str, list[Event]]:
        """Return what happened to diagnosis codes."""
        wants = {code: history.wants(System.ICD10CM, code) for code in codes}
        if not wants:
            return {}
        answers = await self._facts.of((), None, timeout, every=(want for each in wants.values() for want in each))
        return {code: history.events_of(System.ICD10CM, code, answers) for code in wants}

    def _in_force(self, system: System, day: date) -> OpenRelease | str:
        """Return the release of a system for a date of service, or why there is none."""
        try:
            return self._serving.in_force(system, day)
        except Refusal as refusal:
            if refusal.kind is not Kind.PRECONDITION:
                raise
            return f"{refusal.message[:1].upper()}{refusal.message[1:]}."


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the codes of some claims, by their date of service; history by diagnosis."""

    facts: Mapping[date, Answers]
    procedures: Mapping[tuple[date, str], Sourced[EntryLine]]
    diagnoses: Mapping[tuple[date, str], Sourced[Diagnosis]]
    history: dict[str, list[Event]]

    def fact(self, day: date, kind: FactKind[T], id: str) -> Sourced[T]:
        """Return what a source says on a date of service."""
        return _sourced(self.facts[day].get(kind, id))

    def unknown_diagnoses(self) -> set[str]:
        """Return the diagnoses that the book in force has not."""
        return {code for (_, code), found in self.diagnoses.items() if found.value is None and not found.missing}


def _wants(line: Line, setting: Setting) -> Iterator[Want]:
    code = line.code
    yield from (Want(MUE[setting], code), Want(FEES, code), Want(ADD_ON, code))
    if setting in PTP1:
        yield Want(PTP1[setting], ptp_id(code, 1))
    for modifier in line.modifiers:
        yield from (Want(kind, modifier) for kind in _lists_of(modifier))
    if line.place:
        yield Want(PLACE, line.place)


def _lists_of(modifier: str) -> tuple[FactKind[Modifier], ...]:
    """Return the lists that a modifier may stand in: of letters and digits mixed CPT has some (P1, 1P)."""
    if modifier.isdigit():
        return (MODIFIER_CPT,)
    return (MODIFIER_HCPCS,) if modifier.isalpha() else (MODIFIER_HCPCS, MODIFIER_CPT)


def _findings(claim: Claim, known: _Known) -> Iterator[Finding]:
    for day, lines in claim.by_day.items():
        yield from _of_day(claim.setting, day, lines, known)
    book = {code: known.diagnoses[claim.day, code] for code in claim.diagnoses}
    yield from check_diagnoses(claim, book, known.history)
    diagnoses = [found.value for found in book.values() if found.value]
    source = next((found.source for found in book.values()), "")
    yield from check_excludes(claim, diagnoses, source)
    yield from check_laterality(claim, diagnoses, source)


def _of_day(setting: Setting, day: date, lines: Sequence[Line], known: _Known) -> Iterator[Finding]:
    codes = {line.code for line in lines}
    mues = {code: known.fact(day, MUE[setting], code) for code in codes}
    fees = {code: known.fact(day, FEES, code) for code in codes}
    add_ons = {code: known.fact(day, ADD_ON, code) for code in codes}
    edits = {code: known.fact(day, PTP1[setting], ptp_id(code, 1)) for code in codes} if setting in PTP1 else {}
    known_by = {
        code: found.source for facts in (edits, add_ons, mues, fees) for code, found in facts.items() if found.value
    }
    yield from check_procedures(lines, {code: known.procedures[day, code] for code in codes}, known_by, day)
    yield from check_units(lines, mues, day)
    if setting is not Setting.DME:
        yield from check_ptp(lines, edits, day)
        yield from check_add_ons(lines, add_ons, day)
    for line in lines:
        lists = {one: [known.fact(day, kind, one) for kind in _lists_of(one)] for one in line.modifiers}
        # The fee schedule pays practitioners alone.
        by_code = setting is Setting.PRACTITIONER and line.modifiers
        rules = rules_of(line, fees[line.code], edits[line.code], add_ons[line.code]) if by_code else []
        yield from check_modifiers(line, lists, rules)
    yield from check_places(lines, {line.place: known.fact(day, PLACE, line.place) for line in lines if line.place})


def _sourced(found: Found[T]) -> Sourced[T]:
    return Sourced(found.fact, found.cited, found.missing)


def _edition(opened: OpenRelease) -> str:
    release = opened.choice.release
    return f"{release.system.display_name} {release.edition}"
