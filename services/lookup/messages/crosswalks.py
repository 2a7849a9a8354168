"""Crosswalks as messages of the contract."""

from datetime import date

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact
from services.lookup.crosswalks.model import (
    CcsrCategory,
    ChoiceList,
    GemMapping,
    GemSource,
    GemTarget,
    HccCategory,
    Scenario,
)
from services.lookup.facts.kinds import Answers, Found
from services.lookup.index.crosswalks import CCSR, FROM_ICD9CM, FROM_ICD10CM, HCC, TO_ICD9CM, TO_ICD10CM, sources_id
from services.lookup.messages.sources import availability, status


def crosswalks(system: System, code: str, answers: Answers, day: date) -> pb.Crosswalks:
    """Return what a code is in other classifications, from the facts that index.crosswalks.wants names."""
    id, back = compact(code), sources_id(code)
    if system is System.ICD9CM:
        message = pb.Crosswalks(
            to_icd10cm=gem_mapping(answers.get(TO_ICD10CM, id)),
            from_icd10cm=gem_sources(answers.get(FROM_ICD10CM, back)),
        )
        message.availability = availability(one.status for one in (message.to_icd10cm, message.from_icd10cm))
        return message
    if system is not System.ICD10CM:
        return pb.Crosswalks(availability=pb.AVAILABILITY_NONE)
    message = pb.Crosswalks(
        to_icd9cm=gem_mapping(answers.get(TO_ICD9CM, id)),
        from_icd9cm=gem_sources(answers.get(FROM_ICD9CM, back)),
        ccsr=_ccsr(answers.get(CCSR, id)),
        hcc=_hcc(answers.get(HCC, id)),
    )
    parts = (message.to_icd9cm, message.from_icd9cm, message.ccsr, message.hcc)
    message.availability = availability(part.status for part in parts)
    return message


def gem_mapping(found: Found[GemMapping]) -> pb.GemMapping:
    """Return what a code maps to."""
    mapping = found.fact or GemMapping()
    return pb.GemMapping(
        status=status(found),
        no_map=mapping.no_map,
        alternatives=map(_target, mapping.alternatives),
        scenarios=[_scenario(number, one) for number, one in enumerate(mapping.scenarios, 1)],
    )


def gem_sources(found: Found[tuple[GemSource, ...]]) -> pb.GemSources:
    """Return the codes that map to a code."""
    return pb.GemSources(
        status=status(found),
        codes=[
            pb.GemSourceCode(code=one.code, approximate=one.approximate, combination=one.combination)
            for one in found.fact or ()
        ],
    )


def _scenario(number: int, scenario: Scenario) -> pb.GemScenario:
    choice_lists = [_choice_list(place, choices) for place, choices in enumerate(scenario, 1)]
    return pb.GemScenario(scenario=number, choice_lists=choice_lists)


def _choice_list(number: int, choices: ChoiceList) -> pb.GemChoiceList:
    return pb.GemChoiceList(choice_list=number, targets=map(_target, choices))


def _target(target: GemTarget) -> pb.GemTarget:
    return pb.GemTarget(code=target.code, approximate=target.approximate)


def _ccsr(found: Found[CcsrCategory]) -> pb.CcsrCategory:
    category = found.fact or CcsrCategory("", "")
    return pb.CcsrCategory(status=status(found), category=category.category, title=category.title)


def _hcc(found: Found[tuple[HccCategory, ...]]) -> pb.HccCategories:
    return pb.HccCategories(
        status=status(found),
        categories=[
            pb.HccCategory(model=one.model, category=one.category, title=one.title) for one in found.fact or ()
        ],
    )
