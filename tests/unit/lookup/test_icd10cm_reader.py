import io
import struct
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.model import Edition, Entry, Level, Note, NoteKind, SeventhCharacter
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind
from services.lookup.sources.icd10cm import carried_release, read_edition
from services.lookup.sources.icd10cm_order import OrderRow, read_order
from services.lookup.sources.icd10cm_tabular import read_tabular_list
from services.lookup.sources.recognition import recognise

TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular>
  <version>2026</version>
  <introduction><introSection type="title"><title>A list</title></introSection></introduction>
  <chapter>
    <name>1</name>
    <desc>Things that ail (S00-T99)</desc>
    <useAdditionalCode><note>code for the
       cause</note></useAdditionalCode>
    <sectionIndex><sectionRef first="S00" last="S99" id="S00-S99">Broken things</sectionRef></sectionIndex>
    <section id="S00-S99"><desc>Broken things (S00-S99)</desc><notes><note>All of them</note></notes></section>
    <section id="S00-S49">
      <desc>Things inside (S00-S49)</desc>
      <diag>
        <name>S06</name>
        <desc>Bump</desc>
        <sevenChrDef>
          <extension char="A">first visit</extension>
          <extension char="S">sequela</extension>
          <note>Bang</note>
        </sevenChrDef>
        <notes>
          <note>7th characters D and S do not apply to codes in category S06 with 6th character 7 - hard, or 8 -
            soft.</note>
        </notes>
        <diag>
          <name>S06.1</name>
          <desc>Bump of knee</desc>
          <diag placeholder="true">
            <name>S06.1X</name>
            <desc>Bump of knee</desc>
            <diag><name>S06.1X6</name><desc>Bump, plain</desc></diag>
            <diag><name>S06.1X7</name><desc>Bump, hard</desc></diag>
          </diag>
        </diag>
      </diag>
    </section>
    <section id="S52">
      <desc>Cracks (S52)</desc>
      <diag>
        <name>S52</name>
        <desc>Crack</desc>
        <includes><note>split</note></includes>
        <excludes1><note>bump (S06.-)</note></excludes1>
        <excludes2><note>tear (T00)</note></excludes2>
        <codeFirst><note>the fall</note></codeFirst>
        <codeAlso><note>any tear</note></codeAlso>
        <sevenChrNote><note>Add a character</note></sevenChrNote>
        <sevenChrDef>
          <extension char="A">first visit for closed crack</extension>
          <extension char="B">first visit for open crack</extension>
          <note> first visit for crack NOS</note>
        </sevenChrDef>
        <diag>
          <name>S52.0</name>
          <desc>Crack of caf\u00e9 cup</desc>
          <inclusionTerm><note>Cup   crack NOS</note><note/></inclusionTerm>
          <diag>
            <name>S52.01</name>
            <desc>Hairline crack</desc>
            <sevenChrDef><extension char="G">later visit</extension></sevenChrDef>
          </diag>
          <diag><name>S52.09</name><desc>Other crack</desc></diag>
        </diag>
      </diag>
    </section>
    <section id="T00-T99">
      <desc>Torn things (T00-T99)</desc>
      <diag><name>T00</name><desc>Tear</desc></diag>
    </section>
  </chapter>
