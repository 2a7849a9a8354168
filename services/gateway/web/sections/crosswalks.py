"""What a code is in other classifications, as its page shows it."""

from collections.abc import Iterable
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.gateway.web.addresses import BOOKS, Book
from services.gateway.web.sections.place import Place
from services.gateway.web.sections.sources import Stated, stated

_ICD9CM, _ICD10CM = BOOKS[lookup.CODE_SYSTEM_ICD9CM], BOOKS[lookup.CODE_SYSTEM_ICD10CM]


class Target(NamedTuple):
    """A code on the other side of a mapping; `approximate` when its meaning is near, not the same."""

    code: str
    href: str
    approximate: bool


class Scenario(NamedTuple):
    """One way to say the code with several codes: one of each list, together."""

    number: int
    choice_lists: list[list[Target]]


class Mapping(NamedTuple):
    """What a code maps to."""

    title: str
    source: Stated
    no_map: bool
    alternatives: list[Target]
    scenarios: list[Scenario]


class Sources(NamedTuple):
    """The codes that map to a code: `alone`, or to it together with others."""

    title: str
    source: Stated
    alone: list[Target]
    combined: list[Target]


class Category(NamedTuple):
    """A category of a grouping; `model` is empty where there is but one."""

    model: str
    category: str
    title: str


class Grouping(NamedTuple):
    """The categories of a code in a grouping."""

    title: str
    source: Stated
    categories: list[Category]


class Crosswalks(NamedTuple):
    """The parts of the section that the code system has."""

    mappings: list[Mapping]
    sources: list[Sources]
    groupings: list[Grouping]


def crosswalks(found: lookup.Crosswalks, place: Place) -> Crosswalks:
    """Return the section as its template shows it."""
    mappings = [
        _mapping(mapping, book, place)
        for mapping, book in ((found.to_icd9cm, _ICD9CM), (found.to_icd10cm, _ICD10CM))
        if mapping.HasField("status")
    ]
    sources = [
        _sources(sources, book, place)
        for sources, book in ((found.from_icd9cm, _ICD9CM), (found.from_icd10cm, _ICD10CM))
        if sources.HasField("status")
    ]
    return Crosswalks(mappings, sources, list(_groupings(found)))


def _mapping(mapping: lookup.GemMapping, book: Book, place: Place) -> Mapping:
    return Mapping(
        f"To {book.name}",
        stated(mapping.status),
        mapping.no_map,
        _targets(mapping.alternatives, book, place),
        [
            Scenario(one.scenario, [_targets(choices.targets, book, place) for choices in one.choice_lists])
            for one in mapping.scenarios
        ],
    )


def _targets(targets: Iterable[lookup.GemTarget | lookup.GemSourceCode], book: Book, place: Place) -> list[Target]:
    return [Target(one.code, place.code_page(one.code, book), one.approximate) for one in targets]


def _sources(sources: lookup.GemSources, book: Book, place: Place) -> Sources:
    return Sources(
        f"From {book.name}",
        stated(sources.status),
        _targets([one for one in sources.codes if not one.combination], book, place),
        _targets([one for one in sources.codes if one.combination], book, place),
    )


def _groupings(found: lookup.Crosswalks) -> Iterable[Grouping]:
    if found.HasField("ccsr"):
        ccsr = found.ccsr
        categories = [Category("", ccsr.category, ccsr.title)] if ccsr.category else []
        yield Grouping("CCSR category", stated(ccsr.status), categories)
    if found.HasField("hcc"):
        nothing = "The models of the edition put this code into no category."
        categories = [Category(one.model, one.category, one.title) for one in found.hcc.categories]
        yield Grouping("Hierarchical condition categories", stated(found.hcc.status, nothing), categories)
