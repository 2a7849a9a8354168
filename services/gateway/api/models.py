"""The JSON of the REST API: the messages of the contracts under their own field names, enums as words.

Each type describes the JSON to readers and to the type checker; the function under it makes that JSON of a message.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from codingahead.lookup.v1 import lookup_pb2 as lookup
from codingahead.quota.v1 import quota_pb2 as quota
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel, Field, StringConstraints
from typing_extensions import TypedDict

from services.gateway.api.plain import Of, as_json, as_json_if_set
from services.gateway.words import (
    AVAILABILITY_WORDS,
    LEVEL_WORDS,
    MATCH_KIND_WORDS,
    NOTE_KIND_WORDS,
    SYSTEM_WORDS,
)

CodeText = Annotated[str, StringConstraints(min_length=1, max_length=32)]


class Release(TypedDict):
    """One loaded edition of one code system."""

    system: Annotated[str, Field(description="The code system, such as icd10cm")]
    edition: Annotated[str, Field(description='As the field names it, such as "FY2026 April"')]
    effective_from: Annotated[str, Field(description="First date of service it is valid for")]
    effective_to: Annotated[str, Field(description="Last date of service it is valid for")]
    in_force: Annotated[bool, Field(description="Whether it covers the date that was asked for")]
    codes: Annotated[int, Field(description="Codes in it, headers included")]
    billable_codes: Annotated[int, Field(description="Codes that are valid for submission")]
    loaded_at: Annotated[str | None, Field(description="When it was loaded")]
    origin: Annotated[str, Field(description="The file or publication it was read from")]


def release(message: lookup.Release) -> Release:
    """Return a release as JSON."""
    return {
        "system": SYSTEM_WORDS[message.system],
        "edition": message.edition,
        "effective_from": message.effective_from,
        "effective_to": message.effective_to,
        "in_force": message.in_force,
        "codes": message.codes,
        "billable_codes": message.billable_codes,
        "loaded_at": _moment(message.loaded_at) if message.HasField("loaded_at") else None,
        "origin": message.origin,
    }


ReleaseIfLoaded = Annotated[Release | None, Field(description="Null for what is number_only")]


class Entry(TypedDict):
    """One line of a code system's book."""

    system: Annotated[str, Field(description="The code system, such as icd10cm")]
    level: Annotated[str, Field(description="chapter, section or code")]
    code: Annotated[str, Field(description="The code (E11.9), the range of a section or the number of a chapter")]
    title: Annotated[str, Field(description="The official title; empty when number_only")]
    billable: Annotated[
        bool | None, Field(description="Whether it is valid for submission on a claim; null when number_only")
    ]
    has_children: Annotated[bool, Field(description="Whether the book has entries below it")]
    number_only: Annotated[
        bool, Field(description="Known by its number alone: the official release of its system is not loaded")
    ]
    effective_from: Annotated[
        str, Field(description="First date of service the code itself is valid for; may be empty")
    ]
    effective_to: Annotated[str, Field(description="Last date of service the code itself is valid for; may be empty")]


def entry(message: lookup.Entry) -> Entry:
    """Return a line as JSON."""
    return {
        "system": SYSTEM_WORDS[message.system],
        "level": LEVEL_WORDS[message.level],
        "code": message.code,
        "title": message.title,
        "billable": None if message.number_only else message.billable,
        "has_children": message.has_children,
        "number_only": message.number_only,
        "effective_from": message.effective_from,
        "effective_to": message.effective_to,
    }


class Span(TypedDict):
    """A stretch of a text, in Unicode code points."""

    start: Annotated[int, Field(description="First position, from 0")]
    end: Annotated[int, Field(description="Position after the last")]


class Hit(TypedDict):
    """One code that was found."""

    entry: Entry
    highlights: Annotated[list[Span], Field(description="Where the words stand in the title")]
    matched_term: Annotated[str, Field(description="What matched when it is not the title; else empty")]
    match_kind: Annotated[
        str,
        Field(
            description="code, title, inclusion_term, includes_note, index_entry, synonym, or inherited: a name of a "
            "header above that means the code when nothing more is said"
        ),
    ]
    matched_term_highlights: Annotated[list[Span], Field(description="Where the words stand in matched_term")]
    source: Annotated[str, Field(description="The vocabulary that gives a synonym in matched_term; else empty")]
    category: Annotated[
        Entry | None, Field(description="The category, when by_category; null for a code of a book without categories")
    ]
    category_hits: Annotated[
        int, Field(description="How many of the grouped codes the category has; 0 unless by_category")
    ]
    more: Annotated[list["Hit"], Field(description="The next best codes of the category, at most 4, when by_category")]


