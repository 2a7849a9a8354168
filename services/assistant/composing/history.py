"""What happened to a code: added, revised, deleted, replaced."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing.changes import Change, Stretch, changes, counted, lines, named_in
from services.assistant.composing.codes import attributes
from services.assistant.composing.parts import (
    answered_by,
    bold,
    bullets,
    combined,
    joined,
    named,
    paragraphs,
    source_of,
    standing,
    unknown,
    with_remark,
    yes_or_no,
)
from services.assistant.editions import Edition, system_name
from services.assistant.question import Aspect, Code, Dates, Question
from services.assistant.tools import Found, Tools

_WORDS = {
    lookup.HISTORY_ACTION_ADDED: "added",
    lookup.HISTORY_ACTION_REVISED: "revised",
    lookup.HISTORY_ACTION_DELETED: "deleted",
    lookup.HISTORY_ACTION_REPLACED: "replaced",
}
# How a question asks whether something happened.
_ASKED = {
    lookup.HISTORY_ACTION_ADDED: re.compile(r"\b(?:new|added|add|introduced|created)\b"),
    lookup.HISTORY_ACTION_REVISED: re.compile(r"\b(?:revised|revision|reworded)\b"),
    lookup.HISTORY_ACTION_DELETED: re.compile(
        r"\b(?:deleted|delete|retired|removed|terminated|discontinued|invalid|dropped|gone|(?:go|goes|went) away)\b"
    ),
    lookup.HISTORY_ACTION_REPLACED: re.compile(
        r"\b(?:replaced?|replaces|replacement|superseded|split|expanded|subdivided|broken (?:out|up))\b"
    ),
}
# What is asked of a code that only came says nothing of how it came.
_NO_COMING = frozenset({lookup.HISTORY_ACTION_REVISED, lookup.HISTORY_ACTION_DELETED})
# Whatever happened changed a code; another title only revised it.
_CHANGED = re.compile(r"\b(?:changed?|changes|updated?)\b")
_TITLE = re.compile(r"\b(?:titles?|wording|descri\w+|names?|text)\b")
_RANGE = re.compile(r"\w{3,}-\w{3,}")
_BETWEEN = re.compile(r"\b(?:between|from \S+ (?:to|through))\b", re.IGNORECASE)
_HISTORIES = (lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_ICD10PCS)


async def history_of(question: Question, tools: Tools) -> Answer:
    """Say what happened to codes, by the addenda, the conversion table and the loaded releases."""
    if stretch := _stretch(question):
        return await _of_stretch(stretch, question, tools)
    if not question.codes:
        return clarification(
            "New codes, and codes that are no longer valid, are listed below a code, of a range, or of codes by how "
            "they begin. Of which code should the history be shown?"
        )
    return combined([await _history(await _find(code, question, tools), question, tools) for code in question.codes])


def _asked(text: str) -> set["lookup.HistoryAction.ValueType"]:
    """Return what a question asks of: that a code was added, revised, deleted or replaced."""
    asked = {action for action, words in _ASKED.items() if words.search(text)}
    if not asked and _CHANGED.search(text):
        return {lookup.HISTORY_ACTION_REVISED} if _TITLE.search(text) else set(_WORDS)
    return asked


def _stretch(question: Question) -> Stretch | None:
    """Return the range of codes, or the beginning of codes, whose changes are asked for."""
    if not question.codes:
        return named_in(question.text)
    codes = [code.text for code in question.codes]
    if len(codes) == 1 and _RANGE.fullmatch(codes[0]):
        codes = codes[0].split("-")
    elif len(codes) != 2 or not _BETWEEN.search(question.text):
        return None
    return Stretch(question.codes[0].systems[0], codes[0], codes[1])


async def _of_stretch(stretch: Stretch, question: Question, tools: Tools) -> Answer:
    name = f"{stretch.beginning}-" if stretch.beginning else f"{stretch.first}-{stretch.last}"
    found = await changes(stretch, tools)
    if found is None:
        return clarification(f"{name} has too many codes to look through. Which code or category of it is meant?")
    within = _within(found, question)
    dated = tools.on_system(stretch.system, None)
    when = f" ({question.dates.written})" if question.dates else ""
    text = f"**{name}**{when}: {counted(within) or 'no code is on record that came or ended'}."
    body = paragraphs(text, bullets(lines(within)), "Codes that no loaded release has are not among them.")
    sources = once((*(Source(one.source) for one in within), *source_of(dated)))
    return Answer(with_remark(body, dated), None, sources, named(*(one.entry for one in within)))


def _within(found: Iterable[Change], question: Question) -> list[Change]:
    """Return the changes within the dates that are asked about."""
    first, last = _period(question.dates)
    return [one for one in found if first.isoformat() <= one.on <= last.isoformat()]


async def _find(code: Code, question: Question, tools: Tools) -> Found:
    """Return a code as the newest release has it, whatever time its history is asked of; else as that time's has it."""
    found = await tools.find(code)
    return found if found.entry or question.dates is None else await tools.find(code, question.dates)


