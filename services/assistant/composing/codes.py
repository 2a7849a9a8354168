"""What a code is, and whether it is valid for submission."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing import fee_status
from services.assistant.composing.crosswalks import crosswalk
from services.assistant.composing.parts import (
    NOT_VALID,
    VALID,
    bold,
    bullets,
    code_line,
    combined,
    find_all,
    in_force,
    joined,
    longer_title,
    named,
    paragraphs,
    source_of,
    standing,
    submittable,
    unknown,
    with_remark,
    yes_or_no,
)
from services.assistant.composing.ranges import below, place, section
from services.assistant.editions import system_name
from services.assistant.question import Question
from services.assistant.tools import Found, Tools
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.vocabulary import words_of_medicine

_CM = lookup.CODE_SYSTEM_ICD10CM
_SEVENTH = 7
_SHOWN = 12
# Of the codes that are found for words, those that may be meant by them.
_BEST = 3
# What an attribute says of how a file is kept, not of the code.
_KEEPING = ("action", "action effective date", "multiple pricing indicator", "BETOS")
_WORD = re.compile(r"[a-z]{4,}|\d+")
_HEADER = Cues("header, headers, heading, headings, category code, parent code")
# Beside a header, what is asked is still whether a code can be billed.
_OR_BILLABLE = Cues("billable, nonbillable, bill*, valid*, submit*, reportable, report*, leaf, complete, real code")
EXISTS = Cues("exist, exists, existed, existing")
_EITHER_SYSTEM = Cues("or")
_ANY_ICD10 = Cues("cm, diagnosis, diagnoses")
_LEVEL_TWO = Cues("level ii, level 2")


async def describe(question: Question, tools: Tools) -> Answer:
    """Say what codes are: title, place in the book, whether they are valid for submission, and why not."""
    if not question.codes:
        return clarification("Which code should be explained?")
    found = await find_all(question, tools)
    if len(found) == 1:
        return await _described(question, found[0], tools)
    lines: list[str] = []
    sources: list[Source] = []
    for one in found:
        if one.entry:
            fuller = await longer_title(one.entry, one.dated, tools)
            title = f". Title in {fuller[0].name}: {fuller[1]}" if fuller else ""
            lines.append(f"{code_line(one.entry, one.dated.on)}{title}")
            sources += [*source_of(one.dated), *([Source(fuller[0].name)] if fuller else [])]
        else:
            answer = await unknown(one, tools)
            lines.append(answer.body.split("\n\n")[0])
            sources += answer.sources
    entries = [one.entry for one in found if one.entry]
    verdict = yes_or_no(len(entries) == len(found)) if question.binary else None
    return Answer(
        with_remark(bullets(lines), *(one.dated for one in found if one.entry)), verdict, once(sources), named(*entries)
    )


async def _described(question: Question, found: Found, tools: Tools) -> Answer:
    entry, dated = found.entry, found.dated
    if entry is None:
        answer = await section(found, tools) or await unknown(found, tools, Verdict.NO if question.binary else None)
        return answer if dated.edition else await _with_newest(answer, found, tools)
    if entry.number_only:
        return await _by_number(question, found, tools)
    page = await tools.page(
        found.system,
        entry.code,
        dated,
        lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION,
        lookup.PAGE_SECTION_COMMON_LANGUAGE_DESCRIPTION,
    )
    first = f"{bold(entry.code, entry.title)} is a code of {system_name(found.system)}: {standing(entry, dated.on)}."
    verdict, remark = await _meant(question, page, tools) if question.binary else (None, "")
    fuller = await longer_title(found.entry, found.dated, tools)
    title = [f"Title in {fuller[0].name}: {fuller[1]}"] if fuller else []
    body = paragraphs(
        remark, first, bullets([*title, *_facts(page)]), _below(page) if page.children else "", _common(page)
    )
    return Answer(
        with_remark(body, dated),
        verdict,
        (*source_of(dated), *([Source(fuller[0].name)] if fuller else []), *_editors(page)),
        named(entry),
    )


async def _with_newest(answer: Answer, found: Found, tools: Tools) -> Answer:
    """Return the answer that no release covers a date of service, with what the code is in the newest one."""
    newest = await tools.find(found.code)
    if newest.entry is None or newest.dated.edition is None:
        return answer
    told = f"In {newest.dated.edition.name} it is {bold(newest.entry.code, newest.entry.title)}."
    sources = once((*answer.sources, *source_of(newest.dated)))
    return replace(answer, body=paragraphs(answer.body, told), sources=sources, codes=named(newest.entry))


async def _meant(question: Question, page: lookup.GetCodePageResponse, tools: Tools) -> tuple[Verdict | None, str]:
    """Return whether a code is meant by the phrase of a question, by its names or by a search, and what else is.

    There is no verdict where nothing of medicine is asked or found, or a part of it is in the names of the code.
    """
    entry, phrase = page.entry, question.phrase
    if not phrase or EXISTS(words_of(phrase)):
        return (_of_system(entry, question) if question.systems else Verdict.YES), ""
    words = set(_WORD.findall(phrase.lower()))
    names = set(_WORD.findall(" ".join([entry.title, *page.official_description.inclusion_terms]).lower()))
    if words and words <= names:
        return Verdict.YES, ""
    found = await tools.search(phrase, [entry.system], tools.on_system(entry.system, question.dates))
    best = next((hit.entry for hit in found.hits), None)
    if best is None:
        return None, ""
    near = {entry.code, *(above.code for above in page.ancestors if above.level == lookup.LEVEL_CODE)}
    if any(hit.entry.code in near for hit in found.hits[:_BEST]):
        return Verdict.YES, ""
    if not words_of_medicine(phrase):
        return None, ""
    remark = f"For \u201c{phrase}\u201d the best match is {bold(best.code, best.title)}."
    return (None if words & names else Verdict.NO), remark


def _of_system(entry: lookup.Entry, question: Question) -> Verdict | None:
    """Return whether a code is of the system that is asked for; none where two are offered, or either may be meant."""
    words, systems = words_of(question.text), {*question.systems}
    if _EITHER_SYSTEM(words):
        return None
    if _CM in systems and not _ANY_ICD10(words):
        systems.add(lookup.CODE_SYSTEM_ICD10PCS)
    level_one = entry.system == lookup.CODE_SYSTEM_CPT and lookup.CODE_SYSTEM_HCPCS in systems
    return None if level_one and not _LEVEL_TWO(words) else yes_or_no(entry.system in systems)


async def _by_number(question: Question, found: Found, tools: Tools) -> Answer:
    """Say what is known of a code whose official descriptor is not loaded."""
    entry, dated = found.entry, found.dated
    assert entry
    if found.system == lookup.CODE_SYSTEM_ICD9CM:
        mapped = await crosswalk(replace(question, codes=(found.code,), binary=False), tools)
        first = f"{bold(entry.code)} is a code of ICD-9-CM; its title is not loaded, its mappings to ICD-10-CM are."
        return replace(mapped, body=paragraphs(first, mapped.body), verdict=_meant_by_number(question, entry))
    page = await tools.page(found.system, entry.code, dated, lookup.PAGE_SECTION_COMMON_LANGUAGE_DESCRIPTION)
    status = await fee_status.of(entry, question.dates, tools)
    system = system_name(found.system)
    first = f"{bold(entry.code)} is known as a code of {system} by its number; its official descriptor is not loaded."
    body = paragraphs(first, _common(page), status.text if status else "")
    used = once((*(status.sources if status else ()), *_editors(page)))
    verdict = _meant_by_number(question, entry)
    return Answer(with_remark(body, *([status.dated] if status else [])), verdict, used, named(entry))


def _meant_by_number(question: Question, entry: lookup.Entry) -> Verdict | None:
    if not question.binary:
        return None
    return _of_system(entry, question) if question.systems and not question.phrase else Verdict.YES


def _editors(page: lookup.GetCodePageResponse) -> tuple[Source, ...]:
    written = page.common_language_description
    return (Source(f"Common-language descriptions, {written.edition}"),) if written.text else ()


def _common(page: lookup.GetCodePageResponse) -> str:
    """Return how the description in common language begins, and who wrote it."""
    written = page.common_language_description
    first, _, _ = written.text.partition("\n\n")
    return f"In common language ({written.author}): {first}" if first else ""


def _facts(page: lookup.GetCodePageResponse) -> Iterator[str]:
    """Yield the place of a code in its book, its other names, and what its publisher says of it."""
    for above in page.ancestors:
        yield place(above)
    described = page.official_description
    if described.inclusion_terms:
        shown = described.inclusion_terms[:_SHOWN]
        more = len(described.inclusion_terms) - len(shown)
        yield f"Inclusion terms: {'; '.join(shown)}{f'; and {more} more' if more else ''}"
    if described.short_title and described.short_title != described.title:
        yield f"Short title: {described.short_title}"
    yield from attributes(described)
    if page.entry.effective_from:
        yield f"Code valid from {page.entry.effective_from}"
    if page.entry.effective_to:
        yield f"Code valid until {page.entry.effective_to}"


def attributes(described: lookup.OfficialDescription) -> Iterator[str]:
    """Yield what the publisher says of a code, as lines."""
    for one in described.attributes:
        if one.name not in _KEEPING:
            yield f"{one.name[:1].upper()}{one.name[1:]}: {one.value}{f' ({one.meaning})' if one.meaning else ''}"


def _below(page: lookup.GetCodePageResponse) -> str:
    return f"Directly below it: {listed(page.children)}."


def listed(entries: Sequence[lookup.Entry]) -> str:
    """Return the first of some codes with their titles, and how many more there are."""
    shown = [f"{one.code} {one.title}" for one in entries[:_SHOWN]]
    more = len(entries) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


async def billable(question: Question, tools: Tools) -> Answer:
    """Say whether codes are valid for submission, and why not."""
    if not question.codes:
        return clarification("Which code should be checked for being valid for submission (billable)?")
    answers = [await _billable(one, question, tools) for one in await find_all(question, tools)]
    if _asks_for_header(question):
        return combined(answers)
    refused = [code.code for one in answers if one.verdict is Verdict.NO for code in one.codes[:1]]
    if refused:
        return combined(answers, f"Not valid for submission: {joined(refused)}.")
    valid = all(one.verdict is Verdict.YES for one in answers)
    return combined(answers, "All of them are valid for submission (billable)." if valid else "")


async def _billable(found: Found, question: Question, tools: Tools) -> Answer:
    """Say whether a code is valid for submission; asked whether it is a header, the verdict is on that."""
    answer = await _submittable(found, question, tools)
    if found.entry is None or found.entry.number_only or not _asks_for_header(question):
        return answer
    return replace(answer, verdict=yes_or_no(not found.entry.billable and found.entry.has_children))


def _asks_for_header(question: Question) -> bool:
    words = words_of(question.text)
    return _HEADER(words) and not _OR_BILLABLE(words)


async def _submittable(found: Found, question: Question, tools: Tools) -> Answer:
    entry, dated = found.entry, found.dated
    if entry is None:
        return await unknown(found, tools, Verdict.NO)
    if entry.number_only:
        return await fee_status.billable(entry, question.dates, tools)
    assert dated.edition
    page = await tools.page(found.system, entry.code, dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)
    title = bold(entry.code, entry.title)
    release = f"on {dated.iso} ({dated.edition.name})"
    if submittable(entry, dated.on):
        text = f"{title} is {VALID} {release}{'' if entry.has_children else ': no code stands below it'}."
        lines = bullets(one for one in attributes(page.official_description) if one.startswith("Coverage"))
        return Answer(with_remark(paragraphs(text, lines), dated), Verdict.YES, source_of(dated), named(entry))
    if not in_force(entry, dated.on):
        text = f"{title} is {standing(entry, dated.on)} ({dated.edition.name})."
    else:
        text = f"{title} is {NOT_VALID} {release}: {await why_header(page, dated.edition.name, tools, found)}"
    return Answer(with_remark(text, dated), Verdict.NO, source_of(dated), named(entry))


async def why_header(page: lookup.GetCodePageResponse, release: str, tools: Tools, found: Found) -> str:
    """Return why a header is not valid for submission: what stands below it, and how many codes that are."""
    if not page.children:
        return f"{release} does not mark it as a code that can be billed."
    count = await count_below(page.entry, tools, found)
    number = f"{count} billable {'code' if count == 1 else 'codes'} below it" if count else "codes below it"
    seventh = all(len(one.code.replace(".", "")) == _SEVENTH for one in page.children) and found.system == _CM
    needed = "a seventh (7th) character" if seventh else "a code with more characters"
    next_codes, which = list(page.children), "Next level"
    if 0 < count <= _SHOWN and not all(one.billable for one in next_codes):
        every = await below(page.entry, found.dated, tools)
        next_codes, which = [one for one in every or () if one.billable] or next_codes, "These are billable"
    return f"it is a header, and {needed} is needed. There are {number}.\n\n{which}: {listed(next_codes)}."


async def count_below(entry: lookup.Entry, tools: Tools, found: Found) -> int:
    """Return how many codes below a header are valid for submission; 0 when that is not known."""
    answer = await tools.search(entry.code, [entry.system], found.dated)
    counts = [
        value.count
        for facet in answer.facets
        if facet.field == "billable"
        for value in facet.values
        if value.value == "true"
    ]
    return sum(counts)
