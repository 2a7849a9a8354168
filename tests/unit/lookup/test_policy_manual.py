"""The NCCI policy manual is cut by its numbers, and what it prints of the wording of others is left out."""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.lookup.codes.model import System
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.kinds import Answers, Found
from services.lookup.facts.registry import FactChoice, FactLoad
from services.lookup.guidelines.mentions import Mention, procedures_named
from services.lookup.guidelines.model import Passage
from services.lookup.guidelines.wording import without_descriptors
from services.lookup.index.guidelines import CONTENTS_ID, KINDS, wants
from services.lookup.messages.guidelines import guidelines
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_guidelines import is_icd10cm_guidelines
from services.lookup.sources.ncci_policy_manual import is_ncci_policy_manual, read_ncci_policy_manual

FRONT = """2025 Complete Table of Contents Medicare NCCI Coding Policy Manual
Chapter I – General Chimes
A. Introduction I-3
Chapter II – Surgery: Bells and Gongs (CPT Codes 20000 – 29999)
A. Introduction II-3

INTRODUCTION
FOR
MEDICARE NATIONAL CORRECT CODING INITIATIVE POLICY MANUAL
Made up for a test.
Revision Date (Medicare): 1/1/2025 Intro-1

Table of Contents
Introduction ............................Intro-3 Purpose ............................ Intro-3
Revision Date (Medicare): 1/1/2025 Intro-2

Introduction
Bells were rung by law.
Purpose
They are rung so that
Revision Date (Medicare): 1/1/2025 Intro-3

somebody hears them. (See Chapter II, Section B, Subsection 2.)
Revision Date (Medicare): 1/1/2025 Intro-4

"""
CHAPTER_I = """CHAPTER I
GENERAL CHIMES
FOR
MEDICARE NATIONAL CORRECT CODING INITIATIVE POLICY MANUAL
Revision Date (Medicare): 2/28/2025 I-1

Table of Contents
Chapter I ............ I-3 General Chimes ....... I-3 A. Introduction .......... I-3 B. Family of Bells ...... I-3
Revision Date (Medicare): 2/28/2025 I-2

A. Introduction
Chapter I
General Chimes
Two bells are rung together. In this chapter, Sections A – B say how.
Specific things are said elsewhere. B. Family of Bells
Some words on families.
1. The first bell.
2. The second bell.
Examples
1. An example.
2. Another one.
3. A third, which is no bell.
Revision Date (Medicare): 2/28/2025 I-3

"""
CHAPTER_II = """CHAPTER II
SURGERY: BELLS
AND GONGS
CPT CODES 20000-29999
FOR
MEDICARE NATIONAL CORRECT CODING INITIATIVE POLICY MANUAL
Revision Date (Medicare): 1/1/2025 II-1

Table of Contents
A. Introduction .......... II-3 B. Gongs ...... II-3 C. Chimes II ....... II-4
Revision Date (Medicare): 1/1/2025 II-2

Chapter II
Surgery: Bells and Gongs CPT Codes 20000 - 29999
A. Introduction
The rules of Chapter I apply to CPT codes 20000-29999.
B. Gongs
1. A gong (CPT code 20005 (Striking of a made-up gong; (with felt) once)) is not a bell. For example: a. One. b. Two
gongs.
c. Three gongs, see Subsection 2 below:
i. Gold ii. Silver
2. See Section C (Chimes II) and Chapter 1, Section B, Paragraph 1. The Act, section 1862(a)(1), and Chapter 12, Section
40.7.B. of another manual are not meant.
3. CPT codes 20100-20104 and 29999 are not reported
Revision Date (Medicare): 1/1/2025 II-3

4.
5. 6.
with a bell.
The fourth gong.
However, it may be silver.
The fifth gong, HCPCS code G0289 (Ringing, as CMS says it).
The sixth gong is so large that what is said of it takes more than one line, and is longer than all that is said above.
7. The seventh.
C. Chimes II
D codes such as D7140 (made-up extraction) occur.
Revision Date (Medicare): 1/1/2025 II-4

"""
ACRONYMS = "LIST OF ACRONYMS\nNCCI Made up\nRevision Date (Medicare): 1/1/2025\n"
TEXT = FRONT + CHAPTER_I + CHAPTER_II + ACRONYMS
PATHS = [
    *("Intro", "Intro.1", "I", "I.A", "I.B", "I.B.1", "I.B.2", "II", "II.A", "II.B", "II.B.1", "II.B.1.a", "II.B.1.b"),
    *("II.B.1.c", "II.B.1.c.i", "II.B.1.c.ii", "II.B.2", "II.B.3", "II.B.4", "II.B.5", "II.B.6", "II.B.7", "II.C"),
    "Acronyms",
]
TODAY = date(2025, 6, 1)


