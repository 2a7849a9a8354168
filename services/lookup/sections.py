"""The sections of a code page that are made of facts: which systems have them, and what each wants."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.lookup.alphabetic import section as alphabetic
from services.lookup.codes.model import System
from services.lookup.edits import section as edits
from services.lookup.facts.kinds import Want
from services.lookup.fees import section as fees
from services.lookup.index import coverage, crosswalks, guidelines, history
from services.lookup.modifiers import section as modifiers


class Section(StrEnum):
    """A section of a code page, named as its field in the answer."""

    OFFICIAL_DESCRIPTION = "official_description"
    NOTES = "notes"
    COMMON_LANGUAGE_DESCRIPTION = "common_language_description"
    MODIFIERS = "modifiers"
    CROSSWALKS = "crosswalks"
    EDITS = "edits"
    FEES = "fees"
    COVERAGE = "coverage"
    HISTORY = "history"


_PROCEDURES = frozenset({System.CPT, System.HCPCS})
# The systems that a section concerns, where it does not concern all: a page of another system is without it.
_SYSTEMS = {
    Section.MODIFIERS: _PROCEDURES,
    Section.CROSSWALKS: frozenset({System.ICD10CM, System.ICD9CM}),
    Section.EDITS: _PROCEDURES,
    Section.FEES: _PROCEDURES,
    Section.COVERAGE: _PROCEDURES | {System.ICD10CM},
    Section.HISTORY: frozenset({System.ICD10CM, System.ICD10PCS}),
}

Wants = Callable[[System, str], list[Want]]
_WANTS: dict[Section, tuple[Wants, ...]] = {
    Section.NOTES: (guidelines.wants, alphabetic.wants),
    Section.MODIFIERS: (modifiers.wants,),
    Section.CROSSWALKS: (crosswalks.wants,),
    Section.EDITS: (edits.wants,),
    Section.FEES: (fees.wants,),
    Section.COVERAGE: (coverage.wants,),
}


@dataclass(frozen=True, slots=True)
class PageWants:
    """The facts a page is made of: those of the date of service, and those that every edition is asked for."""

    on_day: Sequence[Want]
    every: Sequence[Want]


def concerned(system: System, sections: Iterable[Section]) -> frozenset[Section]:
    """Return those of the sections that a page of a system has."""
    return frozenset(one for one in sections if one not in _SYSTEMS or system in _SYSTEMS[one])


def page_wants(system: System, code: str, sections: Iterable[Section]) -> PageWants:
    """Return the facts that sections of a page are made of."""
    wanted = [want for one in sections for wants in _WANTS.get(one, ()) for want in wants(system, code)]
    return PageWants(wanted, history.wants(system, code) if Section.HISTORY in sections else ())


def number_wants(system: System, code: str) -> list[Want]:
    """Return the facts by which a code is known by its number, where its system has no release."""
    if system in _PROCEDURES:
        return [*edits.wants(system, code), *fees.wants(system, code)[:1]]
    return crosswalks.wants(system, code) if system is System.ICD9CM else []
