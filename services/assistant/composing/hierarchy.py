"""What stands above, below and beside a code in its book."""

import re
from collections.abc import Sequence
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Verdict, clarification
from services.assistant.composing.codes import count_below
from services.assistant.composing.parts import (
    bold,
    bullets,
    combined,
    find_all,
    first_unknown,
    joined,
    named,
    paragraphs,
    source_of,
    standing,
    told_apart,
    unknown,
    with_remark,
    yes_or_no,
)
from services.assistant.composing.ranges import below, called, chapter, place, section
from services.assistant.editions import system_name
from services.assistant.question import Aspect, Question
from services.assistant.tools import Found, Tools

# That several codes share what is above them, and that it is left open.
_SAME = re.compile(r"\b(?:same|share|shares|one (?:chapter|block|section|category)|siblings?)\b", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_MORE = re.compile(r"specific|detail|vague|precise|\bwhich (?:one|code)\b", re.IGNORECASE)
_SPAN = re.compile(r"(\w{3,})-(\w{3,})")
_PAIR = 2
_SHOWN = 40
# Of all levels.
_MOST = 120
# What the tabular list has and the order file has not.
_OF_BOOK = frozenset({Aspect.CHAPTER, Aspect.SECTION})
_WORD = re.compile(r"[a-z]{3,}|\b[0-9][a-z]?\b|\bi{1,3}\b")


async def around(question: Question, tools: Tools) -> Answer:
    """Say what is above, below and beside a code: what is asked for, else all of it."""
    if not question.codes and (answer := await chapter(question, tools)):
        return answer
    if not question.codes:
        return clarification("Of which code should the hierarchy be shown?")
    found = await find_all(question, tools)
    if missing := first_unknown(found):
        if len(found) == _PAIR and (within := _within(found, question)):
            return within
        return await section(missing, tools) or await unknown(missing, tools, Verdict.NO if question.binary else None)
    if not question.aspects or _OF_BOOK & question.aspects:
        found = [await tools.in_print(one) for one in found]
    if len(found) > 2 and question.binary and (above := await _which_is_above(found, tools)):
        return above
    if len(found) > 1 and question.binary and not _SAME.search(question.text):
        return await _below_or_not(found[0], found[1], tools)
    answer = combined([await _around(one, question, tools) for one in found])
    if len(found) == 1 or not _SAME.search(question.text):
        return answer
    levels = [[one.code for one in _levels(await _page(each, tools), question)] for each in found]
    alike = all(one == levels[0] for one in levels)
    verdict = yes_or_no(alike) if question.binary and not _OR.search(question.text) else None
    return replace(
        answer, body=paragraphs("They share it." if alike else "They do not share it.", answer.body), verdict=verdict
    )


def _within(found: Sequence[Found], question: Question) -> Answer | None:
    """Say whether a code is within a range that is named beside it: "is O99.810 part of O94-O9A"."""
    one = next((one for one in found if one.entry), None)
    span = _SPAN.fullmatch(next((one.code.text for one in found if one.entry is None), ""))
    if one is None or one.entry is None or span is None:
        return None
    first, last = span.groups()
    within = first <= one.entry.code[: len(first)] and one.entry.code[: len(last)] <= last
    text = f"{called(one.entry)} is {'' if within else 'not '}within {first}-{last}."
    verdict = yes_or_no(within) if question.binary else None
    return Answer(with_remark(text, one.dated), verdict, source_of(one.dated), named(one.entry))


def _levels(page: lookup.GetCodePageResponse, question: Question) -> list[lookup.Entry]:
    """Return what stands above a code of the level that is asked for."""
    if Aspect.CHAPTER in question.aspects:
        return [one for one in page.ancestors if one.level == lookup.LEVEL_CHAPTER]
    if Aspect.SECTION in question.aspects:
        return [one for one in page.ancestors if one.level == lookup.LEVEL_SECTION]
    return list(page.ancestors[-1:])


async def _around(one: Found, question: Question, tools: Tools) -> Answer:
    assert one.entry
    if one.entry.number_only:
        return Answer(
            f"What stands around {bold(one.entry.code)} is not known: "
            f"no release of {system_name(one.system)} is loaded, and so no book of it.",
            Verdict.NO_DATA,
            codes=named(one.entry),
        )
    page = await _page(one, tools)
    wanted = question.aspects or {Aspect.PARENT, Aspect.CHILDREN, Aspect.CHAPTER, Aspect.SECTION}
    children = page.children if Aspect.CHILDREN in wanted else ()
    words, places = told_apart(question.phrase, [child.title for child in children], _WORD)
    fitting = [children[place] for place in places]
    choice = joined([bold(one.code, one.title) for one in fitting], "or")
    parts = [
        f"For \u201c{' '.join(words)}\u201d: {choice}." if fitting else "",
        _above(page, wanted),
        await _down(page, one, question, tools) if Aspect.CHILDREN in wanted else "",
        await _siblings(page, one, tools) if Aspect.SIBLINGS in wanted or _none_below(page, question) else "",
        "" if question.aspects else _beside(page),
    ]
    verdict = yes_or_no(_there(page, question)) if question.binary and not _none_below(page, question) else None
    below = named(*page.children) if Aspect.CHILDREN in question.aspects else ()
    # What a question chooses is what "it" means next.
    codes = tuple(dict.fromkeys((*named(*fitting), *named(one.entry), *below)))
    return Answer(with_remark(paragraphs(*parts), one.dated), verdict, source_of(one.dated), codes)


async def _siblings(page: lookup.GetCodePageResponse, found: Found, tools: Tools) -> str:
    """Return the other codes right below what stands above a code."""
    parent = page.ancestors[-1] if page.ancestors else None
    if parent is None or parent.level in (lookup.LEVEL_CHAPTER, lookup.LEVEL_SECTION):
        return _beside(page)
    above = await tools.page(found.system, parent.code, found.dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)
    others = [child for child in above.children if child.code != page.entry.code]
    if not others:
        return f"{bold(page.entry.code)} is the only code right below {bold(parent.code, parent.title)}."
    lines = [bold(one.code, one.title) for one in others]
    return f"Beside {bold(page.entry.code)}, {bold(parent.code, parent.title)} has:\n\n{bullets(lines)}"


async def _page(found: Found, tools: Tools) -> lookup.GetCodePageResponse:
    assert found.entry
    return await tools.page(found.system, found.entry.code, found.dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)


def _there(page: lookup.GetCodePageResponse, question: Question) -> bool:
    """Whether there is what a binary question about one code asks for."""
    if Aspect.CHILDREN in question.aspects:
        return bool(page.children)
    return bool(page.ancestors)


def _above(page: lookup.GetCodePageResponse, wanted: frozenset[Aspect] | set[Aspect]) -> str:
    """Return what stands above a code; alone, a single level is a sentence."""
    code = bold(page.entry.code, page.entry.title)
    levels = {
        Aspect.PARENT: list(page.ancestors[-1:]),
        Aspect.SECTION: [one for one in page.ancestors if one.level == lookup.LEVEL_SECTION],
        Aspect.CHAPTER: [one for one in page.ancestors if one.level == lookup.LEVEL_CHAPTER],
    }
    asked = [aspect for aspect in levels if aspect in wanted]
    if not asked:
        return ""
    if len(asked) > 1:
        lines = [*map(place, page.ancestors), f"{code}: {standing(page.entry)}"]
        return f"{bold(page.entry.code)} stands in its book as follows, outermost first:\n\n{bullets(lines)}"
    entries = levels[asked[0]]
    if not entries:
        return f"{code} has no {asked[0].value} above it: the book of its system has none."
    lines = [called(one) for one in entries]
    kind = asked[0].value
    if len(lines) == 1:
        return f"The {kind} of {code} is {lines[0]}."
    return f"{code} stands in these {kind}s, outermost first:\n\n{bullets(lines)}"


def _none_below(page: lookup.GetCodePageResponse, question: Question) -> bool:
    """Whether more specific codes are asked for than one that has none below it: those beside it may be meant."""
    return Aspect.CHILDREN in question.aspects and not page.children and bool(_MORE.search(question.text))


async def _down(page: lookup.GetCodePageResponse, found: Found, question: Question, tools: Tools) -> str:
    """Return the codes of every level below a code where these are asked for, else those right below it."""
    if Aspect.DESCENDANTS not in question.aspects or not page.children:
        return await _below(page, found, tools)
    every = await below(page.entry, found.dated, tools)
    billable = [one for one in every or () if one.billable]
    if not billable or len(billable) > _MOST:
        return await _below(page, found, tools)
    lines = [bold(one.code, one.title) for one in billable]
    title = bold(page.entry.code, page.entry.title)
    return f"Below {title}, of every level, these {len(lines)} codes are billable:\n\n{bullets(lines)}"


async def _below(page: lookup.GetCodePageResponse, found: Found, tools: Tools) -> str:
    """Return what stands right below a code, and how many codes below it are billable."""
    entry = page.entry
    if not page.children:
        return f"No code stands below {bold(entry.code)}: it is {standing(entry)}."
    count = await count_below(entry, tools, found)
    shown = page.children[:_SHOWN]
    lines = [f"{bold(one.code, one.title)}{'' if one.billable else ' (header)'}" for one in shown]
    if len(page.children) > len(shown):
        lines.append(f"and {len(page.children) - len(shown)} more")
    number = f"{len(page.children)} {'code' if len(page.children) == 1 else 'codes'} directly below"
    total = f" ({count} billable at all levels)" if count else ""
    return f"{bold(entry.code, entry.title)} has {number}{total}:\n\n{bullets(lines)}"


def _beside(page: lookup.GetCodePageResponse) -> str:
    """Return the neighbours of a code at its level."""
    beside = [
        f"{word} it at the same level: {bold(one.code, one.title)}"
        for word, one in (("Before", page.previous), ("After", page.next))
        if one.code
    ]
    return bullets(beside)


async def _which_is_above(found: Sequence[Found], tools: Tools) -> Answer | None:
    """Say which of several codes the first stands below: "is I48.21 under I48.1 or I48.2"."""
    entries = [one.entry for one in found if one.entry]
    path = [above.code for above in (await _page(found[0], tools)).ancestors]
    above = [entry for entry in entries[1:] if entry.code in path]
    if len(above) != 1:
        return None
    others = ", ".join(called(entry) for entry in entries[1:] if entry not in above)
    text = f"{called(entries[0])} stands below {called(above[0])}, and not below {others}."
    return Answer(with_remark(text, found[0].dated), None, source_of(found[0].dated), named(*entries))


async def _below_or_not(one: Found, other: Found, tools: Tools) -> Answer:
    """Say whether one of two codes stands below the other."""
    assert one.entry
    assert other.entry
    pages = [await _page(found, tools) for found in (one, other)]
    paths = [[above.code for above in page.ancestors] for page in pages]
    lower = next((place for place, path in enumerate(paths) if pages[1 - place].entry.code in path), None)
    if lower is None:
        both = [code for code in paths[0] if code in paths[1]]
        entry = next((above for above in pages[0].ancestors if both and above.code == both[-1]), None)
        shared = f"both stand below {called(entry)}" if entry else "no chapter holds both"
        text = f"Neither of {called(one.entry)} and {called(other.entry)} stands below the other: {shared}."
    else:
        text = f"{called(pages[lower].entry)} stands below {called(pages[1 - lower].entry)}."
    return Answer(
        with_remark(text, one.dated),
        yes_or_no(lower is not None),
        source_of(one.dated, other.dated),
        named(one.entry, other.entry),
    )
