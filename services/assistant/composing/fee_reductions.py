"""What several procedures of one session are paid with the reduction for multiple procedures.

Medicare Claims Processing Manual (publication 100-04), chapter 12, section 40.6: the highest is paid in full, the
others by half; of endoscopies of one family all but the highest are paid what they are worth beyond their base code,
and the family then ranks as one procedure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.fee_parts import Fees, asked_in, indicator_named, place_name
from services.assistant.composing.parts import bullets, paragraphs
from services.assistant.editions import Dated
from services.assistant.question import Question
from services.assistant.tools import Tools

_ASKED = re.compile(
    r"\b(?:reduc\w*|mppr|(?:second|secondary|2nd|other|lesser)\s+(?:one|scope|proc\w*)|multiple\s+(?:endosc\w*|scopes?|proc\w*|surg\w*))\b",
    re.IGNORECASE,
)
_INDICATOR = re.compile(r"\bindicators?\b", re.IGNORECASE)
_MULTIPLE = "multiple procedures"
_BASE = "endoscopic base code"
_SURGERY, _ENDOSCOPY = "2", "3"
_HALF = Decimal("0.5")
# The sixth and later procedures are priced by report.
_MOST = 5
_CENT = Decimal("0.01")


class _Procedure(NamedTuple):
    """What ranks as one procedure: its amount, and its codes with how each comes to its part of it."""

    amount: Decimal
    parts: tuple[str, ...]


async def reduced(known: Sequence[Fees], question: Question, dated: Dated, tools: Tools) -> str:
    """Return what procedures are paid beside each other; empty where that is not asked, or not known."""
    asked = _ASKED.search(question.text) and not _INDICATOR.search(question.text)
    if not asked or len(known) < 2 or len(known) > _MOST or any("51" in one.modifiers for one in known):
        return ""
    families = {base for one in known if (base := _base(one))}
    bases = {base: await _fees_of(base, known[0], dated, tools) for base in families}
    lines = [
        line for facility in (False, True) if asked_in(facility, question) for line in _line(known, facility, bases)
    ]
    unreduced = [one.written() for one in known if _multiple(one) not in (_SURGERY, _ENDOSCOPY)]
    why = [f"{one} has no multiple procedures indicator of 2 or 3: it is not reduced." for one in unreduced]
    return paragraphs("With the reduction for multiple procedures:", bullets([*lines, *why])) if lines else ""


async def _fees_of(base: str, beside: Fees, dated: Dated, tools: Tools) -> lookup.GetFeesResponse:
    locality = beside.local[0].locality.locality if beside.local else ""
    return await tools.fees(lookup.GetFeesRequest(code=base, locality=locality, effective_on=dated.iso))


def _multiple(fees: Fees) -> str:
    one = indicator_named(fees.national.row, _MULTIPLE)
    return one.value if one else ""


def _base(fees: Fees) -> str:
    one = indicator_named(fees.national.row, _BASE) if _multiple(fees) == _ENDOSCOPY else None
    return one.value if one else ""


def _amount(fees: lookup.GetFeesResponse, facility: bool) -> Decimal | None:
    amounts = [Decimal(one.amount) for one in fees.payments if one.facility is facility]
    return amounts[0] if len(amounts) == 1 else None


def _line(known: Sequence[Fees], facility: bool, bases: Mapping[str, lookup.GetFeesResponse]) -> Iterator[str]:
    """Yield the sum in one place; nothing where a code has no amount there, or more than one."""
    amounts = {one.code: _amount(one.local[0] if one.local else one.national, facility) for one in known}
    of_bases = {base: _amount(fees, facility) for base, fees in bases.items()}
    if len(amounts) < len(known) or None in [*amounts.values(), *of_bases.values()]:
        return
    total, parts = Decimal(), []
    ranked = [one for one in known if _multiple(one) in (_SURGERY, _ENDOSCOPY)]
    procedures = sorted(_procedures(ranked, amounts, of_bases), key=lambda one: -one.amount)
    for place, one in enumerate(procedures):
        amount = one.amount if not place else (one.amount * _HALF).quantize(_CENT, ROUND_HALF_UP)
        total += amount
        written = " + ".join(one.parts)
        written = f"({written})" if place and len(one.parts) > 1 else written
        parts.append(written if not place else f"50 % of {written} = ${amount}")
    for other in known:
        if other not in ranked:
            total += amounts[other.code] or 0
            parts.append(f"{other.code} ${amounts[other.code]}")
    yield f"{place_name(facility)}: {'; '.join(parts)}: together ${total}"


def _procedures(
    known: Sequence[Fees], amounts: Mapping[str, Decimal | None], bases: Mapping[str, Decimal | None]
) -> Iterator[_Procedure]:
    for one in known:
        if not _base(one) and one.code not in bases:
            amount = amounts[one.code] or Decimal()
            yield _Procedure(amount, (f"{one.code} ${amount}",))
    for base, of_base in bases.items():
        family = [one for one in known if base in (_base(one), one.code)]
        family.sort(key=lambda one: -(amounts[one.code] or 0))
        total, parts = Decimal(), []
        for place, one in enumerate(family):
            amount = amounts[one.code] or Decimal()
            beyond = amount if not place else amount - (of_base or 0)
            less = f" (${amount} less ${of_base} of the base code {base})" if place else ""
            total += beyond
            parts.append(f"{one.code} ${beyond}{less}")
        yield _Procedure(total, tuple(parts))
