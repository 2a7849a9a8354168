"""Which codes of a stretch of a book are new, and which no longer valid: below a code, of a range, of a beginning."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.note_codes import compact
from services.assistant.composing.parts import bold, joined
from services.assistant.composing.ranges import codes_within
from services.assistant.editions import Dated
from services.assistant.question import System
from services.assistant.tools import Tools

_CM, _PCS = lookup.CODE_SYSTEM_ICD10CM, lookup.CODE_SYSTEM_ICD10PCS
# The history of each is asked for by itself.
_MOST = 300
_SHOWN = 12
_BEGINNING = re.compile(r"\b(?:start|begin)\w* (?:with|in|by) ([0-9A-HJ-NP-Z][0-9A-Z]{1,5})(?![\w.])", re.IGNORECASE)
_TABLE = 3


class Stretch(NamedTuple):
    """A range of codes of a system, of which those count that begin with something."""

    system: System
    first: str
    last: str
    beginning: str = ""


class Change(NamedTuple):
    """What happened to a code, and from which date of service on."""

    on: str
    word: str
    entry: lookup.Entry
    source: str


def named_in(text: str) -> Stretch | None:
    """Return the codes that a text names by how they begin: "PCS codes starting with 0JH"."""
    match = _BEGINNING.search(text)
    if not match:
        return None
    beginning = match[1].upper()
    system = _CM if beginning[0].isalpha() and "pcs" not in text.lower() else _PCS
    if len(beginning) < _TABLE:
        return None
    return Stretch(system, beginning[:_TABLE], beginning[:_TABLE], beginning)


async def changes(stretch: Stretch, tools: Tools) -> list[Change] | None:
    """Return what the addenda and the conversion table have of the codes of a stretch, newest first.

    They are asked of codes that the newest release has and an earlier one has not, or has with another standing or
    without the newest. None when there are too many to ask for each.
    """
    newest = tools.on_system(stretch.system, None)
    if newest.edition is None:
        return []
    now = await _codes(stretch, newest, tools)
    if now is None:
        return None
    earlier = next((one for one in newest.loaded if one.last < newest.edition.first), None)
    before: Mapping[str, lookup.Entry] = {}
    if earlier:
        then = await _codes(stretch, newest.of(earlier), tools)
        if then is None:
            return None
        before = then
    asked = [(entry, newest) for code, entry in now.items() if _is_changed(entry, before.get(code))]
    asked += [(entry, newest.of(earlier)) for code, entry in before.items() if code not in now and earlier]
    if len(asked) > _MOST:
        return None
    found = await asyncio.gather(*(_of(entry, dated, tools) for entry, dated in asked))
    return sorted((one for each in found for one in each), key=lambda one: one.on, reverse=True)


def lines(found: Sequence[Change]) -> list[str]:
    """Return changes as lines, one for each date and kind."""
    told = []
    for (on, word), group in groupby(found, key=lambda one: (one.on, one.word)):
        entries = [one.entry for one in group]
        shown = "; ".join(bold(one.code, one.title) for one in entries[:_SHOWN])
        more = f"; and {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else ""
        told.append(f"{on}: {word}: {shown}{more}")
    return told


def counted(found: Sequence[Change]) -> str:
    """Return how many codes came and ended, in words."""
    words = dict.fromkeys(one.word for one in found)
    return joined([f"{sum(one.word == word for one in found)} {word}" for word in words])


async def _codes(stretch: Stretch, dated: Dated, tools: Tools) -> dict[str, lookup.Entry] | None:
    found = await codes_within(stretch.system, stretch.first, stretch.last, dated, tools)
    if found is None:
        return None
    return {one.code: one for one in found if compact(one.code).startswith(stretch.beginning)}


def _is_changed(entry: lookup.Entry, before: lookup.Entry | None) -> bool:
    """Whether a code is new, or turned into a header, since an earlier release."""
    if before is None:
        return entry.billable
    return before.billable and not entry.billable


async def _of(entry: lookup.Entry, dated: Dated, tools: Tools) -> list[Change]:
    """Return that a code came or ended, by what is on record of it."""
    page = await tools.page(entry.system, entry.code, dated, lookup.PAGE_SECTION_HISTORY)
    told: dict[str, Change] = {}
    for event in page.history.events:
        if event.action == lookup.HISTORY_ACTION_ADDED or event.replaces:
            told.setdefault("new", Change(event.effective_from, "new", entry, event.source))
        elif event.action == lookup.HISTORY_ACTION_DELETED or (event.replaced_by and not entry.billable):
            told.setdefault("ended", Change(event.effective_from, "no longer valid", entry, event.source))
    return list(told.values())