def _hit(message: lookup.Hit) -> Hit:
    return {
        "entry": entry(message.entry),
        "highlights": _spans(message.highlights),
        "matched_term": message.matched_term,
        "match_kind": MATCH_KIND_WORDS[message.match_kind],
        "matched_term_highlights": _spans(message.matched_term_highlights),
        "source": message.source,
        "category": entry(message.category) if message.HasField("category") else None,
        "category_hits": message.category_hits,
        "more": [_hit(one) for one in message.more],
    }


class Reading(TypedDict):
    """What a word or phrase of a query was taken to mean."""

    written: Annotated[str, Field(description="As it stands in the query")]
    meanings: Annotated[list[str], Field(description="What it may mean, the most usual first")]


class FacetValue(TypedDict):
    """One value of a facet."""

    value: Annotated[str, Field(description="As the parameter of the facet's name takes it")]
    label: Annotated[str, Field(description="What it means")]
    count: Annotated[int, Field(description="Matches with this value")]


class Facet(TypedDict):
    """The matches by the values of one field."""

    field: Annotated[str, Field(description="chapter or billable")]
    values: list[FacetValue]


class SearchResponse(TypedDict):
    """What was found, best first."""

    hits: list[Hit]
    total: Annotated[int, Field(description="Codes that match, over all pages")]
    total_is_lower_bound: Annotated[bool, Field(description="Whether there may be more matches than total")]
    next_page_token: Annotated[str, Field(description="page_token of the next page; empty on the last one")]
    facets: Annotated[list[Facet], Field(description="Empty when as_typed")]
    did_you_mean: Annotated[list[str], Field(description="Other spellings that would find codes")]
    corrected_query: Annotated[str, Field(description="What was searched when a word was corrected; else empty")]
    readings: Annotated[
        list[Reading], Field(description="The abbreviations and lay terms that were read as something else as well")
    ]
    releases: Annotated[list[Release], Field(description="The release of each system that was searched")]


def search_response(message: lookup.SearchResponse) -> SearchResponse:
    """Return the answer to a search as JSON."""
    return {
        "hits": [_hit(hit) for hit in message.hits],
        "total": message.total,
        "total_is_lower_bound": message.total_is_lower_bound,
        "next_page_token": message.next_page_token,
        "facets": [
            {
                "field": facet.field,
                "values": [{"value": v.value, "label": v.label, "count": v.count} for v in facet.values],
            }
            for facet in message.facets
        ],
        "did_you_mean": list(message.did_you_mean),
        "corrected_query": message.corrected_query,
        "readings": [{"written": one.written, "meanings": list(one.meanings)} for one in message.readings],
        "releases": [release(r) for r in message.releases],
    }


class Code(TypedDict):
    """A code with the entries above it."""

    entry: Entry
    ancestors: Annotated[list[Entry], Field(description="Chapter first")]
    release: ReleaseIfLoaded


def code(message: lookup.GetCodeResponse) -> Code:
    """Return a code as JSON."""
    return {
        "entry": entry(message.entry),
        "ancestors": [entry(e) for e in message.ancestors],
        "release": _release_of(message),
    }


Availability = Annotated[
    str,
    Field(description="available, none, not_loaded, or locked for who has no account; empty when not asked for"),
]


class OfficialDescription(TypedDict):
    """What the publisher of the system prints."""

    availability: Availability
    title: str
    inclusion_terms: Annotated[list[str], Field(description="Other terms the code stands for")]
    short_title: Annotated[str, Field(description="The short official title; empty where there is none")]
    attributes: Annotated[
        list[Annotated[dict[str, Any], Of(lookup.Attribute.DESCRIPTOR)]],
        Field(description="What else the publisher says of the code, such as its coverage or its pricing"),
    ]


class CommonLanguageDescription(TypedDict):
    """What a code means in the words of an editor. It is no official text."""

    availability: Availability
    title: Annotated[str, Field(description="A short name of the code")]
    text: Annotated[str, Field(description="Markdown (CommonMark) without raw HTML")]
    author: str
    reviewed_on: Annotated[str, Field(description="When it was last checked against the code")]
    edition: Annotated[str, Field(description="The edition of the collection it belongs to")]


class Note(TypedDict):
    """One instructional note."""

    kind: Annotated[str, Field(description="includes, excludes1, excludes2, code_first, use_additional_code, ...")]
    text: Annotated[str, Field(description="As printed")]


class NoteGroup(TypedDict):
    """The notes printed under one entry."""

    entry: Annotated[Entry, Field(description="The code itself, or the ancestor they are inherited from")]
    inherited: bool
    notes: list[Note]


