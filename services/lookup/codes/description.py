"""What codes mean in common language, in the words of an editor."""

from dataclasses import dataclass
from datetime import date

from services.lookup.codes.model import System


@dataclass(frozen=True, slots=True)
class Description:
    """What an editor says of one code.

    `code` is the code with its dot, `title` plain text, `text` CommonMark without raw HTML. `reviewed_on` is the day it
    was last checked against the code.
    """

    system: System
    code: str
    title: str
    text: str
    author: str
    reviewed_on: date


@dataclass(frozen=True, slots=True)
class Collection:
    """The descriptions that are published together, at least one, each code once.

    The `samples` are those that ship along; they never take the place of an operator's own.
    """

    origin: str
    descriptions: tuple[Description, ...]
    samples: bool = False

    @property
    def label(self) -> str:
        """What the collection is called: the day of its last review."""
        return f"reviewed {max(one.reviewed_on for one in self.descriptions)}"
