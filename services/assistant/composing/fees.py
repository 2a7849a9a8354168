"""What Medicare pays for a service under the physician fee schedule, and by which relative values and indicators."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing import fee_compare, fee_reductions
from services.assistant.composing.fee_parts import (
    INDICATORS,
    PRICED_BY_CONTRACTOR,
    Fees,
    asked_in,
    fee_parts,
    for_whom,
    indicator_named,
    indicator_table,
)
from services.assistant.composing.localities import MOST, localities_beside, localities_named
from services.assistant.composing.parts import (
    bold,
    bullets,
    named,
    no_data,
    paragraphs,
    source_of,
    with_remark,
    yes_or_no,
)
from services.assistant.composing.procedures import (
    MOST_MODIFIERS,
    find_on,
    joined_answers,
    not_known,
    procedures_of,
    shortened,
)
from services.assistant.editions import Dated
from services.assistant.question import Aspect, Code, Question
from services.assistant.tools import Tools
from services.assistant.understanding.cues import Cues, words_of
from services.assistant.understanding.missing import CONVERSION_FACTOR, INDICES
from services.runtime.errors import Kind, Refusal

_INDEX = {
    "work": Cues("work"),
    "practice expense": Cues("pe, practice expense, expense"),
    "malpractice": Cues("mp, malpractice, pli"),
}
_SUPERVISION, _ = INDICATORS[Aspect.SUPERVISION]
_COMPONENTS, _ = INDICATORS[Aspect.COMPONENTS]
# The value of a test that has a professional and a technical component, and that of a row without supervision.
_HAS_COMPONENTS, _UNSUPERVISED = "1", "09"
_LEVELS = {"general": "01", "direct": "02", "personal": "03"}
# A code whose row has the conversion factor of an edition, as every row has.
_ANY_CODE = "99213"
_HAS_INDICATOR = re.compile(r"\b(?:have|has|got|carr(?:y|ies))\s+an?\b.*\bindicator", re.IGNORECASE)
# "inherently bilateral": the value of a code that is of both sides, and those that tell whether it is.
_INHERENT = re.compile(r"\b(?:inherent\w*|by (?:nature|definition)|already)\b", re.IGNORECASE)
_BOTH_SIDES = frozenset("2")
# The values of a test that has one component.
_ONE_COMPONENT = (
    (re.compile(r"\b(?:pc|professional(?:\s+component)?)[\s-]+only\b", re.IGNORECASE), "2"),
    (re.compile(r"\b(?:tc|technical(?:\s+component)?)[\s-]+only\b", re.IGNORECASE), "3"),
)
_SIDES_TOLD = frozenset("123")
_DAYS = re.compile(r"\b(0|00|000|zero|10|010|ten|90|090|ninety)\b", re.IGNORECASE)
_DAYS_OF = {"zero": "000", "ten": "010", "ninety": "090"}
# "POS 11 vs 22", "POS 31/32".
_PLACES = re.compile(
    r"\bpos\b\W{0,2}(\d{1,2}\b(?:\s*(?:vs\.?|versus|or|and|&|/|,)\s*(?:pos\W{0,2})?\d{2}\b(?![\d.]))*)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+")
_PLACES_IN_WORDS = frozenset((Aspect.FACILITY, Aspect.NON_FACILITY))
_BOTH = ("26", "TC")
# The service with both its components beside them.
_WHOLE = re.compile(
    r"\bglobal(?:ly|s)?\b(?![\s-]*(?:days?|periods?|surg\w*|package|indicator))"
    r"|\b(?:with\s+|w/\s*)(?:nothing|neither|no\s+mod\w*)|\b(?:without|w/o)\s+(?:either|any|an?\s+mod\w*|mod\w*)\b"
    r"|\bno\s+mod\w*|\bunmodified\b|\b(?:whole|entire|complete)\s+(?:code|one|service|test|study|thing)\b|\ball\s+(?:three|3)\b|\bplain\b",
    re.IGNORECASE,
)
# That an amount is asked for; and who assists at surgery with modifier AS.
_GETS = re.compile(r"\b(?:gets?|costs?|receives?|16 ?%)(?!\w)", re.IGNORECASE)
_NO_PHYSICIAN = re.compile(r"\b(?:AS|(?i:pas?|nps?|cns|pa-c|nurse|physician assistant))\b")
_LISTED = 10


async def fee(question: Question, tools: Tools) -> Answer:
    """Say what is paid for services, or what the fee schedule says of them."""
    codes = procedures_of(question)
    words = words_of(question.text)
    if question.aspects and _GETS.search(question.text):
        question = replace(question, aspects=question.aspects | {Aspect.PAYMENT})
    if question.place and question.aspects & _PLACES_IN_WORDS:
        # The place of service decides which of them it is.
        question = replace(question, aspects=question.aspects - _PLACES_IN_WORDS | {Aspect.PAYMENT})
    if not codes and not CONVERSION_FACTOR(words):
        if not INDICES(words):
            return clarification("The fee of which procedure code (CPT or HCPCS) is wanted?")
        if not question.locality:
            return clarification(
                "The geographic practice cost indices (GPCI) of which payment locality are wanted: of which state, or "
                "which contractor and locality number?"
            )
    dated = tools.on(lookup.FACT_SOURCE_RVU, question.dates)
    if dated.edition is None:
        written = ", ".join(bold(code.text) for code in codes)
        return no_data(dated, f"What Medicare pays for {written}" if codes else "The conversion factor")
    if not codes and not question.locality:
        return await _conversion_factor(dated, tools)
    places: Sequence[lookup.Locality] = ()
    ranks = len(codes) == 1 and fee_compare.ranks_localities(question)
    if question.locality:
        indices = tools.on(lookup.FACT_SOURCE_GPCI, question.dates)
        if indices.edition is None:
            return no_data(indices, f"What Medicare pays in {question.locality}")
        listed = (await tools.localities(dated)).localities
        places = localities_beside(question.text, listed) or localities_named(question.locality, listed)
        if ranks and places:
            return await _ranked(codes[0], question, places, dated, tools)
        if len(places) != 1 and (back := _which(question.locality, places)):
            return back
    if not codes:
        return await _of_indices(places, words, dated, tools)
    if ranks and not question.locality:
        places = (await tools.localities(dated)).localities
        return await _ranked(codes[0], question, places, dated, tools)
    lines = [line for code in codes for line in _lines(code, question)]
    at = _places_of_service(question)
    found = [await _of_code(line, place, question, places, dated, tools) for line in lines for place in at]
    known = [one for one in found if isinstance(one, Fees)]
    of_indicators = bool(question.aspects) and question.aspects <= INDICATORS.keys()
    reduced = await fee_reductions.reduced(known, question, dated, tools) if len(known) == len(found) else ""
    if len(known) == len(found) > 1 and of_indicators and not reduced:
        return _table(known, question, dated)
    answers = [_answer(one, question, dated) if isinstance(one, Fees) else one for one in found]
    answer = answers[0] if len(answers) == 1 else joined_answers(answers, _worst(one.verdict for one in answers))
    if reduced:
        return replace(answer, body=paragraphs(reduced, answer.body), verdict=None)
    if len(known) < len(found) or question.aspects & INDICATORS.keys():
        return answer
    if said := fee_compare.compared(known, question):
        answer = replace(answer, body=paragraphs(said, answer.body))
    by_comparing = question.binary and fee_compare.is_compared(question)
    return replace(answer, verdict=fee_compare.verdict(known, question)) if by_comparing else answer


def _worst(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    found = set(verdicts)
    return next((one for one in (Verdict.NO_DATA, Verdict.NO, Verdict.YES) if one in found), None)


def _which(written: str, places: Sequence[lookup.Locality]) -> Answer | None:
    """Ask back for the locality where none or too many may be meant."""
    if not places:
        return clarification(
            f"Medicare has no payment locality that is named {written}: in which state, or under which contractor and "
            "locality number, is the service done?"
        )
    if len(places) > MOST:
        names = shortened([f"{one.name} ({one.locality})" for one in places], _LISTED)
        return clarification(f"{written} has {len(places)} payment localities: {names}. Which is meant?")
    return None


async def _conversion_factor(dated: Dated, tools: Tools) -> Answer:
    answer = await tools.fees(lookup.GetFeesRequest(code=_ANY_CODE, effective_on=dated.iso))
    factors = [f"${one.value}{for_whom(one.participation)}" for one in answer.row.conversion_factors]
    body = f"The conversion factor of the physician fee schedule on {dated.iso} is {' and '.join(factors)}."
    return Answer(with_remark(body, dated), None, source_of(dated))


async def _of_indices(places: Sequence[lookup.Locality], words: str, dated: Dated, tools: Tools) -> Answer:
    """Say the geographic practice cost indices of localities, which the fee of any code there has."""
    asked = [name for name, cues in _INDEX.items() if cues(words)] or [*_INDEX]
    request = lookup.GetFeesRequest(code=_ANY_CODE, effective_on=dated.iso)
    used = [await _in_locality(request, place, tools) for place in places]
    lines = []
    for one in (answer.locality for answer in used):
        indices = dict(zip(_INDEX, (one.work_gpci, one.pe_gpci, one.mp_gpci), strict=True))
        lines.append(f"{one.name} ({one.locality}): {', '.join(f'{name} {indices[name]}' for name in asked)}")
    body = f"The geographic practice cost indices (GPCI) on {dated.iso}:\n\n{bullets(lines)}"
    return Answer(with_remark(body, dated), None, once(Source(answer.gpci.release.name) for answer in used))


def _lines(code: Code, question: Question) -> list[Code]:
    """Return a code with its modifiers as it is billed: of both its components the amounts are those of each."""
    # Modifiers beside several codes are written on the lines they belong to.
    beside = question.modifiers if len(procedures_of(question)) == 1 else ()
    modifiers = code.modifiers or beside
    if {*_BOTH} & {*modifiers}:
        modifiers = tuple(dict.fromkeys([*modifiers, *(one for one in beside if one in _BOTH)]))
    if not modifiers and {Aspect.ASSISTANT, Aspect.PAYMENT} <= question.aspects:
        modifiers = ("AS",) if _NO_PHYSICIAN.search(question.text) else ("80",)
    if components := [one for one in _BOTH if one in modifiers]:
        others = tuple(one for one in modifiers if one not in _BOTH)
        whole = [replace(code, modifiers=others)] if _WHOLE.search(question.text) else []
        if len(components) == len(_BOTH):
            modifiers = others
        if (len(components) == len(_BOTH) or whole) and (not question.aspects or question.aspects - INDICATORS.keys()):
            return [*(replace(code, modifiers=(component, *others)) for component in components), *whole]
    return [replace(code, modifiers=modifiers)]


def _places_of_service(question: Question) -> list[str]:
    """Return the places of service to answer for; one that is empty for none."""
    named = [place.zfill(2) for found in _PLACES.findall(question.text) for place in _NUMBER.findall(found)]
    return list(dict.fromkeys(named)) if question.place in named else [question.place]


async def _ranked(
    code: Code, question: Question, places: Sequence[lookup.Locality], dated: Dated, tools: Tools
) -> Answer:
    """Say where a service is paid most, or least."""
    fees = await _of_code(
        replace(code, modifiers=question.all_modifiers), question.place, question, places, dated, tools
    )
    if isinstance(fees, Answer):
        return fees
    if not fees.national.payments:
        return _answer(fees, question, dated)
    body = fee_compare.ranked(fees, question)
    return Answer(with_remark(body, dated), None, fees.sources, named(*([fees.entry] if fees.entry else [])))


async def _of_code(
    code: Code, place: str, question: Question, places: Sequence[lookup.Locality], dated: Dated, tools: Tools
) -> Fees | Answer:
    (found,) = await find_on([code], dated, tools)
    if unknown := await not_known([found], dated, tools):
        return unknown
    request = lookup.GetFeesRequest(
        code=code.text,
        modifiers=code.modifiers[:MOST_MODIFIERS],
        place_of_service=place,
        effective_on=dated.iso,
        units=code.units or question.units or 0,
    )
    try:
        national = await tools.fees(request)
        local = [await _in_locality(request, one, tools) for one in places]
        if Aspect.SUPERVISION in question.aspects:
            national = await _supervised(national, request, tools)
    except Refusal as refusal:
        if refusal.kind is not Kind.INVALID:
            raise
        fields = "; ".join(f"{one.field}: {one.description}" for one in refusal.fields)
        return Answer(f"The fee of {bold(code.text)} is not computed as asked: {fields}.", Verdict.NO_DATA)
    name = found.entry.code if found.entry else code.text
    return Fees(name, request.modifiers, place, found.entry, national, local)


async def _supervised(
    fees: lookup.GetFeesResponse, request: lookup.GetFeesRequest, tools: Tools
) -> lookup.GetFeesResponse:
    """Return the fees of a test with the supervision of its technical component, in whose row alone it is printed."""
    components = indicator_named(fees.row, _COMPONENTS)
    if request.modifiers or components is None or components.value != _HAS_COMPONENTS:
        return fees
    technical = lookup.GetFeesRequest()
    technical.CopyFrom(request)
    technical.modifiers.append("TC")
    printed = indicator_named((await tools.fees(technical)).row, _SUPERVISION)
    supervised = lookup.GetFeesResponse()
    supervised.CopyFrom(fees)
    own = indicator_named(supervised.row, _SUPERVISION)
    if printed and own and own.value == _UNSUPERVISED:
        own.value, own.meaning = printed.value, f"{printed.meaning} It is that of the technical component (TC)."
    return supervised


def _answer(fees: Fees, question: Question, dated: Dated) -> Answer:
    written = fees.written(fees.entry.title if fees.entry else "")
    if fees.place and fees.national.payments:
        place = Aspect.FACILITY if fees.national.payments[0].facility else Aspect.NON_FACILITY
        question = replace(question, aspects=question.aspects | {place})
    body = paragraphs(*fee_parts(written, question, fees.national, fees.local, dated))
    verdict = _verdict(question, fees.national) if question.binary else None
    return Answer(with_remark(body, dated), verdict, fees.sources, named(*([fees.entry] if fees.entry else [])))


def _table(known: Sequence[Fees], question: Question, dated: Dated) -> Answer:
    """Return the indicators that are asked for of several codes."""
    table = indicator_table([(fees.written(), fees.national) for fees in known], question)
    return Answer(
        with_remark(paragraphs(f"On {dated.iso}:", table), dated),
        _of_table(known, question) if question.binary else None,
        once(source for fees in known for source in fees.sources),
        named(*(fees.entry for fees in known if fees.entry)),
    )


def _of_table(known: Sequence[Fees], question: Question) -> Verdict | None:
    if question.aspects == {Aspect.ENDOSCOPIC_BASE}:
        bases = [indicator_named(fees.national.row, INDICATORS[Aspect.ENDOSCOPIC_BASE][0]) for fees in known]
        # The base code is itself of its family.
        families = {one.value if one else fees.code for one, fees in zip(bases, known, strict=True)}
        return yes_or_no(len(families) == 1) if any(bases) else None
    return _worst(_verdict(question, fees.national) for fees in known)


async def _in_locality(request: lookup.GetFeesRequest, place: lookup.Locality, tools: Tools) -> lookup.GetFeesResponse:
    in_place = lookup.GetFeesRequest()
    in_place.CopyFrom(request)
    in_place.locality = place.locality
    return await tools.fees(in_place)


def _verdict(question: Question, national: lookup.GetFeesResponse) -> Verdict | None:
    """Return the answer to a question that yes or no answers: by the indicator it asks for, else whether it is paid."""
    row = national.row
    asked = [aspect for aspect in INDICATORS if aspect in question.aspects]
    if not asked:
        paid = any(asked_in(one.facility, question) for one in national.payments)
        return yes_or_no(paid or row.status.value == PRICED_BY_CONTRACTOR)
    if not national.HasField("row"):
        return Verdict.NO_DATA
    held = [_holds(aspect, row, question) for aspect in asked]
    return None if None in held else yes_or_no(all(held))


def _holds(aspect: Aspect, row: lookup.FeeRow, question: Question) -> bool | None:
    """Tell whether an indicator says yes to what is asked of it; None where its value answers neither yes nor no."""
    name, yes = INDICATORS[aspect]
    one = indicator_named(row, name)
    if aspect is Aspect.ENDOSCOPIC_BASE and len(procedures_of(question)) == 1:
        return one is not None
    if aspect is Aspect.SUPERVISION and (one is None or one.value not in (*yes, _UNSUPERVISED)):
        # One level for some who do the test, another for others.
        return None
    meant = _values_in(question.text, aspect)
    if not yes or len(meant) > 1:
        return None
    if not meant and one is not None and _HAS_INDICATOR.search(question.text):
        # One that says no is printed, too.
        return True if one.value in yes or aspect is Aspect.COMPONENTS else None
    if meant == _BOTH_SIDES and (one is None or one.value not in _SIDES_TOLD):
        return None
    return one is not None and one.value in (meant or yes)


def _values_in(text: str, aspect: Aspect) -> frozenset[str]:
    """Return the values of an indicator that a text names, as the fee schedule writes them."""
    if aspect is Aspect.SUPERVISION:
        return frozenset(value for level, value in _LEVELS.items() if level in words_of(text).split())
    if aspect is Aspect.COMPONENTS:
        return frozenset(value for said, value in _ONE_COMPONENT if said.search(text))
    if aspect is Aspect.BILATERAL and _INHERENT.search(text):
        return _BOTH_SIDES
    if aspect is not Aspect.GLOBAL_DAYS:
        return frozenset()
    written = (found.lower() for found in _DAYS.findall(text))
    return frozenset(_DAYS_OF[one] if one in _DAYS_OF else f"{int(one):03}" for one in written)
