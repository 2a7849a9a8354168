from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assistant.privacy import redact

REMOVED = [
    # Names
    ("patient John Smith", "patient [name]"),
    ("pt: Mary-Ann O'Neil has E11.9", "pt: [name] has E11.9"),
    ("Pt. Hernandez presents with R07.9", "Pt. [name] presents with R07.9"),
    ("My patient Xiulan was seen", "My patient [name] was seen"),
    ("the patient, Linda Wu, has I10", "the patient, [name], has I10"),
    ("Mr. Jones, 99213-25", "Mr. [name], 99213-25"),
    ("Mrs Garcia and Ms. Lee", "Mrs [name] and Ms. [name]"),
    ("mr jones and mrs garcia; mr. kowalczyk", "mr [name] and mrs [name]; mr. [name]"),
    ("Mr O’Connor, Mrs. Smith-Jones's wound", "Mr [name], Mrs. [name] wound"),
    ("Mr. John Q. Public Jr. was admitted", "Mr. [name] was admitted"),
    ("Maria Garcia's A1c; is John's MRI 70551 covered?", "[name] A1c; is [name] MRI 70551 covered?"),
    ("Mr. Bell has Bell palsy", "Mr. [name] has Bell palsy"),
    ("Dr. Patel billed 99214", "Dr. [name] billed 99214"),
    ("John Doe, 67M, needs 27447", "[name], 67M, needs 27447"),
    ("JOHN SMITH 67M with I10", "[name] 67M with I10"),
    ("john smith has diabetes", "[name] has diabetes"),
    ("Smith, John 45 yo male", "[name] 45 yo male"),
    ("José Núñez, 54F", "[name], 54F"),
    ("Patient: GARCIA, MARIA here", "Patient: [name] here"),
    ("Patient Name: Zbigniew Kowalczyk", "Patient Name: [name]"),
    ("patient's name is Olu Adeyemi", "patient's name is [name]"),
    ("My name is Alice Cooper and I code 99213", "My name is [name] and I code 99213"),
    ("her mother Maria de la Cruz was there", "her mother [name] was there"),
    ("Baby Boy Hernandez, newborn, P07.30", "Baby Boy [name], newborn, P07.30"),
    ("patient John Bell", "patient [name]"),
    ("Mary White has Z00.00", "[name] has Z00.00"),
    (
        "Patient John Smith has Crohn disease, Smith reports pain",
        "Patient [name] has Crohn disease, [name] reports pain",
    ),
    ("Mr. Jones has a Jones fracture", "Mr. [name] has a Jones fracture"),
    # Numbers
    ("SSN 123-45-6789", "[SSN]"),
    ("123-45-6789 and 123 45 6789", "[SSN] and [SSN]"),
    ("SSN ending in 6789", "[SSN]"),
    ("xxx-xx-6789", "[SSN]"),
    ("1EG4-TE5-MK73, 1eg4te5mk73", "[MBI], [MBI]"),
    ("MRN 00123456 and MRN#: 123-456-789", "[MRN] and [MRN]"),
    ("medical record number is 55512", "[MRN]"),
    ("acct # 4455667 for 11042", "[number] for 11042"),
    ("Account 123456789", "[number]"),
    ("policy number XYZ-99-1234", "[number]"),
    ("member id W123456789", "[number]"),
    ("member ID 123 456 789", "[number]"),
    ("claim # 20240115001 with 99213", "[number] with 99213"),
    ("ID: ABC123456", "[number]"),
    ("hicn 123456789A", "[number]"),
    ("NPI 1234567893", "[NPI]"),
    ("driver's license D1234567", "driver's license [number]"),
    ("H20240099123", "[number]"),
    # Where somebody is reached
    ("phone (555) 123-4567, fax 555.123.4567", "phone [phone], fax [phone]"),
    ("call 555-1234 or +1 555 123 4567 x12", "[phone] or [phone]"),
    ("write to a.b@c.org", "write to [e-mail]"),
    ("see https://chart.example.com/john?x=1, ok", "see [URL], ok"),
    ("from 192.168.1.20 and IP 10.0.0.1", "from [IP address] and [IP address]"),
    ("lives at 123 Main Street, Springfield, IL 62704-1234.", "lives at [address]."),
    ("123 N. Elm St Apt 4B, Dayton OH 45402", "[address]"),
    ("PO Box 44, Akron, OH 44301", "[address]"),
    ("zip 12345-6789", "zip [zip]"),
    # Births and ages
    ("DOB 3/4/1961, DOS 3/4/2024", "[date of birth], DOS 3/4/2024"),
    ("D.O.B. 03-04-61", "[date of birth]"),
    ("date of birth: March 4, 1961", "[date of birth]"),
    ("born 3/4/61, seen 3/5/2024", "[date of birth], seen 3/5/2024"),
    ("Ann (2/3/1944) on 1/2/2024", "Ann ([date of birth]) on 1/2/2024"),
    ("John Smith (3/4/61)", "[name] ([date of birth])"),
    ("a 92-year-old, 91 y/o, 101 years old", "a [age]-year-old, [age] y/o, [age] years old"),
    ("age 95, aged 99, 94M, 96 yo F", "age [age], aged [age], [age]M, [age] yo F"),
]

