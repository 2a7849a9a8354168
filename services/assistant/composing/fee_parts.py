"""The paragraphs of an answer on fees: amounts, relative values and indicators of the fee schedule."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.parts import bullets
from services.assistant.editions import Dated
from services.assistant.question import Aspect, Question

# The names of the indicators as lookup gives them, and the values that mean yes.
INDICATORS = {
    Aspect.GLOBAL_DAYS: ("global days", frozenset(("000", "010", "090", "MMM", "ZZZ"))),
    Aspect.BILATERAL: ("bilateral surgery", frozenset("13")),
    Aspect.MULTIPLE: ("multiple procedures", frozenset("1234567")),
    Aspect.ASSISTANT: ("assistant at surgery", frozenset("02")),
    Aspect.COSURGEON: ("co-surgeons", frozenset("12")),
    Aspect.COMPONENTS: ("professional and technical components", frozenset("16")),
}


def fee_parts(
    written: str,
    question: Question,
    national: lookup.GetFeesResponse,
    local: Sequence[lookup.GetFeesResponse],
    dated: Dated,
) -> Iterator[str]:
    """Yield the paragraphs of an answer, what was asked for first."""
    asked = [aspect for aspect in INDICATORS if aspect in question.aspects]
    if not national.HasField("row"):
        yield f"Medicare has no fee for {written} on {dated.iso}: {national.not_payable}"
        return
    row = national.row
    yield from (_indicator(written, aspect, row, dated) for aspect in asked)
    about_payment = not asked or bool(question.aspects & {Aspect.PAYMENT, Aspect.FACILITY, Aspect.NON_FACILITY})
    if national.not_payable and (about_payment or Aspect.STATUS in question.aspects):
        # Where its status allows payment, something else of what was asked does not.
        unpaid = "is not paid" if row.status.value in national.not_payable.partition(":")[0] else "has no amount"
        yield f"{written} {unpaid} under the fee schedule on {dated.iso}: {national.not_payable}"
    elif Aspect.STATUS in question.aspects:
        yield f"{written} has status {row.status.value} on {dated.iso}. {row.status.meaning}"
    elif Aspect.RELATIVE_VALUES in question.aspects:
        yield f"Relative value units (RVU) of {written} on {dated.iso}:"
        yield _values(row, question)
        yield bullets(_amounts(national, local, question))
    elif about_payment:
        yield f"Medicare allows for {written} on {dated.iso}:"
        yield bullets(_amounts(national, local, question))
        yield _values(row, question)
    if not asked and not national.not_payable:
        yield bullets(_facts(row, local))


def _indicator(written: str, aspect: Aspect, row: lookup.FeeRow, dated: Dated) -> str:
    name, _ = INDICATORS[aspect]
    one = indicator_named(row, name)
    if one is None:
        return f"The fee schedule prints no indicator of {name} for {written} on {dated.iso}."
    return f"{written} has {name} indicator {one.value} on {dated.iso}: {one.meaning}"


def indicator_named(row: lookup.FeeRow, name: str) -> lookup.FeeIndicator | None:
    """Return an indicator of a row, None when the fee schedule prints none."""
    return next((one for one in row.indicators if one.name == name), None)


def _amounts(
    national: lookup.GetFeesResponse, local: Sequence[lookup.GetFeesResponse], question: Question
) -> Iterator[str]:
    """Yield the amounts, those of the localities first, each with how it comes about."""
    national_amounts = {(one.participation, one.facility): one for one in national.payments}
    for answer in [*local, national]:
        where = f"{answer.locality.name} ({answer.locality.locality})" if answer.HasField("locality") else "National"
        shown = [one for one in answer.payments if _asked(one, question)]
        for one in shown:
            line = f"{where}, {_place(one.facility)}{for_whom(one.participation)}: ${one.amount}"
            nationally = national_amounts.get((one.participation, one.facility))
            if answer is not national and nationally:
                line += f" ({_difference(one.amount, nationally.amount)} the national amount)"
            yield line + _steps(one)
        if not shown and answer.payments:
            yield f"{where}: rarely or never performed in that place, so that there is no amount"


def _asked(payment: lookup.Payment, question: Question) -> bool:
    wanted = question.aspects & {Aspect.FACILITY, Aspect.NON_FACILITY}
    return len(wanted) != 1 or (Aspect.FACILITY in wanted) is payment.facility


def _place(facility: bool) -> str:
    return "facility" if facility else "non-facility (office)"


def for_whom(participation: str) -> str:
    """Return whom an amount or a conversion factor is for; nothing when it is for all."""
    return f" for {participation}" if participation else ""


def _difference(amount: str, national: str) -> str:
    difference = Decimal(amount) - Decimal(national)
    return f"${abs(difference)} {'less' if difference < 0 else 'more'} than"


def _steps(payment: lookup.Payment) -> str:
    if not payment.steps:
        return ""
    steps = "; ".join(f"{one.cause} × {one.factor}: {one.reason}" for one in payment.steps)
    return f" (${payment.base} before {steps})"


def _values(row: lookup.FeeRow, question: Question) -> str:
    """Return the relative value units as a table."""
    rows = [
        (False, "Non-facility", row.non_facility_pe_rvu, row.non_facility_total),
        (True, "Facility", row.facility_pe_rvu, row.facility_total),
    ]
    lines = ["| RVU | Work | Practice expense (PE) | Malpractice (MP) | Total |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {row.work_rvu} | {pe or 'NA'} | {row.mp_rvu} | {total or 'NA'} |"
        for facility, name, pe, total in rows
        if _asked(lookup.Payment(facility=facility), question)
    ]
    return "\n".join(lines)


def _facts(row: lookup.FeeRow, local: Sequence[lookup.GetFeesResponse]) -> Iterator[str]:
    for factor in row.conversion_factors:
        yield f"Conversion factor{for_whom(factor.participation)}: ${factor.value}"
    for place in (one.locality for one in local if one.HasField("locality")):
        indices = f"work {place.work_gpci}, PE {place.pe_gpci}, MP {place.mp_gpci}"
        yield f"GPCI of {place.name} ({place.locality}, {place.state}): {indices}"
    yield f"Status: {row.status.value}. {row.status.meaning}"
    if days := indicator_named(row, "global days"):
        yield f"Global days: {days.value}. {days.meaning}"
