"""Units against the medically unlikely edits."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from services.lookup.edits.check import Finding, FindingKind, Sourced, Verdict
from services.lookup.edits.claim import Line, by_code, numbers
from services.lookup.edits.model import AdjudicationIndicator, Mue

_ABOVE = {
    AdjudicationIndicator.LINE: "The units of a line are denied; medically necessary ones may be split over lines with "
    "an appropriate modifier (MAI 1).",
    AdjudicationIndicator.DATE_OF_SERVICE_POLICY: "The limit of the date is absolute, by policy (MAI 2).",
    AdjudicationIndicator.DATE_OF_SERVICE_CLINICAL: "The limit is of the date, by clinical benchmarks; a denial may be "
    "appealed with the record (MAI 3).",
}


def check_units(lines: Sequence[Line], mues: Mapping[str, Sourced[Mue]], day: date) -> Iterator[Finding]:
    """Check the units of the lines of one date of service (NCCI Policy Manual, Chapter I, Section V).

    By adjudication indicator 1 each line is compared with the limit, by 2 and 3 all lines of the code together.
    """
    of_code = by_code(lines)
    missing = mues[lines[0].code].missing
    if missing:
        yield Finding(FindingKind.MUE, Verdict.NO_DATA, missing, numbers(lines), tuple(of_code), "")
        return
    for code, of_one in of_code.items():
        mue, source = mues[code].value, mues[code].source
        if mue is None:
            message = f"No MUE is published for {code}; some are confidential: this is not “no limit”."
            yield Finding(FindingKind.MUE, Verdict.NO_DATA, message, numbers(of_one), (code,), source)
        elif mue.adjudication_indicator is AdjudicationIndicator.LINE:
            yield from (_compared(mue, [line], f"line {line.number}", source) for line in of_one)
        else:
            yield _compared(mue, of_one, day.isoformat(), source)


def _compared(mue: Mue, lines: Sequence[Line], where: str, source: str) -> Finding:
    units = sum(line.units for line in lines)
    counted = f"{units} unit{'' if units == 1 else 's'} of {mue.code} on {where}"
    if units <= mue.value:
        verdict, message = Verdict.PASS, f"{counted}; at most {mue.value} paid."
    else:
        verdict = Verdict.FAIL
        message = f"{counted}, but at most {mue.value} paid. {_ABOVE[mue.adjudication_indicator]}"
        message += f" CMS rationale: {mue.rationale}." if mue.rationale else ""
    return Finding(FindingKind.MUE, verdict, message, numbers(lines), (mue.code,), source, mue=mue, units=units)
