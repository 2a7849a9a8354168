"""The guidelines are cut by their own numbers, whatever the extraction did to their lines."""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from codingahead.lookup.v1 import lookup_pb2 as pb
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.model import System
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.kinds import Answers, Found
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.facts.source import Source
from services.lookup.guidelines.chapters import chapter_of
from services.lookup.guidelines.mentions import Mention, diagnoses_named
from services.lookup.guidelines.model import Passage
from services.lookup.guidelines.paragraphs import PAGE_END, Line, paragraphs
from services.lookup.index.guidelines import CONTENTS_ID, KINDS, wants
from services.lookup.messages.guidelines import guidelines
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_guidelines import is_icd10cm_guidelines, read_icd10cm_guidelines
from services.lookup.sources.ncci_policy_manual import is_ncci_policy_manual

TITLE_PAGE = """ICD-10-CM Official Guidelines for Coding and Reporting
FY 2026 -- UPDATED October 1, 2025
(October 1, 2025 - September 30, 2026)

These rules were made up for a test of the ICD -10-CM reader. Section II is about bells.
"""
CONTENTS = """Section I. Conventions and rules ............................................ 3
A. Conventions .............................................................. 3
1. Bells and whistles ....................................................... 3
2. A title that is so long that the table of contents needs two lines
for it ...................................................................... 4
B. Rules .................................................................... 4
C. Chapter rules ............................................................ 5
1. Chapter 1: Certain dents (A00-B99) ....................................... 5
a. Dents .................................................................... 5
2. Chapter 4: Bumps (E00-E89) ............................................... 6
a. Bumps of knees ........................................................... 6
b. Bumps of elbows .......................................................... 6
Section II. Choice of bells ................................................. 7
A. Small bells .............................................................. 7
Section III. More bells ..................................................... 7
Section IV. Bells outside ................................................... 8
Appendix I 8
"""
BODY = """Section I. Conventions and rules
These apply everywhere.
A. Conventions
1. Bells and whistles
A bell is rung at the door of a house, and the person who rings it waits there
until somebody comes. See Section I.C.1. Dents
It may be rung again.
2. A title that is so long that the table of contents needs two lines
for it
Its text is short.
B. Rules
1. Not in the table
See Section II, A. and Sections I, II, and III.
C. Chapter rules
1. Chapter 1: Certain dents (A00-B99)
a. Dents
1) Code only confirmed dents
Code A01.1, Dent, or a code from category A02, is for dents that were seen. A
dent that is achiev ed by hearsay is none (see Section II), and was never achieved, or achieved
(a) Deep dents
Codes A00-B99 and A05-A07 are meant.
(i) Very deep dents
Ask. See Section I.C.2.1.
(b) Dents that are described
by others
Do not code. See guideline I.C.1.a.1.a.i.
2) Dents, listed
a. A list that is
no section
b. More of it
• R05.1, Noise, or R05.9,
Silence
• R06.02 Hum
2. Chapter 4: Bumps (E00-E89)
a. Bumps of knees
1) Left knee
See Section I.C.9. Whistles, which are not there.
b. Bumps of elbows
Category E11 and code E11.9 and codes E08-E13.
Section II. Choice of bells
A. Small bells
See Appendix I.
Section III. More bells
Text.
Section IV. Bells outside
Text, the last of the last section.
Appendix I
Ringing on arrival
All bells. See Section IA of these rules.
"""
PATHS = [
    *("Intro", "I", "I.A", "I.A.1", "I.A.2", "I.B", "I.B.1", "I.C", "I.C.1", "I.C.1.a", "I.C.1.a.1", "I.C.1.a.1.a"),
    *("I.C.1.a.1.a.i", "I.C.1.a.1.b", "I.C.1.a.2", "I.C.2", "I.C.2.a", "I.C.2.a.1", "I.C.2.b", "II", "II.A", "III"),
    *("IV", "Appendix-I"),
]
TEXT = TITLE_PAGE + CONTENTS + BODY
TODAY = date(2026, 1, 15)