async def _history(found: Found, question: Question, tools: Tools) -> Answer:
    entry, dated = found.entry, found.dated
    if entry is None:
        gone = await unknown(found, tools)
        # Of a code that no source has, nobody knows whether it was one.
        on_record = len(gone.sources) > len(source_of(dated))
        ended = _of_the_gone(question) if on_record else Verdict.NO_DATA
        return replace(gone, verdict=gone.verdict or ended) if question.binary else gone
    if entry.number_only:
        return Answer(
            f"What happened to {bold(entry.code)} is not known: no release of {system_name(found.system)} is loaded.",
            Verdict.NO_DATA,
            codes=named(entry),
        )
    page = await tools.page(
        found.system, entry.code, dated, lookup.PAGE_SECTION_HISTORY, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION
    )
    events = page.history.events
    instead = list(dict.fromkeys(code for event in events for code in event.replaced_by))
    # Codes that came later have their titles in the newest release.
    titles = await tools.entries(found.system, instead, dated.of(dated.loaded[0]))
    title = bold(entry.code, entry.title)
    asked = _asked(question.text.lower())
    if Aspect.REPLACED_BY in question.aspects:
        asked.add(lookup.HISTORY_ACTION_REPLACED)
    editions = [one async for one in _editions_with(found, tools)]
    below = await _changes_below(entry, question, tools)
    told = [one for one in below or () if one.entry.code not in titles]
    parts = [_first(page, question, asked), bullets(_line(event, titles, entry) for event in events)]
    if told:
        about_below = [f"Below {title}: {counted(told)}.", bullets(lines(told))]
        parts = [*parts, *about_below] if any(_is_asked(event, asked) for event in events) else [*about_below, *parts]
    elif below is None:
        parts.append(f"Below {bold(entry.code)} are too many codes to look through for what happened to each.")
    parts += [f"On {dated.iso}: {standing(entry, dated.on)}.", bullets(_of_editions(editions, found))]
    if not events and found.system in _HISTORIES:
        parts.append(_silent(page))
    if found.system not in _HISTORIES:
        parts.append(bullets(one for one in attributes(page.official_description) if one.startswith("Cross reference")))
    sources = (
        *(Source(event.source) for event in events),
        *(Source(one.source) for one in told),
        *answered_by(*(page.history.sources if not events else ())),
        *source_of(dated),
        *(Source(edition.name) for edition, has in editions if has),
    )
    # Of what nobody asks by name there is no yes or no.
    said = bool(asked) or len(question.codes) > 1
    verdict = _verdict(page, question, asked, below) if question.binary and said else None
    return Answer(
        with_remark(paragraphs(title + ".", *parts) if not parts[0] else paragraphs(*parts), dated),
        verdict,
        once(sources),
        named(entry, *titles.values()),
    )


async def _changes_below(entry: lookup.Entry, question: Question, tools: Tools) -> list[Change] | None:
    """Return what happened to the codes below a header; None when they are too many to look through."""
    if not entry.has_children or entry.system not in _HISTORIES:
        return []
    found = await changes(Stretch(entry.system, entry.code, entry.code), tools)
    return found and [one for one in _within(found, question) if one.entry.code != entry.code]


def _first(page: lookup.GetCodePageResponse, question: Question, asked: set["lookup.HistoryAction.ValueType"]) -> str:
    """Return the sentence that answers: the last thing that happened, of the kind that was asked for."""
    title = bold(page.entry.code, page.entry.title)
    if page.entry.system not in _HISTORIES:
        entry = page.entry
        since = f"has been valid since {entry.effective_from}" if entry.effective_from else ""
        until = f"ended on {entry.effective_to}" if entry.effective_to else ""
        return f"{title} {joined([one for one in (since, until) if one]) or 'has no dates of its own in its release'}."
    events = [event for event in page.history.events if _is_asked(event, asked)]
    came = next((event for event in page.history.events if event.replaces), None)
    before = f"; before, {joined(came.replaces)} {'was' if len(came.replaces) == 1 else 'were'} used" if came else ""
    if not events:
        words = joined([_WORDS[one] for one in sorted(asked)], "or") if asked else "added, revised or deleted"
        happened = _first(page, question, set()) if page.history.events else ""
        if happened and (came or not question.binary) and asked.isdisjoint(_NO_COMING):
            return happened
        return f"{title}: nothing is on record that says it was {words}. {happened}".rstrip()
    event = events[0]
    instead = list(dict.fromkeys(code for one in page.history.events for code in one.replaced_by))
    replaced = f" In its place: {joined(instead)}." if instead else ""
    ended = next((one for one in page.history.events if one.action == lookup.HISTORY_ACTION_DELETED), None)
    if ended and (instead or event == ended):
        if page.entry.has_children:
            return (
                f"{title} was deleted as a code that is valid for submission on {ended.effective_from}: "
                f"it is a header of more specific codes since.{replaced}"
            )
        return f"{title} was deleted on {ended.effective_from}.{replaced}"
    if event.replaced_by:
        codes = joined(event.replaced_by)
        if not page.entry.billable:
            return f"{title} was replaced by {codes} on {event.effective_from}."
        return f"{codes} came on {event.effective_from} for a part of what was coded with {title} before."
    if event.replaces:
        return f"{title} came on {event.effective_from}{before}."
    return f"{title} was {_WORDS[event.action]} on {event.effective_from}{before}."


