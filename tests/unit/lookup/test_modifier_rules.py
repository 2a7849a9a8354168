"""Which modifiers a code takes, and why."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.model import System
from services.lookup.codes.modifier import Modifier
from services.lookup.edits.model import (
    AddOn,
    AddOnHistory,
    AddOnWindow,
    ModifierIndicator,
    PtpEdits,
    PtpTerms,
)
from services.lookup.facts.kinds import Answers
from services.lookup.facts.source import Source
from services.lookup.fees.model import CodeFees, FeeRow
from services.lookup.messages.modifiers import modifiers
from services.lookup.modifiers.rules import (
    MODIFIERS,
    ModifierRule,
    PtpCounts,
    Standing,
    count_edits,
    modifier_rules,
)
from services.lookup.modifiers.section import wants
from tests.unit.lookup.fees_facts import DAY, ROW, answers

ALLOWED, EXEMPT, NOT_ALLOWED = Standing.ALLOWED, Standing.EXEMPT, Standing.NOT_ALLOWED
DOCUMENTED = Standing.WITH_DOCUMENTATION
SURGERY = replace(ROW, global_days="090")


def rules(
    row: FeeRow | None = None, code: str = "27447", edits: PtpCounts | None = None, add_on: AddOn | None = None
) -> dict[str, ModifierRule]:
    fees = CodeFees(code, (row,)) if row else None
    return {rule.modifier: rule for rule in modifier_rules(code, fees, edits, add_on)}


def standings(row: FeeRow, *modifiers: str) -> list[Standing]:
    found = rules(row)
    return [found[modifier].standing for modifier in modifiers]


@pytest.mark.parametrize(
    ("field", "modifier", "expected"),
    [
        ("pctc", "26", {"0": NOT_ALLOWED, "1": ALLOWED, "2": NOT_ALLOWED, "3": NOT_ALLOWED, "6": ALLOWED}),
        ("pctc", "TC", {"0": NOT_ALLOWED, "1": ALLOWED, "4": NOT_ALLOWED, "6": NOT_ALLOWED, "9": NOT_ALLOWED}),
        ("bilateral", "50", {"0": NOT_ALLOWED, "1": ALLOWED, "2": EXEMPT, "3": ALLOWED, "9": NOT_ALLOWED}),
        ("multiple", "51", {"0": EXEMPT, "2": ALLOWED, "3": ALLOWED, "4": EXEMPT, "9": NOT_ALLOWED}),
        ("co_surgeons", "62", {"0": NOT_ALLOWED, "1": DOCUMENTED, "2": ALLOWED, "9": NOT_ALLOWED}),
        ("team", "66", {"0": NOT_ALLOWED, "1": DOCUMENTED, "2": ALLOWED, "9": NOT_ALLOWED}),
        *(
            ("assistant", modifier, {"0": DOCUMENTED, "1": NOT_ALLOWED, "2": ALLOWED, "9": NOT_ALLOWED})
            for modifier in ("80", "81", "82", "AS")
        ),
    ],
)
def test_an_indicator_decides_and_is_the_reason(field: str, modifier: str, expected: dict[str, Standing]) -> None:
    for value, standing in expected.items():
        changed: dict[str, Any] = {field: value}
        rule = rules(replace(SURGERY, **changed))[modifier]
        assert (rule.standing, rule.source) == (standing, Source.RVU)
        assert f" {value}: " in rule.reason


def test_care_is_split_with_ten_or_ninety_days_alone_and_the_care_before_is_never_paid_apart() -> None:
    for days in ("010", "090"):
        assert standings(replace(SURGERY, global_days=days), "54", "55", "56") == [ALLOWED, ALLOWED, NOT_ALLOWED]
    assert standings(replace(SURGERY, global_days="000"), "54", "55") == [NOT_ALLOWED, NOT_ALLOWED]


def test_procedures_and_visits_take_each_their_modifiers_of_a_global_period() -> None:
    assert standings(SURGERY, "58", "78", "79", "22") == [ALLOWED, ALLOWED, ALLOWED, DOCUMENTED]
    assert standings(SURGERY, "24", "25", "57") == [NOT_ALLOWED] * 3
    visit = rules(replace(ROW, global_days="XXX"), code="99213")
    assert [visit[modifier].standing for modifier in ("24", "25", "57")] == [ALLOWED] * 3
    assert [visit[modifier].standing for modifier in ("58", "78", "79")] == [NOT_ALLOWED] * 3


def test_what_the_contractor_decides_and_what_no_indicator_speaks_of_is_left_out() -> None:
    assert not {"54", "55", "58", "78", "79"} & rules(replace(SURGERY, global_days="YYY")).keys()
    assert not {"22", "24", "53", "58", "59"} & rules(replace(ROW, global_days="XXX")).keys()


def test_a_code_that_the_fee_schedule_does_not_price_has_no_rules_of_it() -> None:
    assert rules(replace(SURGERY, status="X")) == {}


def test_a_row_for_the_discontinued_procedure_allows_its_modifier() -> None:
    fees = CodeFees("45378", (ROW, replace(ROW, modifier="53")))
    assert {rule.modifier: rule.standing for rule in modifier_rules("45378", fees, None, None)}["53"] is ALLOWED


def test_add_on_codes_are_exempt_from_the_reduction_for_multiple_procedures() -> None:
    assert standings(replace(ROW, global_days="ZZZ", multiple="2"), "51") == [EXEMPT]
    rule = rules(replace(ROW, multiple="2"), add_on=AddOn("27447", 1, ("27446",), False, ()))["51"]
    assert (rule.standing, rule.source) == (EXEMPT, Source.ADD_ON_CODES)
    assert rules(replace(ROW, multiple="2"), add_on=AddOn("27447", 0, (), False, ("1",)))["51"].standing is ALLOWED


@pytest.mark.parametrize("modifier", ["59", "XE", "XP", "XS", "XU"])
def test_edits_say_whether_a_distinct_service_may_be_reported(modifier: str) -> None:
    some = rules(edits=PtpCounts(bypassable=2, firm=1))[modifier]
    assert (some.standing, some.source) == (ALLOWED, Source.PTP_PRACTITIONER)
    assert some.reason.startswith("Bypasses 2 edits of the code (indicator 1); 1 edit of the code may not")
    assert rules(edits=PtpCounts(bypassable=0, firm=3))[modifier].standing is NOT_ALLOWED
    assert modifier not in rules(edits=PtpCounts(0, 0))
    assert rules(code="99213", edits=PtpCounts(2, 0))[modifier].standing is NOT_ALLOWED


def test_a_visit_bypasses_its_edits_by_25() -> None:
    assert rules(code="99213", edits=PtpCounts(2, 0))["25"].source is Source.PTP_PRACTITIONER
    assert "25" not in rules(code="27447", edits=PtpCounts(2, 0))


def terms(indicator: str, first: str, last: str | None = None) -> PtpTerms:
    return PtpTerms(
        effective_from=date.fromisoformat(first),
        effective_to=date.fromisoformat(last) if last else None,
        indicator=ModifierIndicator(indicator),
        rationale="Made up",
    )


EDITS = PtpEdits(
    code="27447",
    column=1,
    others="0010000102001030010400120",
    terms=(
        terms("0", "2020-01-01"),
        terms("1", "2020-01-01"),
        terms("1", "2020-01-01", "2024-06-30"),
        terms("1", "2024-10-01"),
    ),
    places=(0, 1, 1, 2, 3),
)


def test_edits_in_force_on_the_date_are_counted_in_both_columns() -> None:
    assert count_edits(DAY, EDITS, None) == PtpCounts(bypassable=2, firm=1)
    assert count_edits(DAY, EDITS, EDITS) == PtpCounts(bypassable=4, firm=2)
    assert count_edits(date(2024, 6, 30), EDITS) == PtpCounts(bypassable=3, firm=1)
    assert count_edits(DAY, None, None) == PtpCounts(0, 0)


def test_rules_come_by_modifier_and_are_of_those_that_have_a_title() -> None:
    found = list(rules(SURGERY, edits=PtpCounts(1, 1), add_on=AddOn("27447", 1, (), False, ())))
    assert found == sorted(found)
    assert set(found) <= set(MODIFIERS)


def section(facts: dict[Source, Any], loaded: tuple[Source, ...] = tuple(Source)) -> pb.Modifiers:
    return modifiers(System.CPT, "27447", answers(wants(System.CPT, "27447"), facts, loaded), DAY)


def test_the_section_gives_titles_standings_and_citations() -> None:
    window = AddOnWindow("27446", 1, None, None)
    facts = {
        Source.RVU: CodeFees("27447", (SURGERY,)),
        Source.PTP_PRACTITIONER: EDITS,
        Source.ADD_ON_CODES: AddOnHistory("27447", (window,), ()),
        Source.MODIFIERS_HCPCS: Modifier("AS", "Title of an HCPCS modifier"),
    }
    message = section(facts)
    assert message.availability == pb.AVAILABILITY_AVAILABLE
    found = {rule.modifier: rule for rule in message.rules}
    assert found["50"].standing == pb.MODIFIER_STANDING_ALLOWED
    assert (found["51"].standing, found["51"].source) == (
        pb.MODIFIER_STANDING_EXEMPT,
        "NCCI add-on codes July 2024",
    )
    assert (found["59"].source, found["80"].source) == ("NCCI PTP practitioner July 2024", "MPFS RVU July 2024")
    assert (found["AS"].title, found["80"].title) == ("Title of an HCPCS modifier", "")
    assert [status.source for status in message.sources] == [
        pb.FACT_SOURCE_RVU,
        pb.FACT_SOURCE_PTP_PRACTITIONER,
        pb.FACT_SOURCE_ADD_ON_CODES,
        pb.FACT_SOURCE_MODIFIERS_CPT,
        pb.FACT_SOURCE_MODIFIERS_HCPCS,
    ]


def test_no_rule_is_none_only_when_every_source_that_could_have_one_is_loaded() -> None:
    assert section({}).availability == pb.AVAILABILITY_NONE
    assert section({}, (Source.RVU, Source.ADD_ON_CODES)).availability == pb.AVAILABILITY_NOT_LOADED
    facts = {Source.RVU: CodeFees("27447", (replace(SURGERY, status="X"),))}
    assert section(facts).availability == pb.AVAILABILITY_NONE


def test_diagnoses_take_no_modifiers_and_want_nothing() -> None:
    assert wants(System.ICD10PCS, "0DTJ4ZZ") == []
    assert modifiers(System.ICD10PCS, "0DTJ4ZZ", Answers({}), DAY).availability == pb.AVAILABILITY_NONE
