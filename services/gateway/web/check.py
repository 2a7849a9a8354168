"""The page where a coder pastes the lines of a claim and sees what the edits say of them. Nothing of it is kept."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.gateway import claims, comparing, policy
from services.gateway.claims import NotUnderstood
from services.gateway.edge import edge_of
from services.gateway.outages import is_outage
from services.gateway.web import addresses, editions, forms
from services.gateway.web.addresses import BOOKS
from services.gateway.web.forms import Failure, Typed
from services.gateway.web.render import form_page
from services.gateway.web.sections.edits import ADJUDICATION_INDICATORS, MODIFIER_INDICATORS, SETTINGS
from services.gateway.web.sections.place import Linked
from services.gateway.web.sections.sources import dates
from services.gateway.words import SETTING_WORDS, setting_of
from services.runtime.errors import Refusal

_EXAMPLE = "DX: E11.9, M17.11\n99213-25 dx 1\n20610-RT dx 2\n93000 x2 dx 1"
_OUTAGE = "The claim was not checked: the edits do not answer at the moment. Please try again shortly."
_SETTINGS = [(SETTING_WORDS[number], name) for number, name in SETTINGS.items()]
_LINE_FIELD = re.compile(r"claim\.lines\[(\d+)\]\.(\w+)")
_CODE_LENGTH = 5
# Of the codes that an address fills in, in characters.
_LONGEST = 1_000

_KINDS = {
    lookup.FINDING_KIND_PTP: "PTP edit",
    lookup.FINDING_KIND_MUE: "MUE",
    lookup.FINDING_KIND_ADD_ON: "Add-on code",
    lookup.FINDING_KIND_PROCEDURE: "Procedure",
    lookup.FINDING_KIND_DIAGNOSIS: "Diagnosis",
    lookup.FINDING_KIND_EXCLUDES1: "Excludes1",
    lookup.FINDING_KIND_LATERALITY: "Laterality",
    lookup.FINDING_KIND_MODIFIER: "Modifier",
    lookup.FINDING_KIND_PLACE_OF_SERVICE: "Place of service",
}
_OF_DIAGNOSES = (lookup.FINDING_KIND_DIAGNOSIS, lookup.FINDING_KIND_EXCLUDES1, lookup.FINDING_KIND_LATERALITY)


class Verdict(NamedTuple):
    """A verdict in words; `style` is its class."""

    style: str
    word: str
    meaning: str


# Worst first, as the verdict of a claim is found.
_VERDICTS = {
    lookup.VERDICT_FAIL: Verdict("stop", "Fail", "As it stands, part of this claim would be denied."),
    lookup.VERDICT_NO_DATA: Verdict("unknown", "No data", "Not all of it could be checked. That is not a pass."),
    lookup.VERDICT_BYPASSED: Verdict(
        "care", "Bypassed", "Edits apply, and modifiers bypass them if the record supports that."
    ),
    lookup.VERDICT_PASS: Verdict("good", "Pass", "Nothing that was checked speaks against it."),
}
_SEVERITY = {number: place for place, number in enumerate(_VERDICTS)}


class Finding(NamedTuple):
    """A finding in words; `terms` are what an edit says, each with its name."""

    verdict: Verdict
    kind: str
    lines: str
    message: Markup
    terms: list[tuple[str, str | Linked]]
    source: str


class Service(NamedTuple):
    """A service line, the findings that judge it, and the worst verdict of these and of those about lines together."""

    number: int
    code: Linked
    modifiers: str
    facts: list[str]
    verdict: Verdict | None
    findings: list[Finding]


class Checked(NamedTuple):
    """A claim and its findings: of each line, of lines together, and of the diagnoses."""

    verdict: Verdict
    counts: str
    services: list[Service]
    together: list[Finding]
    diagnoses: list[Finding]


def routes() -> list[BaseRoute]:
    """Return the routes of the page."""
    return [Route("/check", check, methods=["GET", "POST"])]


async def check(request: Request) -> Response:
    """The form, and what was found of the claim in it. A guest who sends it is invited to register."""
    edge = edge_of(request)
    caller = edge.identity.of_request(request)
    if request.method != "POST":
        asked = request.query_params
        lines = "\n".join(comparing.names(asked.getlist("codes")))
        typed = Typed({"lines": _EXAMPLE if "example" in asked else lines[:_LONGEST]})
        return form_page(request, "check.html", caller, typed, **_shown())
    typed = await forms.read(request)
    if caller.plan not in policy.CHECK_EDITS.plans:
        return form_page(request, "check.html", caller, typed, Failure(403, {}), **_shown(invited=True))
    try:
        claim = claims.parse(typed.get("lines", ""))
        claim.setting = setting_of(typed.get("setting") or SETTING_WORDS[lookup.SETTING_PRACTITIONER])
        claim.effective_on = typed.get("effective_on", "")
        answer = await edge.lookup.CheckEdits(lookup.CheckEditsRequest(claim=claim))
    except NotUnderstood as error:
        return form_page(request, "check.html", caller, typed, Failure(400, {}), **_shown(unclear=error.faults))
    except Refusal as refusal:
        return form_page(request, "check.html", caller, typed, _failure(refusal), **_shown())
    return form_page(request, "check.html", caller, typed, **_shown(checked=checked(claim, answer)))


def _shown(
    checked: Checked | None = None, unclear: Sequence[claims.Fault] = (), *, invited: bool = False
) -> dict[str, Any]:
    return {
        "checked": checked,
        "unclear": unclear,
        "invited": invited,
        "settings": _SETTINGS,
        "notation": claims.HELP,
        "example": _EXAMPLE,
    }


def _failure(refusal: Refusal) -> Failure:
    """Return what the form says of a refusal of lookup, by the fields of the form."""
    if is_outage(refusal):
        return Failure(refusal.kind.http_status, {"": _OUTAGE}, refusal.retry_after)
    faults = {}
    for each in refusal.fields:
        expected = f"{each.description[:1].upper()}{each.description[1:]}."
        if each.field == "claim.effective_on":
            faults["effective_on"] = expected
        elif each.field == "setting":
            faults[""] = f"Billed by: {each.description}."
        elif line := _LINE_FIELD.match(each.field):
            faults["lines"] = f"Service {int(line[1]) + 1}, {line[2].replace('_', ' ')}: {each.description}."
        else:
            faults["lines"] = expected
    return Failure(refusal.kind.http_status, faults or {"": refusal.message})


def checked(claim: lookup.Claim, answer: lookup.CheckEditsResponse) -> Checked:
    """Return the findings of a claim as its page shows them, the worst of each part first."""
    findings = sorted(answer.findings, key=lambda one: _SEVERITY[one.verdict])
    of_lines: dict[int, list[lookup.Finding]] = {number: [] for number in range(1, len(claim.lines) + 1)}
    together, diagnoses = [], []
    for finding in findings:
        if finding.kind in _OF_DIAGNOSES:
            diagnoses.append(finding)
        elif number := _judged(claim, finding):
            of_lines[number].append(finding)
        else:
            together.append(finding)
    return Checked(
        _VERDICTS[answer.verdict],
        _counts(findings),
        [_service(claim, number, of_line, together) for number, of_line in of_lines.items()],
        [_finding(claim, one) for one in together],
        [_finding(claim, one) for one in diagnoses],
    )


def _judged(claim: lookup.Claim, finding: lookup.Finding) -> int:
    """Return the line that a finding judges, 0 when it judges several: of an edit it is that of column 2."""
    if len(finding.lines) == 1:
        return finding.lines[0]
    if finding.HasField("ptp"):
        code = finding.ptp.column2
    elif finding.source and finding.kind in (lookup.FINDING_KIND_MUE, lookup.FINDING_KIND_ADD_ON):
        code = finding.codes[0]
    else:
        return 0
    return next(number for number in finding.lines if claim.lines[number - 1].code == code)


def _counts(findings: Sequence[lookup.Finding]) -> str:
    """Return how many findings there are of each verdict: "1 fail, 12 pass"."""
    verdicts = [finding.verdict for finding in findings]
    counted = ((verdicts.count(number), verdict.word.lower()) for number, verdict in _VERDICTS.items())
    return ", ".join(f"{count} {word}" for count, word in counted if count)


def _service(
    claim: lookup.Claim, number: int, findings: Sequence[lookup.Finding], together: Iterable[lookup.Finding]
) -> Service:
    line = claim.lines[number - 1]
    on = line.effective_on or claim.effective_on
    concerning = [one.verdict for one in (*findings, *together) if number in one.lines]
    facts = [f"{line.units or 1} unit{'' if line.units <= 1 else 's'}"]
    if line.diagnosis_pointers:
        facts.append(", ".join(claim.diagnoses[place - 1] for place in line.diagnosis_pointers))
    if line.place_of_service:
        facts.append(f"POS {line.place_of_service}")
    if on:
        facts.append(editions.short_day(on))
    return Service(
        number,
        Linked(line.code, addresses.procedure_page(line.code, on)),
        "".join(f"-{modifier}" for modifier in line.modifiers),
        facts,
        _VERDICTS[min(concerning, key=_SEVERITY.__getitem__)] if concerning else None,
        [_finding(claim, one) for one in findings],
    )


def _finding(claim: lookup.Claim, finding: lookup.Finding) -> Finding:
    on = next((claim.lines[number - 1].effective_on for number in finding.lines), "") or claim.effective_on
    return Finding(
        _VERDICTS[finding.verdict],
        _KINDS[finding.kind],
        "" if len(finding.lines) < 2 else _numbered(finding.lines, len(claim.lines)),
        _linked(finding.message, finding.codes, on),
        list(_terms(finding, on)),
        finding.source,
    )


def _terms(finding: lookup.Finding, on: str) -> Iterator[tuple[str, str | Linked]]:
    if finding.HasField("ptp"):
        edit = finding.ptp
        yield "Column 1", Linked(edit.column1, addresses.procedure_page(edit.column1, on))
        yield "Column 2", Linked(edit.column2, addresses.procedure_page(edit.column2, on))
        yield "Indicator", MODIFIER_INDICATORS[edit.modifier_indicator]
        if finding.bypassed_by:
            yield "Bypassed by", ", ".join(finding.bypassed_by)
        yield "In force", dates(edit.effective_from, edit.effective_to)
        if edit.rationale:
            yield "Rationale", edit.rationale
    if finding.HasField("mue"):
        yield "Units", str(finding.mue.units)
        yield "MUE value", str(finding.mue.value)
        yield "MAI", ADJUDICATION_INDICATORS[finding.mue.adjudication_indicator]
        if finding.mue.rationale:
            yield "Rationale", finding.mue.rationale


def _numbered(lines: Sequence[int], every: int) -> str:
    """Return which lines a finding is about: "Lines 1, 2 and 4"."""
    return "All lines" if len(lines) == every else f"Lines {', '.join(map(str, lines[:-1]))} and {lines[-1]}"


def _linked(message: str, codes: Sequence[str], on: str) -> Markup:
    """Return a message whose codes lead to their pages."""
    if not codes:
        return escape(message)
    # Longest first: E11.9 is part of E11.90. A code may end a sentence.
    names = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))
    parts = re.split(rf"(?<![\w.])({names})(?!\w|\.\w)", message)
    link = Markup('<a class="code" href="{}">{}</a>')
    return Markup("").join(link.format(_code_page(part, on), part) if part in codes else escape(part) for part in parts)


def _code_page(code: str, on: str) -> str:
    # A diagnosis of five characters has a dot.
    if len(code) == _CODE_LENGTH and "." not in code:
        return addresses.procedure_page(code, on)
    return addresses.code_page(BOOKS[lookup.CODE_SYSTEM_ICD10CM], code, on)
