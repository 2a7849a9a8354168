import re
from collections.abc import Sequence
from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.claims import HELP, Fault, NotUnderstood, parse

CODES = st.from_regex(re.compile(r"\d{4}[0-9AFMTU]|[A-V]\d{4}", re.ASCII), fullmatch=True)
# X12 alone would be units: no diagnosis of that chapter has less than seven characters.
DIAGNOSES = st.from_regex(
    re.compile(r"[A-WYZ]\d[0-9A-Z](\.[0-9A-Z]{1,4})?|X\d\d\.\d[0-9A-Z]{3}", re.ASCII), fullmatch=True
)
MODIFIERS = st.from_regex(re.compile(r"\d\d|[A-WYZ][0-9A-Z]", re.ASCII), fullmatch=True).filter(
    lambda modifier: modifier != "DX"
)
WORDS = ["x", "1", "2", "11", "25", "RT", "POS", "dx", "mod", "units", ",", "-", ":", "E11.9", "I10", "99213", "J1885"]


@st.composite
def claims(draw: st.DrawFn) -> lookup.Claim:
    diagnoses = draw(st.lists(DIAGNOSES, max_size=12, unique_by=lambda code: code.replace(".", "")))
    places = st.lists(st.integers(1, len(diagnoses)), max_size=4, unique=True) if diagnoses else st.just([])
    lines = st.builds(
        lookup.ClaimLine,
        code=CODES,
        modifiers=st.lists(MODIFIERS, max_size=4),
        units=st.integers(0, 9999),
        diagnosis_pointers=places,
        place_of_service=st.sampled_from(["", "02", "11", "22"]),
        effective_on=st.one_of(st.just(""), st.dates(min_value=date(1990, 1, 1)).map(date.isoformat)),
    )
    return lookup.Claim(diagnoses=diagnoses, lines=draw(st.lists(lines, min_size=1, max_size=5)))


def american(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.month}/{day.day}/{day.year}"


def spelled(line: lookup.ClaimLine, claim: lookup.Claim, draw: st.DrawFn) -> str:
    """Write a service in one of the ways that coders write it."""
    joined = draw(st.sampled_from(["-", " - ", " ", ", "]))
    parts = []
    if line.units:
        parts.append(draw(st.sampled_from(["x{}", "X {}", "×{}", "{} units", "{}unit", "units: {}", "qty={}"])))
        parts[-1] = parts[-1].format(line.units)
    if line.diagnosis_pointers:
        by_place = [str(place) for place in line.diagnosis_pointers]
        letters = ["ABCDEFGHIJKL"[place - 1] for place in line.diagnosis_pointers]
        codes = [claim.diagnoses[place - 1] for place in line.diagnosis_pointers]
        # Without its dot X10.0 would be units.
        undotted = [code if code.startswith("X") else code.replace(".", "") for code in codes]
        words = draw(st.sampled_from([by_place, letters, ["".join(letters)], codes, undotted]))
        between = draw(st.sampled_from([",", ", ", " ", "; "]))
        parts.append(f"{draw(st.sampled_from(['dx ', 'DX: ', 'pointers=']))}{between.join(words)}")
    if line.place_of_service:
        parts.append(draw(st.sampled_from(["POS {}", "pos{}", "Place: {}"])).format(line.place_of_service))
    if line.effective_on:
        day = draw(st.sampled_from([line.effective_on, american(line.effective_on)]))
        parts.append(draw(st.sampled_from(["{}", "DOS {}", "date: {}"])).format(day))
    order = draw(st.permutations(parts))
    separator = draw(st.sampled_from([" ", ", ", "   "]))
    return separator.join([joined.join([line.code, *line.modifiers]), *order])


def outcome(text: str) -> tuple[lookup.Claim, Sequence[Fault]]:
    try:
        return parse(text), ()
    except NotUnderstood as error:
        return lookup.Claim(), error.faults


@st.composite
def written(draw: st.DrawFn) -> tuple[lookup.Claim, str]:
    """A claim, and how a coder writes it."""
    claim = draw(claims())
    lines = [spelled(line, claim, draw) for line in claim.lines]
    if claim.diagnoses:
        lines.insert(draw(st.sampled_from([0, len(lines)])), "Dx: " + ", ".join(claim.diagnoses))
    return claim, draw(st.sampled_from(["\n", "\r\n", "\n\n"])).join(lines)


@settings(deadline=None, max_examples=60)
@given(written())
def test_a_claim_that_is_written_out_is_read_back(written: tuple[lookup.Claim, str]) -> None:
    claim, text = written

    assert parse(text) == claim
    assert parse(text.lower() + "\n") == claim


