"""What terms of the edits and of the fee schedule mean, which is asked of no code."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer
from services.assistant.composing.fee_parts import INDICATORS, indicator_named
from services.assistant.composing.guidelines import POLICY_MANUAL, quoted
from services.assistant.composing.parts import bullets, paragraphs, source_of, with_remark
from services.assistant.editions import Dated
from services.assistant.question import Aspect, Question, Topic
from services.assistant.tools import Tools
from services.assistant.understanding.cues import words_of
from services.assistant.understanding.details import aspects_named
from services.assistant.understanding.missing import points_at_one

# That a meaning is asked for, and that something is asked which a term has of a code that is not named.
_MEANING = re.compile(
    r"\b(?:explain\w*|defin\w+|mean\w*|stands?\s+for|describe|whats|what['’]?s|what\s+(?:is|are|do|does))\b"
)
_IN_WORDS = re.compile(r"\b(?:explain\w*|defin\w+|mean\w*|stands?\s+for)\b")
_OF_A_CODE = re.compile(
    r"\b(?:the|its?|their|this|that|these|those|our|my)\s+(?:(?:work|total|facility|malpractice|practice|expense|pe|mp)\s+)*$"
)
# Indicators of hospital payment are other ones.
_OF_HOSPITALS = re.compile(r"\b(?:opps|apcs?|asc)\b", re.IGNORECASE)


class _Term(NamedTuple):
    """A term of the policy manual, its section, and what the lines say that explain it; `{}` is a value of the term."""

    name: re.Pattern[str]
    value: re.Pattern[str]
    section: str
    said: str


_NO_VALUE = re.compile(r"(?!)")
_OF_MANUAL = (
    _Term(re.compile(r"\bmues?\b|\bmedically unlikely\b"), _NO_VALUE, "I.V", r"^An MUE is"),
    _Term(
        re.compile(r"\badd[- ]?ons?(?: codes?)?\b|\baocs?\b"),
        re.compile(r"\btype\s+(?:of\s+)?([123]|i{1,3})\b"),
        "I.W",
        r"^An AOC is|Type {} AOC",
    ),
    _Term(
        re.compile(
            r"\bccmi\b|\b(?:modifier|ptp|ncci|edit)\s+indicators?\b"
            r"|^\W*(?:what (?:is|does)|explain)\b[^,;]*\bindicators?\b"
        ),
        re.compile(r"\b([019])\b"),
        "I.E",
        r"CCMI of “",
    ),
    _Term(
        re.compile(r"\bcolumn\s*(?:one|two|1|2)\b|\bptp\b|\bncci edits?\b|\bprocedure[- ]to[- ]procedure\b"),
        _NO_VALUE,
        "I.A",
        r"^Each edit table contains",
    ),
)
# Indicators are written so, whatever stands around them: global days by themselves, the others after their name.
_GLOBAL_DAYS = re.compile(r"\b(ZZZ|YYY|XXX|MMM)\b|\bglobal\b.*?\b(0?[019]0|0)\b", re.IGNORECASE)
_STATUS = re.compile(
    r"\bstatus(?:\s+(?:indicators?|codes?))?(?:\s+of)?\s+[\"'“]?([A-Z])\b(?!\s+codes?\b)", re.IGNORECASE
)
_EVERY_STATUS = re.compile(r"\bstatus\s+(?:indicator|code)s?\b")
_EVERY_GLOBAL = re.compile(r"\bglobal\s+(?:days?|periods?|surgery|indicators?)\b")
_INDICATOR = re.compile(r"\bindicators?\b", re.IGNORECASE)
_COMPONENTS = re.compile(r"\bpc\s?/?\s?tc\b", re.IGNORECASE)
# Of so few words a value alone is asked for its meaning: "status T?".
_FEW_WORDS = 5
_VALUE = re.compile(r"\b(\d[\dA]?)\b")
# Codes that between them have every value of the indicators.
_EXAMPLES = (
    *("99213", "27447", "69210", "45385", "10060", "11045", "59400", "22899", "73030", "93000", "93005", "93010"),
    *("97110", "78803", "92286", "85060", "96523", "33945", "22558", "80053", "00100", "99024", "J1885", "J1030"),
    *("M1370", "V2520", "22526", "77002", "93015", "92557", "95860"),
)
_RELATIVE_VALUES = re.compile(r"\bw?rvus?\b|\brelative value\b")
_INDICES = re.compile(r"\bgpcis?\b|\bgeographic practice cost\b")
_FACTOR = re.compile(r"\bconversion factors?\b")
_FORMULA = (
    "Payment = (work RVU × work GPCI + practice expense RVU × PE GPCI + malpractice RVU × MP GPCI) × conversion factor."
)


async def explained(question: Question, tools: Tools) -> Answer | None:
    """Say what the terms that a question names mean; None where it asks for something else, or of a code."""
    if question.codes or question.all_modifiers or question.locality or question.topic is Topic.OUT_OF_SCOPE:
        return None
    dated = tools.on(lookup.FACT_SOURCE_RVU, question.dates)
    if dated.edition and (values := _values(question)):
        return await _of_indicators(values, dated, tools)
    words = question.text.lower()
    if not _MEANING.search(words) or (question.missing and points_at_one(words)):
        return None
    if dated.edition and (said := await _of_amounts(words, dated, tools)):
        return said
    term = next((term for term in _OF_MANUAL if _is_named(term.name, words)), None)
    return await _of_manual(term, question, tools) if term else None


def _is_named(name: re.Pattern[str], words: str) -> bool:
    """Whether a term is asked about by itself, and not what it is of a code."""
    match = name.search(words)
    return match is not None and bool(_IN_WORDS.search(words) or not _OF_A_CODE.search(words[: match.start()]))


def _values(question: Question) -> Mapping[Aspect, list[str]]:
    """Return the indicators of the fee schedule that a question names, each with its values; all of it without any."""
    text, words = question.text, question.text.lower()
    meant = bool(_MEANING.search(words))
    if not meant and len(words.split()) > _FEW_WORDS:
        return {}
    if days := [found[0].upper() or f"{int(found[1]):03}" for found in _GLOBAL_DAYS.findall(text)]:
        return {Aspect.GLOBAL_DAYS: days}
    if _OF_HOSPITALS.search(text):
        return {}
    if statuses := [one.upper() for one in _STATUS.findall(text)]:
        return {Aspect.STATUS: statuses}
    for aspect, name in ((Aspect.STATUS, _EVERY_STATUS), (Aspect.GLOBAL_DAYS, _EVERY_GLOBAL)):
        if meant and _is_named(name, words):
            return {aspect: []}
    if not _INDICATOR.search(text):
        return {}
    named = aspects_named(Topic.FEE, words_of(text)) & INDICATORS.keys()
    named = named - {Aspect.COMPONENTS} | ({Aspect.COMPONENTS} if _COMPONENTS.search(text) else set())
    values = [one.upper() for one in _VALUE.findall(text)]
    return {aspect: values for aspect in INDICATORS if aspect in named and (values or meant)}


async def _of_indicators(values: Mapping[Aspect, list[str]], dated: Dated, tools: Tools) -> Answer:
    """Say what values of indicators mean, as the fee schedule has them for codes."""
    rows = await _rows(dated, tools)
    lines: list[str] = []
    for aspect, asked in values.items():
        name = INDICATORS[aspect][0] if aspect in INDICATORS else "status"
        meant: dict[str, tuple[str, str]] = {}
        for code, row in rows:
            one = row.status if aspect is Aspect.STATUS else indicator_named(row, name)
            if one and one.meaning:
                meant.setdefault(one.value, (one.meaning, code))
        written = name if aspect in (Aspect.GLOBAL_DAYS, Aspect.STATUS) else f"{name} indicator"
        for value in asked or sorted(meant):
            if value in meant:
                meaning, code = meant[value]
                lines.append(f"**{written.capitalize()} {value}** (as of {code}): {meaning}")
            else:
                lines.append(f"What {written} {value} means is not loaded.")
    body = paragraphs("In the physician fee schedule:", bullets(dict.fromkeys(lines)))
    return Answer(with_remark(body, dated), None, source_of(dated))


async def _rows(dated: Dated, tools: Tools) -> list[tuple[str, lookup.FeeRow]]:
    asked = [
        lookup.GetFeesRequest(code=code, modifiers=modifiers, effective_on=dated.iso)
        for code in _EXAMPLES
        for modifiers in ((), ("TC",))
    ]
    answers = await asyncio.gather(*(tools.fees(one, named=False) for one in asked))
    return [(one.code, answer.row) for one, answer in zip(asked, answers, strict=True) if answer.HasField("row")]


async def _of_amounts(words: str, dated: Dated, tools: Tools) -> Answer | None:
    """Say what the factors of a payment are."""
    lines = list(_factors(words))
    if not lines:
        return None
    answer = await tools.fees(lookup.GetFeesRequest(code=_EXAMPLES[0], effective_on=dated.iso))
    factors = " and ".join(f"${one.value}" for one in answer.row.conversion_factors)
    body = paragraphs(*lines, _FORMULA, f"The conversion factor on {dated.iso} is {factors}.")
    return Answer(with_remark(body, dated), None, source_of(dated))


def _factors(words: str) -> Iterator[str]:
    if _is_named(_RELATIVE_VALUES, words):
        yield (
            "Relative value units (RVU) say what a service is worth beside others: for the work of the physician, the "
            "practice expense (PE, one value in a facility and one outside) and malpractice insurance (MP)."
        )
    if _is_named(_INDICES, words):
        yield (
            "Geographic practice cost indices (GPCI) fit each of the three relative values of a service to the costs "
            "of a payment locality; nationally each is 1. Name a locality for its indices."
        )
    if _is_named(_FACTOR, words):
        yield "The conversion factor is what Medicare pays for one relative value unit (RVU), in dollars."


async def _of_manual(term: _Term, question: Question, tools: Tools) -> Answer | None:
    """Quote the lines of the policy manual that explain a term."""
    dated = tools.on(POLICY_MANUAL, None)
    answer = await tools.passage(POLICY_MANUAL, term.section, dated) if dated.edition else None
    if answer is None:
        return None
    values = [str(len(one)) if "i" in one else one for one in term.value.findall(question.text.lower())]
    said = re.compile(term.said.format(f"[{''.join(values)}]" if values else r"\d"))
    lines = [line for line in answer.passage.text.splitlines() if said.search(line)]
    if not lines:
        return None
    passage = lookup.Passage(id=answer.passage.id, title=answer.passage.title, text="\n".join(lines))
    return quoted([(POLICY_MANUAL, passage)], {POLICY_MANUAL: dated}, question)
