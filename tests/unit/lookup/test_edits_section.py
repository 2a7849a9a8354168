"""The section of NCCI edits says of each source whether it has anything, and what."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.answers import EditsAnswer
from services.lookup.codes.model import System
from services.lookup.edits.model import ModifierIndicator, PtpEdit, Setting
from services.lookup.edits.section import wants
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.edits import PTP1, ptp_document, ptp_id
from services.lookup.messages import edits as messages
from services.lookup.sources.files import Kind
from services.lookup.sources.ncci_add_on import read_ncci_add_on
from services.lookup.sources.ncci_mue import read_ncci_mue
from services.lookup.sources.ncci_ptp import read_ncci_ptp
from tests.unit.lookup.ncci_files import answers, ptp_edit, ptp_edits, written

DAY = date(2026, 7, 1)
CODE = "10021"
# More than a page shows; one of them is over.
PTP = (
    "Column 1,Column 2,Effective,Deletion,Modifier,PTP Edit Rationale\n"
    + "".join(f"10021,360{n:02},20200101,*,1,Because\n" for n in range(25))
    + "10021,36099,20200101,20260630,0,Because\n00100,10021,20200101,*,0,Because\n"
)
MUE = "hcpcs_code,mue_units,mue_mai,mue_rationale,mue_service\n10021,0,2,CMS Policy,Practitioner\n"
ADD_ON = "primary_code,add_on_code,aoc_edit_type\n10021,10004,1\n10021,10005,3\n99999,10006,1\n"


@pytest.fixture
def editions(tmp_path: Path) -> list[FactEdition]:
    return [
        *read_ncci_ptp([written(tmp_path, Kind.NCCI_PTP, "ptp_prac_2026q3.csv", PTP)], Told()),
        *read_ncci_mue([written(tmp_path, Kind.NCCI_MUE, "mue_2026q3.csv", MUE)], Told()),
        *read_ncci_add_on([written(tmp_path, Kind.NCCI_ADD_ON, "aoc_2026q3.csv", ADD_ON)], Told()),
    ]


def section(editions: Iterable[FactEdition], code: str = CODE, day: date = DAY) -> pb.Edits:
    return messages.edits(System.CPT, code, answers(wants(System.CPT, code), editions), day)


def test_a_code_has_its_edits_by_setting(editions: list[FactEdition]) -> None:
    shown = section(editions)

    assert shown.availability == pb.AVAILABILITY_AVAILABLE
    practitioner, hospital = shown.ptp
    assert (practitioner.setting, hospital.setting) == (pb.SETTING_PRACTITIONER, pb.SETTING_HOSPITAL)
    assert practitioner.status.release.name == "NCCI PTP practitioner 2026Q3"
    assert (practitioner.column1_count, practitioner.column2_count) == (25, 1)
    assert [edit.column2 for edit in practitioner.column1] == [f"360{n:02}" for n in range(20)]
    assert list(practitioner.column2) == [
        pb.PtpEdit(
            column1="00100",
            column2=CODE,
            effective_from="2020-01-01",
            modifier_indicator=pb.MODIFIER_INDICATOR_NOT_ALLOWED,
            rationale="Because",
        )
    ]
    assert hospital.status.availability == pb.AVAILABILITY_NOT_LOADED
    assert hospital.status.missing == "Not loaded: NCCI PTP hospital."


def test_edits_are_those_of_the_date_of_service(editions: list[FactEdition]) -> None:
    (practitioner, _) = section(editions, day=date(2026, 6, 30)).ptp

    assert practitioner.column1_count == 26


def test_a_code_has_its_units_by_setting_and_zero_is_a_value(editions: list[FactEdition]) -> None:
    practitioner, hospital, dme = section(editions).mue

    assert [one.setting for one in (practitioner, hospital, dme)] == [
        pb.SETTING_PRACTITIONER,
        pb.SETTING_HOSPITAL,
        pb.SETTING_DME,
    ]
    assert (practitioner.value, practitioner.rationale) == (0, "CMS Policy")
    assert practitioner.status.availability == pb.AVAILABILITY_AVAILABLE
    assert practitioner.adjudication_indicator == pb.MUE_ADJUDICATION_INDICATOR_DATE_OF_SERVICE_POLICY
    assert hospital.status.availability == dme.status.availability == pb.AVAILABILITY_NOT_LOADED


def test_a_code_has_its_add_on_codes(editions: list[FactEdition]) -> None:
    primary, add_on = section(editions).add_on, section(editions, "10005").add_on

    assert (primary.type, list(primary.add_on_codes)) == (0, ["10004", "10005"])
    assert (add_on.type, list(add_on.primary_codes), add_on.contractor_defined) == (3, [CODE], True)


def test_nothing_in_force_is_none_and_nothing_loaded_is_not_loaded(editions: list[FactEdition]) -> None:
    unknown, over, without = section(editions, "99213"), section(editions, "36099"), section([])

    assert unknown.ptp[0].status.availability == pb.AVAILABILITY_NONE
    assert unknown.mue[0].status.availability == pb.AVAILABILITY_NONE
    assert unknown.add_on.status.availability == pb.AVAILABILITY_NONE
    assert over.ptp[0].status.availability == pb.AVAILABILITY_NONE
    # Other sources might have something.
    assert unknown.availability == without.availability == pb.AVAILABILITY_NOT_LOADED


def test_diagnoses_have_no_edits() -> None:
    assert wants(System.ICD10CM, "E11.9") == []
    assert messages.edits(System.ICD10CM, "E11.9", answers([], []), DAY).availability == pb.AVAILABILITY_NONE


def test_all_edits_of_a_column_are_listed_in_pages(editions: list[FactEdition]) -> None:
    kind = PTP1[Setting.PRACTITIONER]
    found = answers(wants(System.CPT, CODE), editions).get(kind, ptp_id(CODE, 1))

    first, last, beyond = (
        messages.edits_answer(EditsAnswer(System.CPT, CODE, found, DAY, start, 20, ["bound"])) for start in (0, 20, 40)
    )

    assert [edit.column2 for page in (first, last) for edit in page.edits] == [f"360{n:02}" for n in range(25)]
    assert (first.total, last.total, list(beyond.edits)) == (25, 25, [])
    assert first.status.release.edition == "2026Q3"
    assert (first.system, first.code) == (pb.CODE_SYSTEM_CPT, CODE)
    assert first.next_page_token
    assert last.next_page_token == beyond.next_page_token == ""


CODES = st.sampled_from(["00100", "10021", "0001U", "36000", "J1885", "99213"])
EDITS = st.lists(
    st.builds(
        ptp_edit,
        st.just("50000"),
        CODES,
        st.sampled_from([date(2020, 1, 1), date(2021, 1, 1)]),
        st.sampled_from([None, date(2021, 1, 1), date(2021, 12, 31)]),
        st.sampled_from("019"),
        st.sampled_from(["Because", ""]),
    ),
    min_size=1,
    unique_by=lambda edit: edit.column2,
)
DAYS = st.sampled_from([date(2019, 12, 31), date(2020, 6, 1), date(2021, 1, 1), date(2022, 1, 1)])


@settings(deadline=None, max_examples=100)
@given(edits=EDITS, day=DAYS)
def test_edits_come_back_from_their_documents(edits: list[PtpEdit], day: date) -> None:
    expected = sorted((edit for edit in edits if edit.in_force(day)), key=lambda edit: edit.column2)

    first = ptp_edits("50000", 1, edits)
    again = PTP1[Setting.HOSPITAL].read("50000", ptp_document(first))

    assert again == first
    assert list(again.in_force(day)) == expected
    assert again.count(day) == len(expected)
    assert [again.with_code(edit.column2, day) for edit in expected] == expected
    for other in {edit.column2 for edit in edits} - {edit.column2 for edit in expected} | {"99999", "00000"}:
        assert again.with_code(other, day) is None


@settings(deadline=None, max_examples=50)
@given(edits=EDITS, day=DAYS)
def test_a_pair_is_the_same_edit_from_either_column(edits: list[PtpEdit], day: date) -> None:
    first = ptp_edits("50000", 1, edits)

    for code in {edit.column2 for edit in edits}:
        assert ptp_edits(code, 2, edits).with_code("50000", day) == first.with_code(code, day)


def test_indicator_9_is_never_in_force() -> None:
    edit = ptp_edit("10021", "36000", date(2020, 1, 1), None, ModifierIndicator.NOT_APPLICABLE)

    assert not edit.in_force(date(2020, 1, 1))
