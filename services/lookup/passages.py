"""The published books of coding rules, section by section."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.lookup.facts.kinds import Found, Want
from services.lookup.facts.registry import FactChoice
from services.lookup.facts.source import Source
from services.lookup.guidelines.model import Passage
from services.lookup.index.guidelines import CONTENTS_ID, KINDS, ContentsLine
from services.lookup.releases import parse_effective_on
from services.lookup.serving import Serving
from services.runtime.errors import Kind, Refusal


@dataclass(frozen=True, slots=True)
class PassageAnswer:
    """A section and the lines of those right below it; without a section, the lines of the whole book."""

    found: Found[Any]
    passage: Passage | None
    below: tuple[ContentsLine, ...]


class Passages:
    """Reads the books of coding rules."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving

    async def get(self, source: Source, id: str, effective_on: str, timeout: float) -> PassageAnswer:
        """Return a section, or the contents of the book for no id, on a date of service, today for none.

        Nothing when the book is not loaded for the date. Refuses a section that the edition does not have.
        """
        day = parse_effective_on(effective_on)
        return await self._serving.with_current_indices(lambda: self._get(source, id, day, timeout), timeout)

    async def _get(self, source: Source, id: str, day: date | None, timeout: float) -> PassageAnswer:
        kinds, facts = KINDS[source], self._serving.facts
        wanted = Want(kinds.contents, CONTENTS_ID)
        contents = (await facts.of([wanted], day, timeout)).get(*wanted)
        lines: tuple[ContentsLine, ...] = contents.fact or ()
        if not id or contents.choice is None:
            return PassageAnswer(contents, None, lines)
        # The index has other documents too, which are no sections.
        if all(line.id != id for line in lines):
            raise _not_found(contents.choice, id)
        answers = await facts.of([Want(kinds.passage, id)], day, timeout)
        found = answers.get(kinds.passage, id)
        return PassageAnswer(found, found.fact, tuple(_below(id, lines)))


def _below(id: str, lines: Iterable[ContentsLine]) -> Iterable[ContentsLine]:
    depth = id.count(".") + 1
    return (line for line in lines if line.id.startswith(f"{id}.") and line.id.count(".") == depth)


def _not_found(choice: FactChoice, id: str) -> Refusal:
    load = choice.load
    metadata = {"source": load.source.value, "id": id, "edition": load.edition}
    return Refusal(Kind.NOT_FOUND, "PASSAGE_NOT_FOUND", f"{load.display_name} has no section {id}", metadata=metadata)
