"""Claims and their findings as messages of the contract."""

from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.edits.check import ClaimFindings, Finding, FindingKind, Verdict
from services.lookup.edits.claim import AskedClaim, AskedLine, Claim, parse_claim
from services.lookup.edits.model import Setting
from services.lookup.messages.edits import SETTINGS, mue_limit, ptp_edit
from services.runtime.errors import invalid

_SETTING_BY_NUMBER = {pb.SETTING_UNSPECIFIED: Setting.PRACTITIONER} | {
    number: setting for setting, number in SETTINGS.items()
}
_VERDICTS = {verdict: pb.Verdict.Value(f"VERDICT_{verdict.name}") for verdict in Verdict}
_KINDS = {kind: pb.FindingKind.Value(f"FINDING_KIND_{kind.name}") for kind in FindingKind}


def claim(message: pb.Claim, today: date, field: str = "claim") -> Claim:
    """Return the claim that a field of a request holds. Raises a refusal of what is wrong in it, by its path."""
    setting = _SETTING_BY_NUMBER.get(message.setting)
    if setting is None:
        raise invalid(f"{field}.setting", "expected PRACTITIONER, HOSPITAL or DME")
    asked = AskedClaim(
        id=message.id,
        setting=setting,
        effective_on=message.effective_on,
        diagnoses=message.diagnoses,
        lines=[
            AskedLine(
                code=line.code,
                modifiers=line.modifiers,
                units=line.units,
                diagnosis_pointers=line.diagnosis_pointers,
                place_of_service=line.place_of_service,
                effective_on=line.effective_on,
            )
            for line in message.lines
        ],
    )
    return parse_claim(asked, today, field)


def response(checked: ClaimFindings) -> pb.CheckEditsResponse:
    """Return what was found of a claim."""
    return pb.CheckEditsResponse(
        id=checked.id, verdict=_VERDICTS[checked.verdict], findings=map(_finding, checked.findings)
    )


def _finding(finding: Finding) -> pb.Finding:
    return pb.Finding(
        kind=_KINDS[finding.kind],
        verdict=_VERDICTS[finding.verdict],
        lines=finding.lines,
        codes=finding.codes,
        ptp=ptp_edit(finding.ptp) if finding.ptp else None,
        bypassed_by=finding.bypassed_by,
        mue=mue_limit(finding.mue, finding.units) if finding.mue else None,
        message=finding.message,
        source=finding.source,
    )
