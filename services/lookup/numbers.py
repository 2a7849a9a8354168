"""Codes of systems without a release: known by their number alone, when another source has something for them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.lookup.answers import CommonLanguageDescription
from services.lookup.codes.model import System
from services.lookup.sections import number_wants
from services.lookup.serving import Serving


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """The codes that are known, and the descriptions of those that have one."""

    codes: frozenset[str]
    described: Mapping[str, CommonLanguageDescription]


async def known_numbers(
    serving: Serving, system: System, codes: Sequence[str], day: date | None, timeout: float
) -> KnownNumbers:
    """Return which of the codes are known by their number on a date of service, today for none."""
    wants = {code: number_wants(system, code) for code in codes}
    described, found = await asyncio.gather(
        serving.descriptions.of(system, codes, timeout),
        serving.facts.of([want for one in wants.values() for want in one], day, timeout),
    )
    known = {code for code in codes if any(found.get(kind, id).fact is not None for kind, id in wants[code])}
    return KnownNumbers(frozenset(known | described.keys()), described)
