"""What a code page shows of NCCI edits."""

from services.lookup.codes.model import System
from services.lookup.facts.kinds import Want
from services.lookup.index.edits import ADD_ON, MUE, PTP1, PTP2, ptp_id


def wants(system: System, code: str) -> list[Want]:
    """Return the facts that the section of a code wants; none for a system that NCCI does not edit."""
    if system not in (System.CPT, System.HCPCS):
        return []
    return [
        *(Want(kind, ptp_id(code, 1)) for kind in PTP1.values()),
        *(Want(kind, ptp_id(code, 2)) for kind in PTP2.values()),
        *(Want(kind, code) for kind in MUE.values()),
        Want(ADD_ON, code),
    ]
