import io
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.model import Attribute, Edition, Level, System
from services.lookup.facts.edition import Told
from services.lookup.index.book import records
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10pcs import is_icd10pcs_order, read_icd10pcs
from services.lookup.sources.icd10pcs_tables import is_icd10pcs_tables, read_tables

LINES = (
    ("0D1", "GI, Detour", "Gut System, Detour"),
    ("0D1A0ZZ", "Detour gut, open", "Detour Gut, Open Way"),
    ("0D1A4ZZ", "Detour gut, perc", "Detour Gut, Percutaneous Way"),
    ("0DT", "GI, Removal", "Gut System, Removal"),
    ("0DTA0ZZ", "Remove gut", "Remove Gut, Open Way"),
    ("B92", "Imaging, ENT, Scan", "Imaging, Ear, Nose, Mouth and Throat, Scan"),
    ("B92JZZZ", "Scan of mouth", "Scan of Mouth"),
    ("GZ1", "Mental Health, Test", "Mental Health, Test"),
    ("GZ1ZZZZ", "Test", "Test"),
    ("X0Z", "New Tech, Nerves", "New Technology, Nerves"),
    ("X0ZZZZ1", "Unheard of", "Unheard of"),
    ("X0H", "New Tech, Nerves, Put", "New Technology, Nerves, Put"),
    ("X0HZZZ1", "Put", "Put"),
)


def axis(position: int, title: str, labels: dict[str, str], definition: str = "") -> str:
    values = "".join(f'<label code="{code}">{label}</label>' for code, label in labels.items())
    return f'<axis pos="{position}" values="{len(labels)}"><title>{title}</title>{values}{definition}</axis>\n'


def table(code: str, titles: tuple[str, str, str], *rows: tuple[dict[str, str], ...]) -> str:
    names = ("Section", "Body System", "Operation")
    definition = "<definition>Taking \n out all of it</definition>" if code[2] == "T" else ""
    above = "".join(
        axis(place, names[place - 1], {code[place - 1]: titles[place - 1]}, definition if place == 3 else "")
        for place in (1, 2, 3)
    )
    row_names = ("Body Part", "Approach", "Device", "Qualifier")
    below = "".join(
        f'<pcsRow codes="1">\n{"".join(axis(place + 4, row_names[place], row[place]) for place in range(4))}</pcsRow>\n'
        for row in rows
    )
    return f"<pcsTable>\n{above}{below}</pcsTable>\n"


NONE = {"Z": "No Thing"}
TABLES = (
    '<?xml version="1.0" encoding="utf-8"?>\n<ICD10PCS.tabular>\n<version>2026</version>\n'
    + table("0D1", ("Cutting", "Gut", "Detour"), ({"A": "Gut"}, {"0": "Open", "4": "Percutaneous"}, NONE, NONE))
    + table("0DT", ("Cutting", "Gut", "Removal"), ({"A": "Gut"}, {"0": "Open"}, NONE, NONE))
    + table("B92", ("Imaging", "ENT", "Scan"), ({"J": "Mouth"}, NONE, NONE, NONE))
    + table("GZ1", ("Mental Health", "None", "Test"), (NONE, NONE, NONE, NONE))
    + table("X0Z", ("New Technology", "Nerves", "Other"), (NONE, NONE, NONE, {"1": "Group 1"}))
    + table("X0H", ("New Technology", "Nerves", "Put"), (NONE, NONE, NONE, {"1": "Group 1"}))
    + "</ICD10PCS.tabular>\n"
)


def order_text(lines: tuple[tuple[str, str, str], ...] = LINES, line_end: str = "\r\n") -> str:
    return "".join(
        f"{number:05d} {code:7} {int(len(code) == 7)} {short:60} {title}{line_end}"
        for number, (code, short, title) in enumerate(lines, 1)
    )


