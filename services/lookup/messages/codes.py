"""Answers of lookup as messages of its contract."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as pb
from google.protobuf.message import Message

from services.lookup import answers
from services.lookup.codes.model import Level, NoteKind, System
from services.lookup.codes.record import EntryLine
from services.lookup.facts.kinds import Answers
from services.lookup.index.guidelines import SOURCES as BOOKS_OF_RULES
from services.lookup.messages import (
    alphabetic,
    coverage,
    crosswalks,
    edits,
    fees,
    guidelines,
    history,
    modifiers,
)
from services.lookup.messages.systems import SYSTEMS
from services.lookup.releases import ReleaseChoice, bound
from services.lookup.sections import Section
from services.runtime.errors import Refusal, invalid

_SYSTEM_BY_NUMBER = {int(number): system for system, number in SYSTEMS.items()}

_LEVELS = {Level.CHAPTER: pb.LEVEL_CHAPTER, Level.SECTION: pb.LEVEL_SECTION, Level.CODE: pb.LEVEL_CODE}

_NOTE_KINDS = {kind: pb.NoteKind.Value(f"NOTE_KIND_{kind.name}") for kind in NoteKind}

_MATCH_KINDS = {kind: pb.MatchKind.Value(f"MATCH_KIND_{kind.name}") for kind in answers.MatchKind}

# CPT alone is described in common language by its publisher, in plain text.
_CPT_PUBLISHER = "American Medical Association"
_ACTIVE_IN_MARKDOWN = re.compile(r"[\\`*_\[\]<>&#~|]|^[-+]")

_SECTIONS = {int(pb.PageSection.Value(f"PAGE_SECTION_{section.name}")): section for section in Section}
ALL_SECTIONS = frozenset(Section)


def system_of(number: int) -> System:
    """Return the system that a request names. Raises a refusal when it names none."""
    system = _SYSTEM_BY_NUMBER.get(number)
    if system is None:
        raise invalid("system", "expected ICD10CM, ICD10PCS, HCPCS, CPT or ICD9CM")
    return system


def chosen(choice: ReleaseChoice) -> pb.Release:
    """Return a release; whether it is in force is for the date that was asked for."""
    release = choice.release
    message = pb.Release(
        system=SYSTEMS[release.system],
        edition=release.edition,
        effective_from=release.effective_from.isoformat(),
        effective_to=release.effective_to.isoformat(),
        in_force=choice.in_force,
        codes=release.codes,
        billable_codes=release.billable_codes,
        origin=release.origin,
    )
    message.loaded_at.FromDatetime(release.loaded_at)
    return message


def _chosen(choice: ReleaseChoice | None) -> pb.Release | None:
    return chosen(choice) if choice else None


def entry(system: System, line: EntryLine) -> pb.Entry:
    """Return an entry of a book."""
    return pb.Entry(
        system=SYSTEMS[system],
        level=_LEVELS[line.level],
        code=line.code,
        title=line.title,
        billable=line.billable,
        has_children=line.has_children,
        number_only=line.number_only,
        effective_from=bound(line.effective_from),
        effective_to=bound(line.effective_to),
    )


def entries(system: System, lines: Iterable[EntryLine]) -> list[pb.Entry]:
    """Return entries of one book."""
    return [entry(system, line) for line in lines]


def search(answer: answers.SearchAnswer) -> pb.SearchResponse:
    """Return the answer to a search."""
    return pb.SearchResponse(
        hits=[_hit(hit) for hit in answer.hits],
        total=answer.total,
        total_is_lower_bound=answer.total_is_lower_bound,
        next_page_token=answer.next_page_token,
        facets=[
            pb.Facet(
                field=facet.field,
                values=[pb.FacetValue(value=v.value, label=v.label, count=v.count) for v in facet.values],
            )
            for facet in answer.facets
        ],
        did_you_mean=answer.did_you_mean,
        corrected_query=answer.corrected_query,
        readings=[pb.Reading(written=one.written, meanings=one.meanings) for one in answer.readings],
        releases=[chosen(choice) for choice in answer.releases],
    )


def code(answer: answers.CodeAnswer) -> pb.GetCodeResponse:
    """Return one code."""
    return pb.GetCodeResponse(
        entry=entry(answer.system, answer.entry),
        ancestors=entries(answer.system, answer.ancestors),
        release=_chosen(answer.release),
    )


def sections_of(numbers: Iterable[int], field: str) -> frozenset[Section]:
    """Return the page sections that a field of a request names. Raises a refusal of the field for another number."""
    sections = [_SECTIONS.get(number) for number in numbers]
    if None in sections:
        raise invalid(field, f"expected one of {', '.join(Section).upper()}")
    return frozenset(filter(None, sections))


def page(answer: answers.PageAnswer, locked: Iterable[Section]) -> pb.GetCodePageResponse:
    """Return a code page with the sections of the answer, and those that are locked without content."""
    system, content = answer.system, answer.page
    message = pb.GetCodePageResponse(
        entry=entry(system, content.entry),
        ancestors=entries(system, content.ancestors),
        children=entries(system, content.children),
        previous=entry(system, content.previous) if content.previous else None,
        next=entry(system, content.next) if content.next else None,
        release=_chosen(answer.release),
    )
    for section in answer.sections:
        getattr(message, section).CopyFrom(_BUILDERS[section](answer))
    for section in locked:
        getattr(message, section).availability = pb.AVAILABILITY_LOCKED
    return message


def batch(answer: answers.BatchAnswer) -> pb.BatchGetCodesResponse:
    """Return the codes of a batch."""
    return pb.BatchGetCodesResponse(
        results=[_batch_result(answer.system, result) for result in answer.results], release=_chosen(answer.release)
    )


def browse(answer: answers.BrowseAnswer) -> pb.BrowseResponse:
    """Return a stretch of a book."""
    system = answer.release.release.system
    return pb.BrowseResponse(
        entry=entry(system, answer.entry) if answer.entry else None,
        ancestors=entries(system, answer.ancestors),
        entries=entries(system, answer.entries),
        next_page_token=answer.next_page_token,
        release=chosen(answer.release),
    )


def _hit(hit: answers.Hit) -> pb.Hit:
    return pb.Hit(
        entry=entry(hit.system, hit.entry),
        highlights=_spans(hit.highlights),
        matched_term=hit.matched_term,
        match_kind=_MATCH_KINDS[hit.match_kind],
        matched_term_highlights=_spans(hit.matched_term_highlights),
        source=hit.source,
        category=entry(hit.system, hit.category) if hit.category else None,
        category_hits=hit.category_hits,
        more=[_hit(one) for one in hit.more],
    )


def _spans(spans: Iterable[answers.Span]) -> list[pb.Span]:
    return [pb.Span(start=span.start, end=span.end) for span in spans]


def _official_description(answer: answers.PageAnswer) -> pb.OfficialDescription:
    if answer.release is None:
        return pb.OfficialDescription(availability=pb.AVAILABILITY_NOT_LOADED)
    return pb.OfficialDescription(
        availability=pb.AVAILABILITY_AVAILABLE,
        title=answer.page.entry.title,
        inclusion_terms=answer.page.inclusion_terms,
        short_title=answer.page.short_title,
        attributes=[
            pb.Attribute(name=one.name, value=one.value, meaning=one.meaning) for one in answer.page.attributes
        ],
    )


def _notes(answer: answers.PageAnswer) -> pb.Notes:
    message = _printed_notes(answer)
    system, code = answer.system, answer.page.entry.code
    if system in BOOKS_OF_RULES:
        message.guidelines.CopyFrom(guidelines.guidelines(system, code, answer.facts, answer.day))
    if system is System.ICD10CM:
        message.index_entries.CopyFrom(alphabetic.index_entries(system, code, answer.facts))
    # Rules may be known where no notes are: of a code without its release.
    others = (message.guidelines.status.availability, *(one.availability for one in message.index_entries.sources))
    if pb.AVAILABILITY_AVAILABLE in others:
        message.availability = pb.AVAILABILITY_AVAILABLE
    return message


def _printed_notes(answer: answers.PageAnswer) -> pb.Notes:
    # The order file of ICD-10-CM has neither the chapters nor the notes of the tabular list.
    by_order_file = answer.system is System.ICD10CM and answer.page.outermost.level is Level.CODE
    if answer.release is None or by_order_file:
        return pb.Notes(availability=pb.AVAILABILITY_NOT_LOADED, printed=pb.AVAILABILITY_NOT_LOADED)
    groups = [
        pb.NoteGroup(
            entry=entry(answer.system, group.entry),
            inherited=group.inherited,
            notes=[pb.Note(kind=_NOTE_KINDS[note.kind], text=note.text) for note in group.notes],
        )
        for group in answer.page.note_groups
    ]
    seventh_characters = [
        pb.SeventhCharacter(character=value.character, meaning=value.meaning)
        for value in answer.page.seventh_characters
    ]
    availability = pb.AVAILABILITY_AVAILABLE if groups or seventh_characters else pb.AVAILABILITY_NONE
    return pb.Notes(
        availability=availability,
        printed=availability,
        groups=groups,
        seventh_characters=seventh_characters,
    )


def _common_language_description(answer: answers.PageAnswer) -> pb.CommonLanguageDescription:
    description, published = answer.description, answer.page.common_language
    if description is None and published and answer.release:
        return pb.CommonLanguageDescription(
            availability=pb.AVAILABILITY_AVAILABLE,
            text=_ACTIVE_IN_MARKDOWN.sub(r"\\\g<0>", published),
            author=_CPT_PUBLISHER,
            edition=f"CPT {answer.release.release.edition}",
        )
    if description is None:
        absent = pb.AVAILABILITY_NONE if answer.descriptions_loaded else pb.AVAILABILITY_NOT_LOADED
        return pb.CommonLanguageDescription(availability=absent)
    return pb.CommonLanguageDescription(
        availability=pb.AVAILABILITY_AVAILABLE,
        title=description.title,
        text=description.text,
        author=description.author,
        reviewed_on=description.reviewed_on.isoformat(),
        edition=description.edition,
    )


def failure(refusal: Refusal) -> pb.LookupFailure:
    """Return why one part of a request was not answered."""
    return pb.LookupFailure(reason=refusal.reason, message=refusal.message)


def _batch_result(system: System, result: answers.BatchResult) -> pb.BatchGetCodesResult:
    match result.result:
        case Refusal() as refusal:
            return pb.BatchGetCodesResult(asked=result.asked, failure=failure(refusal))
        case line:
            return pb.BatchGetCodesResult(asked=result.asked, entry=entry(system, line))


def _of_facts(
    build: "Callable[[System, str, Answers, date], Message]",
) -> "Callable[[answers.PageAnswer], Message]":
    return lambda answer: build(answer.system, answer.page.entry.code, answer.facts, answer.day)


_BUILDERS: "Mapping[Section, Callable[[answers.PageAnswer], Message]]" = {
    Section.OFFICIAL_DESCRIPTION: _official_description,
    Section.NOTES: _notes,
    Section.COMMON_LANGUAGE_DESCRIPTION: _common_language_description,
    Section.MODIFIERS: _of_facts(modifiers.modifiers),
    Section.CROSSWALKS: _of_facts(crosswalks.crosswalks),
    Section.EDITS: _of_facts(edits.edits),
    Section.FEES: _of_facts(fees.fees),
    Section.COVERAGE: _of_facts(coverage.coverage),
    Section.HISTORY: lambda answer: history.history(answer.system, answer.page.entry.code, answer.facts),
}
