"""Which modifiers a code takes, as messages of the contract."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.model import System
from services.lookup.codes.modifier import Modifier
from services.lookup.edits.model import Setting
from services.lookup.facts.kinds import Answers, Found
from services.lookup.facts.source import Source
from services.lookup.index.edits import ADD_ON, PTP1, PTP2, ptp_id
from services.lookup.index.fees import FEES
from services.lookup.index.modifiers import MODIFIER_CPT, MODIFIER_HCPCS
from services.lookup.messages.sources import status
from services.lookup.modifiers.rules import MODIFIERS, ModifierRule, Standing, count_edits, modifier_rules

_STANDINGS = {one: pb.ModifierStanding.Value(f"MODIFIER_STANDING_{one.name}") for one in Standing}


def modifiers(system: System, code: str, answers: Answers, day: date) -> pb.Modifiers:
    """Return the modifiers of a code, from the facts that modifiers.section.wants names."""
    if system not in (System.CPT, System.HCPCS):
        return pb.Modifiers(availability=pb.AVAILABILITY_NONE)
    fees, add_on = answers.get(FEES, code), answers.get(ADD_ON, code)
    column1 = answers.get(PTP1[Setting.PRACTITIONER], ptp_id(code, 1))
    column2 = answers.get(PTP2[Setting.PRACTITIONER], ptp_id(code, 2))
    titles = {
        modifier: answers.get(MODIFIER_CPT if modifier.isdigit() else MODIFIER_HCPCS, modifier)
        for modifier in MODIFIERS
    }
    rules = modifier_rules(
        code,
        fees.fact,
        count_edits(day, column1.fact, column2.fact) if column1.choice else None,
        add_on.fact.on(day) if add_on.fact else None,
    )
    statuses = [status(fees), status(column1, column2), status(add_on)]
    citations = {found.source: found.cited for found in (fees, column1, add_on)}
    return pb.Modifiers(
        availability=_availability(rules, statuses),
        sources=[*statuses, *_title_statuses(titles)],
        rules=[_rule(rule, titles[rule.modifier], citations) for rule in rules],
    )


def _availability(rules: Sequence[ModifierRule], statuses: Iterable[pb.SourceStatus]) -> pb.Availability.ValueType:
    """Return whether there are rules: a source may have the code, and nothing in it that speaks of modifiers."""
    if rules:
        return pb.AVAILABILITY_AVAILABLE
    not_loaded = any(one.availability == pb.AVAILABILITY_NOT_LOADED for one in statuses)
    return pb.AVAILABILITY_NOT_LOADED if not_loaded else pb.AVAILABILITY_NONE


def _title_statuses(titles: Mapping[str, Found[Modifier]]) -> list[pb.SourceStatus]:
    by_source: dict[Source, list[Found[Any]]] = {}
    for found in titles.values():
        by_source.setdefault(found.source, []).append(found)
    return [status(*found) for found in by_source.values()]


def _rule(rule: ModifierRule, title: Found[Modifier], citations: Mapping[Source, str]) -> pb.ModifierRule:
    return pb.ModifierRule(
        modifier=rule.modifier,
        title=title.fact.title if title.fact else "",
        standing=_STANDINGS[rule.standing],
        reason=rule.reason,
        source=citations[rule.source],
    )