def files(folder: Path, content: dict[str, str]) -> list[SourceFile]:
    """Write the files; those that end with .xml are tables."""
    found = []
    for name, text in content.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
        kind = Kind.ICD10PCS_TABLES if name.endswith(".xml") else Kind.ICD10PCS_ORDER
        found.append(SourceFile(kind, folder / name))
    return found


def editions(folder: Path, content: dict[str, str], told: Told | None = None) -> list[Edition]:
    return list(read_icd10pcs(files(folder, content), told or Told()))


def edition(folder: Path, content: dict[str, str], told: Told | None = None) -> Edition:
    (only,) = editions(folder, content, told)
    return only


def refused(folder: Path, content: dict[str, str], told: Told | None = None) -> SourceError:
    with pytest.raises(SourceError) as refusal:
        editions(folder, content, told)
    return refusal.value


class TestBook:
    def test_tables_stand_below_sections_and_body_systems(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"icd10pcs_order_2026.txt": order_text()})

        assert read.system is System.ICD10PCS
        assert [(entry.code, entry.level, entry.parent, entry.billable) for entry in read.entries[:5]] == [
            ("0", Level.CHAPTER, "", False),
            ("0D", Level.SECTION, "0", False),
            ("0D1", Level.CODE, "0D", False),
            ("0D1A0ZZ", Level.CODE, "0D1", True),
            ("0D1A4ZZ", Level.CODE, "0D1", True),
        ]
        assert [entry.order for entry in read.entries] == list(range(1, len(read.entries) + 1))
        assert read.entries[3].title == "Detour Gut, Open Way"
        assert read.entries[3].short_title == "Detour gut, open"

    def test_every_entry_has_its_place_in_the_book(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"icd10pcs_order_2026.txt": order_text()})

        ancestors = {record.line.code: record.ancestors for record in records(read)}
        assert ancestors["B92JZZZ"] == ("B", "B9", "B92")
        assert [record.line.code for record in records(read) if not record.ancestors] == ["0", "B", "G", "X"]

    def test_titles_above_tables_are_cmss_where_the_order_file_has_none(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"icd10pcs_order_2026.txt": order_text()})

        assert {entry.code: entry.title for entry in read.entries if entry.level is not Level.CODE} == {
            "0": "Medical and Surgical",
            "0D": "Gut System",
            "B": "Imaging",
            "B9": "Ear, Nose, Mouth and Throat",
            "G": "Mental Health",
            "GZ": "None",
            "X": "New Technology",
            "X0": "Nerves",
        }


class TestDates:
    def test_the_year_in_the_name_is_the_fiscal_year(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"icd10pcs_order_2026.txt": order_text()})

        assert (read.label, read.effective_from, read.effective_to) == ("FY2026", date(2025, 10, 1), date(2026, 9, 30))

    def test_an_update_of_april_is_an_edition_beside_that_of_october(self, tmp_path: Path) -> None:
        content = {"icd10pcs_order_2026.txt": order_text(), "icd10pcs_order_2026_april.txt": order_text()}

        assert [read.label for read in editions(tmp_path, content)] == ["FY2026", "FY2026 April"]

    def test_files_of_several_years_are_an_edition_each(self, tmp_path: Path) -> None:
        content = {
            "icd10pcs_order_2027.txt": order_text(),
            "icd10pcs_order_2026.txt": order_text(),
            "tables.xml": TABLES,
        }

        read = editions(tmp_path, content)

        assert [(one.label, one.origin) for one in read] == [
            ("FY2026", "icd10pcs_order_2026.txt and tables.xml"),
            ("FY2027", "icd10pcs_order_2027.txt"),
        ]

    def test_what_is_told_wins(self, tmp_path: Path) -> None:
        told = Told(edition="draft", effective_from=date(2025, 10, 15), effective_to=date(2025, 12, 31))

        read = edition(tmp_path, {"icd10pcs_order_2026.txt": order_text()}, told)

        assert (read.label, read.effective_from, read.effective_to) == ("draft", told.effective_from, told.effective_to)

    def test_one_edition_is_told_of_at_a_time(self, tmp_path: Path) -> None:
        content = {"icd10pcs_order_2027.txt": order_text(), "icd10pcs_order_2026.txt": order_text()}

        assert "expected one edition beside --edition" in refused(tmp_path, content, Told(edition="draft")).message

    def test_a_file_of_no_year_needs_the_date(self, tmp_path: Path) -> None:
        assert "--effective-from" in refused(tmp_path, {"order.txt": order_text()}).message

    def test_a_file_of_no_year_beside_others_is_refused(self, tmp_path: Path) -> None:
        content = {"a_2026.txt": order_text(), "b_2027.txt": order_text(), "order.txt": order_text()}

        assert refused(tmp_path, content).file == "order.txt"

    def test_two_files_of_one_edition_are_refused(self, tmp_path: Path) -> None:
        content = {"a_2026.txt": order_text(), "b_2026.txt": order_text()}

        assert "expected one ICD-10-PCS order file for an edition" in refused(tmp_path, content).message


