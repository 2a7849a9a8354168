import json

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup

from cli.facts import facts, print_facts

LOADED = lookup.SourceStatus(
    availability=lookup.AVAILABILITY_AVAILABLE,
    release=lookup.SourceRelease(name="Source 2024Q3", effective_from="2024-07-01", in_force=True),
)
MISSING = lookup.SourceStatus(availability=lookup.AVAILABILITY_NOT_LOADED, missing="MUE hospital is not loaded.")
PAGE = lookup.GetCodePageResponse(
    modifiers=lookup.Modifiers(
        sources=[LOADED],
        rules=[
            lookup.ModifierRule(modifier="50", standing=lookup.MODIFIER_STANDING_ALLOWED),
            lookup.ModifierRule(modifier="26", standing=lookup.MODIFIER_STANDING_NOT_ALLOWED),
            lookup.ModifierRule(modifier="TC", standing=lookup.MODIFIER_STANDING_NOT_ALLOWED),
        ],
    ),
    edits=lookup.Edits(
        ptp=[lookup.PtpSummary(status=LOADED, setting=lookup.SETTING_PRACTITIONER, column1_count=248)],
        mue=[
            lookup.Mue(
                status=LOADED,
                setting=lookup.SETTING_PRACTITIONER,
                value=0,
                adjudication_indicator=lookup.MUE_ADJUDICATION_INDICATOR_LINE,
            ),
            lookup.Mue(status=MISSING, setting=lookup.SETTING_HOSPITAL),
        ],
        add_on=lookup.AddOn(status=MISSING),
    ),
    fees=lookup.Fees(
        rvu=LOADED,
        rows=[lookup.FeeRow(conversion_factors=[lookup.ConversionFactor(value="33.2875", facility_payment="549.24")])],
    ),
    crosswalks=lookup.Crosswalks(
        to_icd9cm=lookup.GemMapping(
            status=LOADED,
            scenarios=[
                lookup.GemScenario(
                    choice_lists=[
                        lookup.GemChoiceList(
                            targets=[lookup.GemTarget(code="250.60"), lookup.GemTarget(code="250.61")]
                        ),
                        lookup.GemChoiceList(targets=[lookup.GemTarget(code="355.9")]),
                    ]
                )
            ],
        )
    ),
)


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_people_read_the_facts_briefly_with_their_source(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts(PAGE)

    printed = lines(capsys.readouterr().out)
    assert "not_allowed 26 TC" in printed
    assert "practitioner 248 0" in printed
    assert "practitioner 0 line" in printed
    assert "all 33.2875 549.24" in printed
    assert "to icd9cm 250.60/250.61 and 355.9" in printed
    assert "Source 2024Q3, from 2024-07-01" in printed


def test_what_is_not_loaded_is_said_and_what_does_not_concern_the_system_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_facts(PAGE)

    printed = lines(capsys.readouterr().out)
    assert "MUE hospital is not loaded." in printed
    assert not any(line.startswith("hospital") for line in printed)
    assert "coverage" not in printed


def test_json_carries_every_section_under_its_name_in_rest() -> None:
    values = json.loads(json.dumps(facts(PAGE)))

    assert values["edits"]["ptp"][0]["column1_count"] == 248
    assert values["modifiers"]["rules"][1]["standing"] == "not_allowed"
    assert (values["coverage"], values["guidelines"]) == (None, None)
