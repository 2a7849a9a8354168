"""What the NCCI policy manual says of several procedures that are asked about together."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Kind, Verdict
from services.assistant.composing.excerpts import sentences_of, telling_words
from services.assistant.composing.guidelines import POLICY_MANUAL, followed_by, quoted, without_gone
from services.assistant.composing.procedures import find_on, procedures_of
from services.assistant.question import Question
from services.assistant.tools import Found, Tools

_PROCEDURE = r"(\d{4}[0-9AFMTU]|[A-V]\d{4})"
_NAMED = re.compile(rf"(?<![\w.]){_PROCEDURE}(?:\s?[-–]\s?{_PROCEDURE})?(?!\w)", re.ASCII)
# What stands between the codes of one list.
_GOES_ON = re.compile(r"[\s,;•]*(?:and|or|through|to)?\s*(?:(?:CPT|HCPCS) codes?)?\s*")
# A rule names two procedures in one sentence or in the next.
_SPAN = 2
# How many tens of numbers a range may hold beside another range.
_WIDE = 3
_TWO = 2
_LONGEST = 500
_MOST_READ = 6
_MOST_QUOTED = 2
# Of one procedure what the manual says is asked by its name, or by two ways or two cases of billing it.
_ASKS_RULE = re.compile(
    r"\b(?:manual|(?:per|under|by|according to|does|what|to|for) (?:the )?ncci\b(?! (?:ptp|mue|edit|pair|table|file))"
    r"|(?:x ?\d+|\d+ ?x|\d+ units?)\W+or\b|or (?:x ?\d|just|only|something|some other|another|a different)\b"
    r"|same \w+\b.*\b(?:different|other|another|separate) \w+|(?:different|other|another|separate) \w+\b.*\bsame \w+)",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_CODE = re.compile(r"\bor (?:something|some other|another|a different)\b", re.IGNORECASE)


async def with_manual(answer: Answer, question: Question, tools: Tools) -> Answer:
    """Add to an answer about procedures the sections of the policy manual that name two of them together.

    Of one alone those that name it are added where its rule is asked.
    """
    procedures = procedures_of(question)
    manual = tools.on(POLICY_MANUAL, question.dates)
    least = min(len(procedures), _TWO)
    is_asked = least == _TWO or (least == 1 and _ASKS_RULE.search(question.text))
    if answer.kind is not Kind.ANSWER or not is_asked or manual.edition is None:
        return answer
    found = [one for one in await find_on(procedures, manual, tools) if one.entry]
    shared = await _naming(found, least, tools)
    passages = await asyncio.gather(*(tools.passage(POLICY_MANUAL, section, manual) for section in shared[:_MOST_READ]))
    whole = [(POLICY_MANUAL, one.passage) for one in passages if one]
    rules = []
    asked = telling_words(question.text)
    for _, passage in await without_gone(whole, tools):
        if rule := _rule(passage.text, [one.code.text for one in found], asked):
            rules.append((POLICY_MANUAL, lookup.Passage(id=passage.id, title=passage.title, text=rule)))
    if not rules:
        return answer
    rules.sort(key=lambda one: -len(asked & telling_words(one[1].text)))
    if least == 1 and _OTHER_CODE.search(question.text) and answer.verdict is Verdict.PASS:
        # Its units may be within the limit, and another code be the right one.
        answer = replace(answer, verdict=None)
    said = quoted(rules[:_MOST_QUOTED], {POLICY_MANUAL: manual}, question)
    return followed_by(answer, "What the NCCI policy manual says of it", said)


async def _naming(found: Sequence[Found], least: int, tools: Tools) -> list[str]:
    """Return the sections that name at least so many of some procedures, alone or in a range."""
    times: Counter[str] = Counter()
    pages = await asyncio.gather(
        *(tools.page(code.system, code.code.text, code.dated, lookup.PAGE_SECTION_NOTES) for code in found)
    )
    for page in pages:
        # The other sections of its chapter come without their text.
        times.update(one.id for one in page.notes.guidelines.passages if one.text)
    return [section for section, count in times.items() if count >= least]


def _rule(text: str, codes: Sequence[str], asked: set[str]) -> str:
    """Return the sentences that name two of some codes together, with those that follow; empty when none do.

    Of one code, those that name it and say most of what is asked.
    """
    sentences = sentences_of(text)
    if len(codes) == 1:
        naming = [place for place, one in enumerate(sentences) if _names_one(one, codes[0])]
        best = max(naming, key=lambda place: len(asked & telling_words(sentences[place])), default=-1)
        return "" if best < 0 else _going_on(sentences, best, 1)
    for length in range(1, _SPAN + 1):
        for first in range(len(sentences) - length + 1):
            if _names_two(" ".join(sentences[first : first + length]), codes):
                return _going_on(sentences, first, length)
    return ""


def _going_on(sentences: Sequence[str], first: int, length: int) -> str:
    """Return some sentences with those that follow, as far as there is room."""
    rule = " ".join(sentences[first : first + length])
    for sentence in sentences[first + length :]:
        if len(rule) + len(sentence) >= _LONGEST:
            break
        rule = f"{rule} {sentence}"
    return rule


def _names_one(text: str, code: str) -> bool:
    """Whether a text names a code, alone or in a narrow range."""
    ranges = [(named[1], named[2] or named[1]) for named in _NAMED.finditer(text)]
    return any(
        first <= code <= last and first[0].isalpha() == code[0].isalpha() and int(last[1:4]) - int(first[1:4]) <= _WIDE
        for first, last in ranges
    )


def _names_two(text: str, codes: Sequence[str]) -> bool:
    """Whether a text names two of some codes apart: not both in one list, nor both as any of many.

    Where both stand in ranges, the text is of these alone.
    """
    lists: list[tuple[set[str], int]] = []
    end = 0
    for named in _NAMED.finditer(text):
        first, last = named[1], named[2] or named[1]
        held = {code for code in codes if first <= code <= last and first[0].isalpha() == code[0].isalpha()}
        width = int(last[1:4]) - int(first[1:4]) + (first != last) if held else 0
        if lists and _GOES_ON.fullmatch(text[end : named.start()]):
            before, widest = lists.pop()
            held, width = held | before, max(width, widest)
        lists.append((held, width))
        end = named.end()
    return any(
        len(one | other) > max(len(one), len(other))
        and (not width or not widest or (len(lists) == _TWO and max(width, widest) <= _WIDE))
        for (one, width), (other, widest) in combinations(lists, 2)
    )
