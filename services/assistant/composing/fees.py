"""What Medicare pays for a service under the physician fee schedule, and by which relative values and indicators."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, Verdict, clarification, once
from services.assistant.composing.fee_parts import INDICATORS, fee_parts, for_whom, indicator_named, indicator_table
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
_DAYS = re.compile(r"\b(0|00|000|zero|10|010|ten|90|090|ninety)\b", re.IGNORECASE)
_DAYS_OF = {"zero": "000", "ten": "010", "ninety": "090"}
_MOST_MODIFIERS = 4
_BOTH = ("26", "TC")
_MOST_LOCALITIES = 6
_LISTED = 10
_BY_CONTRACTOR = "C"


async def fee(question: Question, tools: Tools) -> Answer:
    """Say what is paid for services, or what the fee schedule says of them."""
    codes = procedures_of(question)
    words = words_of(question.text)
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
    if question.locality:
        indices = tools.on(lookup.FACT_SOURCE_GPCI, question.dates)
        if indices.edition is None:
            return no_data(indices, f"What Medicare pays in {question.locality}")
        listed = (await tools.localities(dated)).localities
        places = localities_named(question.locality, listed)
        if len(places) != 1 and (back := _which(question.locality, places)):
            return back
    if not codes:
        return await _of_indices(places, words, dated, tools)
    lines = [line for code in codes for line in _lines(code, question)]
    found = [await _of_code(line, question, places, dated, tools) for line in lines]
    known = [one for one in found if isinstance(one, _Fees)]
    if len(known) == len(lines) > 1 and question.aspects and question.aspects <= INDICATORS.keys():
        return _table(known, question, dated)
    answers = [_answer(one, question, dated) if isinstance(one, _Fees) else one for one in found]
    return answers[0] if len(answers) == 1 else joined_answers(answers, _worst(one.verdict for one in answers))


@dataclass(frozen=True, slots=True)
class _Fees:
    """What is paid for a code, with its modifiers, nationally and in localities."""

    code: str
    modifiers: Sequence[str]
    entry: lookup.Entry | None
    national: lookup.GetFeesResponse
    local: Sequence[lookup.GetFeesResponse]

    def written(self, title: str = "") -> str:
        """Return the code with its modifiers as it is first mentioned."""
        return bold(self.code, title) + (f" with modifier {', '.join(self.modifiers)}" if self.modifiers else "")

    @property
    def sources(self) -> tuple[Source, ...]:
        """The editions that it follows from."""
        statuses = [*(one.rvu for one in (self.national, *self.local)), *(one.gpci for one in self.local)]
        return once(Source(status.release.name) for status in statuses if status.release.name)


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
    if len(places) > _MOST_LOCALITIES:
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
    modifiers = code.modifiers or (question.modifiers if len(procedures_of(question)) == 1 else ())
    if set(modifiers) >= {*_BOTH}:
        modifiers = tuple(one for one in modifiers if one not in _BOTH)
        if not question.aspects or question.aspects - INDICATORS.keys():
            return [replace(code, modifiers=(component, *modifiers)) for component in _BOTH]
    return [replace(code, modifiers=modifiers)]


async def _of_code(
    code: Code, question: Question, places: Sequence[lookup.Locality], dated: Dated, tools: Tools
) -> _Fees | Answer:
    (found,) = await find_on([code], dated, tools)
    if unknown := await not_known([found], dated, tools):
        return unknown
    request = lookup.GetFeesRequest(
        code=code.text,
        modifiers=code.modifiers[:_MOST_MODIFIERS],
        place_of_service=question.place,
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
    return _Fees(found.entry.code if found.entry else code.text, request.modifiers, found.entry, national, local)


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


def _answer(fees: _Fees, question: Question, dated: Dated) -> Answer:
    written = fees.written(fees.entry.title if fees.entry else "")
    body = paragraphs(*fee_parts(written, question, fees.national, fees.local, dated))
    verdict = _verdict(question, fees.national) if question.binary else None
    return Answer(with_remark(body, dated), verdict, fees.sources, named(*([fees.entry] if fees.entry else [])))


def _table(known: Sequence[_Fees], question: Question, dated: Dated) -> Answer:
    """Return the indicators that are asked for of several codes."""
    table = indicator_table([(fees.written(), fees.national) for fees in known], question)
    return Answer(
        with_remark(paragraphs(f"On {dated.iso}:", table), dated),
        _worst(_verdict(question, fees.national) for fees in known) if question.binary else None,
        once(source for fees in known for source in fees.sources),
        named(*(fees.entry for fees in known if fees.entry)),
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
    return one is not None and one.value in (meant or yes)


def _values_in(text: str, aspect: Aspect) -> frozenset[str]:
    """Return the values of an indicator that a text names, as the fee schedule writes them."""
    if aspect is Aspect.SUPERVISION:
        return frozenset(value for level, value in _LEVELS.items() if level in words_of(text).split())
    if aspect is not Aspect.GLOBAL_DAYS:
        return frozenset()
    written = (found.lower() for found in _DAYS.findall(text))
    return frozenset(_DAYS_OF[one] if one in _DAYS_OF else f"{int(one):03}" for one in written)