@settings(deadline=None, max_examples=40)
@given(claims(), st.permutations(["code", "modifiers", "units", "dx", "pos", "date"]))
def test_rows_of_a_spreadsheet_are_read_in_the_order_of_their_headings(claim: lookup.Claim, order: list[str]) -> None:
    def cells(line: lookup.ClaimLine) -> dict[str, str]:
        return {
            "code": line.code,
            "modifiers": "-".join(line.modifiers),
            "units": str(line.units) if line.units else "",
            "dx": ", ".join(map(str, line.diagnosis_pointers)),
            "pos": line.place_of_service.lstrip("0"),
            "date": american(line.effective_on) if line.effective_on else "",
        }

    listed = ["DX: " + " ".join(claim.diagnoses)] if claim.diagnoses else []
    rows = ["\t".join(cells(line)[name] for name in order) for line in claim.lines]
    usual = ["\t".join(cells(line).values()) for line in claim.lines]

    # A heading that begins with diagnoses would be a line of them.
    headings = "\t".join(order) if order[0] != "dx" else "\t".join(["pointers", *order[1:]])
    assert parse("\n".join([*listed, headings, *rows])) == claim
    assert parse("\n".join([*listed, *usual])) == claim


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused_by_line(text: str) -> None:
    claim, faults = outcome(text)

    assert bool(claim.lines) != bool(faults)
    assert all(1 <= fault.line <= max(len(text.splitlines()), 1) for fault in faults)


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS)))
def test_any_words_behind_a_code_are_read_or_refused(words: list[str]) -> None:
    claim, faults = outcome("99213 " + " ".join(words))

    assert len(claim.lines) + len(faults) == 1
    for line in claim.lines:
        assert all(1 <= place <= len(claim.diagnoses) for place in line.diagnosis_pointers)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "99213-25 x1 E11.9,I10 POS 11 2024-08-01",
            lookup.ClaimLine(
                code="99213",
                modifiers=["25"],
                units=1,
                diagnosis_pointers=[1, 2],
                place_of_service="11",
                effective_on="2024-08-01",
            ),
        ),
        ("99213 25 59", lookup.ClaimLine(code="99213", modifiers=["25", "59"])),
        ("CPT 99213 mod 25, 59 qty 2", lookup.ClaimLine(code="99213", modifiers=["25", "59"], units=2)),
        ("DX: E11.9, I10\n20610-RT, 1 unit, dx 1,2", lookup.ClaimLine(
            code="20610", modifiers=["RT"], units=1, diagnosis_pointers=[1, 2])),
        ("DX E11.9 I10\n20610 dx AB", lookup.ClaimLine(code="20610", diagnosis_pointers=[1, 2])),
        ("j1885 – rt × 4", lookup.ClaimLine(code="J1885", modifiers=["RT"], units=4)),
        ("99213\t25\t\tE11.9\t2\t8/1/2024", lookup.ClaimLine(
            code="99213", modifiers=["25"], diagnosis_pointers=[1], place_of_service="02", effective_on="2024-08-01")),
    ],
)  # fmt: skip
def test_lines_are_read_as_coders_write_them(text: str, line: lookup.ClaimLine) -> None:
    assert list(parse(text).lines) == [line]


def test_diagnoses_are_listed_once_in_the_order_they_come_those_of_their_own_lines_first() -> None:
    claim = parse("99213 M17.11, E119\n20610 dx 2,M1711\nDX: E11.9, I10\nICD-10: R07.9")

    assert list(claim.diagnoses) == ["E11.9", "I10", "R07.9", "M17.11"]
    assert [list(line.diagnosis_pointers) for line in claim.lines] == [[4, 1], [2, 4]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "expected a CPT or HCPCS code first"),
        ("E11.9, I10", "DX: before diagnoses"),
        ("9921325", "expected a CPT or HCPCS code first"),
        ("99213 x1 25", "“25” may be many things"),
        ("99213 E11.9 25", "expected a modifier right after the code"),
        ("99213 11 units 2", "may be read in two ways"),
        ("99213 G0439", "“G0439” is a second code"),
        ("99213 99214", "“99214” is a second code"),
        ("99213-25-59-76-77-78", "at most 4 modifiers"),
        ("99213 E11.9 E11.8 I10 R07.9 M17.11", "at most 4 diagnoses"),
        ("99213 dx 1", "there is no diagnosis “1”"),
        ("99213 dx left knee", "“LEFT” is no diagnosis"),
        ("99213 x0", "expected 1 to 9999"),
        ("99213 x12345", "expected 1 to 9999"),
        ("99213 x2 3 units", "expected units once"),
        ("99213 pos", "expected something after POS"),
        ("99213 pos office", "expected two digits, as POS 11"),
        ("99213 2024-02-30", "no day of the calendar"),
        ("99213 dos yesterday", "expected 2024-08-01 or 8/1/2024"),
        ("99213 8/1/24", "a date as 2024-08-01"),
        ("99213 knee", "“KNEE” is not understood"),
        ("DX: diabetes", "“DIABETES” is no diagnosis"),
        ("\t25\t1", "expected a CPT or HCPCS code first"),
        ("99213\t25\t1\t\t11\t2024-08-01\t120.00", "“120.00” has no column"),
        ("Modifiers\tUnits", "with one of the code"),
        ("Code\tCPT", "expected different headings"),
        ("", "expected a service"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_was_expected(line: str, said: str) -> None:
    with pytest.raises(NotUnderstood, match=re.escape(said)) as caught:
        parse(line)

    assert [(fault.line, fault.text) for fault in caught.value.faults] == [(1, line.strip())]


def test_every_line_that_is_not_understood_is_named() -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse("DX: E11.9\n99213 knee\n\n20610-RT\nDX: leg")

    assert [(fault.line, fault.text) for fault in caught.value.faults] == [(2, "99213 knee"), (5, "DX: leg")]
    assert str(caught.value).startswith("Line 2: “KNEE”")


def test_the_notation_that_readers_are_told_is_understood() -> None:
    told = [written for written, _ in HELP if "⇥" not in written]

    claim = parse("\n".join(told))

    assert len(claim.lines) == len(told) - 1
    assert list(claim.diagnoses) == ["E11.9", "I10"]
