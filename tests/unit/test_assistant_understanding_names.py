"""Codes, modifiers, units, dates, places and sections as coders write them."""

from datetime import date

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from hypothesis import given
from hypothesis import strategies as st

from services.assistant.question import Side
from services.assistant.understanding.codes import take_codes
from services.assistant.understanding.details import details
from services.assistant.understanding.message import parse
from services.assistant.understanding.sections import take_section
from services.assistant.understanding.topics import place

TODAY = date(2026, 3, 10)
ICD10CM, ICD10PCS, HCPCS, CPT, ICD9CM = (
    lookup.CODE_SYSTEM_ICD10CM,
    lookup.CODE_SYSTEM_ICD10PCS,
    lookup.CODE_SYSTEM_HCPCS,
    lookup.CODE_SYSTEM_CPT,
    lookup.CODE_SYSTEM_ICD9CM,
)


def lines(text: str) -> list[str]:
    """Return the codes of a text with their modifiers and units, as a claim would write them."""
    return [
        "-".join([code.text, *code.modifiers]) + (f" x{code.units}" if code.units is not None else "")
        for code in parse(text, TODAY).codes
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is 97597-59 ok", ["97597-59"]),
        ("97597-59-LT", ["97597-59-LT"]),
        ("99213 25", ["99213-25"]),
        ("99213 25 and 20610 RT", ["99213-25", "20610-RT"]),
        ("11042 x3", ["11042 x3"]),
        ("11042x3 on one day", ["11042 x3"]),
        ("17003 - 14 units; 17000 1 unit", ["17003 x14", "17000 x1"]),
        ("69210-RT x1, 69210-LT x1", ["69210-RT-LT x2"]),
        ("20610 LT 20610 RT", ["20610-LT-RT x2"]),
        ("99213 x1 and 99213 x2", ["99213 x3"]),
        ("99213 and 99213", ["99213 x2"]),
        ("99213 x1 or 99213 x2", ["99213 x2"]),
        ("97110 x4 on 9/5/24, 97110 x 3 on 9/6/24", ["97110 x4"]),
        ("73030-26 and 73030-TC", ["73030-26-TC"]),
        ("is 99213 the same as 99213-25", ["99213-25"]),
        ("9921 with 20610", ["9921", "20610"]),
        ("99213 and 2061O", ["99213", "2061O"]),
        ("fee for cpt 9921", ["9921"]),
        ("99213 on the 1500 form", ["99213"]),
        ("revenue code 0450 with 99284", ["99284"]),
        ("99213 and 2024 edits", ["99213"]),
        ("J1885 x 4 units", ["J1885 x4"]),
        ("j1885 4 units", ["J1885 x4"]),
        ("J1885 (4 units)", ["J1885 x4"]),
        ("3 units of 97110", ["97110 x3"]),
        ("97110 GP x2", ["97110-GP x2"]),
        ("97110 qty 2", ["97110 x2"]),
        ("two units of 97110", ["97110 x2"]),
        ("97597 w/ 59", ["97597-59"]),
        ("97597 with modifier 59", ["97597-59"]),
        ("append 59 to 97597", ["97597-59"]),
        ("20610RT", ["20610-RT"]),
        ("99213 25 units", ["99213 x25"]),
        ("99213 25 minutes", ["99213"]),
        ("99213/99214", ["99213", "99214"]),
        ("11042,97597", ["11042", "97597"]),
        ("11042+97597", ["11042", "97597"]),
        ("e119", ["E119"]),
        ("e11.9.", ["E11.9"]),
        ("t50z95a", ["T50Z95A"]),
        ("is g43e09 and G35D ok", ["G43E09", "G35D"]),
        ("n80d09, c7a010, z3a20", ["N80D09", "C7A010", "Z3A20"]),
        ("493.90 what are ALL the i10 candidates", ["493.90"]),
        ("icd9 493.90, i10?", ["493.90"]),
        ("401.9 vs I10", ["401.9", "I10"]),
        ("97110 sixty units", ["97110 x60"]),
        ("twenty-four units of 97110", ["97110 x24"]),
        ("E11.-", ["E11"]),
        ("E11.xx", ["E11"]),
        ("t36.0x1a", ["T36.0X1A"]),
        ("M1A.9XX0", ["M1A.9XX0"]),
        ("E08-E13", ["E08-E13"]),
        ("0DTJ4ZZ", ["0DTJ4ZZ"]),
        ("0075T and 1126F and 0001U", ["0075T", "1126F", "0001U"]),
        ("11042-11047", ["11042", "11047"]),
        ("E11.9 E11.9 e119", ["E11.9"]),
    ],
)
def test_codes_with_what_is_on_their_line(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "seen in 2024 and 2025",
        "on 8/15/2024",
        "$12345 allowed",
        "$250.00",
        "12,500 dollars",
        "section I.B.4",
        "POS 11",
        "59-year-old",
        "vitamin b12 deficiency",
        "hba1c of 9",
        "A1C",
        "T12 vertebra",
        "V28 model",
        "COVID19",
        "H1N1",
        "G6PD",
        "article A56781",
        "LCD L33577",
        "20240815",
        "2024Q3",
        "FY2026",
        "120/80",
        "modifier 25",
        "3 units",
        "t2dm",
        "zofran q24h",
        "drg 470 to icd-10",
        "box 24b",
    ],
)
def test_what_is_no_code(text: str) -> None:
    assert not parse(text, TODAY).codes


