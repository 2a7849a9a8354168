"""What Medicare pays for a service under the physician fee schedule, and by which relative values and indicators."""

import re
from collections.abc import Sequence

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing.fee_parts import INDICATORS, fee_parts, for_whom, indicator_named
from services.assistant.composing.localities import localities_named
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
from services.assistant.composing.procedures import find_on, joined_answers, not_known, procedures_of, shortened
from services.assistant.editions import Dated
from services.assistant.question import Aspect, Code, Question
from services.assistant.tools import Tools
from services.assistant.understanding.cues import Cues, words_of
from services.runtime.errors import Kind, Refusal

_INDICES = Cues("gpci, gpcis, geographic *, locality, localities")
_CONVERSION_FACTOR = Cues("conversion factor, conversion factors")
# A code whose row has the conversion factor of an edition, as every row has.
_ANY_CODE = "99213"
_DAYS = re.compile(r"\b(0|00|000|zero|10|010|ten|90|090|ninety)\b", re.IGNORECASE)
_DAYS_OF = {"zero": "000", "ten": "010", "ninety": "090"}
_MOST_MODIFIERS = 4
_MOST_LOCALITIES = 6
_LISTED = 10
_BY_CONTRACTOR = "C"


async def fee(question: Question, tools: Tools) -> Answer:
    """Say what is paid for services, or what the fee schedule says of them."""
    codes = procedures_of(question)
    words = words_of(question.text)
    if not codes and not _CONVERSION_FACTOR(words) and not (_INDICES(words) and question.locality):
        return clarification("The fee of which procedure code (CPT or HCPCS) is wanted?")
    dated = tools.on(lookup.FACT_SOURCE_RVU, question.dates)
    if dated.edition is None:
        written = ", ".join(bold(code.text) for code in codes)
        return no_data(dated, f"What Medicare pays for {written}" if codes else "The conversion factor")
    if not codes and not question.locality:
        return await _conversion_factor(dated, tools)
    places: Sequence[lookup.Locality] = ()
    if question.locality:
        indices = tools.on(lookup.FACT_SOURCE_GPCI, question.dates)
        if indices.edition is None:
            return no_data(indices, f"What Medicare pays in {question.locality}")
        listed = (await tools.localities(dated)).localities
        places = localities_named(question.locality, listed)
        if len(places) != 1 and (back := _which(question.locality, places)):
            return back
    if not codes:
        return await _of_indices(places, dated, tools)
    answers = [await _of_code(code, question, places, dated, tools) for code in codes]
    if len(answers) == 1:
        return answers[0]
    verdicts = [one.verdict for one in answers if one.verdict]
    worst = next((one for one in (Verdict.NO_DATA, Verdict.NO, Verdict.YES) if one in verdicts), None)
    return joined_answers(answers, worst)


def _which(written: str, places: Sequence[lookup.Locality]) -> Answer | None:
    """Ask back for the locality where none or too many may be meant."""
    if not places:
        return clarification(
            f"Medicare has no payment locality that is named {written}: in which state, or under which contractor and "
            "locality number, is the service done?"
        )
    if len(places) > _MOST_LOCALITIES:
        names = shortened([f"{one.name} ({one.locality})" for one in places], _LISTED)
        return clarification(f"{written} has {len(places)} payment localities: {names}. Which is meant?")
    return None


async def _conversion_factor(dated: Dated, tools: Tools) -> Answer:
    answer = await tools.fees(lookup.GetFeesRequest(code=_ANY_CODE, effective_on=dated.iso))
    factors = [f"${one.value}{for_whom(one.participation)}" for one in answer.row.conversion_factors]
    body = f"The conversion factor of the physician fee schedule on {dated.iso} is {' and '.join(factors)}."
    return Answer(with_remark(body, dated), None, source_of(dated))


async def _of_indices(places: Sequence[lookup.Locality], dated: Dated, tools: Tools) -> Answer:
    """Say the geographic practice cost indices of localities, which the fee of any code there has."""
    request = lookup.GetFeesRequest(code=_ANY_CODE, effective_on=dated.iso)
    used = [await _in_locality(request, place, tools) for place in places]
    lines = (
        f"{one.name} ({one.locality}): work {one.work_gpci}, practice expense {one.pe_gpci}, malpractice {one.mp_gpci}"
        for one in (answer.locality for answer in used)
    )
    body = f"The geographic practice cost indices (GPCI) on {dated.iso}:\n\n{bullets(lines)}"
    return Answer(with_remark(body, dated), None, once(Source(answer.gpci.release.name) for answer in used))


async def _of_code(
    code: Code, question: Question, places: Sequence[lookup.Locality], dated: Dated, tools: Tools
) -> Answer:
    (found,) = await find_on([code], dated, tools)
    if unknown := await not_known([found], dated, tools):
        return unknown
    # Modifiers beside several codes are written on the lines they belong to.
    modifiers = code.modifiers or (question.modifiers if len(procedures_of(question)) == 1 else ())
    request = lookup.GetFeesRequest(
        code=code.text,
        modifiers=modifiers[:_MOST_MODIFIERS],
        place_of_service=question.place,
        effective_on=dated.iso,
        units=code.units or question.units or 0,
    )
    try:
        national = await tools.fees(request)
        local = [await _in_locality(request, one, tools) for one in places]
    except Refusal as refusal:
        if refusal.kind is not Kind.INVALID:
            raise
        fields = "; ".join(f"{one.field}: {one.description}" for one in refusal.fields)
        return Answer(f"The fee of {bold(code.text)} is not computed as asked: {fields}.", Verdict.NO_DATA)
    written = bold(found.entry.code, found.entry.title) if found.entry else bold(code.text)
    written += f" with modifier {', '.join(request.modifiers)}" if request.modifiers else ""
    body = paragraphs(*fee_parts(written, question, national, local, dated))
    used = [national, *local]
    sources = once(
        Source(status.release.name)
        for status in [*(one.rvu for one in used), *(one.gpci for one in local)]
        if status.release.name
    )
    return Answer(
        with_remark(body, dated),
        _verdict(question, national) if question.binary else None,
        sources,
        named(*([found.entry] if found.entry else [])),
    )


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
        return yes_or_no(bool(national.payments) or row.status.value == _BY_CONTRACTOR)
    if not national.HasField("row"):
        return Verdict.NO_DATA
    verdicts = []
    for aspect in asked:
        name, yes = INDICATORS[aspect]
        one = indicator_named(row, name)
        if aspect is Aspect.GLOBAL_DAYS and (days := _days_in(question.text)):
            if len(days) > 1:
                return None
            yes = days
        verdicts.append(one is not None and one.value in yes)
    return yes_or_no(all(verdicts))


def _days_in(text: str) -> frozenset[str]:
    """Return the global days that a text names, as the fee schedule writes them."""
    written = (found.lower() for found in _DAYS.findall(text))
    return frozenset(_DAYS_OF[one] if one in _DAYS_OF else f"{int(one):03}" for one in written)