</ICD10CM.tabular>
"""
ORDER_ROWS = (
    OrderRow("S52", "", False, "Crack"),
    OrderRow("S52.0", "S52", False, "Crack of cafe cup"),
    OrderRow("S52.09", "S52.0", False, "Other crack"),
    OrderRow("S52.09XA", "S52.09", True, "Other crack, first visit, official wording"),
    OrderRow("T00", "", True, "Tear"),
)


def order_line(number: int, row: OrderRow) -> str:
    code = row.code.replace(".", "")
    return f"{number:05d} {code:7} {int(row.valid)} {row.title[:60].rstrip():60} {row.title}"


def order_text(rows: tuple[OrderRow, ...] = ORDER_ROWS, line_end: str = "\n") -> str:
    return "".join(order_line(number, row) + line_end for number, row in enumerate(rows, 1))


def tabular(text: str = TABULAR) -> list[Entry]:
    return read_tabular_list(io.BytesIO(text.encode()), "list.xml").entries


def order(text: str, encoding: str = "utf-8") -> list[OrderRow]:
    return read_order(io.BytesIO(text.encode(encoding)), "order.txt")


def refused_tabular(text: str) -> SourceError:
    with pytest.raises(SourceError) as refusal:
        tabular(text)
    return refusal.value


def refused_order(text: str) -> SourceError:
    with pytest.raises(SourceError) as refusal:
        order(text)
    return refusal.value


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def edition(folder: Path, files: dict[str, str], effective_from: date | None = None) -> Edition:
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    return read_edition(recognise([folder / name for name in files]).files, effective_from)


class TestTabularList:
    def test_entries_stand_in_book_order_below_the_right_parent(self) -> None:
        entries = tabular()

        assert [(entry.code, entry.parent, entry.billable) for entry in entries] == [
            ("1", "", False),
            ("S00-S99", "1", False),
            ("S00-S49", "S00-S99", False),
            ("S06", "S00-S49", False),
            ("S06.1", "S06", False),
            ("S06.1X", "S06.1", False),
            ("S06.1X6", "S06.1X", False),
            ("S06.1X6A", "S06.1X6", True),
            ("S06.1X6S", "S06.1X6", True),
            ("S06.1X7", "S06.1X", False),
            ("S06.1X7A", "S06.1X7", True),
            ("S52-S52", "S00-S99", False),
            ("S52", "S52-S52", False),
            ("S52.0", "S52", False),
            ("S52.01", "S52.0", False),
            ("S52.01XG", "S52.01", True),
            ("S52.09", "S52.0", False),
            ("S52.09XA", "S52.09", True),
            ("S52.09XB", "S52.09", True),
            ("T00-T99", "1", False),
            ("T00", "T00-T99", True),
        ]
        assert [entry.order for entry in entries] == list(range(1, len(entries) + 1))

    def test_levels_and_titles_are_those_of_the_book(self) -> None:
        by_code = {entry.code: entry for entry in tabular()}

        assert by_code["1"].level is Level.CHAPTER
        assert by_code["S52-S52"].level is Level.SECTION
        assert by_code["S52"].level is Level.CODE
        assert by_code["1"].title == "Things that ail (S00-T99)"
        assert by_code["S52.0"].title == "Crack of caf\u00e9 cup"
        assert by_code["S52.09XB"].title == "Other crack, first visit for open crack"

    def test_notes_keep_their_kind_and_order_and_lose_their_line_breaks(self) -> None:
        by_code = {entry.code: entry for entry in tabular()}

        assert by_code["1"].notes == (Note(NoteKind.USE_ADDITIONAL_CODE, "code for the cause"),)
        assert by_code["S00-S99"].notes == (Note(NoteKind.NOTE, "All of them"),)
        assert by_code["S52"].notes == (
            Note(NoteKind.INCLUDES, "split"),
            Note(NoteKind.EXCLUDES1, "bump (S06.-)"),
            Note(NoteKind.EXCLUDES2, "tear (T00)"),
            Note(NoteKind.CODE_FIRST, "the fall"),
            Note(NoteKind.CODE_ALSO, "any tear"),
            Note(NoteKind.SEVENTH_CHARACTER, "Add a character"),
        )

    def test_seventh_characters_are_listed_where_they_are_defined(self) -> None:
        by_code = {entry.code: entry for entry in tabular()}

        assert by_code["S52.01"].seventh_characters == (SeventhCharacter("G", "later visit"),)
        assert by_code["S52.09"].seventh_characters == ()
        assert [each.character for each in by_code["S52"].seventh_characters] == ["A", "B"]

    def test_inclusion_terms_stand_at_their_code(self) -> None:
        by_code = {entry.code: entry for entry in tabular()}

        assert by_code["S52.0"].inclusion_terms == ("Cup crack NOS",)
        assert by_code["S52.09XB"].inclusion_terms == ("first visit for crack NOS",)
        assert by_code["S52.09XA"].inclusion_terms == ()

    def test_a_term_printed_after_the_sequela_belongs_to_the_code_itself(self) -> None:
        by_code = {entry.code: entry for entry in tabular()}

        assert by_code["S06"].inclusion_terms == ("Bang",)
        assert by_code["S06.1X6S"].inclusion_terms == ()

    @pytest.mark.parametrize(
        ("code", "character", "expanded"),
        [
            ("T00", "D", "T00.XXXD"),
            ("T00.1", "D", "T00.1XXD"),
            ("T00.12", "D", "T00.12XD"),
            ("T00.123", "D", "T00.123D"),
        ],
    )
    def test_placeholders_fill_the_positions_before_the_seventh(self, code: str, character: str, expanded: str) -> None:
        category = "" if code == "T00" else "<diag><name>T00</name><desc>Tear</desc>"
        text = (
            '<ICD10CM.tabular><chapter><name>1</name><desc>One</desc><section id="T00"><desc>Tears</desc>'
            f"{category}<diag><name>{code}</name><desc>Tear</desc><sevenChrDef>"
            f'<extension char="{character}">later visit</extension></sevenChrDef></diag>{category and "</diag>"}'
            "</section></chapter></ICD10CM.tabular>"
        )

        entry = tabular(text)[-1]

        assert (entry.code, entry.parent, entry.title, entry.billable) == (expanded, code, "Tear, later visit", True)

    @pytest.mark.parametrize("place", ["<desc>Things that ail (S00-T99)</desc>", "<desc>Torn things (T00-T99)</desc>"])
    def test_a_definition_at_a_chapter_or_section_holds_for_its_codes(self, place: str) -> None:
        definition = '<sevenChrDef><extension char="D">later visit</extension></sevenChrDef>'

        assert tabular(TABULAR.replace(place, place + definition))[-1].code == "T00.XXXD"

    def test_the_table_of_visual_impairment_becomes_lines(self) -> None:
        table = """<visualImpairment>
            <visCategory><heading>Category</heading><visRange><heading>Acuity</heading>
              <visMax><heading>Less than:</heading></visMax><visMin><heading>At least:</heading></visMin></visRange>
            </visCategory>
            <visCategory><value>1</value>
              <visRange><visMax><value>6/18</value></visMax><visMin><value>6/60</value></visMin></visRange>
              <visRange><visMax><value>20/70</value></visMax></visRange>
            </visCategory></visualImpairment>"""

        entry = tabular(TABULAR.replace("<desc>Tear</desc>", f"<desc>Tear</desc>{table}"))[-1]

        assert entry.notes == (Note(NoteKind.NOTE, "Category 1. Acuity. Less than: 6/18, 20/70; At least: 6/60"),)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("<ICD10CM.tabular>", "<ICD10CM.index>", "root element <ICD10CM.tabular>"),
            ("<ICD10CM.tabular>", '<ICD10CM.tabular isAddenda="true">', "a full tabular list"),
            ("<ICD10CM.tabular>", '<!DOCTYPE x [<!ENTITY a "b">]><ICD10CM.tabular>', "root element"),
            ("<ICD10CM.tabular>", '<!-- --><!DOCTYPE x [<!ENTITY a "<!-- --><ICD10CM.tabular>">]>', "root element"),
            ("utf-8", "no-such-code", "encoding"),
            ("<version>2026", "<version>soon", "a year as <version>, found 'soon'"),
            ("<name>1</name>", "<name>One</name>", "the number of a chapter, found 'One'"),
            ('id="T00-T99"', 'id="T00 to T99"', "the range of a section, found 'T00 to T99'"),
            ('id="T00-T99"', 'id="T99-T00"', "the range of a section, found 'T99-T00'"),
            ("<name>T00</name>", "<name>TT</name>", "a category, found 'TT'"),
            ("<name>T00</name>", "", "a category, found ''"),
            ("<name>T00</name>", "<name>T00.1</name>", "a category, found 'T00.1'"),
            ("<name>S52.09</name>", "<name>S53.09</name>", "a code below S52.0, found 'S53.09'"),
            ("<name>S52.09</name>", "<name>S52.01</name>", "S52.01 is given twice"),
            (
                "<name>S52.09</name>",
                "<name>S52.0999</name>",
                "at most six characters before the seventh, found S52.0999",
            ),
            ("<desc>Tear</desc>", "<desc> </desc>", "a title for code T00"),
            ('char="G"', 'char="GG"', "S52.01: expected a new seventh character"),
            ('char="B"', 'char="A"', "S52: expected a new seventh character"),
            ("do not apply to codes in", "do not apply to some of", "S06: expected a rule on seventh characters"),
        ],
    )
    def test_a_fault_is_refused_and_named(self, old: str, new: str, message: str) -> None:
        assert old in TABULAR

        assert message in str(refused_tabular(TABULAR.replace(old, new)))

    def test_a_list_without_codes_is_refused(self) -> None:
        assert "expected codes" in str(refused_tabular("<ICD10CM.tabular><version>2026</version></ICD10CM.tabular>"))

    def test_a_cut_file_is_refused_with_the_line_where_it_ends(self) -> None:
        refusal = refused_tabular("".join(TABULAR.splitlines(keepends=True)[:30]))

        assert refusal.file == "list.xml"
        assert refusal.line == 31

    @given(st.integers(0, len(TABULAR.rstrip()) - 1))
    def test_a_file_cut_anywhere_is_refused(self, length: int) -> None:
        refused_tabular(TABULAR[:length])

    @given(st.binary(), st.integers(0, len(TABULAR)), st.integers(0, 40))
    def test_garbage_inside_gives_entries_or_a_refusal(self, garbage: bytes, position: int, overwritten: int) -> None:
        content = TABULAR.encode()
        content = content[:position] + garbage + content[position + overwritten :]
        with suppress(SourceError):
            assert read_tabular_list(io.BytesIO(content), "list.xml").entries

    @given(st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from(["utf-8", "iso-8859-1", "windows-1252"]))
    def test_line_ends_byte_order_mark_and_encoding_make_no_difference(
        self, line_end: str, marked: bool, encoding: str
    ) -> None:
        text = TABULAR.replace("\n", line_end).replace("utf-8", encoding)
        mark = b"\xef\xbb\xbf" if marked and encoding == "utf-8" else b""

        assert read_tabular_list(io.BytesIO(mark + text.encode(encoding)), "list.xml").entries == tabular()


class TestOrderFile:
    def test_rows_are_read_with_the_code_above_them(self) -> None:
        assert order(order_text()) == list(ORDER_ROWS)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    def test_encodings_and_line_ends_make_no_difference(self, encoding: str, line_end: str) -> None:
        rows = (OrderRow("T00", "", True, "M\u00e9ni\u00e8re's tear"),)

        assert order(order_text(rows, line_end), encoding) == list(rows)

    def test_blank_lines_are_no_rows(self) -> None:
        assert order("\n" + order_text() + "\r\n\n") == list(ORDER_ROWS)

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("2", "columns 1-5"),
            (order_line(2, OrderRow("s52.0", "", False, "Crack")), "columns 7-13"),
            (order_line(2, OrderRow("S52.0", "", False, "Crack")).replace(" 0 ", " 2 "), "column 15"),
            (order_line(2, OrderRow("S52.0", "", False, "Crack")).replace(" Crack", "  Crack", 1), "columns 17-76"),
            (order_line(2, OrderRow("S52.0", "", False, "Crack"))[:77], "column 78"),
            (order_line(3, OrderRow("S52.0", "", False, "Crack")), "expected order number 00002, found 00003"),
            (order_line(2, OrderRow("S52", "", False, "Crack")), "code S52 was already given in line 1"),
            (order_line(2, OrderRow("S53.0", "", False, "Crack")), "the category S53 before its code S530"),
        ],
    )
    def test_a_line_that_breaks_the_layout_is_named(self, line: str, message: str) -> None:
        refusal = refused_order(order_line(1, ORDER_ROWS[0]) + "\r\n" + line + "\r\n")

        assert refusal.line == 2
        assert message in refusal.message

    def test_a_header_without_codes_is_refused(self) -> None:
        refusal = refused_order(order_text(ORDER_ROWS[:3]))

        assert refusal.line == 3
        assert "codes below this header (S52.09)" in refusal.message

    def test_a_valid_code_with_codes_below_it_is_refused(self) -> None:
        rows = (OrderRow("T00", "", True, "Tear"), OrderRow("T00.1", "T00", True, "Small tear"))

        assert "no code below this valid code (T00)" in refused_order(order_text(rows)).message

    def test_a_last_line_without_its_end_is_refused(self) -> None:
        assert refused_order(order_text()[:-4]).line == len(ORDER_ROWS)

    def test_an_empty_file_is_refused(self) -> None:
        assert "found none" in refused_order("\n").message

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        with pytest.raises(SourceError) as refusal:
            read_order(io.BytesIO(order_text().encode() + b"\x81\xff\n"), "order.txt")

        assert refusal.value.line == len(ORDER_ROWS) + 1

    @given(
        st.sets(st.from_regex(r"[A-Z][0-9][0-9A-Z]", fullmatch=True), min_size=1, max_size=20),
        st.text(st.characters(codec="cp1252", categories=["L", "N", "P"]), min_size=1, max_size=100),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from(["utf-8", "utf-8-sig"]),
    )
    def test_what_is_written_is_read(self, categories: set[str], title: str, line_end: str, encoding: str) -> None:
        rows = tuple(OrderRow(category, "", True, title) for category in sorted(categories))

        assert order(order_text(rows, line_end), encoding) == list(rows)

    @given(st.binary(), st.integers(0, 500), st.integers(0, 40))
    def test_garbage_inside_gives_rows_or_a_refusal(self, garbage: bytes, position: int, overwritten: int) -> None:
        content = order_text().encode()
        content = content[:position] + garbage + content[position + overwritten :]
        with suppress(SourceError):
            assert read_order(io.BytesIO(content), "order.txt")


class TestEdition:
    def test_the_list_alone_is_an_edition(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"icd10c-tabular.xml": TABULAR})

        assert (read.label, read.effective_from, read.effective_to) == ("FY2026", date(2025, 10, 1), date(2026, 9, 30))
        assert read.origin == "icd10c-tabular.xml"
        assert list(read.entries) == tabular()

    def test_april_in_the_name_makes_it_the_april_update(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"icd10c-tabular-April-1-2026.xml": TABULAR})

        assert (read.label, read.effective_from, read.effective_to) == (
            "FY2026 April",
            date(2026, 4, 1),
            date(2026, 9, 30),
        )

    def test_the_caller_may_say_from_when_it_is_effective(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"tabular-April.xml": TABULAR}, date(2026, 1, 1))

        assert (read.label, read.effective_from) == ("FY2026 January", date(2026, 1, 1))

    def test_a_date_outside_the_fiscal_year_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="one fiscal year, found 2026, 2027"):
            edition(tmp_path, {"tabular.xml": TABULAR}, date(2026, 10, 1))

    def test_the_order_file_alone_is_an_edition_of_the_year_in_its_name(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"icd10cm_order_2026.txt": order_text()})

        assert read.label == "FY2026"
        assert [(entry.code, entry.parent, entry.order, entry.billable) for entry in read.entries] == [
            ("S52", "", 1, False),
            ("S52.0", "S52", 2, False),
            ("S52.09", "S52.0", 3, False),
            ("S52.09XA", "S52.09", 4, True),
            ("T00", "", 5, True),
        ]

    def test_an_order_file_of_no_year_needs_the_date(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="say from when it is effective"):
            edition(tmp_path, {"order.txt": order_text()})

        assert edition(tmp_path, {"order.txt": order_text()}, date(2025, 10, 1)).label == "FY2026"

    def test_with_both_the_order_file_decides_the_codes_and_the_list_describes_them(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"tabular.xml": TABULAR, "icd10cm_order_2026.txt": order_text()})

        assert [(entry.code, entry.parent) for entry in read.entries] == [
            ("1", ""),
            ("S00-S99", "1"),
            ("S00-S49", "S00-S99"),
            ("S52-S52", "S00-S99"),
            ("S52", "S52-S52"),
            ("S52.0", "S52"),
            ("S52.09", "S52.0"),
            ("S52.09XA", "S52.09"),
            ("T00-T99", "1"),
            ("T00", "T00-T99"),
        ]
        assert [entry.order for entry in read.entries] == list(range(1, 11))
        assert read.entries[5].title == "Crack of cafe cup"
        assert read.entries[5].inclusion_terms == ("Cup crack NOS",)
        assert len(read.entries[4].notes) == 6
        assert read.entries[7].title == "Other crack, first visit, official wording"
        assert read.origin == "tabular.xml and icd10cm_order_2026.txt"

    def test_a_category_that_the_list_does_not_have_is_refused(self, tmp_path: Path) -> None:
        rows = (OrderRow("U07", "", True, "New"),)

        with pytest.raises(SourceError, match="U07"):
            edition(tmp_path, {"tabular.xml": TABULAR, "order.txt": order_text(rows)})

    def test_files_of_two_years_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="one fiscal year, found 2025, 2026"):
            edition(tmp_path, {"tabular.xml": TABULAR, "icd10cm_order_2025.txt": order_text()})

    def test_two_files_of_one_kind_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="expected one ICD-10-CM tabular list"):
            edition(tmp_path, {"a.xml": TABULAR, "b.xml": TABULAR})

    def test_no_files_are_refused(self) -> None:
        with pytest.raises(SourceError, match="expected a tabular list, an order file, or both"):
            read_edition([])

    def test_the_carried_release_is_found_without_importing_its_package(self) -> None:
        assert "tabular" in carried_release().name
        assert [file.kind for file in recognise([carried_release()]).files] == [Kind.ICD10CM_TABULAR]


class TestFiles:
    def test_files_are_recognised_by_content_in_archives_and_folders(self, tmp_path: Path) -> None:
        zipped(tmp_path / "april-1-2026.zip", {"a/x.dat": order_text(), "readme.pdf": b"%PDF", "in.zip": b"PK\x03\x04"})
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / "y.dat").write_text(TABULAR, encoding="utf-8")
        (tmp_path / "notes.txt").write_text("notes")

        found = recognise([tmp_path])

        assert [(file.kind, file.name) for file in found.files] == [
            (Kind.ICD10CM_ORDER, "april-1-2026.zip!a/x.dat"),
            (Kind.ICD10CM_TABULAR, "y.dat"),
        ]
        assert found.passed_over == ("april-1-2026.zip!readme.pdf", "april-1-2026.zip!in.zip", "notes.txt")
        assert read_edition(found.files).label == "FY2026 April"

    @pytest.mark.parametrize("content", ["", "Delete:      1 B880    Other", "00001 001     0 Nervous system\n"])
    def test_a_file_of_another_kind_is_named(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "other.txt").write_text(content)

        with pytest.raises(SourceError, match=r"other\.txt: expected one of: ICD-10-CM tabular list"):
            recognise([tmp_path / "other.txt"])

    def test_a_path_that_does_not_exist_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match=r"absent\.txt: cannot be read: No such file"):
            recognise([tmp_path / "absent.txt"])

    def test_an_archive_that_unpacks_to_a_multiple_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="unpacks to at most"):
            recognise([zipped(tmp_path / "bomb.zip", {"order.txt": order_text() + "\n" * 1_000_000})])

    def test_an_archive_in_an_archive_is_followed_one_in_that_is_not(self, tmp_path: Path) -> None:
        inner = zipped(tmp_path / "inner.zip", {"order_2026.txt": order_text()}).read_bytes()
        middle = zipped(tmp_path / "middle.zip", {"inner.zip": inner, "order_2026.txt": order_text()}).read_bytes()
        outer = zipped(tmp_path / "outer.zip", {"middle.zip": middle})

        found = recognise([outer])

        assert [file.name for file in found.files] == ["outer.zip!middle.zip!order_2026.txt"]
        assert found.passed_over == ("outer.zip!middle.zip!inner.zip",)
        assert read_edition(found.files).label == "FY2026"

    def test_a_bomb_in_an_archive_is_refused(self, tmp_path: Path) -> None:
        bomb = zipped(tmp_path / "bomb.zip", {"order.txt": order_text() + "\n" * 1_000_000}).read_bytes()

        with pytest.raises(SourceError, match=r"outer\.zip!bomb\.zip: .*unpacks to at most"):
            recognise([zipped(tmp_path / "outer.zip", {"bomb.zip": bomb})])

    def test_an_encrypted_member_is_refused(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "secret.zip", {"order.txt": order_text()})
        content = bytearray(path.read_bytes())
        directory = content.index(b"PK\x01\x02")
        struct.pack_into("<H", content, directory + 8, 0x1)
        path.write_bytes(content)

        with pytest.raises(SourceError, match=r"secret\.zip!order\.txt: .*not encrypted"):
            recognise([path])

    def test_a_member_that_is_damaged_beyond_its_first_bytes_is_refused_when_read(self, tmp_path: Path) -> None:
        rows = tuple(
            OrderRow(f"T{number // 10:02}.{number % 10}", "", True, f"Tear {number} " + "x" * 90)
            for number in range(1000)
        )
        with zipfile.ZipFile(tmp_path / "order_2026.zip", "w") as archive:
            archive.writestr("order.txt", order_text(rows))
        content = (tmp_path / "order_2026.zip").read_bytes()
        (tmp_path / "order_2026.zip").write_bytes(content.replace(b"Tear 999", b"Tier 999"))

        found = recognise([tmp_path / "order_2026.zip"])

        with pytest.raises(SourceError, match="expected a sound archive"):
            read_edition(found.files)

    @settings(deadline=None)
    @given(st.binary(), st.integers(0, 600), st.integers(0, 40))
    def test_garbage_in_an_archive_gives_an_edition_or_a_refusal(
        self, tmp_path_factory: pytest.TempPathFactory, garbage: bytes, position: int, overwritten: int
    ) -> None:
        path = zipped(tmp_path_factory.getbasetemp() / "order_2026.zip", {"order.txt": order_text()})
        content = path.read_bytes()
        path.write_bytes(content[:position] + garbage + content[position + overwritten :])
        with suppress(SourceError):
            assert read_edition(recognise([path]).files).entries
