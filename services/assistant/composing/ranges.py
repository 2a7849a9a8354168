"""Stretches of a book: all that stands below a code, sections by their range, chapters by their number."""

import re
from collections.abc import AsyncIterator

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer
from services.assistant.composing.parts import bold, bullets, named, paragraphs, source_of, with_remark
from services.assistant.editions import Dated
from services.assistant.question import Code, Question, System
from services.assistant.tools import Found, Tools
from services.runtime.errors import Kind, Refusal

_PAGES, _OF_PAGE = 3, 500
_CHAPTER = re.compile(r"\bchapter (\d{1,2})\b", re.IGNORECASE)
# Every release has it: by it the one with the tabular list is found.
_A_CATEGORY = "I10"


def called(entry: lookup.Entry) -> str:
    """Return an entry in a sentence: "Chapter 13, Diseases of ...", "**M43** Other deforming dorsopathies"."""
    if entry.level in (lookup.LEVEL_CHAPTER, lookup.LEVEL_SECTION):
        return place(entry).replace(": ", ", ", 1)
    return bold(entry.code, entry.title)


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


async def pages_within(
    system: System, first: str, last: str, dated: Dated, tools: Tools
) -> AsyncIterator[lookup.BrowseResponse]:
    """Yield the codes of a range, with all that is below its ends, in the order of the book, a page at a time."""
    span, token = lookup.CodeRange(first=first, last=last), ""
    while True:
        request = lookup.BrowseRequest(
            system=system, range=span, effective_on=dated.iso, page_size=_OF_PAGE, page_token=token
        )
        answer = await tools.browse(request)
        yield answer
        token = answer.next_page_token
        if not token:
            return


async def codes_within(system: System, first: str, last: str, dated: Dated, tools: Tools) -> list[lookup.Entry] | None:
    """Return the codes of a range, with all that is below its ends; None when they are too many to look through."""
    pages = list[lookup.BrowseResponse]()
    async for page in pages_within(system, first, last, dated, tools):
        pages.append(page)
        if len(pages) == _PAGES and page.next_page_token:
            return None
    return [entry for page in pages for entry in page.entries]


async def below(entry: lookup.Entry, dated: Dated, tools: Tools) -> list[lookup.Entry] | None:
    """Return all codes below one, at every level; None when they are too many to look through."""
    found = await codes_within(entry.system, entry.code, entry.code, dated, tools)
    return None if found is None else [one for one in found if one.code != entry.code]


async def section(found: Found, tools: Tools) -> Answer | None:
    """Say what a section of the book is called and holds, which is named by its range; None for what is no range.

    Of a range that is no section, it is said in which one it begins.
    """
    if "-" not in found.code.text or found.dated.edition is None:
        return None
    first = Code(found.code.text.partition("-")[0], (found.system,))
    entry = (await tools.entries(found.system, [first.text], found.dated)).get(first.text)
    category = await tools.in_print(Found(first, found.dated, entry, found.system))
    if answer := await _stretch(found.code.text, category, tools):
        return answer
    if entry is None:
        return None
    above = (await tools.code(found.system, entry.code, category.dated)).ancestors
    holding = next((one for one in reversed(above) if one.level == lookup.LEVEL_SECTION), None)
    if holding is None:
        return None
    text = f"**{found.code.text}** is no section of the tabular list: {bold(entry.code, entry.title)} stands in "
    text += f"{called(holding)}."
    return Answer(with_remark(text, category.dated), None, source_of(category.dated), named(entry))


async def chapter(question: Question, tools: Tools) -> Answer | None:
    """Say what a chapter of ICD-10-CM is called, which range it has, and its sections; None where none is named."""
    number = _CHAPTER.search(question.text)
    if not number:
        return None
    category = Code(_A_CATEGORY, (lookup.CODE_SYSTEM_ICD10CM,))
    return await _stretch(number[1], await tools.in_print(await tools.find(category, question.dates)), tools)


async def _stretch(code: str, category: Found, tools: Tools) -> Answer | None:
    dated = category.dated
    request = lookup.BrowseRequest(system=category.system, under=code, effective_on=dated.iso)
    try:
        answer = await tools.browse(request)
    except Refusal as refusal:
        if refusal.kind in (Kind.NOT_FOUND, Kind.INVALID, Kind.PRECONDITION):
            return None
        raise
    lines = [bold(one.code, one.title) for one in answer.entries]
    one, several = ("section", "sections") if answer.entry.level == lookup.LEVEL_CHAPTER else ("category", "categories")
    text = paragraphs(
        f"{called(answer.entry)} holds {len(lines)} {one if len(lines) == 1 else several}:\n\n{bullets(lines)}",
        f"It stands in {called(answer.ancestors[-1])}." if answer.ancestors else "",
    )
    return Answer(with_remark(text, dated), None, source_of(dated), named(*answer.entries))
