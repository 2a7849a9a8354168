"""What a place of service is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place of service code of CMS, two digits.

    `facility` says whether Medicare pays the facility rate there, None where the list does not say it.
    """

    code: str
    name: str
    description: str
    facility: bool | None