class TestTables:
    def test_codes_have_their_axes(self, tmp_path: Path) -> None:
        read = edition(tmp_path, {"icd10pcs_order_2026.txt": order_text(), "tables.xml": TABLES})

        by_code = {entry.code: entry for entry in read.entries}
        assert by_code["0D1A4ZZ"].attributes == (
            Attribute("Section", "0", "Cutting"),
            Attribute("Body System", "D", "Gut"),
            Attribute("Operation", "1", "Detour"),
            Attribute("Body Part", "A", "Gut"),
            Attribute("Approach", "4", "Percutaneous"),
            Attribute("Device", "Z", "No Thing"),
            Attribute("Qualifier", "Z", "No Thing"),
        )
        assert by_code["0DT"].attributes[2:] == (
            Attribute("Operation", "T", "Removal"),
            Attribute("Definition", "Taking out all of it"),
        )
        assert [by_code[code].title for code in ("0", "0D", "B9")] == ["Cutting", "Gut", "ENT"]

    def test_a_code_that_only_the_tables_span_is_named(self, tmp_path: Path) -> None:
        tables = TABLES.replace('<label code="J">', '<label code="K">Tongue</label><label code="J">')

        refusal = refused(tmp_path, {"icd10pcs_order_2026.txt": order_text(), "tables.xml": tables})

        assert refusal.message == "expected the codes of icd10pcs_order_2026.txt, found also B92KZZZ"

    def test_a_code_that_the_tables_do_not_span_is_named(self, tmp_path: Path) -> None:
        tables = TABLES.replace('<label code="4">Percutaneous</label>', "")

        refusal = refused(tmp_path, {"icd10pcs_order_2026.txt": order_text(), "tables.xml": tables})

        assert refusal.message == "expected the codes of icd10pcs_order_2026.txt, found no 0D1A4ZZ"

    def test_tables_of_another_year_are_refused(self, tmp_path: Path) -> None:
        refusal = refused(tmp_path, {"icd10pcs_order_2026.txt": order_text(), "t.xml": TABLES.replace("2026", "2025")})

        assert "expected the ICD-10-PCS order file beside the tables" in refusal.message

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("<ICD10PCS.tabular>", "<ICD10CM.tabular>", "root element <ICD10PCS.tabular>"),
            ("<ICD10PCS.tabular>", '<!DOCTYPE x [<!ENTITY a "b">]><ICD10PCS.tabular>', "root element"),
            ("utf-8", "no-such-code", "encoding"),
            ("</pcsTable>\n</ICD10PCS", "</ICD10PCS", "well-formed XML"),
            ('<label code="J">', '<label code="JJ">', "value of Body Part, found 'JJ' 'Mouth'"),
            ('<label code="J">Mouth', '<label code="J">', "value of Body Part, found 'J' ''"),
            ('<label code="J">Mouth</label>', "", "value of Body Part, found none"),
            (
                '<axis pos="4" values="1"><title>Body Part</title><label code="J">',
                '<axis pos="3"><label>',
                "position 4",
            ),
            ('<label code="B">Imaging</label>', '<label code="B">I</label><label code="C">J</label>', "found BC92"),
        ],
    )
    def test_a_fault_in_the_tables_is_named(self, old: str, new: str, message: str) -> None:
        assert old in TABLES

        with pytest.raises(SourceError) as refusal:
            list(read_tables(io.BytesIO(TABLES.replace(old, new).encode()), "tables.xml"))

        assert message in refusal.value.message

    def test_no_tables_are_refused(self) -> None:
        with pytest.raises(SourceError, match="expected tables, found none"):
            list(read_tables(io.BytesIO(b"<ICD10PCS.tabular></ICD10PCS.tabular>"), "tables.xml"))

    @settings(deadline=None)
    @given(st.integers(0, len(TABLES.rstrip()) - 1))
    def test_tables_cut_anywhere_are_refused(self, length: int) -> None:
        with pytest.raises(SourceError):
            list(read_tables(io.BytesIO(TABLES[:length].encode()), "tables.xml"))

    @settings(deadline=None)
    @given(st.binary(), st.integers(0, len(TABLES)), st.integers(0, 40))
    def test_garbage_in_the_tables_gives_tables_or_a_refusal(
        self, garbage: bytes, position: int, overwritten: int
    ) -> None:
        content = TABLES.encode()
        content = content[:position] + garbage + content[position + overwritten :]
        with suppress(SourceError):
            assert list(read_tables(io.BytesIO(content), "tables.xml"))


