"""Codes, modifiers, units, dates, places and sections as coders write them."""

from datetime import date, timedelta

import pytest
from codingahead.lookup.v1 import lookup_pb2 as lookup
from hypothesis import given
from hypothesis import strategies as st

from services.assistant.question import Side
from services.assistant.understanding.codes import take_codes
from services.assistant.understanding.dates import take_dates
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
        ("2024 guidelines", ()),
    ],
)
def test_modifiers_are_told_from_numbers_and_words(text: str, expected: tuple[str, ...]) -> None:
    assert parse(text, TODAY).modifiers == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("8/15/24", "2024-08-15", "2024-08-15"),
        ("08/15/2024", "2024-08-15", "2024-08-15"),
        ("8-15-2024", "2024-08-15", "2024-08-15"),
        ("8.15.24", "2024-08-15", "2024-08-15"),
        ("2024-08-15", "2024-08-15", "2024-08-15"),
        ("20240815", "2024-08-15", "2024-08-15"),
        ("Aug 15 2024", "2024-08-15", "2024-08-15"),
        ("aug 15 24", "2024-08-15", "2024-08-15"),
        ("aug 15 24 units", "2025-08-15", "2025-08-15"),
        ("August 15th, 2024", "2024-08-15", "2024-08-15"),
        ("15 August 2024", "2024-08-15", "2024-08-15"),
        ("15-Aug-2024", "2024-08-15", "2024-08-15"),
        ("the 15th of August 2024", "2024-08-15", "2024-08-15"),
        ("DOS 2/14", "2026-02-14", "2026-02-14"),
        ("DOS 11/2", "2025-11-02", "2025-11-02"),
        ("July 2024", "2024-07-01", "2024-07-31"),
        ("feb 2024", "2024-02-01", "2024-02-29"),
        ("Dec '24", "2024-12-01", "2024-12-31"),
        ("rvu (jul 24)", "2024-07-01", "2024-07-31"),
        ("in feb 24", "2024-02-01", "2024-02-29"),
        ("aug 24 fee", "2024-08-01", "2024-08-31"),
        ("mue for 8/24", "2024-08-01", "2024-08-31"),
        ("feb 24 ok?", "2026-02-24", "2026-02-24"),
        ("dos aug 24", "2025-08-24", "2025-08-24"),
        ("the aug 24th visit", "2025-08-24", "2025-08-24"),
        ("aug 16", "2025-08-16", "2025-08-16"),
        ("2024-07", "2024-07-01", "2024-07-31"),
        ("07/2024", "2024-07-01", "2024-07-31"),
        ("2024Q3", "2024-07-01", "2024-09-30"),
        ("Q3 2024", "2024-07-01", "2024-09-30"),
        ("3Q24", "2024-07-01", "2024-09-30"),
        ("third quarter 2024", "2024-07-01", "2024-09-30"),
        ("the 4th quarter of 2024", "2024-10-01", "2024-12-31"),
        ("FY2026", "2025-10-01", "2026-09-30"),
        ("FY 26", "2025-10-01", "2026-09-30"),
        ("fiscal year 2026", "2025-10-01", "2026-09-30"),
        ("ICD-10-CM 2025", "2024-10-01", "2025-09-30"),
        ("CY2025", "2025-01-01", "2025-12-31"),
        ("for 2025", "2025-01-01", "2025-12-31"),
        ("valid yesterday", "2026-03-09", "2026-03-09"),
        ("for today", "2026-03-10", "2026-03-10"),
        ("in last year", "2025-01-01", "2025-12-31"),
        ("for last quarter", "2025-10-01", "2025-12-31"),
        ("for next month", "2026-04-01", "2026-04-30"),
        ("in the 2024 file, seen 8/1", "2024-08-01", "2024-08-01"),
        ("8/1/24 to 8/3/24", "2024-08-01", "2024-08-03"),
        ("billed 9/3/24, date of service 8/15/24", "2024-08-15", "2024-08-15"),
    ],
)
def test_dates_of_service(text: str, first: str, last: str) -> None:
    (dates, *_), _ = take_dates(text, TODAY)
    assert (dates.first.isoformat(), dates.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "13/45/24",
        "120/80",
        "20/40 vision",
        "1/2 tablet",
        "E11.9",
        "250.00",
        "11042-59",
        "99213",
        "pt came in today",
        "Today I learned about headers",
        "today my boss asked about headers",
        "2024 units",
        "version 28",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert not take_dates(text, TODAY)[0]


FORMATS = ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%B %d, %Y", "%b %d %Y", "%d %B %Y", "%m-%d-%Y", "%Y%m%d")


@given(
    st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    st.sampled_from(FORMATS),
    st.sampled_from(["{}", "dos {}", "on {}, ok?"]),
)
def test_a_day_is_read_in_every_form(day: date, form: str, sentence: str) -> None:
    (dates,), rest = take_dates(sentence.format(day.strftime(form)), TODAY)
    assert dates.single
    assert dates.first == day
    assert not any(character.isdigit() for character in rest)


@given(st.integers(2000, 2040), st.integers(1, 4))
def test_a_quarter_is_three_months(year: int, quarter: int) -> None:
    (dates,), _ = take_dates(f"{year}Q{quarter}", TODAY)
    assert dates.first == date(year, 3 * quarter - 2, 1)
    assert (dates.last + timedelta(days=1)).day == 1
    assert 89 <= (dates.last - dates.first).days <= 91


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
        ("what do they pay for 01112-52", ""),
    ],
)
def test_payment_localities(text: str, locality: str) -> None:
    message = parse(text, TODAY)
    topic = place(message).topic
    assert topic
    assert details(message, topic).locality == locality


@pytest.mark.parametrize(
    ("text", "place"), [("POS 11", "11"), ("place of service 2", "02"), ("pos: 21", "21"), ("pos", "")]
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