UNCHANGED = [
    "Is E11.9 billable, and are S72.001A and S72001A the same code?",
    "Can 11042-59 and 97597 be billed together on 3/4/2024, 03/04/24 or March 4, 2024?",
    "99213-25 with 93000-59-26, 0042T, 3044F, J3301 x 4, G0439, 99202-99215",
    "CPT 99213 claim: 99213, 99214; claim #1: 11042; case #2 11043",
    "ICD-9 250.00, V27.0, E812.0, 401.9 to ICD-10, and 250 428 585 as well",
    "ICD-10-PCS 0DTJ4ZZ, 02703DZ, 0210093 and 4A023N7",
    "NDC 00002-7510-01 or NDC 0002751001 for J1817",
    "SNOMED CT 609569007 and LOINC 4548-4",
    "Fee of 99213 in locality 01112-05, carrier 01112, 10112-00, on 2024-07-01",
    "Section I.C.9.a.2, Chapter IV, Section E, Pub 100-04 chapter 12 section 30.6.1.1, NCD 110.1, LCD ID L33822",
    "It pays $12,345.67 or $99213.00; RVU 1.300000000 and conversion factor 33.2875",
    "MUE of 97110 is 6 units, 100 mg, 2.5 mL, 45 minutes, 15 sq cm",
    "The patient has Crohn disease, Crohn's colitis, Hodgkin lymphoma, Parkinson's and Alzheimer dementia.",
    "patient Crohn disease K50.90; pt Parkinson G20; Patient Graves disease",
    "Down syndrome, Bell palsy, Graves disease, Addison disease, Cushing syndrome, Dupuytren contracture",
    "Colles fracture, Smith fracture, Jones fracture, Bennett fracture, Wilson disease, Murphy sign",
    "Mohs surgery, Whipple procedure, a Foley catheter, Swan-Ganz placement, patient Foley removed",
    "Smith fracture of right radius, initial encounter: S52.541A",
    "Charcot Marie Tooth disease, Marcus Gunn pupil, James bundle, Austin Flint murmur, Stevens-Johnson syndrome",
    "MS with DMT, relapsing MS, Patient with MS. Follow up G35; MR angiography; MR Brain 70551; mr imaging; MS-DRG 470",
    "MS Contin 30 mg; DR of the eye; PT Evaluation 97161, PT Eval; the patient is on Humira",
    "New Patient Office Visit, Established Patient, Patient Presents With Chest Pain",
    "Can A Medicare Patient With Type 2 Diabetes Be Billed For Foot Care On The Same Day?",
    "Patient Type 2 diabetic; Patient Medicare Advantage; patient English speaking; for the patient, Medicare pays",
    "Patient: Cholera, can I bill A00.9? Pt: Keytruda 200 mg infusion",
    "67M with COPD, 45 yo female, 89-year-old, 9 month old, ages 15-124, 65 years and older",
    "Temperature 101F, fever of 102 F, temp 99F; 99 units; 95% occlusion; 90 days global; age 90%",
    "Newborn born at 39 weeks on hospital day 2, Z38.00; liveborn infant P05.18",
    "Drug name: Lipitor; brand name Humira; code name: Office visit; procedure name: Whipple",
    "San Jose, Santa Clara, St. Paul, Fort Wayne and Lake Charles localities",
    "70450 Head CT, 71046 Chest 2 View, 93000 EKG Dr ordered, 11 Office Place of Service",
    "modifiers 25, 59, XE, LT and RT; POS 11, 22 and 23; rev code 0450; DRG 470",
    "the medical record does not support 99215; account for the global period; policy manual 2024",
    "Does Mr apply? What does MRA mean? Is MRI covered? Is it a miss or did we miss something?",
    "V28 HCC 37, RAF 0.166, HCC 19 and 2026 model; FY2026, 2024Q3, CY 2025",
]