def _is_asked(event: lookup.HistoryEvent, asked: set["lookup.HistoryAction.ValueType"]) -> bool:
    """Whether an event is of the kind that is asked for; that a code took the place of others did not replace it."""
    if not asked:
        return True
    replaces_others = event.action == lookup.HISTORY_ACTION_REPLACED and not event.replaced_by
    return event.action in asked and not replaces_others


def _line(event: lookup.HistoryEvent, titles: dict[str, lookup.Entry], entry: lookup.Entry) -> str:
    what = _WORDS[event.action]
    if event.replaced_by:
        named_codes = [bold(code, titles[code].title if code in titles else "") for code in event.replaced_by]
        if event.text and not entry.billable:
            # That it may stay valid for the rest is said of codes that did.
            return f"{event.effective_from}: replaced by: {'; '.join(named_codes)} ({event.source})"
        what = f"{'new for a part of it' if event.text else 'replaced by'}: {'; '.join(named_codes)}"
    elif event.replaces:
        what = f"replaces {joined(event.replaces)}"
    return f"{event.effective_from}: {what}{f'. {event.text}' if event.text else ''} ({event.source})"


async def _editions_with(found: Found, tools: Tools) -> AsyncIterator[tuple[Edition, lookup.Entry | None]]:
    """Yield the loaded releases, newest first, with what each has of a code."""
    for edition in found.dated.loaded:
        entries = await tools.entries(found.system, [found.code.text], found.dated.of(edition))
        yield edition, entries.get(found.code.text)


def _of_editions(editions: Iterable[tuple[Edition, lookup.Entry | None]], found: Found) -> Iterator[str]:
    """Yield what the other loaded releases have of a code: that it is not there, or another title or standing."""
    assert found.entry
    for edition, entry in editions:
        if edition == found.dated.edition:
            continue
        if entry is None:
            yield f"{edition}: not there"
        elif entry.title.lower() != found.entry.title.lower():
            yield f"{edition}: \u201c{entry.title}\u201d, {standing(entry)}"
        elif entry.billable != found.entry.billable:
            yield f"{edition}: {standing(entry)}"
        else:
            yield f"{edition}: there, with the same title"


def _silent(page: lookup.GetCodePageResponse) -> str:
    """Return which sources were read that have nothing, or that none is loaded."""
    names = [one.release.name for one in page.history.sources if one.release.name]
    if not names:
        return "No addenda and no conversion table is loaded."
    return f"Read: {joined(names)}; changes of years before are known only as far as these tell them."


def _verdict(
    page: lookup.GetCodePageResponse,
    question: Question,
    asked: set["lookup.HistoryAction.ValueType"],
    below: Sequence[Change] | None,
) -> Verdict | None:
    """Return whether what was asked about happened: within the dates, and with the other codes, that are named.

    There is no verdict where it did not happen to a header, and may have to a code below it.
    """
    if page.history.availability == lookup.AVAILABILITY_NOT_LOADED or page.entry.system not in _HISTORIES:
        return Verdict.NO_DATA
    others = {code.text for code in question.codes} - {page.entry.code}
    first, last = _period(question.dates)
    happened = any(
        (others & {*event.replaced_by, *event.replaces} if others else _is_asked(event, asked))
        and first.isoformat() <= event.effective_from <= last.isoformat()
        for event in page.history.events
    )
    return None if not happened and (below is None or below) else yes_or_no(happened)


def _period(dates: Dates | None) -> tuple[date, date]:
    """Return the dates of changes that are asked about: "the 2026 update" began in October of the year before."""
    if dates is None:
        return date.min, date.max
    whole_year = dates.first == date(dates.first.year, 1, 1) and dates.last == date(dates.first.year, 12, 31)
    return (date(dates.first.year - 1, 10, 1) if whole_year else dates.first), dates.last


def _of_the_gone(question: Question) -> Verdict:
    """Return whether a code that is not in the release was deleted or replaced, as a question asks."""
    gone = (lookup.HISTORY_ACTION_DELETED, lookup.HISTORY_ACTION_REPLACED)
    return yes_or_no(any(_ASKED[action].search(question.text.lower()) for action in gone))