class SeventhCharacter(TypedDict):
    """One value of the seventh position."""

    character: str
    meaning: str


class Notes(TypedDict):
    """The notes that govern a code, its own first, then those of each ancestor upwards."""

    availability: Availability
    printed: Annotated[
        str, Field(description="available, or not_loaded for a release without the book: no group says nothing then")
    ]
    groups: list[NoteGroup]
    seventh_characters: Annotated[list[SeventhCharacter], Field(description="Empty when the code takes none")]
    guidelines: Annotated[
        Annotated[dict[str, Any], Of(lookup.Guidelines.DESCRIPTOR)] | None,
        Field(description="The passages that govern the code; null for a system without a book of rules"),
    ]
    index_entries: Annotated[
        Annotated[dict[str, Any], Of(lookup.IndexEntries.DESCRIPTOR)] | None,
        Field(description="The lines of the alphabetic index that lead to the code; null for a system without one"),
    ]


_IF_CONCERNED = Field(description="Null when it was not asked for, or is of no concern to the code system")


class CodePage(TypedDict):
    """The page of a code."""

    entry: Entry
    ancestors: Annotated[list[Entry], Field(description="Chapter first")]
    children: Annotated[list[Entry], Field(description="Right below, in book order")]
    previous: Annotated[Entry | None, Field(description="Before it in the book, at the same level")]
    next: Annotated[Entry | None, Field(description="After it in the book, at the same level")]
    release: ReleaseIfLoaded
    official_description: OfficialDescription
    common_language_description: CommonLanguageDescription
    notes: Notes
    modifiers: Annotated[Annotated[dict[str, Any], Of(lookup.Modifiers.DESCRIPTOR)] | None, _IF_CONCERNED]
    crosswalks: Annotated[Annotated[dict[str, Any], Of(lookup.Crosswalks.DESCRIPTOR)] | None, _IF_CONCERNED]
    edits: Annotated[Annotated[dict[str, Any], Of(lookup.Edits.DESCRIPTOR)] | None, _IF_CONCERNED]
    fees: Annotated[Annotated[dict[str, Any], Of(lookup.Fees.DESCRIPTOR)] | None, _IF_CONCERNED]
    coverage: Annotated[Annotated[dict[str, Any], Of(lookup.Coverage.DESCRIPTOR)] | None, _IF_CONCERNED]
    history: Annotated[Annotated[dict[str, Any], Of(lookup.History.DESCRIPTOR)] | None, _IF_CONCERNED]


def code_page(message: lookup.GetCodePageResponse) -> CodePage:
    """Return a code page as JSON."""
    official, common, notes = message.official_description, message.common_language_description, message.notes
    return {
        "entry": entry(message.entry),
        "ancestors": [entry(e) for e in message.ancestors],
        "children": [entry(e) for e in message.children],
        "previous": entry(message.previous) if message.HasField("previous") else None,
        "next": entry(message.next) if message.HasField("next") else None,
        "release": _release_of(message),
        "official_description": {
            "availability": AVAILABILITY_WORDS[official.availability],
            "title": official.title,
            "inclusion_terms": list(official.inclusion_terms),
            "short_title": official.short_title,
            "attributes": [as_json(attribute) for attribute in official.attributes],
        },
        "common_language_description": {
            "availability": AVAILABILITY_WORDS[common.availability],
            "title": common.title,
            "text": common.text,
            "author": common.author,
            "reviewed_on": common.reviewed_on,
            "edition": common.edition,
        },
        "notes": {
            "availability": AVAILABILITY_WORDS[notes.availability],
            "printed": AVAILABILITY_WORDS[notes.printed],
            "groups": [
                {
                    "entry": entry(group.entry),
                    "inherited": group.inherited,
                    "notes": [{"kind": NOTE_KIND_WORDS[n.kind], "text": n.text} for n in group.notes],
                }
                for group in notes.groups
            ],
            "seventh_characters": [{"character": s.character, "meaning": s.meaning} for s in notes.seventh_characters],
            "guidelines": as_json_if_set(notes, "guidelines"),
            "index_entries": as_json_if_set(notes, "index_entries"),
        },
        "modifiers": as_json_if_set(message, "modifiers"),
        "crosswalks": as_json_if_set(message, "crosswalks"),
        "edits": as_json_if_set(message, "edits"),
        "fees": as_json_if_set(message, "fees"),
        "coverage": as_json_if_set(message, "coverage"),
        "history": as_json_if_set(message, "history"),
    }