@pytest.mark.parametrize(("text", "expected"), REMOVED)
def test_an_identifier_is_replaced_by_what_it_was(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize("text", UNCHANGED)
def test_what_identifies_nobody_stays(text: str) -> None:
    redacted = redact(text)

    assert redacted.text == text
    assert redacted.removed == 0


def test_everything_that_was_removed_is_counted() -> None:
    text = "Jane Roe (DOB 3/4/1961, MRN 00123456), phone 555-123-4567, was seen on 3/4/2024 for 99213 and E11.9"

    redacted = redact(text)

    assert redacted.text == ("[name] ([date of birth], [MRN]), phone [phone], was seen on 3/4/2024 for 99213 and E11.9")
    assert redacted.removed == 4


DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MODIFIERS = ["25", "59", "26", "TC", "LT", "RT", "XS", "50", "KX", "GA"]


def written(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


cpt = st.one_of(written("[0-9]{5}"), written("[0-9]{4}[FTU]"))
hcpcs = written("[A-V][0-9]{4}")
icd10cm = written(r"[A-TV-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?")
icd10pcs = written("[0BCDFGHX][0-9A-HJ-NP-Z]{6}")
icd9cm = written(r"([0-9]{3}\.[0-9]{1,2})|(V[0-9]{2}\.[0-9]{1,2})|(E[0-9]{3}\.[0-9])")
with_modifiers = st.tuples(cpt, st.lists(st.sampled_from(MODIFIERS), max_size=3)).map(lambda v: "-".join([v[0], *v[1]]))
codes = st.one_of(cpt, hcpcs, icd10cm, icd10pcs, icd9cm, with_modifiers)
services = st.dates(date(1990, 1, 1), date(2029, 12, 31))
dates = st.tuples(services, st.sampled_from(["%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%B %d, %Y", "%d %b %Y"])).map(
    lambda v: v[0].strftime(v[1])
)

QUESTIONS = [
    "Is {code} billable on {date}?",
    "can {code}, {other} be billed together, DOS {date}",
    "Patient with {code}: {other} x 2 units on {date}",
    "pt has {code} and {other} ({date})",
    "claim {code}/{other} from {date}",
    "Mr. Jones {code} {other} {date}",
    "patient John Smith {code}, {other} on {date}",
    "Mr. Jones, MRN 00123456, DOB 3/4/1961, had {code} and {other} on {date}.",
    "John Smith 67M, phone 555-123-4567: {code} {other} {date}",
    "Medicare # 1EG4-TE5-MK73 {code}; {other}; {date}",
]


@given(st.sampled_from(QUESTIONS), codes, codes, dates)
def test_codes_and_dates_of_service_survive_whatever_stands_beside_them(
    question: str, code: str, other: str, on: str
) -> None:
    behind = question[question.index("{code}") :]

    redacted = redact(question.format(code=code, other=other, date=on))

    assert redacted.text.endswith(behind.format(code=code, other=other, date=on))


syllables = st.sampled_from(["ba", "ko", "ri", "zen", "mul", "ta", "vo", "shi", "dur", "na", "pel", "gra", "xan"])
word = st.lists(syllables, min_size=2, max_size=4).map(lambda parts: "".join(parts).capitalize())
last = st.one_of(word, st.tuples(word, word).map("-".join), word.map("Mc{}".format), word.map("O'{}".format))

INTRODUCED = [
    "patient {name} has E11.9",
    "Pt: {name}, 99213",
    "Mr. {name} had 11042",
    "Mrs {name} had 11042",
    "Patient Name: {name}\nE11.9",
    "beneficiary {name} was seen",
    "Dr. {name} billed 99213",
    "her husband {name} called",
]


@given(st.sampled_from(INTRODUCED), st.one_of(last, st.tuples(word, last).map(" ".join)))
def test_a_name_that_is_introduced_vanishes(sentence: str, name: str) -> None:
    redacted = redact(sentence.format(name=name))

    assert redacted.text == sentence.format(name="[name]")
    assert redacted.removed == 1


mbi_letter = st.sampled_from("ACDEFGHJKMNPQRTUVWXY")
mbi = st.tuples(
    *(st.sampled_from("123456789"), mbi_letter, mbi_letter, st.sampled_from(DIGITS)),
    *(mbi_letter, st.sampled_from(DIGITS), st.sampled_from(DIGITS), mbi_letter, mbi_letter),
    *(st.sampled_from(DIGITS), st.sampled_from(DIGITS)),
).map("".join)
dashed_mbi = mbi.map(lambda text: f"{text[:4]}-{text[4:7]}-{text[7:]}")
births = st.tuples(
    st.dates(date(1920, 1, 1), date(2020, 12, 31)),
    st.sampled_from(["%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%B %d, %Y", "%m-%d-%Y", "%d %b %Y", "%b %d %Y"]),
).map(lambda v: v[0].strftime(v[1]))

identifiers = st.one_of(
    st.tuples(st.just("{}"), written(r"[0-9]{3}-[0-9]{2}-[0-9]{4}")),
    st.tuples(st.just("{}"), written(r"\([2-9][0-9]{2}\) ?[0-9]{3}-[0-9]{4}|[2-9][0-9]{2}([-.])[0-9]{3}\1[0-9]{4}")),
    st.tuples(st.just("{}"), st.one_of(mbi, dashed_mbi)),
    st.tuples(st.just("{}"), written(r"[a-z]{2,8}[.][a-z]{2,8}@[a-z]{3,8}[.](com|org)")),
    st.tuples(
        st.sampled_from(["MRN {}", "MRN: {}", "MRN# {}", "mrn {}", "acct # {}", "Account No. {}", "member ID: {}"]),
        written("[A-Z]{0,2}[0-9]{6,10}"),
    ),
    st.tuples(st.sampled_from(["DOB {}", "DOB: {}", "dob {}", "date of birth {}", "born {}", "born on {}"]), births),
    st.tuples(st.just("{}"), written("[1-9][0-9]{1,3} [NSEW][.]? (Oak|Maple|Lake View) (Street|Ave|Rd|Blvd)")),
    st.tuples(st.just("{} y/o"), written("9[0-9]|10[0-9]")),
)


@given(st.sampled_from(["{}", "seen {} for I10", "J45.40, I10; {}. Billable?", "({})"]), identifiers)
def test_identifiers_in_many_shapes_vanish(sentence: str, identifier: tuple[str, str]) -> None:
    cue, value = identifier

    redacted = redact(sentence.format(cue.format(value)))

    assert value not in redacted.text
    assert redacted.removed >= 1
    assert ("I10" in redacted.text) == ("I10" in sentence)


shaped = identifiers.map(lambda v: v[0].format(v[1]))


@given(st.lists(st.one_of(codes, dates, last, shaped, st.sampled_from(UNCHANGED))))
def test_what_was_redacted_stays_as_it_is(parts: list[str]) -> None:
    once = redact(" ".join(parts))

    again = redact(once.text)

    assert (again.text, again.removed) == (once.text, 0)


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    redacted = redact(text)

    assert redacted.removed > 0 or redacted.text == text
