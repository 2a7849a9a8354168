"""What a search finds, by how much it says of what is told and by what it says against it."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.contradictions import (
    Told,
    contradictions,
    denials,
    is_of_others,
    leaves_side_open,
    placed_in,
    says_side,
)
from services.assistant.composing.wording import beginnings, beginnings_of_name, telling

_CATEGORY = 3
# So much better than the first one a code fits, to be the one that is meant; and so much one of the same category.
_MORE = 0.15
_LITTLE = 0.1
ALIKE = 0.2
# The share of what is told that a code must say to need nothing else.
SURE = 0.7
# The letters of a word that is no abbreviation.
_LONG = 7
_EXTERNAL = tuple("VWXY")
_INJURIES = tuple("ST")
_POISONING = beginnings("poisoning")
_OF_A_DRUG = re.compile(r"T(?:3[6-9]|[45]\d|6[0-5])")


class Candidate(NamedTuple):
    """A hit with the search that found it.

    `share` is how much of what is told it says, `exact` how much of its title is told; `against` how much it says
    against what is told, and `denials` how many things that are denied it says are not there.
    """

    hit: lookup.Hit
    found: lookup.SearchResponse
    share: float
    exact: float
    against: int
    denials: int

    @property
    def fit(self) -> float:
        """How much it says of what is told, and how little else."""
        return self.share + self.exact

    @property
    def likeness(self) -> float:
        """How much it says of what is told, above all."""
        return self.share + ALIKE * self.exact

    @property
    def entry(self) -> lookup.Entry:
        """The code."""
        return self.hit.entry


def candidates(found: lookup.SearchResponse, told: Told) -> list[Candidate]:
    """Return the hits of a search, what fits first, otherwise in their order."""
    hits = [hit for hit in found.hits if not hit.entry.number_only]
    injured = any(hit.entry.code.startswith(_INJURIES) for hit in hits)
    sided = {_category(hit.entry) for hit in hits if told.side and says_side(hit.entry.title, told.side)}
    named = {word for word in _spelt_out(found) if any(word in _name(hit) for hit in hits if _is_supply(hit.entry))}
    titles = {hit.entry.title.lower() for hit in hits}
    read = readings(found, told.there)
    text = " ".join(read)
    ranked = []
    for hit in hits:
        leaves_open = told.side is not None and leaves_side_open(hit.entry.title, told.side, titles)
        against = contradictions(hit.entry.title, hit.matched_term, told, _category(hit.entry) in sided)
        against += leaves_open + is_of_others(hit.entry.title, text)
        against += (injured and is_external(hit.entry)) + any(word.rstrip("s") not in _name(hit) for word in named)
        said = share(hit, found, told.there)
        exact = _exact(hit, read)
        ranked.append(Candidate(hit, found, said, exact, against, denials(hit.entry.title, told)))
    return in_order(ranked, told.there)


def in_order(found: Iterable[Candidate], there: str) -> list[Candidate]:
    """Return candidates by what speaks against them, the one that is meant first.

    That is the first of a search, unless something speaks against it, it says little, or one of its category says more
    of what is told, or as much and that what is denied is not there; or one has the very words as its title.
    """
    given = list(found)
    ordered = sorted(given, key=lambda one: one.against)
    fitting = [one for one in ordered if one.against == ordered[0].against]
    most = max((one.share for one in fitting if one.entry.billable), default=0.0)
    fitting = [one for one in fitting if one.entry.billable or one.share > most]
    if not fitting:
        return []
    first = fitting[0]
    if first is not given[0]:
        first = max(fitting, key=lambda one: one.likeness + ALIKE * (_category(one.entry) == _category(given[0].entry)))
    rivals = [one for one in fitting if one.share >= first.share and _is_as_specific(one.entry, first.entry)]
    best = max(rivals, key=lambda one: one.fit)
    beside = max((one for one in rivals if _category(one.entry) == _category(first.entry)), key=lambda one: one.fit)
    if (first.share < SURE or best.share == 1 > first.share) and best.fit >= first.fit + _MORE:
        first = best
    elif first.share < 1 and beside.fit >= first.fit + _LITTLE:
        first = beside
    least = [first, *(one for one in fitting if one.share >= first.share)]
    first = max(least, key=lambda one: one.denials)
    if _exact(first.hit, [there]) == 0 or (_is_supply(first.entry) and first.exact < 1):
        first = next((one for one in least if one.denials == first.denials and _exact(one.hit, [there]) == 1), first)
    if not first.entry.billable:
        initial = f"{first.entry.title}, initial encounter"
        first = next((one for one in fitting if one.entry.title.startswith(initial)), first)
    return [first, *(one for one in ordered if one is not first)]


def share(hit: lookup.Hit, found: lookup.SearchResponse, phrase: str) -> float:
    """Return the share of the words of a phrase that a hit says, as written, as read or as corrected, the best."""
    title = hit.entry.title
    said = beginnings_of_name(f"{title} {hit.matched_term}")
    if title.startswith("Toxic effect"):
        said |= _POISONING
    for part, within in placed_in(phrase):
        if said & beginnings(" ".join(within)):
            said |= beginnings(part)
    for _, within in placed_in(title):
        said |= beginnings(" ".join(within))
    asked = filter(None, map(beginnings, readings(found, phrase)))
    return max((len(words & said) / len(words) for words in asked), default=0.0)


def readings(found: lookup.SearchResponse, phrase: str) -> list[str]:
    """Return a phrase as it is written, as it was corrected, and as its parts may be read, each and all of them."""
    read = [(one.written, meaning) for one in found.readings if one.written in phrase for meaning in one.meanings]
    corrected = [found.corrected_query] if found.corrected_query else []
    whole = phrase
    for written, meaning in reversed(read):
        whole = whole.replace(written, meaning)
    return [phrase, *corrected, *(phrase.replace(written, meaning) for written, meaning in read), whole]


def _exact(hit: lookup.Hit, told: Iterable[str]) -> float:
    """Return the share of the telling words of a title that is told; of a drug, of the term that names it."""
    said = beginnings(" ".join(told))
    titles = [hit.matched_term] if hit.matched_term and _OF_A_DRUG.match(hit.entry.code) else [hit.entry.title]
    if hit.match_kind == lookup.MATCH_KIND_SYNONYM:
        titles.append(hit.matched_term)
    return max((len(words & said) / len(words) for words in map(telling, titles) if words), default=0.0)


def _spelt_out(found: lookup.SearchResponse) -> set[str]:
    """Return the words of a query, no abbreviations, that were read as something else as well."""
    return {one.written.lower() for one in found.readings if len(one.written) >= _LONG and one.written.isalpha()}


def _name(hit: lookup.Hit) -> str:
    return f"{hit.entry.title} {hit.matched_term}".lower()


def _category(entry: lookup.Entry) -> str:
    return entry.code[:_CATEGORY]


def _is_as_specific(entry: lookup.Entry, first: lookup.Entry) -> bool:
    return "unspecified" not in entry.title.lower() or "unspecified" in first.title.lower()


def _is_supply(entry: lookup.Entry) -> bool:
    return entry.system == lookup.CODE_SYSTEM_HCPCS


def is_external(entry: lookup.Entry) -> bool:
    """Whether a code is one of external causes, which is never listed first (I.C.20)."""
    return entry.system == lookup.CODE_SYSTEM_ICD10CM and entry.code.startswith(_EXTERNAL)


def first_of(found: Sequence[Candidate]) -> Candidate | None:
    """Return the candidate that is meant, if any."""
    return found[0] if found else None