def paged(text: str, lines: int = 9, end: str = "\n") -> str:
    """Return a text on pages, their heads and numbers between its lines, now and then in the middle of a sentence."""
    every = text.splitlines()
    pages = [every[start : start + lines] for start in range(0, len(every), lines)]
    heads = [f"Official Rules\n FY 2026 \nPage {number} of {len(pages)}\n \n" for number in range(1, len(pages) + 1)]
    return "".join(head + "\n".join(page) + "\n \n" for head, page in zip(heads, pages, strict=True)).replace("\n", end)


def source(folder: Path, text: str | bytes, name: str = "guidelines.txt") -> SourceFile:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return SourceFile(Kind.ICD10CM_GUIDELINES, path)


def read(folder: Path, text: str | bytes = TEXT, told: Told | None = None, name: str = "guidelines.txt") -> FactEdition:
    (edition,) = read_icd10cm_guidelines([source(folder, text, name)], told or Told())
    return edition


def passages(edition: FactEdition) -> dict[str, Passage]:
    kind, documents = KINDS[edition.source].passage, dict(edition.documents)
    lines = KINDS[edition.source].contents.read(CONTENTS_ID, documents[CONTENTS_ID])
    return {line.id: kind.read(line.id, documents[line.id]) for line in lines}


def found_in(edition: FactEdition, system: System, code: str) -> Answers:
    documents = dict(edition.documents)
    load = FactLoad(
        source=edition.source,
        edition=edition.label,
        effective_from=edition.effective_from,
        effective_to=edition.effective_to,
        rows=edition.rows,
        left_out={},
        codes=edition.codes,
        documents=len(documents),
        loaded_at=datetime(2026, 1, 1),
        origin=edition.origin,
        content="",
        index="facts",
    )
    return Answers(
        {
            want: Found(
                want.kind.source,
                FactChoice(load, True),
                (load,),
                want.kind.read(want.id, documents[want.id]) if want.id in documents else None,
            )
            for want in wants(system, code)
        }
    )


def test_each_section_is_a_passage_under_its_path(tmp_path: Path) -> None:
    edition = read(tmp_path)
    found = passages(edition)

    assert list(found) == PATHS
    assert [one.order for one in found.values()] == list(range(1, len(PATHS) + 1))
    assert edition.rows == len(PATHS)
    assert len({id for id, _ in edition.documents}) == len(edition.documents)


def test_a_passage_has_its_own_text_and_the_titles_above_it(tmp_path: Path) -> None:
    found = passages(read(tmp_path))

    assert found["I"].text == "These apply everywhere."
    assert found["I.A.2"].title == "A title that is so long that the table of contents needs two lines for it"
    assert found["I.C.1.a.1.b"].title == "Dents that are described by others"
    assert found["I.C.1.a.1.a"].above == (
        *("Conventions and rules", "Chapter rules", "Chapter 1: Certain dents (A00-B99)", "Dents"),
        "Code only confirmed dents",
    )
    assert found["Appendix-I"].title == "Ringing on arrival"


def test_lines_that_the_margin_broke_are_joined_and_lists_are_not(tmp_path: Path) -> None:
    found = passages(read(tmp_path))

    assert found["I.A.1"].text.startswith(
        "A bell is rung at the door of a house, and the person who rings it waits there until"
    )
    assert found["I.A.1"].text.endswith("\nIt may be rung again.")
    assert found["I.C.1.a.2"].text.splitlines() == [
        "a. A list that is no section",
        "b. More of it",
        "• R05.1, Noise, or R05.9, Silence",
        "• R06.02 Hum",
    ]


def test_blanks_in_words_and_around_hyphens_are_closed_up(tmp_path: Path) -> None:
    found = passages(read(tmp_path))

    assert "the ICD-10-CM reader" in found["Intro"].text
    assert "that is achieved by hearsay" in found["I.C.1.a.1"].text


