"""Add-on codes and their primary codes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Verdict, clarification
from services.assistant.composing.parts import (
    bold,
    bullets,
    joined,
    named,
    no_data,
    paragraphs,
    source_of,
    with_remark,
    yes_or_no,
)
from services.assistant.composing.procedures import find_on, joined_answers, not_known, procedures_of, shortened, worst
from services.assistant.editions import Dated
from services.assistant.question import Aspect, Question
from services.assistant.tools import Found, Tools

_TYPES = {
    1: "type 1: CMS lists all of its primary codes",
    2: "type 2: the contractor (MAC) defines its primary codes",
    3: "type 3: CMS lists some of its primary codes, the contractor (MAC) may add others",
}
_ALONE = re.compile(
    r"\b(alone|by itself|on its own|stand-?alone|without|no primary|nothing else|missing|(?:is|was)(?:n['’]?t| not) "
    r"(?:on|there|billed|reported|listed|present))\b",
    re.IGNORECASE,
)
_TYPE = re.compile(r"\btype\s*(?P<type>[123])\b", re.IGNORECASE)
_SHOWN = 24


@dataclass(frozen=True, slots=True)
class _Rules:
    """The add-on rules of a code."""

    code: str
    written: str
    add_on: lookup.AddOn


async def add_on(question: Question, tools: Tools) -> Answer:
    """Say whether a code is an add-on code and which its primary codes are; with one, whether it is listed."""
    codes = procedures_of(question)
    if not codes:
        return clarification("Which add-on code, or which primary code (CPT or HCPCS), is meant?")
    dated = tools.on(lookup.FACT_SOURCE_ADD_ON_CODES, question.dates)
    if dated.edition is None:
        return no_data(dated, f"What the add-on rules of {joined([bold(code.text) for code in codes])} are")
    found = await find_on(codes, dated, tools)
    if unknown := await not_known(found, dated, tools):
        return unknown
    rules = [await _rules(one, dated, tools) for one in found]
    entries = named(*(one.entry for one in found if one.entry))
    answer = _of_one(rules[0], question, dated) if len(rules) == 1 else _of_several(rules, dated)
    verdict = answer.verdict if question.binary or len(rules) > 1 else None
    return Answer(with_remark(answer.body, dated), verdict, source_of(dated), entries)


async def _rules(found: Found, dated: Dated, tools: Tools) -> _Rules:
    """Return the rules of a code; none where no release that has it is loaded for the date."""
    entry = found.entry
    if entry is None:
        return _Rules(found.code.text, bold(found.code.text), lookup.AddOn())
    page = await tools.page(entry.system, entry.code, dated, lookup.PAGE_SECTION_EDITS)
    return _Rules(entry.code, bold(entry.code, entry.title), page.edits.add_on)


def _of_one(rules: _Rules, question: Question, dated: Dated) -> Answer:
    """Say what a code is by itself."""
    alone = bool(_ALONE.search(question.text))
    if rules.add_on.type:
        needs = "and may not be billed without a primary code" if alone else "and needs a primary code"
        body = paragraphs(f"{rules.written} is an add-on code {needs} of the same date of service.", _listed(rules))
        if named := _TYPE.search(question.text):
            return Answer(body, yes_or_no(int(named["type"]) == rules.add_on.type))
        return Answer(body, Verdict.FAIL if alone else Verdict.YES)
    is_none = f"{rules.written} is not an add-on code on {dated.iso}: NCCI does not list it as one."
    if Aspect.ADD_ON_CODES in question.aspects:
        body = paragraphs(_added_to(rules) or f"No add-on code goes with {rules.written} on {dated.iso}.", is_none)
        return Answer(body, yes_or_no(bool(rules.add_on.add_on_codes)))
    return Answer(paragraphs(is_none, _added_to(rules)), Verdict.PASS if alone else Verdict.NO)


def _added_to(rules: _Rules) -> str:
    codes = rules.add_on.add_on_codes
    return f"Add-on codes of which {rules.code} is a primary code: {_codes(codes)}." if codes else ""


def _of_several(every: Sequence[_Rules], dated: Dated) -> Answer:
    """Say of each add-on code among some whether one of the others is its primary code."""
    codes = [one.code for one in every]
    add_ons = [one for one in every if one.add_on.type]
    if not add_ons:
        written = joined([one.written for one in every], "nor")
        body = f"Neither {written} is an add-on code on {dated.iso}, so none is added to the other."
        return Answer(body, Verdict.FAIL)
    answers = [_judged(one, [code for code in codes if code != one.code]) for one in add_ons if _counts(one, add_ons)]
    return joined_answers(answers, worst(one.verdict for one in answers if one.verdict))


def _counts(one: _Rules, add_ons: Sequence[_Rules]) -> bool:
    """Whether an add-on code is judged: not one that stands as the primary code of another among them."""
    return not any(one.code in other.add_on.primary_codes for other in add_ons)


def _judged(rules: _Rules, others: Sequence[str]) -> Answer:
    primaries = [code for code in others if code in rules.add_on.primary_codes]
    written = rules.written
    if primaries:
        are = "is a primary code" if len(primaries) == 1 else "are primary codes"
        first = f"{joined([bold(code) for code in primaries])} {are} of the add-on code {written}."
        verdict = Verdict.PASS
    elif rules.add_on.contractor_defined:
        first = (
            f"Whether {joined([bold(code) for code in others], 'or')} is a primary code of the add-on code {written} "
            "is for the contractor (MAC) to say: CMS does not list it."
        )
        verdict = Verdict.NO_DATA
    else:
        first = (
            f"{joined([bold(code) for code in others], 'or')} is not a primary code of the add-on code {written}: "
            f"billed with nothing else, {rules.code} would be denied."
        )
        verdict = Verdict.FAIL
    return Answer(paragraphs(first, _listed(rules)), verdict)


def _listed(rules: _Rules) -> str:
    lines = [f"Add-on code of {_TYPES[rules.add_on.type]}"]
    if rules.add_on.primary_codes:
        lines.append(f"Primary codes: {_codes(rules.add_on.primary_codes)}")
    return bullets(lines)


def _codes(codes: Sequence[str]) -> str:
    count = f" ({len(codes)} in all)" if len(codes) > _SHOWN else ""
    return shortened(list(codes), _SHOWN) + count
