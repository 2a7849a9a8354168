"""What sets codes apart: titles, standing, place in the book, notes, and for services payment and edits."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, clarification, once
from services.assistant.composing.crosswalks import crosswalk
from services.assistant.composing.notes import Printed, naming, printed_notes
from services.assistant.composing.parts import (
    bold,
    bullets,
    find_all,
    first_unknown,
    joined,
    longer_title,
    named,
    paragraphs,
    source_of,
    standing,
    unknown,
    with_remark,
)
from services.assistant.composing.ranges import place
from services.assistant.editions import Dated, system_name
from services.assistant.question import Question
from services.assistant.tools import Found, Tools

_MOST = 5
_SERVICES = (lookup.CODE_SYSTEM_CPT, lookup.CODE_SYSTEM_HCPCS)
_EXCLUDES = {lookup.NOTE_KIND_EXCLUDES1: "Excludes1", lookup.NOTE_KIND_EXCLUDES2: "Excludes2"}
_NOTES_SHOWN = 6


async def compare(question: Question, tools: Tools) -> Answer:
    """Say what sets two to five codes apart."""
    if not question.codes:
        return clarification("Which codes should be compared?")
    if len(question.codes) == 1:
        return clarification(f"With which code should {question.codes[0].text} be compared?")
    if len(question.codes) > _MOST:
        return clarification(f"Which of these codes should be compared, at most {_MOST} at once?")
    found = await find_all(question, tools)
    if {one.system for one in found} == {lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_ICD9CM}:
        answer = await crosswalk(replace(question, binary=len(found) == 2), tools)
        return answer if "same" in question.text.lower() else replace(answer, verdict=None)
    if missing := first_unknown(found):
        gone = await unknown(missing, tools)
        there = [one for one in found if one.entry]
        lines = [f"{bold(_entry(one).code, _entry(one).title)}: {standing(_entry(one), one.dated.on)}" for one in there]
        codes = (*gone.codes, *named(*map(_entry, there)))
        cited = once((*gone.sources, *source_of(*(one.dated for one in there))))
        return replace(gone, body=paragraphs(gone.body, bullets(lines)), sources=cited, codes=codes)
    fuller = {_entry(one).code: title for one in found if (title := await longer_title(one.entry, one.dated, tools))}
    titles = [fuller[_entry(one).code][1] if _entry(one).code in fuller else _entry(one).title for one in found]
    parts = [_apart(found, titles), _table(found, titles)]
    sources = list(source_of(*(one.dated for one in found)))
    sources += [Source(edition.name) for edition, _ in fuller.values()]
    dated = [one.dated for one in found]
    printed = [await tools.in_print(one) for one in found]
    if len({one.system for one in found}) == 1 and not _entry(found[0]).number_only:
        parts.append(await _shared(printed, tools))
    if all(one.system == lookup.CODE_SYSTEM_ICD10CM for one in found):
        if all(one.printed for one in printed):
            parts += [part async for part in _notes(printed, tools)]
        dated += [one.dated for one in printed]
        sources += source_of(*(one.dated for one in printed))
    if all(one.system in _SERVICES for one in found):
        paid, used = await _fees(found, question, tools)
        edited, further = await _edits(found, question, tools)
        parts += [paid, edited]
        sources += [*source_of(*(one for one in used if paid)), *further]
        dated += used
    body = with_remark(paragraphs(*parts), *dated)
    return Answer(body, sources=once(sources), codes=named(*map(_entry, found)))


def _entry(found: Found) -> lookup.Entry:
    assert found.entry
    return found.entry


def _apart(found: Sequence[Found], titles: Sequence[str]) -> str:
    """Return the sentence that says in which words the titles differ."""
    entries = list(map(_entry, found))
    differing = _differing(titles)
    if all(entry.title for entry in entries) and len({entry.system for entry in entries}) == 1:
        words = (f"{bold(one.code)}: {text or 'nothing more'}" for one, text in zip(entries, differing, strict=True))
        return f"The titles differ in this:\n\n{bullets(words)}"
    listed = joined([f"{bold(one.code, one.title)} ({system_name(one.system)})" for one in entries])
    return f"{listed}."


def _differing(titles: Sequence[str]) -> list[str]:
    """Return titles without the words with which all begin and end."""
    words = [title.split() for title in titles]
    start = _alike(words)
    rest = [one[start:] for one in words]
    end = _alike([list(reversed(one)) for one in rest])
    # A number alone ("2") is not understood without the word before it ("Type 2").
    start -= start > 0 and all(len(one) - end <= 1 for one in rest)
    return [" ".join(one[start : len(one) - end]) for one in words]


def _alike(words: Iterable[Sequence[str]]) -> int:
    """Return how many words all sequences have in common from the beginning."""
    count = 0
    for column in zip(*words, strict=False):
        if len({word.lower() for word in column}) > 1:
            break
        count += 1
    return count


def _table(found: Sequence[Found], titles: Sequence[str]) -> str:
    rows = ["| code | title | standing |", "|---|---|---|"]
    for one, title in zip(found, titles, strict=True):
        entry = _entry(one)
        rows.append(f"| **{entry.code}** | {title or 'not loaded'} | {standing(entry, one.dated.on)} |")
    return "\n".join(rows)


async def _shared(found: Sequence[Found], tools: Tools) -> str:
    """Return the nearest entry that all codes stand under, or that they are in different chapters."""
    paths = [(await tools.code(one.system, _entry(one).code, one.dated)).ancestors for one in found]
    lines = [[*path, _entry(one)] for path, one in zip(paths, found, strict=True)]
    upper = next((one for one in found if all(_entry(one).code in [e.code for e in line] for line in lines)), None)
    if upper:
        others = joined([_entry(one).code for one in found if one is not upper])
        return f"{others} {'stands' if len(found) == 2 else 'stand'} below {_entry(upper).code}."
    common = [above for above in paths[0] if all(above.code in [one.code for one in path] for path in paths)]
    if common:
        return f"All stand under: {place(common[-1])}."
    tops = (f"{bold(_entry(one).code)}: {place(path[0])}" for one, path in zip(found, paths, strict=True) if path)
    return f"They share nothing in the book:\n\n{bullets(tops)}"


async def _notes(found: Sequence[Found], tools: Tools) -> AsyncIterator[str]:
    """Yield the Excludes notes between the codes, then the notes that govern one of them and not the others."""
    notes = {_entry(one).code: await printed_notes(one, tools) for one in found}
    between = list(dict.fromkeys(_between(notes)))
    yield f"Notes between them:\n\n{bullets(between)}" if between else "No Excludes note of one names another."
    for code, lines in _own(notes).items():
        if lines:
            shown = lines[:_NOTES_SHOWN]
            more = [f"and {len(lines) - len(shown)} more"] if len(lines) > len(shown) else []
            yield f"Notes of {code} alone:\n\n{bullets([*shown, *more])}"


def _between(notes: dict[str, list[Printed]]) -> Iterator[str]:
    for governed, printed in notes.items():
        for other in notes:
            if other != governed:
                for note in naming(printed, governed, other):
                    yield f"{_EXCLUDES[note.kind]} at {note.where} names {other}: \u201c{note.text}\u201d"


def _own(notes: dict[str, list[Printed]]) -> dict[str, list[str]]:
    """Return the Excludes notes that govern one code and not all the others."""
    every = {code: {(note.kind, note.text) for note in printed} for code, printed in notes.items()}
    shared = set.intersection(*every.values())
    return {
        code: [
            f"{_EXCLUDES[note.kind]}: {note.line}"
            for note in printed
            if note.kind in _EXCLUDES and (note.kind, note.text) not in shared
        ]
        for code, printed in notes.items()
    }


async def _fees(found: Sequence[Found], question: Question, tools: Tools) -> tuple[str, list[Dated]]:
    """Return a table of what the fee schedule says of services."""
    dated = tools.on(lookup.FACT_SOURCE_RVU, question.dates)
    if dated.edition is None:
        return "", []
    rows = [
        "| code | status | work RVU | total non-facility RVU | total facility RVU | global days |",
        "|---|---|---|---|---|---|",
    ]
    for one in found:
        entry = _entry(one)
        answer = await tools.fees(lookup.GetFeesRequest(code=entry.code, effective_on=dated.iso))
        row = answer.row if answer.HasField("row") else None
        if row is None:
            rows.append(f"| **{entry.code}** | not listed | | | | |")
            continue
        days = next((each.value for each in row.indicators if each.name == "global days"), "")
        values = (row.status.value, row.work_rvu, row.non_facility_total or "not done there")
        rows.append(f"| **{entry.code}** | {' | '.join(values)} | {row.facility_total or 'not done there'} | {days} |")
    return f"{dated.edition.name}:\n\n" + "\n".join(rows), [dated]


async def _edits(found: Sequence[Found], question: Question, tools: Tools) -> tuple[str, list[Source]]:
    """Return whether NCCI edits stand between services for practitioners."""
    dated = tools.on(lookup.FACT_SOURCE_PTP_PRACTITIONER, question.dates)
    if dated.edition is None:
        return "", []
    lines = [lookup.ClaimLine(code=_entry(one).code) for one in found]
    answer = await tools.check(lookup.Claim(effective_on=dated.iso, lines=lines))
    messages = [one.message for one in answer.findings if one.kind == lookup.FINDING_KIND_PTP]
    return (f"NCCI edits between them:\n\n{bullets(messages)}" if messages else ""), list(source_of(dated))
