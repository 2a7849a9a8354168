"""The facts that the fees of a code page, and the price of a service, are made of."""

from services.lookup.codes.model import System
from services.lookup.facts.kinds import Want
from services.lookup.index.fees import ALL_LOCALITIES, FEES, LOCALITIES, LOCALITY

LOCALITIES_WANTED = (Want(LOCALITIES, ALL_LOCALITIES),)


def wants(system: System, code: str) -> list[Want]:
    """Return the facts that the section of a code wants; none for a system that the fee schedule does not price."""
    return quote_wants(code) if system in (System.CPT, System.HCPCS) else []


def quote_wants(code: str, locality: str = "") -> list[Want]:
    """Return the facts that the price of a service wants, in a locality or, empty, nationally."""
    place = Want(LOCALITY, locality) if locality else Want(LOCALITIES, ALL_LOCALITIES)
    return [Want(FEES, code), place]