def read(folder: Path, text: str | bytes = TEXT, told: Told | None = None, name: str = "manual.txt") -> FactEdition:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    (edition,) = read_ncci_policy_manual([SourceFile(Kind.NCCI_POLICY_MANUAL, path)], told or Told())
    return edition


def passages(edition: FactEdition) -> dict[str, Passage]:
    kind, documents = KINDS[edition.source].passage, dict(edition.documents)
    lines = KINDS[edition.source].contents.read(CONTENTS_ID, documents[CONTENTS_ID])
    return {line.id: kind.read(line.id, documents[line.id]) for line in lines}


def page(edition: FactEdition, system: System, code: str) -> list[tuple[str, bool]]:
    """Return the passages on the page of a code, and whether each is shown with its text."""
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
        loaded_at=datetime(2025, 1, 1),
        origin=edition.origin,
        content="",
        index="facts",
    )
    answers = Answers(
        {
            want: Found(
                edition.source,
                FactChoice(load, True),
                (load,),
                want.kind.read(want.id, documents[want.id]) if want.id in documents else None,
            )
            for want in wants(system, code)
        }
    )
    return [(one.id, bool(one.text)) for one in guidelines(system, code, answers, TODAY).passages]


def test_each_section_is_a_passage_under_its_path(tmp_path: Path) -> None:
    edition = read(tmp_path)

    assert list(passages(edition)) == PATHS
    assert edition.rows == len(PATHS)
    assert (edition.label, edition.effective_from, edition.effective_to) == (
        *("2025", date(2025, 1, 1)),
        date(2025, 12, 31),
    )


def test_titles_stand_where_they_are_printed(tmp_path: Path) -> None:
    found = passages(read(tmp_path))

    assert found["I"].title == "General Chimes"
    assert found["II"].title == "Surgery: Bells and Gongs"
    assert (found["II.B.1"].title, found["II.B.1"].above) == ("", ("Surgery: Bells and Gongs", "Gongs"))
    assert found["Intro.1"].title == "Purpose"


def test_the_title_of_a_chapter_is_not_text_of_its_first_section(tmp_path: Path) -> None:
    found = passages(read(tmp_path))

    assert found["I.A"].text.startswith("Two bells are rung together.")
    assert found["II.A"].text.startswith("The rules of Chapter I")


def test_a_heading_at_the_end_of_a_line_is_found_by_the_table_of_contents(tmp_path: Path) -> None:
    found = passages(read(tmp_path))

    assert found["I.A"].text.endswith("Specific things are said elsewhere.")
    assert found["I.B"].title == "Family of Bells"


def test_a_list_that_begins_again_is_text_of_the_section_above(tmp_path: Path) -> None:
    found = passages(read(tmp_path))

    assert found["I.B.2"].text == "The second bell.\nExamples"
    assert found["I.B"].text.splitlines()[-3:] == [
        "1. An example.",
        "2. Another one.",
        "3. A third, which is no bell.",
    ]


