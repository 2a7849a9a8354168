from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lookup.codes import notation
from services.lookup.codes.model import System
from services.lookup.codes.notation import CodeRange
from services.runtime.errors import Refusal

ICD10CM = System.ICD10CM

icd10cm_codes = st.from_regex(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", fullmatch=True)


@given(icd10cm_codes, st.booleans(), st.booleans())
def test_a_code_reads_the_same_in_any_case_with_or_without_its_dot(code: str, lower: bool, dotted: bool) -> None:
    written = code if dotted else code.replace(".", "")
    assert notation.parse_code(ICD10CM, f" {written.lower() if lower else written} ") == code


@given(icd10cm_codes)
def test_compact_and_display_are_inverse(code: str) -> None:
    assert notation.display(ICD10CM, notation.compact(code)) == code


@given(st.from_regex(r"([0-9]{3}|V[0-9]{2})(\.[0-9]{1,2})?|E[0-9]{3}(\.[0-9])?", fullmatch=True), st.booleans())
def test_icd9cm_codes_are_printed_with_their_dot_and_filed_without(code: str, lower: bool) -> None:
    filed = notation.compact(code)
    assert notation.is_compact(System.ICD9CM, filed)
    assert notation.display(System.ICD9CM, filed) == code
    for written in (filed, code):
        assert notation.parse_code(System.ICD9CM, written.lower() if lower else written) == code


@given(st.text(max_size=8), st.sampled_from(System))
def test_what_is_filed_as_a_code_is_read_as_that_code(text: str, system: System) -> None:
    if notation.is_compact(system, text):
        assert notation.parse_code(system, text) == notation.display(system, text)


@pytest.mark.parametrize("written", ["e119", "E11.9", "250.00", "\u0662\u0665\u0660"])
def test_what_is_no_filed_code(written: str) -> None:
    assert not notation.is_compact(ICD10CM, written)


@given(st.text(max_size=12))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    with suppress(Refusal):
        code = notation.parse_code(ICD10CM, text)
        assert notation.parse_code(ICD10CM, code) == code


@pytest.mark.parametrize(
    ("system", "written", "code"),
    [
        (ICD10CM, "E11.-", "E11"),
        (ICD10CM, "S52.501-", "S52.501"),
        (ICD10CM, "t36.0x1a", "T36.0X1A"),
        (ICD10CM, "c4a", "C4A"),
        (System.ICD10PCS, "0dtj4zz", "0DTJ4ZZ"),
        (System.ICD10PCS, "0DT", "0DT"),
        (System.HCPCS, "j1885", "J1885"),
        (System.CPT, "0001u", "0001U"),
        (System.ICD9CM, "250.00", "250.00"),
        (System.ICD9CM, "25000", "250.00"),
        (System.ICD9CM, "250.-", "250"),
        (System.ICD9CM, "v1001", "V10.01"),
        (System.ICD9CM, "V10.01", "V10.01"),
        (System.ICD9CM, "e8120", "E812.0"),
        (System.ICD9CM, "E812.0", "E812.0"),
        (System.ICD9CM, "E812", "E812"),
    ],
)
def test_each_system_has_its_notation(system: System, written: str, code: str) -> None:
    assert notation.parse_code(system, written) == code


@pytest.mark.parametrize(
    ("system", "written", "message"),
    [
        (ICD10CM, "E1.19", "code: expected an ICD-10-CM code such as E11.9"),
        (ICD10CM, "E11.99999", "code: expected an ICD-10-CM code such as E11.9"),
        (ICD10CM, "diabetes", "code: expected an ICD-10-CM code such as E11.9"),
        (ICD10CM, "", "code: expected an ICD-10-CM code such as E11.9"),
        (System.ICD10PCS, "0DTJ4Z", "code: expected an ICD-10-PCS code such as 0DTJ4ZZ"),
        (System.ICD10PCS, "ODTJ4ZZ", "code: expected an ICD-10-PCS code such as 0DTJ4ZZ"),
        (System.HCPCS, "Z1885", "code: expected a HCPCS code such as J1885"),
        (System.CPT, "9921", "code: expected a CPT code such as 99213"),
        (System.ICD9CM, "E81.20", "code: expected an ICD-9-CM code such as 250.00"),
        (System.ICD9CM, "2500.0", "code: expected an ICD-9-CM code such as 250.00"),
        (System.ICD9CM, "25", "code: expected an ICD-9-CM code such as 250.00"),
        (System.ICD9CM, "E11.9", "code: expected an ICD-9-CM code such as 250.00"),
    ],
)
def test_a_malformed_code_is_told_what_was_expected(system: System, written: str, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        notation.parse_code(system, written)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "written",
    ["E10-E14", "e10 - e14", "E10 to E14", "e10..e14", "E10\u2013E14", "E10 through E14", "E10-14", "E14-E10"],
)
def test_ranges(written: str) -> None:
    assert notation.parse_range(ICD10CM, written) == CodeRange("E10", "E14")


@pytest.mark.parametrize("written", ["E10", "E10-", "x-ray", "type 2 to type 1", "E10-diabetes", ""])
def test_what_is_no_range(written: str) -> None:
    assert notation.parse_range(ICD10CM, written) is None


@pytest.mark.parametrize(
    ("written", "prefix"), [("e1", "E1"), ("E11.", "E11"), ("e11.3", "E113"), ("S52501A", "S52501A")]
)
def test_beginnings_of_codes(written: str, prefix: str) -> None:
    assert notation.code_prefix(ICD10CM, written) == prefix


@pytest.mark.parametrize("written", ["e", "htn", "2", "E1.1", "E11 9", "knee", ""])
def test_words_are_no_beginnings_of_codes(written: str) -> None:
    assert notation.code_prefix(ICD10CM, written) is None


@pytest.mark.parametrize(("written", "entry"), [("04", "4"), ("e08-e13", "E08-E13"), ("e119", "E11.9")])
def test_entries(written: str, entry: str) -> None:
    assert notation.parse_entry(ICD10CM, written, "under") == entry


def test_possible_ancestors_are_the_beginnings_of_a_code_nearest_first() -> None:
    assert notation.possible_ancestors(ICD10CM, "S52.501A") == ["S52.501", "S52.50", "S52.5", "S52"]
    assert notation.possible_ancestors(ICD10CM, "S52") == []
    assert notation.possible_ancestors(System.HCPCS, "J1885") == []