@pytest.mark.parametrize(
    ("path", "refers_to"),
    [
        ("Intro", ("II",)),
        ("I.A.1", ("I.C.1.a",)),
        ("I.B.1", ("II.A", "I", "II", "III")),
        ("I.C.1.a.1.a.i", ("I.C.2.a.1",)),
        ("I.C.1.a.1.b", ("I.C.1.a.1.a.i",)),
        ("I.C.2.a.1", ()),
        ("II.A", ("Appendix-I",)),
        ("Appendix-I", ("I.A",)),
    ],
)
def test_references_lead_to_paths(tmp_path: Path, path: str, refers_to: tuple[str, ...]) -> None:
    assert passages(read(tmp_path))[path].refers_to == refers_to


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("lines", [5, 9, 14])
def test_pages_leave_no_trace(tmp_path: Path, lines: int, end: str) -> None:
    plain = passages(read(tmp_path))
    on_pages = passages(read(tmp_path, paged(TEXT, lines, end)))

    assert list(on_pages) == PATHS
    assert {id: one.title for id, one in on_pages.items()} == {id: one.title for id, one in plain.items()}
    assert not [one for one in on_pages.values() if "Page" in one.text or "Official Rules" in one.text]


def test_form_feeds_are_ends_of_pages(tmp_path: Path) -> None:
    body = BODY.splitlines(keepends=True)
    pages = [
        "".join(body[start : start + 12]) + f"Made up for a test\n{start}\n\f" for start in range(0, len(body), 12)
    ]

    found = passages(read(tmp_path, TITLE_PAGE + CONTENTS + "".join(pages)))

    assert list(found) == PATHS
    assert not [one for one in found.values() if "Made up for a test" in one.text]


def test_a_text_without_table_of_contents_is_cut_alike(tmp_path: Path) -> None:
    assert list(passages(read(tmp_path, TITLE_PAGE + BODY))) == PATHS


def test_a_line_that_the_table_knows_by_another_title_is_no_heading(tmp_path: Path) -> None:
    text = TEXT.replace("Its text is short.", "Its text is short.\nB. Zzzz qqqq wwww xxxx")

    found = passages(read(tmp_path, text))

    assert list(found) == PATHS
    assert found["I.B"].title == "Rules"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    text = TEXT.replace("It may be rung again.", "It may be called “rung”.")

    assert "“rung”" in passages(read(tmp_path, text.encode(encoding)))["I.A.1"].text


@pytest.mark.parametrize(
    ("title_page", "label", "first", "last"),
    [
        ("FY 2026\n(October 1, 2025 - September 30, 2026)", "FY2026", date(2025, 10, 1), date(2026, 9, 30)),
        (
            "FY 2025 -- UPDATED April 1, 2025\n(October 1, 2024 – September 30, 2025)",
            *("FY2025 April", date(2025, 4, 1), date(2025, 9, 30)),
        ),
        ("FY 2024", "FY2024", date(2023, 10, 1), date(2024, 9, 30)),
    ],
)
def test_the_title_page_tells_the_edition(tmp_path: Path, title_page: str, label: str, first: date, last: date) -> None:
    name, *_, about = TITLE_PAGE.splitlines()
    edition = read(tmp_path, f"{name}\n{title_page}\n\n{about}\n{CONTENTS}{BODY}")

    assert (edition.label, edition.effective_from, edition.effective_to) == (label, first, last)


def test_what_is_told_wins(tmp_path: Path) -> None:
    edition = read(tmp_path, told=Told(edition="mine", effective_from=date(2026, 1, 1), effective_to=date(2026, 2, 1)))

    assert (edition.label, edition.effective_from, edition.effective_to) == ("mine", date(2026, 1, 1), date(2026, 2, 1))


def test_dates_that_nobody_tells_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="--effective-from"):
        read(tmp_path, "ICD-10-CM Official Guidelines for Coding and Reporting\n" + BODY)


