"""Which side of the body a diagnosis says, and the codes that say the others.

Sides are read from titles, and believed where the book has the same title for another side.
"""

import re
from collections.abc import Iterable, Mapping

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.note_codes import compact
from services.assistant.question import Side
from services.assistant.tools import Found, Tools
from services.assistant.understanding.places import BODY_PART

OTHER_SIDE = re.compile(rf"\b(?:other|opposite)\s+(?:side|{BODY_PART})\b", re.IGNORECASE)

_SIDE = re.compile(r"\b(right|left|bilateral)\b", re.IGNORECASE)
_ONE_SIDE = re.compile(r"\b(?:right|left)\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_STEM = 4


class Sides:
    """The codes of one condition by side; `own` is the side of the code that was asked for, None for none."""

    def __init__(
        self, own: Side | None, codes: Mapping[Side, lookup.Entry], unspecified: lookup.Entry | None, chosen: bool
    ) -> None:
        self.own = own
        self.codes = codes
        self.unspecified = unspecified
        self.chosen = chosen


def side_in(title: str) -> Side | None:
    """Return the side that a title says, None for none or several."""
    found = {match.lower() for match in _SIDE.findall(title)}
    return Side(found.pop()) if len(found) == 1 else None


async def sides_of(found: Found, tools: Tools) -> Sides | None:
    """Return the codes that differ from an ICD-10-CM code in nothing but the side; None when there are none."""
    assert found.entry
    answer = await tools.specify(found.entry.code, found.dated)
    for step, choice in reversed(list(enumerate(answer.choices))):
        chosen = next((option for option in choice.options if option.chosen), None)
        if chosen is None:
            if any(side_in(option.entry.title) for option in choice.options) and not side_in(choice.above.title):
                return _open(choice)
            continue
        told = side_in(chosen.entry.title)
        if told and side_in(choice.above.title) != told:
            codes = await _mirrored(chosen.entry, answer.choices[: step + 1], found, tools)
            return Sides(told, codes, await _unspecified(choice, found, chosen.entry, tools), True) if codes else None
        if chosen.unspecified and (codes := await _for_unspecified(chosen.entry, choice, found, tools)):
            return Sides(None, codes, answer.entry, True)
    return None


async def bilateral_of(one: Found, other: Found, tools: Tools) -> lookup.Entry | None:
    """Return the code for both sides when two codes say right and left of one condition, and there is one."""
    assert other.entry
    sides = await sides_of(one, tools)
    if sides is None or sides.own is None or sides.own.opposite is None:
        return None
    opposite = sides.codes.get(sides.own.opposite)
    return sides.codes.get(Side.BILATERAL) if opposite and opposite.code == other.entry.code else None


def _open(choice: lookup.Choice) -> Sides | None:
    """Return the sides of a header below which the side is still to be chosen."""
    codes: dict[Side, lookup.Entry] = {}
    for option in choice.options:
        side = side_in(option.entry.title)
        if side:
            codes.setdefault(side, option.entry)
    unspecified = next((option.entry for option in choice.options if option.unspecified), None)
    return Sides(None, codes, unspecified, False)


async def _mirrored(
    chosen: lookup.Entry, choices: Iterable[lookup.Choice], found: Found, tools: Tools
) -> dict[Side, lookup.Entry]:
    """Return the codes by side of one whose title says a side; nothing when no other side is there."""
    *above, choice = choices
    beside = [option.entry for option in choice.options]
    headers = {side: entry for side in Side if (entry := _same_but(chosen, side, beside))}
    if side_in(chosen.title) is Side.BILATERAL:
        headers |= await _of_single_sides(chosen, beside, headers, found, tools)
    elif above and Side.BILATERAL not in headers:
        both = _swapped(choice.above, "unilateral", "bilateral", [option.entry for option in above[-1].options])
        headers |= {Side.BILATERAL: both} if both else {}
    if len(headers) < 2:
        return {}
    rest = compact(found.entry.code if found.entry else "")[len(compact(chosen.code)) :]
    codes = {side: compact(entry.code) + rest for side, entry in headers.items()}
    entries = await tools.entries(found.system, list(codes.values()), found.dated)
    return {side: entries[code] for side, code in codes.items() if code in entries}


async def _of_single_sides(
    both: lookup.Entry, beside: Iterable[lookup.Entry], known: Mapping[Side, lookup.Entry], found: Found, tools: Tools
) -> dict[Side, lookup.Entry]:
    """Return the codes of single sides that stand under a header of their own ("Unilateral")."""
    header = _swapped(both, "bilateral", "unilateral", beside)
    if header is None:
        return {}
    page = await tools.page(found.system, header.code, found.dated, lookup.PAGE_SECTION_OFFICIAL_DESCRIPTION)
    return {side: one for one in page.children if (side := side_in(one.title)) and side not in known}


def _swapped(entry: lookup.Entry, word: str, other: str, beside: Iterable[lookup.Entry]) -> lookup.Entry | None:
    """Return the entry whose title has another word in place of one, None when the title does not have that."""
    stems = _stems(entry.title)
    if not _stems(word) <= stems:
        return None
    wanted = stems - _stems(word) | _stems(other)
    return next((one for one in beside if _stems(one.title) == wanted), None)


async def _unspecified(choice: lookup.Choice, found: Found, chosen: lookup.Entry, tools: Tools) -> lookup.Entry | None:
    """Return the code that leaves the side open."""
    header = next((option.entry for option in choice.options if option.unspecified), None)
    if header is None or found.entry is None:
        return None
    code = compact(header.code) + compact(found.entry.code)[len(compact(chosen.code)) :]
    return (await tools.entries(found.system, [code], found.dated)).get(code)


async def _for_unspecified(
    chosen: lookup.Entry, choice: lookup.Choice, found: Found, tools: Tools
) -> dict[Side, lookup.Entry]:
    """Return the codes by side of one that leaves the side open."""
    assert found.entry
    blank = _SIDE.sub("unspecified", chosen.title).lower()
    rest = compact(found.entry.code)[len(compact(chosen.code)) :]
    codes = {}
    for option in choice.options:
        side = side_in(option.entry.title)
        if side and _stems(_SIDE.sub("unspecified", option.entry.title)) <= _stems(blank):
            codes[side] = compact(option.entry.code) + rest
    entries = await tools.entries(found.system, list(codes.values()), found.dated)
    return {side: entries[code] for side, code in codes.items() if code in entries}


def _same_but(entry: lookup.Entry, side: Side, beside: Iterable[lookup.Entry]) -> lookup.Entry | None:
    """Return the entry whose title is the same for a side."""
    if side_in(entry.title) is side:
        return entry
    stems = _stems(entry.title) - _stems("right left bilateral")
    for one in beside:
        if side_in(one.title) is not side:
            continue
        if Side.BILATERAL not in (side, side_in(entry.title)):
            if _ONE_SIDE.sub("", one.title).lower() == _ONE_SIDE.sub("", entry.title).lower():
                return one
        elif (others := _stems(one.title) - _stems("right left bilateral")) <= stems or stems <= others:
            return one
    return None


def _stems(title: str) -> set[str]:
    """Return the words of a title by their beginnings: one side has an artery and a limb, both arteries and limbs."""
    return {word.rstrip("s")[:_STEM] for word in _WORD.findall(title.lower())}