@pytest.mark.parametrize(
    ("text", "systems"),
    [
        ("E11.9", [ICD10CM]),
        ("I10", [ICD10CM]),
        ("99213", [CPT]),
        ("J1885", [HCPCS, ICD10CM]),
        ("D0120 fee", [HCPCS, ICD10CM]),
        ("D6861", [ICD10CM, HCPCS]),
        ("dx J1885", [ICD10CM, HCPCS]),
        ("hcpcs E1161", [HCPCS, ICD10CM]),
        ("is E1161 in an hcc", [ICD10CM, HCPCS]),
        ("E1161 wheelchair", [HCPCS, ICD10CM]),
        ("E11.61", [ICD10CM]),
        ("m5450", [ICD10CM, HCPCS]),
        ("250.00", [ICD9CM]),
        ("icd-9 25000", [ICD9CM, CPT]),
        ("icd-9 496", [ICD9CM]),
        ("V58.69", [ICD9CM, ICD10CM]),
        ("E812.0", [ICD9CM]),
        ("0DTJ4ZZ", [ICD10PCS]),
        ("30233N1", [ICD10PCS]),
        ("X58XXXA", [ICD10CM, ICD10PCS]),
        ("H4011X1", [ICD10CM]),
        ("F1120", [ICD10CM, HCPCS]),
    ],
)
def test_the_systems_a_code_may_be_of(text: str, systems: list[int]) -> None:
    assert [list(code.systems) for code in take_codes(text)[0]] == [systems]


icd10cm_codes = st.from_regex(r"[A-TZ][0-9][0-9](\.[0-9]{1,3})?", fullmatch=True).filter(
    lambda code: code not in ("B12", "T10", "T11", "T12")
)
services = st.integers(10004, 99607).map(str)
modifiers = st.sampled_from(["25", "59", "LT", "RT", "XS", "26", "TC", "GA", "KX", "76"])


@given(
    icd10cm_codes, st.booleans(), st.sampled_from(["is {} billable", "{}", "what about {}?", "({})", "dx: {}, please"])
)
def test_a_diagnosis_is_read_in_any_case_wherever_it_stands(code: str, lower: bool, sentence: str) -> None:
    codes, _ = take_codes(sentence.format(code.lower() if lower else code))
    assert [one.text for one in codes] == [code]
    assert codes[0].systems[0] == ICD10CM


