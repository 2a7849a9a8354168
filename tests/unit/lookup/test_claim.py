"""A claim is taken as it is meant, or refused by the path of what is wrong."""

from datetime import date
from typing import Any

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb

from services.lookup.codes.model import System
from services.lookup.edits.claim import Claim
from services.lookup.edits.model import Setting
from services.lookup.messages import checks as messages
from services.runtime.errors import Refusal

TODAY = date(2026, 6, 15)


def line(**fields: Any) -> pb.ClaimLine:
    return pb.ClaimLine(**({"code": "99213"} | fields))


def claim(*lines: pb.ClaimLine, **fields: Any) -> Claim:
    return messages.claim(pb.Claim(lines=lines or [line()], **fields), TODAY)


def test_what_is_left_out_stands_for_what_the_contract_says() -> None:
    taken = claim()

    assert (taken.setting, taken.day, taken.diagnoses) == (Setting.PRACTITIONER, TODAY, ())
    (only,) = taken.lines
    assert (only.number, only.code, only.day, only.units, only.modifiers, only.place) == (1, "99213", TODAY, 1, (), "")


def test_codes_and_modifiers_are_taken_in_any_case() -> None:
    taken = claim(line(code=" j1885 ", modifiers=["lt"], diagnosis_pointers=[1]), diagnoses=["e119"])

    assert taken.diagnoses == ("E11.9",)
    assert (taken.lines[0].code, taken.lines[0].system, taken.lines[0].modifiers) == ("J1885", System.HCPCS, ("LT",))


def test_a_line_has_its_own_date_else_that_of_the_claim() -> None:
    taken = claim(line(effective_on="2026-01-02"), line(), effective_on="2026-01-05")

    assert [one.day for one in taken.lines] == [date(2026, 1, 2), date(2026, 1, 5)]
    assert taken.day == date(2026, 1, 5)
    assert claim(line(effective_on="2026-01-02"), line(effective_on="2026-01-01")).day == date(2026, 1, 1)


def test_lines_are_found_by_the_diagnoses_they_are_for() -> None:
    taken = claim(line(diagnosis_pointers=[2]), line(), line(diagnosis_pointers=[1, 2]), diagnoses=["I10", "E11.9"])

    assert taken.lines_for("E11.9") == (1, 3)
    assert taken.lines_for("I10", "E11.9") == (1, 3)
    assert taken.lines_for("Z00.00") == ()


@pytest.mark.parametrize(
    ("fields", "lines", "field"),
    [
        ({"id": "x" * 101}, [line()], "claim.id"),
        ({"setting": 9}, [line()], "claim.setting"),
        ({"effective_on": "15.06.2026"}, [line()], "claim.effective_on"),
        ({"diagnoses": ["I10"] * 26}, [line()], "claim.diagnoses"),
        ({"diagnoses": ["I10", "flu"]}, [line()], "claim.diagnoses[1]"),
        ({}, [], "claim.lines"),
        ({}, [line()] * 101, "claim.lines"),
        ({}, [line(), line(code="9921")], "claim.lines[1].code"),
        ({}, [line(code="")], "claim.lines[0].code"),
        ({}, [line(modifiers=["25"] * 5)], "claim.lines[0].modifiers"),
        ({}, [line(modifiers=["25", "-1"])], "claim.lines[0].modifiers[1]"),
        ({}, [line(units=10_000)], "claim.lines[0].units"),
        ({}, [line(units=-1)], "claim.lines[0].units"),
        ({"diagnoses": ["I10"]}, [line(), line(), line(diagnosis_pointers=[2])], "claim.lines[2].diagnosis_pointers"),
        ({"diagnoses": ["I10"]}, [line(diagnosis_pointers=[0])], "claim.lines[0].diagnosis_pointers"),
        ({"diagnoses": ["I10"]}, [line(diagnosis_pointers=[1, 1])], "claim.lines[0].diagnosis_pointers"),
        ({}, [line(diagnosis_pointers=[1])], "claim.lines[0].diagnosis_pointers"),
        ({}, [line(place_of_service="1")], "claim.lines[0].place_of_service"),
        ({}, [line(effective_on="2026-02-30")], "claim.lines[0].effective_on"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(fields: dict[str, Any], lines: list[pb.ClaimLine], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        messages.claim(pb.Claim(lines=lines, **fields), TODAY)

    assert [one.field for one in refused.value.fields] == [field]