@pytest.mark.parametrize("missing", ["Section IV. Bells outside\nText", "B. Rules\n1. Not"])
def test_a_section_of_the_table_that_is_not_there_is_refused(tmp_path: Path, missing: str) -> None:
    with pytest.raises(SourceError, match="expected Section I"):
        read(tmp_path, TITLE_PAGE + CONTENTS + BODY.replace(missing, ""))


def test_a_text_without_its_last_pages_is_refused(tmp_path: Path) -> None:
    whole = paged(TEXT)

    with pytest.raises(SourceError, match=r"expected \d+ pages"):
        read(tmp_path, whole[: whole.rindex("Official Rules")])


def test_other_texts_are_not_taken_for_the_guidelines() -> None:
    assert is_icd10cm_guidelines(TEXT.encode())
    assert is_icd10cm_guidelines(b"\xef\xbb\xbf\r\n" + TEXT.replace("\n", "\r\n").encode())
    assert not is_icd10cm_guidelines(TEXT.replace("10-CM", "10-PCS").encode())
    assert not is_icd10cm_guidelines(b"\x00" + TEXT.encode())
    assert not is_ncci_policy_manual(TEXT.encode())


@settings(deadline=None, max_examples=60)
@given(cut=st.integers(0, len(TEXT)), junk=st.binary(max_size=40))
def test_damage_is_refused_or_survived(tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    data = TEXT.encode()

    with suppress(SourceError):
        found = passages(read(folder, data[:cut] + junk + data[cut:]))
        assert {"I", "II", "III", "IV"} <= set(found)
    if cut < len(TITLE_PAGE + CONTENTS):
        with pytest.raises(SourceError):
            read(folder, data[:cut])


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", PAGE_END, "A. X", "1. Y", "a. z", "1) W", "(a) v", "(i) u", "Section II. T", "Appendix I"]
        ),
        st.text(max_size=30),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=100)
@given(lines=LINES)
def test_any_lines_are_cut_into_sections_with_paths_of_their_own(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    text = (
        TITLE_PAGE + "Section I. Conventions\n" + "\n".join(lines) + "\nSection II. A\nSection III. B\nSection IV. C\n"
    )

    with suppress(SourceError):
        edition = read(tmp_path_factory.mktemp("lines"), text.encode("utf-8", "ignore"))
        assert len({id for id, _ in edition.documents}) == len(edition.documents)
        assert len(passages(edition)) == edition.rows


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("code E11.9, and category E11", [("E119", "E119"), ("E11", "E11")]),
        ("categories F10-F19 and T36.0X1A", [("F10", "F19"), ("T360X1A", "T360X1A")]),
        ("codes X37.0- and I24.8-", [("X370", "X370"), ("I248", "I248")]),
        ("codes T81.40 to T81.43", [("T8140", "T8143")]),
        ("(A00-B99), Z00-Z99.8 and A00.0 through T88.9 are chapters", []),
        ("O9A.1-, C7A and QA0.01", [("O9A1", "O9A1"), ("C7A", "C7A"), ("QA001", "QA001")]),
        ("SARS-CoV-2, COVID-19, 30 days, H5 and ICD-10-CM", []),
    ],
)
def test_codes_are_found_in_a_text(text: str, named: list[tuple[str, str]]) -> None:
    assert diagnoses_named(text) == [Mention(*ends) for ends in named]


def test_a_page_has_what_names_the_code_then_what_is_above_it_then_ranges_then_the_chapter(tmp_path: Path) -> None:
    text = (
        TEXT.replace("See Section I.C.9. Whistles", "Code E11.9. Whistles")
        .replace(
            "b. Bumps of elbows\nCategory E11 and code E11.9 and codes E08-E13.",
            "b. Bumps of elbows\nCodes E08-E13.\nc. Bumps of heads\nCategory E11.\nd. Others\nCode E11.65.",
        )
        .replace("2. Chapter 4", "2. Chapter 2: None\n3. Chapter 3: None\n4. Chapter 4")
    )
    text = text.replace(CONTENTS, "")
    edition = read(tmp_path, text)

    message = guidelines(System.ICD10CM, "E11.9", found_in(edition, System.ICD10CM, "E11.9"), TODAY)

    assert message.status.availability == pb.AVAILABILITY_AVAILABLE
    assert message.status.release.name == "ICD-10-CM Guidelines FY2026"
    assert [(one.id, bool(one.text)) for one in message.passages] == [
        *(("I.C.4.a.1", True), ("I.C.4.c", True), ("I.C.4.b", True)),
        *(("I.C.4", False), ("I.C.4.a", False), ("I.C.4.d", False)),
    ]
    assert message.passages[0].above == [
        "Conventions and rules",
        "Chapter rules",
        "Chapter 4: Bumps (E00-E89)",
        "Bumps of knees",
    ]


