"""The paragraphs of an answer on fees: amounts, relative values and indicators of the fee schedule."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Source, once
from services.assistant.composing.parts import bold, bullets
from services.assistant.editions import Dated
from services.assistant.question import Aspect, Question

# The names of the indicators as lookup gives them, and the values that mean yes; none where no value does.
INDICATORS: Mapping[Aspect, tuple[str, frozenset[str]]] = {
    Aspect.GLOBAL_DAYS: ("global days", frozenset(("000", "010", "090", "MMM", "ZZZ"))),
    Aspect.SHARES: ("preoperative, intraoperative and postoperative shares", frozenset()),
    Aspect.BILATERAL: ("bilateral surgery", frozenset("13")),
    Aspect.MULTIPLE: ("multiple procedures", frozenset("1234567")),
    Aspect.ENDOSCOPIC_BASE: ("endoscopic base code", frozenset()),
    Aspect.ASSISTANT: ("assistant at surgery", frozenset("02")),
    Aspect.COSURGEON: ("co-surgeons", frozenset("12")),
    Aspect.TEAM: ("team surgery", frozenset("12")),
    Aspect.COMPONENTS: ("professional and technical components", frozenset("16")),
    Aspect.SUPERVISION: ("supervision of diagnostic procedures", frozenset(("01", "02", "03"))),
}
# The status of what the contractor prices: it is paid, and has no amount.
PRICED_BY_CONTRACTOR = "C"
_PHASES = ("preoperative", "intraoperative", "postoperative")


@dataclass(frozen=True, slots=True)
class Fees:
    """What is paid for a code with its modifiers at a place of service, nationally and in localities."""

    code: str
    modifiers: Sequence[str]
    place: str
    entry: lookup.Entry | None
    national: lookup.GetFeesResponse
    local: Sequence[lookup.GetFeesResponse]

    def written(self, title: str = "") -> str:
        """Return the code with its modifiers as it is first mentioned."""
        modifiers = f" with modifier {', '.join(self.modifiers)}" if self.modifiers else ""
        return bold(self.code, title) + modifiers + (f" at POS {self.place}" if self.place else "")

    @property
    def sources(self) -> tuple[Source, ...]:
        """The editions that it follows from."""
        statuses = [*(one.rvu for one in (self.national, *self.local)), *(one.gpci for one in self.local)]
        return once(Source(status.release.name) for status in statuses if status.release.name)


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
    if Aspect.INDICATORS in question.aspects:
        yield f"Payment policy indicators of {written} on {dated.iso}:"
        yield bullets(f"{one.name}: {_printed(one)}" for one in row.indicators)
    general = not asked and Aspect.INDICATORS not in question.aspects
    priced = bool(question.aspects & {Aspect.PAYMENT, Aspect.FACILITY, Aspect.NON_FACILITY})
    if national.not_payable and (general or priced or Aspect.STATUS in question.aspects):
        # Where its status allows payment, something else of what was asked does not.
        of_status = (
            row.status.value in national.not_payable.partition(":")[0] and row.status.value != PRICED_BY_CONTRACTOR
        )
        unpaid = "is not paid" if of_status else "has no amount"
        yield f"{written} {unpaid} under the fee schedule on {dated.iso}: {national.not_payable}"
        return
    if Aspect.STATUS in question.aspects:
        yield f"{written} has status {row.status.value} on {dated.iso}. {row.status.meaning}"
    if Aspect.RELATIVE_VALUES in question.aspects:
        yield f"Relative value units (RVU) of {written} on {dated.iso}:"
        yield _values(row, question)
        yield bullets(_amounts(national, local, question))
    elif priced or (general and Aspect.STATUS not in question.aspects):
        yield f"Medicare allows for {written} on {dated.iso}:"
        yield bullets(_amounts(national, local, question))
        yield _values(row, question)
    if general and not national.not_payable:
        yield bullets(_facts(row, local))


def indicator_table(rows: Sequence[tuple[str, lookup.GetFeesResponse]], question: Question) -> str:
    """Return the indicators that are asked for of several codes as a table."""
    asked = [aspect for aspect in INDICATORS if aspect in question.aspects]
    lines = [f"| Code | {' | '.join(aspect.capitalize() for aspect in asked)} |", f"|---|{'---|' * len(asked)}"]
    for written, fees in rows:
        cells = [_value(aspect, fees.row) if fees.HasField("row") else fees.not_payable for aspect in asked]
        lines.append(f"| {written} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _value(aspect: Aspect, row: lookup.FeeRow) -> str:
    if aspect is Aspect.SHARES:
        shares = _shares(row)
        return ", ".join(f"{phase} {share:.0%}" for phase, share in shares.items()) or "none"
    one = indicator_named(row, INDICATORS[aspect][0])
    return _printed(one) if one else "none"


def _printed(one: lookup.FeeIndicator) -> str:
    return f"{one.value}. {one.meaning}" if one.meaning else one.value


def _indicator(written: str, aspect: Aspect, row: lookup.FeeRow, dated: Dated) -> str:
    name, _ = INDICATORS[aspect]
    if aspect is Aspect.SHARES:
        return _split_care(written, row, dated)
    one = indicator_named(row, name)
    if aspect is Aspect.ENDOSCOPIC_BASE:
        if one:
            return f"The endoscopic base code of {written} on {dated.iso} is {bold(one.value)}."
        return f"The fee schedule names no endoscopic base code for {written} on {dated.iso}."
    if one is None:
        return f"The fee schedule prints no indicator of {name} for {written} on {dated.iso}."
    return f"{written} has {name} indicator {one.value} on {dated.iso}: {one.meaning}"


def _split_care(written: str, row: lookup.FeeRow, dated: Dated) -> str:
    shares = _shares(row)
    if not shares:
        days = indicator_named(row, "global days")
        why = f" Global days: {days.value}. {days.meaning}" if days else ""
        return f"The payment of {written} on {dated.iso} has no pre-, intra- and postoperative shares.{why}"
    pre, intra, post = shares.values()
    return (
        f"Of the payment of {written} on {dated.iso} the preoperative share is {pre:.0%}, the intraoperative "
        f"{intra:.0%} (with the care in the hospital after surgery), the postoperative {post:.0%}. With modifier 54 "
        f"the surgeon is paid {pre + intra:.0%}, with modifier 55 the care after discharge is paid {post:.0%}."
    )


def _shares(row: lookup.FeeRow) -> Mapping[str, Decimal]:
    """Return the share of the payment that each phase of surgical care has; none where it is not divided."""
    named = {phase: indicator_named(row, f"{phase} share") for phase in _PHASES}
    return {phase: Decimal(one.value) for phase, one in named.items() if one}


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
        shown = [one for one in answer.payments if asked_in(one.facility, question)]
        for one in shown:
            line = f"{where}, {place_name(one.facility)}{for_whom(one.participation)}: ${one.amount}"
            nationally = national_amounts.get((one.participation, one.facility))
            if answer is not national and nationally:
                line += f" ({_difference(one.amount, nationally.amount)} the national amount)"
            yield line + _steps(one)
        if not shown and answer.payments:
            yield f"{where}: rarely or never performed in that place, so that there is no amount"
            yield from (f"{where}, {place_name(one.facility)}: ${one.amount}" for one in answer.payments)


def asked_in(facility: bool, question: Question) -> bool:
    """Whether what is paid in a facility, or outside one, is asked for."""
    wanted = question.aspects & {Aspect.FACILITY, Aspect.NON_FACILITY}
    return len(wanted) != 1 or (Aspect.FACILITY in wanted) is facility


def place_name(facility: bool) -> str:
    """Return where an amount is paid, as it is written."""
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
        # Where one place has no total, the other tells what there is.
        if asked_in(facility, question) or not (row.facility_total if not facility else row.non_facility_total)
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