def test_numbers_that_stand_apart_get_their_paragraphs(tmp_path: Path) -> None:
    found = passages(read(tmp_path))

    assert found["II.B.3"].text == "CPT codes 20100-20104 and 29999 are not reported with a bell."
    assert found["II.B.4"].text == "The fourth gong.\nHowever, it may be silver."
    assert found["II.B.5"].text.startswith("The fifth gong")
    assert found["II.B.6"].text.startswith("The sixth gong is so large")


def test_a_sentence_goes_on_behind_the_end_of_a_page(tmp_path: Path) -> None:
    assert "so that somebody hears them." in passages(read(tmp_path))["Intro.1"].text


@pytest.mark.parametrize(
    ("path", "refers_to"),
    [
        ("Intro.1", ("II.B.2",)),
        ("I.A", ("I.B",)),
        ("II.A", ("I",)),
        ("II.B.1.c", ("II.B.2",)),
        ("II.B.2", ("II.C", "I.B.1")),
    ],
)
def test_references_lead_to_paths(tmp_path: Path, path: str, refers_to: tuple[str, ...]) -> None:
    assert passages(read(tmp_path))[path].refers_to == refers_to


def test_the_wording_of_others_is_left_out(tmp_path: Path) -> None:
    edition = read(tmp_path)
    found = passages(edition)

    assert found["II.B.1"].text == "A gong (CPT code 20005) is not a bell. For example:"
    assert found["II.C"].text == "D codes such as D7140 occur."
    assert "(Ringing, as CMS says it)" in found["II.B.5"].text
    assert not [id for id, values in edition.documents if "made-up" in str(values)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CPT codes 20001 and 20002 (Tolling; first) differ.", "CPT codes 20001 and 20002 differ."),
        ("20001 (Tolling, (slow) bell) and 0404T (Peal)", "20001 and 0404T"),
        ("CPT code 20001 (see Chapter I) may be rung.", None),
        ("(CPT codes 20001-20009) may be rung (e.g., twice).", None),
        ("HCPCS code G0101 (Of CMS) may be rung.", None),
        ("modifier 24 (Unrelated Tolling of Bells) is not LT (left).", "modifier 24 is not LT (left)."),
        ("CPT code 20001 (Tolling (slow) shall not be rung (ever).", "CPT code 20001 shall not be rung (ever)."),
        ("CPT code 20001 (Tolling (slow)) and felt) is rung.", "CPT code 20001 is rung."),
        ("(CPT code 20001 (Tolling)) is rung.", "(CPT code 20001) is rung."),
        ("CPT code 20001 describes “tolling of one bell with felt.” It is.", "CPT code 20001 describes “….” It is."),
        ("The “one of the five bells in a tower” is of CMS.", None),
        ("CPT code 20001 has “separate procedure” in it.", None),
        ("CPT code 20001 Tolling; first\nCPT code 20002 Tolling; second", "CPT code 20001\nCPT code 20002"),
        ("CPT code 20001 Shall be what it is.\nIt is.", None),
        ("Modifier 59: Distinct Bells: Under certain bells.\nMore.", "…\nMore."),
        ("CPT code 20001.\nXE \u2013 “A bell, rung at another door than this.”", None),
        ("It defines modifier 22 as “More Bells.” So.", "It defines modifier 22 as “….” So."),
    ],
)
def test_brackets_and_quotations_of_wording(text: str, left: str | None) -> None:
    assert without_descriptors(text).text == ((text if left is None else left).replace("“….”", "“…”."))


@settings(deadline=None)
@given(text=st.text(alphabet="20001 (Tab)“”;,.\nD7", max_size=60))
def test_what_is_left_of_a_text_and_what_is_dropped_are_parts_of_it(text: str) -> None:
    dropped = without_descriptors(text)

    assert all(piece in text for piece in dropped.pieces)
    assert dropped.pieces or dropped.text == text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("CPT codes 96360-96379, 0404T and G0101", [("96360", "96379"), ("0404T", "0404T"), ("G0101", "G0101")]),
        ("codes 00100-01999, of 00000-01999, and 20000 – 29999", [("00100", "01999")]),
        ("in 2025, 100-04 and 123456", []),
    ],
)
def test_codes_are_found_in_a_text(text: str, named: list[tuple[str, str]]) -> None:
    assert procedures_named(text) == [Mention(*ends) for ends in named]


