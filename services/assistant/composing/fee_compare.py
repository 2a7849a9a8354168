"""Fees and relative values side by side: which is more and by how much, and what they come to together."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Verdict
from services.assistant.composing.fee_parts import Fees, asked_in, for_whom, place_name
from services.assistant.composing.parts import bullets, joined, paragraphs, yes_or_no
from services.assistant.question import Aspect, Question

_TOGETHER = re.compile(
    r"\b(?:total(?!\s+(?:non|fac|rvu|relative))|sum|altogether|combined|in all|pay together|"
    r"add(?:ed|ing)?\s+(?:\S+\s+){0,4}?(?:up|together)|add(?:ed|ing)?\s+(?:up\b|them|both|these|those|the two))\b",
    re.IGNORECASE,
)
_SAME = re.compile(r"\b(?:same|equal\w*|alike|identical\w*)\b", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more|higher|better|bigger|greater|exceeds?|beats?)\b", re.IGNORECASE)
_LESS = re.compile(r"\b(?:less|lower|cheaper|smaller|worse)\b", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\b(?:differ\w*|diff|most|least|best|vs|versus|compar\w*|winner|gap|highest|lowest|top)\b", re.IGNORECASE
)
_MOST = re.compile(r"\b(?:highest|most|best|top|lowest|least|cheapest)\b", re.IGNORECASE)
_AREAS = re.compile(
    r"\b(?:localit\w+|areas?|regions?|where|states?|cit(?:y|ies)|count(?:y|ies)|places?|part)\b", re.IGNORECASE
)
_LOWEST = re.compile(r"\b(?:lowest|least|cheapest|worst)\b", re.IGNORECASE)
_FACILITY = re.compile(r"(?<!non-)(?<!non )(?<!non)\bfacility\b", re.IGNORECASE)
_NON_FACILITY = re.compile(r"\bnon[- ]?facility\b|\boffice\b", re.IGNORECASE)
# The relative values that are asked for by their names, else the totals.
_WORK = re.compile(r"\bw(?:ork\b|rvus?\b)", re.IGNORECASE)
_EXPENSE = re.compile(r"\b(?:pe|practice expense)\b", re.IGNORECASE)
_MALPRACTICE = re.compile(r"\b(?:mp|malpractice)\b", re.IGNORECASE)
_AMOUNTS = frozenset((Aspect.PAYMENT, Aspect.RELATIVE_VALUES, Aspect.FACILITY, Aspect.NON_FACILITY))
_TWO = 2
_RANKED = 10


class _Item(NamedTuple):
    """One of what is compared, with its values by place; all in the place "" where the places are what is compared."""

    name: str
    values: Mapping[str, Decimal]


def is_compared(question: Question) -> bool:
    """Whether a question sets amounts side by side."""
    return any(one.search(question.text) for one in (_SAME, _MORE, _LESS, _BETWEEN))


def is_added(question: Question) -> bool:
    """Whether a question asks what amounts come to together."""
    return bool(_TOGETHER.search(question.text))


def ranks_localities(question: Question) -> bool:
    """Whether a question asks where most, or least, is paid."""
    return bool(_MOST.search(question.text) and _AREAS.search(question.text))


def compared(known: Sequence[Fees], question: Question) -> str:
    """Return what fees come to beside each other, as is asked: which is more, and their sum; empty for neither."""
    groups = _groups(known, question)
    said = [_difference(group, question) for group in groups] if is_compared(question) else []
    together = _sum(groups[0], question) if len(groups) == 1 and is_added(question) and len(known) > 1 else ""
    return paragraphs(*said, together)


def verdict(known: Sequence[Fees], question: Question) -> Verdict | None:
    """Return the answer to a question that yes or no answers by comparing; None where it does not."""
    if not question.aspects & _AMOUNTS:
        return None
    found = {_holds(group, question) for group in _groups(known, question)}
    held = found.pop() if len(found) == 1 else None
    return None if held is None else yes_or_no(held)


def ranked(fees: Fees, question: Question) -> str:
    """Return the localities with the highest or the lowest amounts for a service."""
    lowest = bool(_LOWEST.search(question.text))
    which = "lowest" if lowest else "highest"
    items = [_Item(_where(one), _values(one, question)) for one in fees.local]
    places = dict.fromkeys(place for item in items for place in item.values)
    parts = []
    for place in places:
        there = sorted((one for one in items if place in one.values), key=lambda one: one.values[place])
        there = there if lowest else there[::-1]
        lines = [f"- {one.name}: {_written(one.values[place], question)}" for one in there[:_RANKED]]
        rest = f", the {which} {_RANKED} of {len(there)}" if len(there) > _RANKED else ""
        parts += [f"{fees.written()}, {place}: the {which} is {_best(there, place, question)}{rest}.", "\n".join(lines)]
    return paragraphs(*parts)


def _best(items: Sequence[_Item], place: str, question: Question) -> str:
    value = items[0].values[place]
    names = [one.name for one in items if one.values[place] == value]
    return f"{_written(value, question)} in {joined(names)}"


def _groups(known: Sequence[Fees], question: Question) -> list[list[_Item]]:
    """Return what is compared with each other: the places of one service, else the services."""
    if known and len(known[0].local) > 1:
        return [[_Item(f"{one.written()} in {_where(at)}", _values(at, question)) for at in one.local] for one in known]
    items = [_Item(one.written(), _values(one.national if not one.local else one.local[0], question)) for one in known]
    if len({one.place for one in known}) == len(known) > 1 or (len(known) == 1 and _both_places(question)):
        return [_by_place(items, question)]
    return [items]


def _both_places(question: Question) -> bool:
    return bool(_FACILITY.search(question.text) and _NON_FACILITY.search(question.text))


def _by_place(items: Iterable[_Item], question: Question) -> list[_Item]:
    """Return each value as one of its own; those of one service in the order in which the places are named."""
    apart = [_Item(f"{one.name} {place}", {"": value}) for one in items for place, value in one.values.items()]
    facility, other = _FACILITY.search(question.text), _NON_FACILITY.search(question.text)
    return apart[::-1] if facility and other and facility.start() < other.start() else apart


def _where(fees: lookup.GetFeesResponse) -> str:
    return f"{fees.locality.name} ({fees.locality.locality})"


def _values(fees: lookup.GetFeesResponse, question: Question) -> dict[str, Decimal]:
    if Aspect.RELATIVE_VALUES in question.aspects:
        return {place: Decimal(value) for place, value in _relative(fees.row, question) if value}
    return {
        place_name(one.facility) + for_whom(one.participation): Decimal(one.amount)
        for one in fees.payments
        if asked_in(one.facility, question)
    }


def _relative(row: lookup.FeeRow, question: Question) -> Iterator[tuple[str, str]]:
    if _WORK.search(question.text):
        yield "work", row.work_rvu
    elif _MALPRACTICE.search(question.text):
        yield "malpractice", row.mp_rvu
    else:
        expense = bool(_EXPENSE.search(question.text))
        values = (
            (False, row.non_facility_pe_rvu if expense else row.non_facility_total),
            (True, row.facility_pe_rvu if expense else row.facility_total),
        )
        yield from ((place_name(facility), value) for facility, value in values if asked_in(facility, question))


def _written(value: Decimal, question: Question) -> str:
    return f"{value} RVU" if Aspect.RELATIVE_VALUES in question.aspects else f"${value}"


def _shared(items: Sequence[_Item]) -> list[str]:
    """Return the places in which all have a value."""
    return [place for place in items[0].values if all(place in one.values for one in items)] if items else []


def _difference(items: Sequence[_Item], question: Question) -> str:
    """Say which of several is most, and by how much it is more than the least, in each place."""
    lines = []
    for place in _shared(items) if len(items) > 1 else ():
        most = max(items, key=lambda one: one.values[place])
        least = min(items, key=lambda one: one.values[place])
        there = f"{place.capitalize()}: " if place else ""
        value = _written(most.values[place], question)
        if most.values[place] == least.values[place]:
            lines.append(f"{there}{joined([one.name for one in items])} are the same, {value}.")
            continue
        more = _written(most.values[place] - least.values[place], question)
        lines.append(
            f"{there}{most.name} with {value} is {more} more than {least.name} with "
            f"{_written(least.values[place], question)}."
        )
    return bullets(lines) if len(lines) > 1 else "".join(lines)


def _sum(items: Sequence[_Item], question: Question) -> str:
    paid = [one for one in items if one.values]
    totals = [
        f"{_written(sum((one.values[place] for one in paid), Decimal()), question)} {place}" for place in _shared(paid)
    ]
    if not totals or len(paid) < _TWO:
        return ""
    without = [one.name for one in items if one not in paid]
    names = joined([one.name for one in paid])
    edits = "NCCI edits between them and reductions for multiple procedures are not counted in it."
    return f"{names} come to {joined(totals, 'or')}{f', without {joined(without)}' if without else ''}. {edits}"


def _holds(items: Sequence[_Item], question: Question) -> bool | None:
    """Tell whether what a question says of the first beside the second holds in all places; None where it is open."""
    places = _shared(items)
    if not places or len(items) < _TWO:
        return None
    values = [[one.values[place] for one in items] for place in places]
    if _SAME.search(question.text):
        return all(len(set(row)) == 1 for row in values)
    more, less = _MORE.search(question.text), _LESS.search(question.text)
    if len(items) != _TWO or bool(more) == bool(less):
        return None
    found = {first > second if more else first < second for first, second in values}
    return found.pop() if len(found) == 1 else None