class TestOrderFile:
    def test_it_is_recognised_and_that_of_icd_10_cm_is_not_taken_for_it(self) -> None:
        assert is_icd10pcs_order(order_text().encode())
        assert not is_icd10pcs_order(b"00001 B00     0 %b Herpes\n" % b"Herpes".ljust(60))
        assert not is_icd10pcs_order(TABLES.encode())
        assert is_icd10pcs_tables(TABLES.encode())
        assert not is_icd10pcs_tables(b"<ICD10CM.tabular>")

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("0DTA0ZI", "columns 7-13 to hold the code"),
            ("0DTA", "columns 7-13 to hold the code"),
            ("ADT", "columns 7-13 to hold the code"),
            ("0DVA0ZZ", "expected the table 0DV before its code 0DVA0ZZ"),
            ("0D1A0ZZ", "code 0D1A0ZZ was already given in line 2"),
        ],
    )
    def test_a_wrong_code_is_named_with_its_line(self, tmp_path: Path, code: str, message: str) -> None:
        lines = (*LINES[:3], (code, "Short", "Long"))

        refusal = refused(tmp_path, {"icd10pcs_order_2026.txt": order_text(lines)})

        assert refusal.line == 4
        assert message in refusal.message

    def test_a_table_without_codes_is_refused(self, tmp_path: Path) -> None:
        refusal = refused(tmp_path, {"icd10pcs_order_2026.txt": order_text(LINES[:4])})

        assert refusal.message == "expected codes below this header (0DT)"

    @settings(deadline=None)
    @given(st.integers(0, len(order_text()) - 3))
    def test_a_file_cut_inside_a_line_is_refused(self, tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
        content = order_text()[:length]
        if content.endswith("\n"):
            content = content[:-1]
        refused(tmp_path_factory.getbasetemp(), {"icd10pcs_order_2026.txt": content})

    @settings(deadline=None)
    @given(st.binary(), st.integers(0, 1000), st.integers(0, 40))
    def test_garbage_in_the_order_file_gives_an_edition_or_a_refusal(
        self, tmp_path_factory: pytest.TempPathFactory, garbage: bytes, position: int, overwritten: int
    ) -> None:
        content = order_text().encode()
        path = tmp_path_factory.getbasetemp() / "garbled_order_2026.txt"
        path.write_bytes(content[:position] + garbage + content[position + overwritten :])
        with suppress(SourceError):
            assert list(read_icd10pcs([SourceFile(Kind.ICD10PCS_ORDER, path)], Told()))
