"""The facts that the modifiers of a code page are made of."""

from services.lookup.codes.model import System
from services.lookup.edits.model import Setting
from services.lookup.facts.kinds import Want
from services.lookup.index.edits import ADD_ON, PTP1, PTP2, ptp_id
from services.lookup.index.fees import FEES
from services.lookup.index.modifiers import MODIFIER_CPT, MODIFIER_HCPCS
from services.lookup.modifiers.rules import MODIFIERS


def wants(system: System, code: str) -> list[Want]:
    """Return the facts that the section of a code wants; none for a system that takes no modifiers."""
    if system not in (System.CPT, System.HCPCS):
        return []
    return [
        Want(FEES, code),
        Want(PTP1[Setting.PRACTITIONER], ptp_id(code, 1)),
        Want(PTP2[Setting.PRACTITIONER], ptp_id(code, 2)),
        Want(ADD_ON, code),
        *(Want(MODIFIER_CPT if modifier.isdigit() else MODIFIER_HCPCS, modifier) for modifier in MODIFIERS),
    ]
