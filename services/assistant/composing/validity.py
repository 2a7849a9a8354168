"""Whether a code is valid for submission on a date of service."""

from collections.abc import Iterable
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing import fee_status
from services.assistant.composing.codes import EXISTS, why_header
from services.assistant.composing.history import history_of
from services.assistant.composing.parts import (
    NOT_VALID,
    VALID,
    bold,
    bullets,
    combined,
    find_all,
    in_force,
    joined,
    named,
    paragraphs,
    source_of,
    standing,
    submittable,
    unknown,
    with_remark,
    yes_or_no,
)
from services.assistant.editions import Dated, Edition
from services.assistant.question import Question
from services.assistant.tools import Found, Tools
from services.assistant.understanding.cues import Cues, words_of

# The beginning is asked for, and not whether it had come by a date.
_SINCE_WHEN = Cues(
    "when did, when was, when were, when can, when may, when could, when do, when does, since when, effective date, "
    "start date, how long"
)
_VALID = Cues("valid, active, billable, good, ok, okay, bill*, end*, termina*, delete*")


async def valid_on(question: Question, tools: Tools) -> Answer:
    """Say whether codes are valid for submission on the date of service that is asked."""
    if not question.codes:
        return clarification("Which code should be checked for the date of service?")
    if _SINCE_WHEN(words_of(question.text)) and not _VALID(words_of(question.text)):
        return await history_of(replace(question, binary=False), tools)
    return combined([await _valid(one, question, tools) for one in await find_all(question, tools)])


async def _valid(found: Found, question: Question, tools: Tools) -> Answer:
    entry, dated = found.entry, found.dated
    if entry is None:
        answer = await unknown(found, tools, Verdict.NO)
        return answer if dated.edition else await _with_beginning(answer, found, tools)
    if entry.number_only:
        return await fee_status.billable(entry, question.dates, tools)
    assert dated.edition
    title, release = bold(entry.code, entry.title), dated.edition.name
    sources = source_of(dated)
    others = await _in_others(found, tools)
    if submittable(entry, dated.on) and (later := _ended_by_later(others, dated)):
        edition, other = later
        body, verdict = (
            f"{title} is {NOT_VALID} on {dated.iso}: {edition.name} says that it ended on {other.effective_to}. "
            f"{release} still lists it.",
            Verdict.NO,
        )
        sources = once((*sources, Source(edition.name)))
    elif submittable(entry, dated.on):
        text = f"{title} is {VALID} on {dated.iso}."
        since, further = await _since(found, others, tools)
        lines = [f"Release for that date: {dated.edition}", *since]
        body, verdict, sources = paragraphs(text, bullets(lines)), Verdict.YES, once((*sources, *further))
    elif not in_force(entry, dated.on):
        body, verdict = f"{title} is {standing(entry, dated.on)} ({release}).", Verdict.NO
    else:
        page = await tools.page(found.system, entry.code, dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)
        why = await why_header(page, release, tools, found)
        body = f"{title} exists on {dated.iso} ({release}), but is {NOT_VALID}: {why}"
        verdict = yes_or_no(EXISTS(words_of(question.text)))
    return Answer(with_remark(paragraphs(body, _whole_period(question, dated)), dated), verdict, sources, named(entry))


async def _with_beginning(answer: Answer, found: Found, tools: Tools) -> Answer:
    """Add to an answer about a day that no release covers when the newest release says that the code began."""
    newest = await tools.find(found.code)
    if newest.entry is None or newest.entry.number_only or newest.dated.edition is None:
        return answer
    lines, sources = await _since(newest, (), tools)
    body = paragraphs(f"{bold(newest.entry.code, newest.entry.title)}:", bullets(lines)) if lines else ""
    return replace(answer, body=paragraphs(answer.body, body), sources=once((*answer.sources, *sources)))


async def _in_others(found: Found, tools: Tools) -> list[tuple[Edition, lookup.Entry | None]]:
    """Return what the other loaded releases have of a code, newest first."""
    assert found.entry
    code, others = found.entry.code, []
    for edition in found.dated.loaded:
        if edition != found.dated.edition:
            entries = await tools.entries(found.system, [code], found.dated.of(edition))
            others.append((edition, entries.get(code)))
    return others


def _ended_by_later(
    others: Iterable[tuple[Edition, lookup.Entry | None]], dated: Dated
) -> tuple[Edition, lookup.Entry] | None:
    """Return a later release that says that a code ended before the date of service; a list without dates does not."""
    for edition, entry in others:
        if edition.first > dated.on and entry and entry.effective_to and entry.effective_to < dated.iso:
            return edition, entry
    return None


async def _since(
    found: Found, others: Iterable[tuple[Edition, lookup.Entry | None]], tools: Tools
) -> tuple[list[str], tuple[Source, ...]]:
    """Return since when a code has been valid, as far as that is known, and which sources say so."""
    entry, dated = found.entry, found.dated
    assert entry
    lines = []
    if entry.effective_from or entry.effective_to:
        bounds = [f"from {entry.effective_from}"] * bool(entry.effective_from)
        bounds += [f"until {entry.effective_to}"] * bool(entry.effective_to)
        lines.append(f"Dates of the code: {' '.join(bounds)}")
    page = await tools.page(found.system, entry.code, dated, lookup.PAGE_SECTION_HISTORY)
    came = (one for one in page.history.events if one.action == lookup.HISTORY_ACTION_ADDED or one.replaces)
    added = next(came, None)
    if added:
        before = f" in the place of {joined(added.replaces)}" if added.replaces else ""
        lines.append(f"Came on {added.effective_from}{before} ({added.source})")
    absent = [str(edition) for edition, other in others if other is None]
    if absent:
        lines.append(f"Not in {joined(absent)}")
    return lines, (Source(added.source),) if added else ()


def _whole_period(question: Question, dated: Dated) -> str:
    """Return which day of a month, quarter or year that was named is answered for."""
    if question.dates is None or question.dates.single:
        return ""
    return f"Of {question.dates.written}, this is as of {dated.iso}."