def test_a_page_has_the_passages_that_name_the_code_or_a_range_and_its_chapter(tmp_path: Path) -> None:
    edition = read(tmp_path)
    chapter = [("II", False), ("II.A", False), ("II.B", False), ("II.C", False)]

    assert page(edition, System.CPT, "20005") == [("II.B.1", True), *chapter]
    assert page(edition, System.CPT, "20102") == [("II.B.3", True), *chapter]
    assert page(edition, System.CPT, "20105") == chapter
    assert page(edition, System.HCPCS, "G0289") == [("II.B.5", True)]
    assert page(edition, System.CPT, "99213") == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends_do_not_matter(tmp_path: Path, encoding: str, end: str) -> None:
    assert passages(read(tmp_path, TEXT.replace("\n", end).encode(encoding))) == passages(read(tmp_path))


def test_form_feeds_are_ends_of_pages(tmp_path: Path) -> None:
    assert passages(read(tmp_path, TEXT.replace("\n\n", "\n\f"))) == passages(read(tmp_path))


def test_the_year_is_that_of_the_name_where_the_text_has_none(tmp_path: Path) -> None:
    text = TEXT.replace("Revision Date (Medicare): ", "Revision Date: ").replace("/2025", "")

    assert read(tmp_path, text, name="manual_2024.txt").label == "2024"
    assert read(tmp_path, text, Told(effective_from=date(2023, 1, 1))).effective_to == date(2023, 12, 31)
    with pytest.raises(SourceError, match="--effective-from"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FRONT + CHAPTER_I, "expected Chapters I to 2"),
        (TEXT.replace("C. Chimes II\nD", "D"), r"expected section II\.C before this line"),
        (FRONT + CHAPTER_I + CHAPTER_II[: CHAPTER_II.index("B. Gongs\n1.")], r"expected section II\.B"),
        (FRONT + CHAPTER_I + CHAPTER_II[: CHAPTER_II.index("felt) once")], "looks cut"),
        (FRONT, "expected Chapters"),
    ],
)
def test_a_text_that_is_cut_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(SourceError, match=expected):
        read(tmp_path, text)


def test_other_texts_are_not_taken_for_the_manual() -> None:
    assert is_ncci_policy_manual(TEXT.encode())
    assert is_ncci_policy_manual(TEXT[TEXT.index("INTRODUCTION") :].replace("\n", "\r\n").encode())
    assert not is_ncci_policy_manual(TEXT.replace("Medicare", "Medicaid").replace("MEDICARE", "MEDICAID").encode())
    assert not is_ncci_policy_manual(b"\x00" + TEXT.encode())
    assert not is_icd10cm_guidelines(TEXT.encode())


@settings(deadline=None, max_examples=60)
@given(cut=st.integers(0, len(TEXT.encode())), junk=st.binary(max_size=40), rest=st.booleans())
@example(cut=1022, junk=b"\x01", rest=True)
def test_damage_is_refused_or_survived(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes, rest: bool
) -> None:
    data = TEXT.encode()

    with suppress(SourceError):
        edition = read(tmp_path_factory.mktemp("damaged"), data[:cut] + junk + (data[cut:] if rest else b""))
        assert {"I", "I.A", "II", "II.C"} <= set(passages(edition))
        assert len({id for id, _ in edition.documents}) == len(edition.documents)


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "\f", "B. Gongs", "1. Y", "2. Y", "a. z b. y", "i. u ii. v", "3.", "4. 5.", "c. w", "h. w"]
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
    text = TEXT.replace("The fourth gong.", "\n".join(lines))

    with suppress(SourceError):
        edition = read(tmp_path_factory.mktemp("lines"), text.encode("utf-8", "ignore"))
        assert len({id for id, _ in edition.documents}) == len(edition.documents)
        assert len(passages(edition)) == edition.rows
