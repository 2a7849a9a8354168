"""What is loaded: the code systems, and the sources of facts."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.gateway.edge import edge_of
from services.gateway.web import addresses, editions
from services.gateway.web.addresses import BOOKS_OF_RULES, INDEX_BOOKS
from services.gateway.web.render import page
from services.gateway.web.source_editions import SourceEdition, source_edition

# All sources of facts as people name them, by what they tell.
_AREAS: tuple[tuple[str, dict[lookup.FactSource.ValueType, str]], ...] = (
    (
        "NCCI edits",
        {
            lookup.FACT_SOURCE_PTP_PRACTITIONER: "Procedure-to-procedure edits, practitioners",
            lookup.FACT_SOURCE_PTP_HOSPITAL: "Procedure-to-procedure edits, outpatient hospital",
            lookup.FACT_SOURCE_MUE_PRACTITIONER: "Medically unlikely edits, practitioners",
            lookup.FACT_SOURCE_MUE_HOSPITAL: "Medically unlikely edits, outpatient hospital",
            lookup.FACT_SOURCE_MUE_DME: "Medically unlikely edits, DME suppliers",
            lookup.FACT_SOURCE_ADD_ON_CODES: "Add-on code edits",
        },
    ),
    (
        "Medicare fees and coverage",
        {
            lookup.FACT_SOURCE_RVU: "Physician fee schedule, relative value units",
            lookup.FACT_SOURCE_GPCI: "Physician fee schedule, geographic practice cost indices",
            lookup.FACT_SOURCE_COVERAGE: "Medicare Coverage Database",
        },
    ),
    (
        "Modifiers and places of service",
        {
            lookup.FACT_SOURCE_MODIFIERS_HCPCS: "HCPCS Level II modifiers",
            lookup.FACT_SOURCE_MODIFIERS_CPT: "CPT modifiers",
            lookup.FACT_SOURCE_PLACE_OF_SERVICE: "Place of service codes",
        },
    ),
    (
        "Crosswalks and history",
        {
            lookup.FACT_SOURCE_GEM_FROM_ICD9CM: "General equivalence mappings, ICD-9-CM to ICD-10-CM",
            lookup.FACT_SOURCE_GEM_TO_ICD9CM: "General equivalence mappings, ICD-10-CM to ICD-9-CM",
            lookup.FACT_SOURCE_CCSR: "Clinical Classifications Software Refined",
            lookup.FACT_SOURCE_CMS_HCC: "CMS hierarchical condition categories",
            lookup.FACT_SOURCE_ICD10CM_CONVERSION: "ICD-10-CM conversion table",
            lookup.FACT_SOURCE_ICD10CM_ADDENDA: "ICD-10-CM addenda",
            lookup.FACT_SOURCE_ICD10PCS_ADDENDA: "ICD-10-PCS addenda",
        },
    ),
    (
        "Guidelines and alphabetic index",
        {
            lookup.FACT_SOURCE_ICD10CM_GUIDELINES: "ICD-10-CM Official Guidelines",
            lookup.FACT_SOURCE_NCCI_POLICY_MANUAL: "NCCI Policy Manual",
            lookup.FACT_SOURCE_ICD10CM_INDEX: "ICD-10-CM Index to Diseases and Injuries",
            lookup.FACT_SOURCE_ICD10CM_EXTERNAL_CAUSE_INDEX: "ICD-10-CM External Cause of Injuries Index",
            lookup.FACT_SOURCE_ICD10CM_NEOPLASM_TABLE: "ICD-10-CM Table of Neoplasms",
            lookup.FACT_SOURCE_ICD10CM_DRUG_TABLE: "ICD-10-CM Table of Drugs and Chemicals",
        },
    ),
)

# The books of the alphabetic index, by their sources.
_INDEX = {
    lookup.FACT_SOURCE_ICD10CM_INDEX: lookup.INDEX_BOOK_DISEASES,
    lookup.FACT_SOURCE_ICD10CM_EXTERNAL_CAUSE_INDEX: lookup.INDEX_BOOK_EXTERNAL_CAUSES,
    lookup.FACT_SOURCE_ICD10CM_NEOPLASM_TABLE: lookup.INDEX_BOOK_NEOPLASMS,
    lookup.FACT_SOURCE_ICD10CM_DRUG_TABLE: lookup.INDEX_BOOK_DRUGS,
}


class Source(NamedTuple):
    """A source of facts with its editions, newest first; none when it is not loaded."""

    name: str
    editions: list[SourceEdition]


class Area(NamedTuple):
    """Sources that belong together."""

    title: str
    sources: list[Source]


def routes() -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route("/sources", loaded)]


async def loaded(request: Request) -> Response:
    """Every release and every edition of a source, with what was left out of it."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    found, balance = await asyncio.gather(
        edge.lookup.ListReleases(lookup.ListReleasesRequest()), edge.wall.balance(caller)
    )
    return page(
        request,
        "sources.html",
        caller,
        balance=balance,
        shelves=editions.shelves(found.releases),
        areas=areas(found.sources),
    )


def areas(releases: Iterable[lookup.SourceRelease]) -> list[Area]:
    """Return all sources that there may be, with the editions of each that are loaded."""
    by_source: dict[int, list[SourceEdition]] = {}
    for release in releases:
        by_source.setdefault(release.source, []).append(source_edition(release))
    return [
        Area(title, [Source(name, by_source.get(source, [])) for source, name in sources.items()])
        for title, sources in _AREAS
    ]


def reading(releases: Iterable[lookup.SourceRelease]) -> list[tuple[str, str]]:
    """Return the name and the address of each book of the index and of rules that is loaded."""
    known = {release.source for release in releases}
    index = [(INDEX_BOOKS[book], addresses.index_book(book)) for source, book in _INDEX.items() if source in known]
    rules = [(name, addresses.contents(source)) for source, name in BOOKS_OF_RULES.items() if source in known]
    return index + rules


def summary(releases: Iterable[lookup.SourceRelease]) -> str:
    """Return in a sentence how many sources of facts are loaded, and how many of them answer for today."""
    known = {release.source for release in releases}
    current = {release.source for release in releases if release.in_force}
    every = sum(len(sources) for _, sources in _AREAS)
    return f"{len(known)} of {every} sources of facts are loaded, {len(current)} with an edition for today."
