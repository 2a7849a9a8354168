"""What a diagnosis is in other classifications. Codes are written as printed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GemTarget:
    """A code that another maps to; `approximate` when its meaning is near, not the same."""

    code: str
    approximate: bool


# Codes of which a combination takes one.
ChoiceList = tuple[GemTarget, ...]
# One way to say a code with several codes: one of each choice list, together.
Scenario = tuple[ChoiceList, ...]


@dataclass(frozen=True, slots=True)
class GemMapping:
    """What a code maps to under the general equivalence mappings (GEM).

    Each of the `alternatives` is an equivalent alone. Scenarios, and the choice lists of each, have their numbers from
    their places, from 1. `no_map`: the code has no equivalent, and the rest is empty.
    """

    no_map: bool = False
    alternatives: tuple[GemTarget, ...] = ()
    scenarios: tuple[Scenario, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class GemSource:
    """A code that maps to another, alone or, in a `combination`, as one of the codes needed."""

    code: str
    approximate: bool
    combination: bool


@dataclass(frozen=True, slots=True)
class CcsrCategory:
    """A category of the Clinical Classifications Software Refined; `title` is empty where the file has none."""

    category: str
    title: str


@dataclass(frozen=True, slots=True)
class HccCategory:
    """The condition category of a diagnosis in one risk adjustment model; `title` is empty without the labels."""

    model: str
    category: str
    title: str
