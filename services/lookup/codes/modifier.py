"""What a modifier is: two characters on a service line that say what was special about the service."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Modifier:
    """A modifier of HCPCS Level II or of CPT.

    `effective_from` and `effective_to` are the first and the last date of service it is valid for, None where the
    publisher sets none.
    """

    modifier: str
    title: str
    effective_from: date | None = None
    effective_to: date | None = None
