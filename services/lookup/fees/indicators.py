"""What the indicators of the fee schedule mean (RVUPUF, and its Attachment A), in plain words."""

from typing import NamedTuple

from services.lookup.fees.model import FeeRow

PAYABLE = frozenset("ART")

STATUS = {
    "A": "Active: paid separately if covered.",
    "B": "Bundled: always paid as part of other services.",
    "C": "Priced by the contractors, usually case by case from the documentation.",
    "E": "Excluded from the fee schedule by regulation; if covered, paid under other rules.",
    "I": "Not valid for Medicare, which uses another code for the service.",
    "J": "Anesthesia: paid by base units and time, not by relative values.",
    "M": "A measure, for reporting only.",
    "N": "Not covered by Medicare.",
    "P": "Bundled into the service it is incident to, or else excluded from the fee schedule.",
    "R": "Restricted coverage: special instructions apply.",
    "T": "Paid only when no other service of the fee schedule is billed for the date by the same provider.",
    "X": "Excluded by statute: not a physician service; if covered, paid under other rules.",
}
PCTC = {
    "0": "Physician service: has no professional and technical components.",
    "1": "Diagnostic test or radiology service: has a professional (26) and a technical (TC) component.",
    "2": "Stands for a professional component alone.",
    "3": "Stands for a technical component alone, or a test without a professional one.",
    "4": "Stands for a whole test whose components have codes of their own.",
    "5": "Incident to a physician's service, by auxiliary staff: not paid for hospital patients.",
    "6": "Laboratory service that a physician may interpret: professional component (26) only.",
    "7": "Therapy: not paid to independent therapists for hospital patients.",
    "8": "Physician's interpretation of an abnormal smear, of hospital inpatients only.",
    "9": "The split into professional and technical components does not apply.",
}
GLOBAL_DAYS = {
    "000": "Minor procedure or endoscopy: related care of the same day is included.",
    "010": "Minor procedure: related care of the same day and of 10 days after is included.",
    "090": "Major surgery: related care from the day before to 90 days after is included.",
    "MMM": "Maternity: the usual global period does not apply.",
    "XXX": "The global period does not apply.",
    "YYY": "The contractor sets the global period.",
    "ZZZ": "Goes with another service and falls into its global period.",
}
MULTIPLE = {
    "0": "No reduction beside other procedures.",
    "1": "Reduced beside other procedures by the rules in force before 1995.",
    "2": "Reduced beside other procedures: the highest at 100 %, the second to the fifth at 50 %.",
    "3": "Endoscopy: beside another of its family only what it is worth beyond their base; families are then ranked.",
    "4": "Diagnostic imaging: reduced when more than one is done in a session.",
    "5": "Therapy: practice expense reduced by 50 % beside other therapy of the day.",
    "6": "Cardiovascular diagnostics: technical component reduced by 25 % beside others of the day.",
    "7": "Ophthalmic diagnostics: technical component reduced by 20 % beside others of the day.",
    "9": "The concept does not apply.",
}
BILATERAL = {
    "0": "No bilateral payment: the anatomy or the meaning of the code is against it.",
    "1": "Both sides are paid at 150 %.",
    "2": "The values are already those of both sides.",
    "3": "Each side is paid in full.",
    "9": "The concept does not apply.",
}
ASSISTANT = {
    "0": "An assistant is paid only when medical necessity is documented.",
    "1": "An assistant may not be paid.",
    "2": "An assistant may be paid.",
    "9": "The concept does not apply.",
}
CO_SURGEONS = {
    "0": "Co-surgeons are not permitted.",
    "1": "Co-surgeons are paid only when the need for two is documented.",
    "2": "Co-surgeons of two specialties are permitted.",
    "9": "The concept does not apply.",
}
TEAM = {
    "0": "A team of surgeons is not permitted.",
    "1": "A team of surgeons is paid, by report, only when the need for it is documented.",
    "2": "A team of surgeons is permitted and paid by report.",
    "9": "The concept does not apply.",
}
SUPERVISION = {
    "01": "General supervision of a physician.",
    "02": "Direct supervision of a physician.",
    "03": "Personal supervision of a physician.",
    "04": "None for a qualified psychologist, else general supervision.",
    "05": "None for a qualified audiologist, else general supervision.",
    "06": "By a physician, or by a physical therapist certified in electrophysiology.",
    "09": "The concept does not apply.",
    "21": "General supervision of a certified technician, else direct supervision.",
    "22": "By a technician in online contact with a physician.",
    "66": "By a physician, or by a physical therapist certified for this procedure.",
    "6A": "By a physician, or by a physical therapist certified for this procedure, who may also supervise another.",
    "77": "By a certified physical therapist, or under supervision of a physician.",
    "7A": "By a certified physical therapist, who may also supervise another, or under supervision of a physician.",
}
IMAGING_FAMILY = {
    "88": "Subject to the reduction for multiple imaging.",
    "99": "The concept does not apply.",
}


class Indicator(NamedTuple):
    """One indicator of a row; `meaning` is empty when the value speaks for itself."""

    name: str
    value: str
    meaning: str


def status(row: FeeRow) -> Indicator:
    """Return the status of a row."""
    return Indicator("status", row.status, STATUS.get(row.status, ""))


def indicators(row: FeeRow) -> list[Indicator]:
    """Return the other indicators of a row, in the order of the file, those that are not printed left out."""
    na = "Rarely or never performed there."
    every = [
        Indicator("non-facility", "NA" if row.non_facility_na else "", na),
        Indicator("facility", "NA" if row.facility_na else "", na),
        Indicator("professional and technical components", row.pctc, PCTC.get(row.pctc, "")),
        Indicator("global days", row.global_days, GLOBAL_DAYS.get(row.global_days, "")),
        *_shares(row),
        Indicator("multiple procedures", row.multiple, MULTIPLE.get(row.multiple, "")),
        Indicator("bilateral surgery", row.bilateral, BILATERAL.get(row.bilateral, "")),
        Indicator("assistant at surgery", row.assistant, ASSISTANT.get(row.assistant, "")),
        Indicator("co-surgeons", row.co_surgeons, CO_SURGEONS.get(row.co_surgeons, "")),
        Indicator("team surgery", row.team, TEAM.get(row.team, "")),
        Indicator("endoscopic base code", row.endoscopic_base, ""),
        Indicator("supervision of diagnostic procedures", row.supervision, SUPERVISION.get(row.supervision, "")),
        Indicator("diagnostic imaging family", row.imaging_family, IMAGING_FAMILY.get(row.imaging_family, "")),
        *_cap(row),
    ]
    return [one for one in every if one.value]


def _shares(row: FeeRow) -> list[Indicator]:
    if not row.intra:
        return []
    return [
        Indicator("preoperative share", str(row.pre), ""),
        Indicator("intraoperative share", str(row.intra), "Includes care in the hospital after surgery."),
        Indicator("postoperative share", str(row.post), ""),
    ]


def _cap(row: FeeRow) -> list[Indicator]:
    """Return the units that cap imaging at the hospital outpatient payment (Deficit Reduction Act, section 5102(b))."""
    if not row.opps_non_facility_pe and not row.opps_facility_pe:
        return []
    return [
        Indicator("non-facility PE used for OPPS payment", str(row.opps_non_facility_pe), ""),
        Indicator("facility PE used for OPPS payment", str(row.opps_facility_pe), ""),
        Indicator("MP used for OPPS payment", str(row.opps_mp), ""),
    ]