def test_a_long_passage_is_cut_on_the_page_of_a_code_alone(tmp_path: Path) -> None:
    text = TEXT.replace("Category E11 and", "Category E11 and" + " many more" * 200 + " and")
    edition = read(tmp_path, text)

    (shown,) = guidelines(System.ICD10CM, "E11", found_in(edition, System.ICD10CM, "E11"), TODAY).passages

    assert shown.text.endswith("more …")
    assert len(shown.text) < 620
    assert len(passages(edition)["I.C.2.b"].text) > 2_000


def test_systems_without_a_book_of_rules_have_none() -> None:
    message = guidelines(System.ICD10PCS, "0DTJ4ZZ", Answers({}), TODAY)

    assert wants(System.ICD10PCS, "0DTJ4ZZ") == []
    assert message.status.availability == pb.AVAILABILITY_NONE


def test_nothing_is_none_only_where_the_guidelines_are_loaded() -> None:
    answers = Answers(
        {want: Found(Source.GUIDELINES_ICD10CM, None, (), None) for want in wants(System.ICD10CM, "E11.9")}
    )

    message = guidelines(System.ICD10CM, "E11.9", answers, TODAY)

    assert message.status.availability == pb.AVAILABILITY_NOT_LOADED
    assert message.status.missing == "Not loaded: ICD-10-CM Guidelines."


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["One word and", "another."], ["One word and another."]),
        (["pre-", "operative"], ["pre-operative"]),
        (["W", "hen it rains."], ["When it rains."]),
        (["A sentence ends.", "", "Another begins."], ["A sentence ends.", "Another begins."]),
        (["A sentence goes", PAGE_END, "on."], ["A sentence goes on."]),
        (["A sentence ends.", PAGE_END, "Another begins."], ["A sentence ends.", "Another begins."]),
        (["A bracket (that goes", "On) ends."], ["A bracket (that goes On) ends."]),
        (["Z59.1, One", "Z59.5, Two"], ["Z59.1, One", "Z59.5, Two"]),
        (["\u2022 one", "\uf0b7 two", "o Three"], ["• one", "• two", "• Three"]),
    ],
)
def test_paragraphs(lines: list[str], expected: list[str]) -> None:
    assert paragraphs([Line(number, text) for number, text in enumerate(lines, 1)]) == expected


@pytest.mark.parametrize(
    ("system", "code", "chapter"),
    [
        *((System.ICD10CM, "A00.0", "icd10cm-1"), (System.ICD10CM, "C7A.00", "icd10cm-2")),
        *((System.ICD10CM, "O9A.111", "icd10cm-15"), (System.ICD10CM, "QA0.0", "icd10cm-17")),
        *((System.ICD10CM, "T88.9XXS", "icd10cm-19"), (System.ICD10CM, "U07.1", "icd10cm-22")),
        *((System.CPT, "00100", "cpt-0"), (System.CPT, "99213", "cpt-9"), (System.CPT, "0404T", "cpt-T")),
        *((System.HCPCS, "J1885", "hcpcs"), (System.ICD10PCS, "0DTJ4ZZ", "")),
    ],
)
def test_a_code_alone_tells_its_chapter(system: System, code: str, chapter: str) -> None:
    assert chapter_of(system, code) == chapter
