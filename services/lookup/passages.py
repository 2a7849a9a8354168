"""The published books of coding rules, section by section."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.lookup.facts.facts import Facts
from services.lookup.facts.kinds import Found, Want
from services.lookup.facts.registry import FactChoice
from services.lookup.facts.source import Source
from services.lookup.guidelines.model import Passage
from services.lookup.index.guidelines import CONTENTS_ID, KINDS, ContentsLine
from services.runtime.errors import Kind, Refusal


@dataclass(frozen=True, slots=True)
class PassageAnswer:
    """A section and the lines of those right below it; without a section, the lines of the whole book."""

    found: Found[Any]
    passage: Passage | None
    below: tuple[ContentsLine, ...]


class Passages:
    """Reads the books of coding rules."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    async def get(self, source: Source, id: str, effective_on: date | None, timeout: float) -> PassageAnswer:
        """Return a section, or the contents of the book for no id, on a date of service, today for none.

        Nothing when the book is not loaded for the date. Refuses a section that the edition does not have.
        """
        kinds = KINDS[source]
        wanted = Want(kinds.contents, CONTENTS_ID)
        contents = (await self._facts.of([wanted], effective_on, timeout)).get(*wanted)
        lines: tuple[ContentsLine, ...] = contents.fact or ()
        if not id or contents.choice is None:
            return PassageAnswer(contents, None, lines)
        # The index has other documents too, which are no sections.
        if all(line.id != id for line in lines):
            raise _not_found(contents.choice, id)
        answers = await self._facts.of([Want(kinds.passage, id)], effective_on, timeout)
        found = answers.get(kinds.passage, id)
        return PassageAnswer(found, found.fact, tuple(_below(id, lines)))


def _below(id: str, lines: Iterable[ContentsLine]) -> Iterable[ContentsLine]:
    depth = id.count(".") + 1
    return (line for line in lines if line.id.startswith(f"{id}.") and line.id.count(".") == depth)


def _not_found(choice: FactChoice, id: str) -> Refusal:
    load = choice.load
    metadata = {"source": load.source.value, "id": id, "edition": load.edition}
    return Refusal(Kind.NOT_FOUND, "PASSAGE_NOT_FOUND", f"{load.display_name} has no section {id}", metadata=metadata)
