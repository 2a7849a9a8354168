"""The crosswalks section of a code page."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.model import System
from services.lookup.crosswalks.model import CcsrCategory, GemMapping, GemTarget, HccCategory
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source
from services.lookup.index.crosswalks import ccsr_document, gem_documents, hcc_document, wants
from services.lookup.messages.crosswalks import crosswalks, gem_mapping, gem_sources

DAY = date(2026, 6, 15)
NEAR, SAME = True, False


def targets(*codes: str, approximate: bool = NEAR) -> tuple[GemTarget, ...]:
    return tuple(GemTarget(code, approximate) for code in codes)


TO_ICD9CM = gem_documents(
    {
        "S02.XXXA": GemMapping(
            alternatives=targets("802.1", approximate=SAME),
            scenarios=((targets("805.4", "805.5"), targets("E812.0")), (targets("806"), targets("E813.1"))),
        ),
        "Z67.91": GemMapping(no_map=True),
    }
)
FROM_ICD9CM = gem_documents(
    {
        "805.4": GemMapping(scenarios=((targets("S02.XXXA"), targets("S03.XXXA")),)),
        "802.1": GemMapping(alternatives=targets("S02.XXXA", approximate=SAME)),
    }
)
DOCUMENTS: dict[Source, list[Document]] = {
    Source.GEM_TO_ICD9CM: TO_ICD9CM,
    Source.GEM_FROM_ICD9CM: FROM_ICD9CM,
    Source.CCSR: [("S02XXXA", ccsr_document(CcsrCategory("INJ001", "Bumps")))],
    Source.HCC: [("S02XXXA", hcc_document([HccCategory("CMS-HCC V28", "402", "Bumps"), HccCategory("X", "1", "")]))],
}
ALL = frozenset(DOCUMENTS)


def answers(system: System, code: str, loaded: frozenset[Source] = ALL) -> Answers:
    """Answer what the section of a code wants, from the documents of the sources that are loaded."""
    found: dict[Want, Found[Any]] = {}
    for want in wants(system, code):
        kind, id = want
        choice = FactChoice(load(kind.source), in_force=True) if kind.source in loaded else None
        documents: Mapping[str, Mapping[str, Any]] = dict(DOCUMENTS[kind.source]) if choice else {}
        fact = kind.read(id, documents[id]) if id in documents else None
        found[want] = Found(kind.source, choice, (), fact)
    return Answers(found)


def load(source: Source) -> FactLoad:
    return FactLoad(
        source=source,
        edition="2018",
        effective_from=date.min,
        effective_to=date.max,
        rows=1,
        left_out={},
        documents=1,
        index="facts-1",
        codes=1,
        loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
        origin="file.txt",
        content="",
    )


def section(code: str, loaded: frozenset[Source] = ALL) -> pb.Crosswalks:
    return crosswalks(System.ICD10CM, code, answers(System.ICD10CM, code, loaded), DAY)


def test_a_combination_is_shown_by_scenario_and_choice_list_beside_its_alternatives() -> None:
    mapping = section("S02.XXXA").to_icd9cm

    assert [(one.code, one.approximate) for one in mapping.alternatives] == [("802.1", False)]
    assert [
        [(lists.choice_list, [(one.code, one.approximate) for one in lists.targets]) for lists in scenario.choice_lists]
        for scenario in mapping.scenarios
    ] == [
        [(1, [("805.4", True), ("805.5", True)]), (2, [("E812.0", True)])],
        [(1, [("806", True)]), (2, [("E813.1", True)])],
    ]
    assert [scenario.scenario for scenario in mapping.scenarios] == [1, 2]
    assert not mapping.no_map
    assert mapping.status.release.name == "GEM ICD-10-CM to ICD-9-CM 2018"
    assert mapping.status.release.effective_to == ""


def test_the_codes_that_lead_to_a_code_come_from_the_other_direction() -> None:
    sources = section("S02.XXXA").from_icd9cm

    assert [(one.code, one.approximate, one.combination) for one in sources.codes] == [
        ("802.1", False, False),
        ("805.4", True, True),
    ]
    assert sources.status.release.name == "GEM ICD-9-CM to ICD-10-CM 2018"


def test_categories_are_shown_with_their_titles() -> None:
    found = section("S02.XXXA")

    assert (found.ccsr.category, found.ccsr.title) == ("INJ001", "Bumps")
    assert [(one.model, one.category, one.title) for one in found.hcc.categories] == [
        ("CMS-HCC V28", "402", "Bumps"),
        ("X", "1", ""),
    ]
    assert found.availability == pb.AVAILABILITY_AVAILABLE


def test_no_equivalent_is_content() -> None:
    mapping = section("Z67.91").to_icd9cm

    assert (mapping.no_map, mapping.status.availability) == (True, pb.AVAILABILITY_AVAILABLE)


@pytest.mark.parametrize(
    ("code", "loaded", "availability", "of_gem"),
    [
        ("A00", ALL, pb.AVAILABILITY_NONE, pb.AVAILABILITY_NONE),
        ("A00", frozenset[Source](), pb.AVAILABILITY_NOT_LOADED, pb.AVAILABILITY_NOT_LOADED),
        ("A00", frozenset({Source.GEM_TO_ICD9CM}), pb.AVAILABILITY_NOT_LOADED, pb.AVAILABILITY_NONE),
        ("S02.XXXA", frozenset({Source.CCSR}), pb.AVAILABILITY_AVAILABLE, pb.AVAILABILITY_NOT_LOADED),
    ],
)
def test_nothing_known_is_told_from_nothing_there(
    code: str, loaded: frozenset[Source], availability: int, of_gem: int
) -> None:
    found = section(code, loaded)

    assert (found.availability, found.to_icd9cm.status.availability) == (availability, of_gem)
    if of_gem == pb.AVAILABILITY_NOT_LOADED:
        assert found.to_icd9cm.status.missing == "Not loaded: GEM ICD-10-CM to ICD-9-CM."


def test_an_icd9cm_code_wants_both_directions_the_other_way_round() -> None:
    code = "805.4"
    found = answers(System.ICD9CM, code)
    forth, back = wants(System.ICD9CM, code)

    mapping = gem_mapping(found.get(forth.kind, forth.id))
    sources = gem_sources(found.get(back.kind, back.id))

    assert [[one.code for one in lists.targets] for lists in mapping.scenarios[0].choice_lists] == [
        ["S02.XXXA"],
        ["S03.XXXA"],
    ]
    assert mapping.status.release.name == "GEM ICD-9-CM to ICD-10-CM 2018"
    assert [(one.code, one.combination) for one in sources.codes] == [("S02.XXXA", True)]


@pytest.mark.parametrize("system", [System.ICD10PCS, System.HCPCS, System.CPT])
def test_procedures_have_no_crosswalks(system: System) -> None:
    assert wants(system, "J1885") == []
    assert crosswalks(system, "J1885", Answers({}), DAY).availability == pb.AVAILABILITY_NONE