@given(services, modifiers, st.integers(1, 99), st.sampled_from(["-", " "]))
def test_a_service_keeps_its_modifier_and_its_units(code: str, modifier: str, units: int, sign: str) -> None:
    (found,), rest = take_codes(f"can i bill {code}{sign}{modifier} x{units} today")
    assert (found.text, found.modifiers, found.units) == (code, (modifier,), units)
    assert rest.split() == ["can", "i", "bill", "<px>", "today"]


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    message = parse(text, TODAY)
    topic = place(message).topic
    if topic is not None:
        assert details(message, topic).topic is topic


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("modifier 25", ("25",)),
        ("mod 59 and XS", ("59", "XS")),
        ("modifiers LT and RT", ("LT", "RT")),
        ("whats XE vs XP", ("XE", "XP")),
        ("is a 24 modifier enough", ("24",)),
        ("a GA modifier", ("GA",)),
        ("11042 and 97597: is 59 enough", ("59",)),
        ("11042 and 97597, does XS help", ("XS",)),
        ("modifier 25 on an office visit", ("25",)),
        ("is modifier ZZ a thing", ("ZZ",)),
        ("what does the reader of 93306 get (26)", ("26",)),
        ("11042 and 97597 on 25/8/24", ()),
        ("20610 99213 8/24", ()),
        ("11042 and 97597 on 9/31/24", ()),
        ("11042 with 97597, 7/1-7/31/24", ()),
        ("99213 mods 24/25/57", ("25", "57")),
        ("For a return to the OR we use 78. Is that on the list of modifiers", ("78",)),
        ("Second troponin of the day, 91. Does NCCI take it as a modifier", ("91",)),
        ("what does the list say AS is", ("AS",)),
        ("K2 functional level", ("K2",)),
        ("Q5 in my notes, what is the official wording", ("Q5",)),
        ("modifier 98", ("98",)),
        ("MODIFIER IS MISSING", ()),
        ("modifier 10 days after", ()),
        ("G0378 on a UB", ()),
        ("T1019 with a UB modifier", ("UB",)),
        ("25 units of something", ()),
        ("59-year-old with diabetes", ()),
        ("59 yo male", ()),
        ("seen 24 hours later", ()),
        ("pt has T4 fracture", ()),
        ("left knee pain, lt side", ()),
        ("it is an AS needed visit", ()),
        ("ncci on taking an impacted FB out of the ear", ()),
        ("2024 guidelines", ()),
    ],
)
def test_modifiers_are_told_from_numbers_and_words(text: str, expected: tuple[str, ...]) -> None:
    assert parse(text, TODAY).modifiers == expected


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("section I.B.4", "I.B.4"),
        ("what does i.c.9.a.2 say", "I.C.9.a.2"),
        ("Section IV.H of the guidelines", "IV.H"),
        ("chapter IV section E", "IV.E"),
        ("policy manual chapter 11, section B.15", "XI.B.15"),
        ("I.C.1.D.1.A.II", "I.C.1.d.1.a.ii"),
        ("appendix I", "Appendix-I"),
        ("Section III", "III"),
        ("i.v. push", ""),
        ("i.e. sepsis", ""),
        ("cesarean section", ""),
        ("E11.9", ""),
    ],
)
def test_sections_of_the_books_of_rules(text: str, path: str) -> None:
    assert take_section(text)[0] == path


@pytest.mark.parametrize(
    ("text", "locality"),
    [
        ("fee for 99213 in Texas", "Texas"),
        ("fee for 99213 in TX", "Texas"),
        ("fee for 99213 in manhattan", "manhattan"),
        ("99213 payment in New York", "New York"),
        ("99213 payment locality 05", "05"),
        ("99213 payment 01112-05", "01112-05"),
        ("work and PE GPCI for locality 18 CA", "California 18"),
        ("what does medicare pay for 99213 in Springfield", "Springfield"),
        ("fee for 99213 in GA", "Georgia"),
        ("fee for 99213", ""),
        ("99213 Las Vegas, office fee", "Las Vegas"),
        ("99213 fee in Phila PA", "Phila, Pennsylvania"),
        ("20610 allowable in Northern Virginia", "Northern Virginia"),
        ("what do they pay for 01112-52", ""),
    ],
)
def test_payment_localities(text: str, locality: str) -> None:
    message = parse(text, TODAY)
    topic = place(message).topic
    assert topic
    assert details(message, topic).locality == locality


@pytest.mark.parametrize(
    ("text", "place"),
    [("POS 11", "11"), ("place of service 2", "02"), ("pos: 21", "21"), ("POS 19 aug 2024", "19"), ("pos", "")],
)
def test_places_of_service(text: str, place: str) -> None:
    assert parse(text, TODAY).place == place


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("11042 and 97597 hospital outpatient", lookup.SETTING_HOSPITAL),
        ("outpatient MUE of 97110", lookup.SETTING_HOSPITAL),
        ("practitioner MUE of 97110", lookup.SETTING_PRACTITIONER),
        ("physician claim in the hospital", lookup.SETTING_PRACTITIONER),
        ("pro fee side", lookup.SETTING_PRACTITIONER),
        ("G0378, 31 units on a UB", lookup.SETTING_HOSPITAL),
        ("97110 UB-04 MUE", lookup.SETTING_HOSPITAL),
        ("facility side", lookup.SETTING_HOSPITAL),
        ("DME supplier", lookup.SETTING_DME),
        ("inpatient hospital 99223 with 99291", lookup.SETTING_PRACTITIONER),
        ("CAH outpatient 12001", lookup.SETTING_HOSPITAL),
        ("facility total RVU", None),
        ("11042 and 97597", None),
    ],
)
def test_whose_edits_are_meant(text: str, setting: int | None) -> None:
    assert parse(text, TODAY).setting == setting


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("left knee pain", Side.LEFT),
        ("rt shoulder", Side.RIGHT),
        ("bilateral cataracts", Side.BILATERAL),
        ("left and right knee", None),
        ("is that right", None),
        ("the right code", None),
        ("knee pain", None),
    ],
)
def test_sides(text: str, side: Side | None) -> None:
    assert parse(text, TODAY).side == side
