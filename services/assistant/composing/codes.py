"""What a code is, and whether it is valid for submission."""

import re
from collections.abc import Iterator, Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing import fee_status
from services.assistant.composing.crosswalks import cited
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
from services.assistant.editions import system_name
from services.assistant.question import Question
from services.assistant.tools import Found, Tools

_CM = lookup.CODE_SYSTEM_ICD10CM
_SEVENTH = 7
_SHOWN = 12
# Of the codes that are found for words, those that may be meant by them.
_BEST = 3
# What an attribute says of how a file is kept, not of the code.
_KEEPING = ("action", "action effective date", "multiple pricing indicator", "BETOS")
_WORD = re.compile(r"[a-z]{4,}|\d+")


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
            fuller = await longer_title(one, tools)
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
        return await unknown(found, tools, Verdict.NO if question.binary else None)
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
    meant = await _meant(question, page, tools) if question.binary else None
    verdict, remark = meant if meant else (None, "")
    fuller = await longer_title(found, tools)
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


async def _meant(question: Question, page: lookup.GetCodePageResponse, tools: Tools) -> tuple[Verdict, str]:
    """Return whether a code is meant by the phrase of a question, by its names or by a search, and what else is."""
    entry, phrase = page.entry, question.phrase
    if not phrase:
        return Verdict.YES, ""
    names = " ".join([entry.title, *page.official_description.inclusion_terms]).lower()
    if set(_WORD.findall(phrase.lower())) <= set(_WORD.findall(names)):
        return Verdict.YES, ""
    found = await tools.search(phrase, [entry.system], tools.on_system(entry.system, question.dates))
    best = next((hit.entry for hit in found.hits), None)
    near = {entry.code, *(above.code for above in page.ancestors if above.level == lookup.LEVEL_CODE)}
    if best is None or any(hit.entry.code in near for hit in found.hits[:_BEST]):
        return Verdict.YES, ""
    return Verdict.NO, f"For \u201c{phrase}\u201d the best match is {bold(best.code, best.title)}."


async def _by_number(question: Question, found: Found, tools: Tools) -> Answer:
    """Say what is known of a code whose official descriptor is not loaded."""
    entry, dated = found.entry, found.dated
    assert entry
    page = await tools.page(found.system, entry.code, dated, lookup.PAGE_SECTION_COMMON_LANGUAGE_DESCRIPTION)
    status = await fee_status.of(entry, question.dates, tools)
    system = system_name(found.system)
    first = f"{bold(entry.code)} is known as a code of {system} by its number; its official descriptor is not loaded."
    if found.system == lookup.CODE_SYSTEM_ICD9CM:
        first = f"{bold(entry.code)} is a code of ICD-9-CM; its title is not loaded, its mappings to ICD-10-CM are."
        sources = _gem_sources(await tools.page(found.system, entry.code, dated, lookup.PAGE_SECTION_CROSSWALKS))
    else:
        sources = ()
    body = paragraphs(first, _common(page), status.text if status else "")
    verdict = Verdict.YES if question.binary else None
    used = once((*sources, *(status.sources if status else ()), *_editors(page)))
    return Answer(with_remark(body, *([status.dated] if status else [])), verdict, used, named(entry))


def _gem_sources(page: lookup.GetCodePageResponse) -> tuple[Source, ...]:
    statuses = (page.crosswalks.to_icd10cm.status, page.crosswalks.from_icd10cm.status)
    return tuple(Source(cited(status.release)) for status in statuses if status.release.name)


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


def place(above: lookup.Entry) -> str:
    """Return an entry above a code as a line: chapter, section, or category."""
    title = above.title.removesuffix(f" ({above.code})")
    match above.level:
        case lookup.LEVEL_CHAPTER if above.system == lookup.CODE_SYSTEM_ICD10PCS:
            return f"Section {above.code}: {title}"
        case lookup.LEVEL_CHAPTER:
            return f"Chapter {above.code}: {title}"
        case lookup.LEVEL_SECTION if above.system == lookup.CODE_SYSTEM_ICD10PCS:
            return f"Body system {above.code}: {title}"
        case lookup.LEVEL_SECTION if above.system == lookup.CODE_SYSTEM_HCPCS:
            # The ends of its range are no codes.
            return f"{above.code[0]} codes: {title}"
        case lookup.LEVEL_SECTION:
            return f"Section {above.code}: {title}"
        case _:
            return f"Under {above.code}: {title}"


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
    refused = [code.code for one in answers if one.verdict is Verdict.NO for code in one.codes[:1]]
    if refused:
        return combined(answers, f"Not valid for submission: {joined(refused)}.")
    valid = all(one.verdict is Verdict.YES for one in answers)
    return combined(answers, "All of them are valid for submission (billable)." if valid else "")


async def _billable(found: Found, question: Question, tools: Tools) -> Answer:
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
    return f"it is a header, and {needed} is needed. There are {number}.\n\nNext level: {listed(page.children)}."


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