class BatchGetCodesRequest(BaseModel):
    """The codes wanted."""

    codes: Annotated[list[CodeText], Field(min_length=1, max_length=500, description="With or without their dots")]
    effective_on: Annotated[str, Field(max_length=10, description="Date of service, YYYY-MM-DD; empty means today")] = (
        ""
    )


class LookupFailure(TypedDict):
    """Why one code was not answered."""

    reason: Annotated[str, Field(description="CODE_NOT_FOUND or INVALID_ARGUMENT")]
    message: str


class BatchGetCodesResult(TypedDict):
    """A code, or why there is none."""

    asked: Annotated[str, Field(description="The code as it was asked for")]
    entry: Entry | None
    failure: LookupFailure | None


class BatchGetCodesResponse(TypedDict):
    """One result for each code asked for, in that order."""

    results: list[BatchGetCodesResult]
    release: ReleaseIfLoaded


def batch_response(message: lookup.BatchGetCodesResponse) -> BatchGetCodesResponse:
    """Return the answer to a batch as JSON."""
    return {
        "results": [
            {
                "asked": result.asked,
                "entry": entry(result.entry) if result.HasField("entry") else None,
                "failure": {"reason": result.failure.reason, "message": result.failure.message}
                if result.HasField("failure")
                else None,
            }
            for result in message.results
        ],
        "release": _release_of(message),
    }


class BrowseResponse(TypedDict):
    """A stretch of a book."""

    entry: Annotated[Entry | None, Field(description="What was asked for with under or around")]
    ancestors: Annotated[list[Entry], Field(description="Chapter first")]
    entries: Annotated[list[Entry], Field(description="In book order")]
    next_page_token: Annotated[str, Field(description="page_token of the next page; empty on the last one")]
    release: Release


def browse_response(message: lookup.BrowseResponse) -> BrowseResponse:
    """Return a stretch of a book as JSON."""
    return {
        "entry": entry(message.entry) if message.HasField("entry") else None,
        "ancestors": [entry(e) for e in message.ancestors],
        "entries": [entry(e) for e in message.entries],
        "next_page_token": message.next_page_token,
        "release": release(message.release),
    }


class ListReleasesResponse(TypedDict):
    """The releases and the sources of facts that are loaded and serving."""

    releases: Annotated[list[Release], Field(description="Newest first within each system")]
    sources: Annotated[
        list[Annotated[dict[str, Any], Of(lookup.SourceRelease.DESCRIPTOR)]],
        Field(
            description="The editions of the sources of facts, newest first within each; empty when systems are named"
        ),
    ]


def releases_response(message: lookup.ListReleasesResponse) -> ListReleasesResponse:
    """Return what is loaded as JSON."""
    return {"releases": [release(r) for r in message.releases], "sources": [as_json(one) for one in message.sources]}


class Balance(TypedDict):
    """The code page views that remain to the caller."""

    plan: Annotated[str, Field(description="guest, member or subscriber")]
    unlimited: Annotated[bool, Field(description="Whether the plan has no limit; limit and remaining are then 0")]
    limit: Annotated[int, Field(description="Views of the window")]
    used: Annotated[int, Field(description="Views charged in the window")]
    remaining: int
    window_ends_at: Annotated[str | None, Field(description="When the count starts again; null before the first view")]


def balance(message: quota.Balance) -> Balance:
    """Return a balance as JSON."""
    return {
        "plan": message.plan,
        "unlimited": message.unlimited,
        "limit": message.limit,
        "used": message.used,
        "remaining": message.remaining,
        "window_ends_at": _moment(message.window_ends_at) if message.HasField("window_ends_at") else None,
    }


class Problem(TypedDict, total=False):
    """Why there is no answer (RFC 9457)."""

    type: Annotated[str, Field(description="A name of the kind of problem that does not change")]
    title: str
    status: Annotated[int, Field(description="The HTTP status")]
    detail: Annotated[str, Field(description="A sentence for people")]
    instance: Annotated[str, Field(description="The path of the request")]
    reason: Annotated[str, Field(description="A word for programs, such as CODE_NOT_FOUND")]
    metadata: Annotated[dict[str, str], Field(description="Numbers and names that go with the reason")]
    errors: Annotated[
        list[dict[str, str]], Field(description="The fields that were refused: field, and detail of what was expected")
    ]


def _release_of(
    message: lookup.GetCodeResponse | lookup.GetCodePageResponse | lookup.BatchGetCodesResponse,
) -> Release | None:
    return release(message.release) if message.HasField("release") else None


def _spans(spans: Iterable[lookup.Span]) -> list[Span]:
    return [{"start": span.start, "end": span.end} for span in spans]


def _moment(moment: Timestamp) -> str:
    return moment.ToJsonString()
