import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.model import Attribute, Edition, Entry, Level
from services.lookup.codes.modifier import Modifier
from services.lookup.codes.notation import parse_entry
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.modifiers import read_modifier
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.hcpcs import DENTAL_TITLE, read_hcpcs
from services.lookup.sources.hcpcs_fields import FIELDS
from services.lookup.sources.hcpcs_fixed import is_hcpcs_fixed, read_fixed
from services.lookup.sources.hcpcs_table import is_hcpcs_table, read_table
from services.lookup.sources.tables import head_rows

NAME = "HCPC2025_OCT_ANWEB"
HEADINGS = [names[0] for field in FIELDS for names in field.headings]

Record = Mapping[str, str]


def record(code: str, long: str, short: str = "", **others: str) -> Record:
    """Return a record by the headings of CMS."""
    recid = "7" if len(code) == 2 else "3"
    plain = {"HCPC": code, "RECID": recid, "LONG DESCRIPTION": long, "SHORT DESCRIPTION": short}
    dates = {"ADD DT": "19930101", "ACT EFF DT": "19970101", "ACTION CD": "N"}
    return plain | dates | {name.replace("_", " ") if name != "ASC_GRP" else name: v for name, v in others.items()}


def more(code: str, long: str) -> Record:
    """Return a record that continues the description of the one before."""
    return {"HCPC": code, "RECID": "8" if len(code) == 2 else "4", "LONG DESCRIPTION": long}


RECORDS: Sequence[Record] = (
    record("Q1", "Service of one kind", "One kind", TERM_DT="20251130"),
    record("ZZ", "Service of"),
    more("ZZ", "another kind"),
    record("25", "text of the AMA"),
    record("0001F", "text of the AMA"),
    record("A0021", "Ride far", "Ride", COV="I", PRICE1="00", TOS1="D", BETOS="O1A", XREF1="A0030", XREF2="A0040"),
    record("D0120", "text of the ADA", "ADA"),
    record("J1885", "Injection of something,", "Something inj", COV="D", PRICE1="51", ASC_GRP="YY"),
    more("J1885", "per caf\u00e9 spoon"),
    record("J9998", "Ended before", TERM_DT="20250930"),
    record("J9999", "Not yet", ADD_DT="20260101"),
)


def fixed(records: Sequence[Record] = RECORDS, line_end: str = "\r\n") -> str:
    return "".join(fixed_line(one) + line_end for one in records)


def fixed_line(one: Record) -> str:
    line = [" "] * 320
    for field in FIELDS:
        for place, names in enumerate(field.headings):
            start = field.first - 1 + place * field.width
            line[start : start + field.width] = one.get(names[0], "").ljust(field.width)
    line[:11] = f"{one['HCPC']:>5}00100{one['RECID']}"
    return "".join(line)


def table(records: Sequence[Record] = RECORDS, headings: Sequence[str] = HEADINGS, line_end: str = "\r\n") -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator=line_end)
    writer.writerows([headings, *([one.get(name, "") for name in headings] for one in records)])
    return stream.getvalue()


def workbook(records: Sequence[Record] = RECORDS) -> bytes:
    book = openpyxl.Workbook()
    assert book.active
    book.active.append(["Terms of use"])
    book.active.append(HEADINGS)
    for one in records:
        values = [one.get(name, "") for name in HEADINGS]
        book.active.append([int(value) if value.isdigit() and len(value) != 5 else value for value in values])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(
    folder: Path,
    content: str | bytes,
    name: str = f"{NAME}.txt",
    kind: Kind = Kind.HCPCS_FIXED,
    told: Told | None = None,
) -> tuple[Edition, FactEdition | None]:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    reading = read_hcpcs([SourceFile(kind, path)], told or Told())
    edition, modifiers = next(reading), next(reading, None)
    assert isinstance(edition, Edition)
    assert modifiers is None or isinstance(modifiers, FactEdition)
    return edition, modifiers


def refused(folder: Path, content: str, kind: Kind = Kind.HCPCS_FIXED, name: str = f"{NAME}.txt") -> SourceError:
    with pytest.raises(SourceError) as refusal:
        read(folder, content, name, kind)
    return refusal.value


def codes(edition: Edition) -> dict[str, Entry]:
    return {entry.code: entry for entry in edition.entries if entry.level is Level.CODE}


class TestEdition:
    def test_the_quarter_is_that_of_the_name(self, tmp_path: Path) -> None:
        edition, _ = read(tmp_path, fixed())

        assert (edition.label, edition.origin) == ("October 2025", f"{NAME}.txt")
        assert (edition.effective_from, edition.effective_to) == (date(2025, 10, 1), date(2025, 12, 31))

    def test_a_name_without_month_is_that_of_january(self, tmp_path: Path) -> None:
        edition, _ = read(tmp_path, fixed(), "HCPC2020_ANWEB_w_disclaimer.txt")

        assert (edition.label, edition.effective_from) == ("January 2020", date(2020, 1, 1))

    def test_what_is_told_wins(self, tmp_path: Path) -> None:
        told = Told(edition="ours", effective_from=date(2024, 4, 1), effective_to=date(2024, 4, 30))
        edition, facts = read(tmp_path, fixed(), told=told)

        assert facts
        for one in (edition, facts):
            assert Told(edition=one.label, effective_from=one.effective_from, effective_to=one.effective_to) == told

    def test_an_unknown_quarter_is_refused_and_says_which_option_tells_it(self, tmp_path: Path) -> None:
        assert "--effective-from" in refused(tmp_path, fixed(), name="codes.txt").message

    def test_the_book_has_a_section_for_each_letter_in_the_order_of_the_codes(self, tmp_path: Path) -> None:
        edition, _ = read(tmp_path, fixed())

        assert [(entry.code, entry.parent) for entry in edition.entries] == [
            ("A0000-A9999", ""),
            ("A0021", "A0000-A9999"),
            ("D0000-D9999", ""),
            ("D0120", "D0000-D9999"),
            ("J0000-J9999", ""),
            ("J1885", "J0000-J9999"),
            ("J9998", "J0000-J9999"),
            ("J9999", "J0000-J9999"),
        ]
        assert [entry.order for entry in edition.entries] == list(range(1, 9))
        for entry in edition.entries:
            assert parse_entry(edition.system, entry.code, "under") == entry.code

    def test_rows_that_continue_a_description_are_joined_by_one_blank(self, tmp_path: Path) -> None:
        edition, facts = read(tmp_path, fixed())

        assert codes(edition)["J1885"].title == "Injection of something, per caf\u00e9 spoon"
        assert facts
        assert dict(facts.documents)["ZZ"]["title"] == "Service of another kind"

    def test_attributes_say_what_their_values_mean(self, tmp_path: Path) -> None:
        edition, _ = read(tmp_path, fixed())

        assert codes(edition)["A0021"].attributes == (
            Attribute("coverage", "I", "not payable by Medicare"),
            Attribute("pricing indicator", "00", "not priced separately by Part B"),
            Attribute("type of service", "D", "ambulance"),
            Attribute("BETOS", "O1A", "ambulance"),
            Attribute("cross reference", "A0030"),
            Attribute("cross reference", "A0040"),
            Attribute("action", "N", "no maintenance"),
            Attribute("action effective date", "1997-01-01"),
        )

    def test_a_code_is_billable_when_it_is_valid_within_the_quarter(self, tmp_path: Path) -> None:
        edition, _ = read(tmp_path, fixed([*RECORDS, record("V0001", "Ends in it", TERM_DT="20251001")]))

        billable = {code: entry.billable for code, entry in codes(edition).items()}
        assert billable == {
            **{"A0021": True, "D0120": True, "J1885": True, "V0001": True},
            **{"J9998": False, "J9999": False},
        }
        assert codes(edition)["J9998"].effective_to == date(2025, 9, 30)
        assert codes(edition)["J9999"].effective_from == date(2026, 1, 1)

    def test_of_dental_codes_the_number_alone_is_kept(self, tmp_path: Path) -> None:
        edition, _ = read(tmp_path, fixed())
        dental = codes(edition)["D0120"]

        assert (dental.title, dental.short_title) == (DENTAL_TITLE, "")
        assert "ADA" not in str(edition).replace("American Dental Association", "")

    def test_modifiers_are_facts_and_every_row_is_accounted_for(self, tmp_path: Path) -> None:
        _, facts = read(tmp_path, fixed())

        assert facts
        assert [read_modifier(id, values) for id, values in facts.documents] == [
            Modifier("Q1", "Service of one kind", date(1993, 1, 1), date(2025, 11, 30)),
            Modifier("ZZ", "Service of another kind", date(1993, 1, 1)),
        ]
        assert (facts.source, facts.rows, facts.codes) == (Source.MODIFIERS_HCPCS, 11, 2)
        assert facts.left_out == {"CPT modifier": 1, "CPT code": 1, "code, in the code set": 6}
        # Of the eleven rows, two are that of Q1 and the first of ZZ, one continues ZZ.
        assert facts.rows == sum(facts.left_out.values()) + 3

    def test_text_of_the_ama_is_not_kept(self, tmp_path: Path) -> None:
        edition, facts = read(tmp_path, fixed())

        assert facts
        assert "AMA" not in str(edition) + str(list(facts.documents))

    def test_quarters_that_are_given_together_are_editions_the_oldest_first(self, tmp_path: Path) -> None:
        files = []
        for quarter in ("2026_JAN", "2025_OCT"):
            path = tmp_path / f"HCPC{quarter}_ANWEB.txt"
            path.write_text(fixed(RECORDS[5:]), encoding="cp1252")
            files.append(SourceFile(Kind.HCPCS_FIXED, path))

        assert [edition.label for edition in read_hcpcs(files, Told())] == ["October 2025", "January 2026"]

    def test_the_text_and_the_workbook_of_a_quarter_count_once(self, tmp_path: Path) -> None:
        files = []
        for suffix, content, kind in (
            ("xlsx", workbook(), Kind.HCPCS_TABLE),
            ("txt", fixed().encode(), Kind.HCPCS_FIXED),
        ):
            path = tmp_path / f"{NAME}.{suffix}"
            path.write_bytes(content)
            files.append(SourceFile(kind, path))

        assert [edition.origin for edition in read_hcpcs(files, Told())] == [f"{NAME}.txt"] * 2


class TestLayouts:
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    def test_the_fixed_width_file_reads_the_same_however_it_is_encoded(
        self, tmp_path: Path, line_end: str, encoding: str
    ) -> None:
        content = fixed(line_end=line_end).encode(encoding)

        assert read(tmp_path, content)[0].entries == read(tmp_path, fixed())[0].entries

    def test_the_table_of_cms_holds_the_same(self, tmp_path: Path) -> None:
        edition, facts = read(tmp_path, table(), f"{NAME}.csv", Kind.HCPCS_TABLE)
        expected, expected_facts = read(tmp_path, fixed())

        assert edition.entries == expected.entries
        assert facts
        assert expected_facts
        assert (facts.rows, facts.left_out) == (expected_facts.rows, expected_facts.left_out)
        assert list(facts.documents) == list(expected_facts.documents)

    def test_the_workbook_holds_the_same_though_it_lost_leading_zeros(self, tmp_path: Path) -> None:
        edition, _ = read(tmp_path, workbook(), f"{NAME}.xlsx", Kind.HCPCS_TABLE)

        assert edition.entries == read(tmp_path, fixed())[0].entries

    @settings(deadline=None, max_examples=20)
    @given(headings=st.permutations(HEADINGS))
    def test_columns_of_a_table_may_stand_in_any_order(
        self, headings: list[str], tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        rows = list(read_table(io.BytesIO(table(headings=headings).encode()), "t.csv"))

        assert rows == list(read_table(io.BytesIO(table().encode()), "t.csv"))

    def test_a_plain_list_may_write_several_values_into_one_cell(self, tmp_path: Path) -> None:
        content = (
            "hcpcs_code,price,tos,lab,date_term,date_added,long,short\n"
            'A0021,00:21,D:1,"220, 310",2025-11-30,1985-01-01,Ride far,Ride\n'
        )
        edition, facts = read(tmp_path, content, "list_2025-10.csv", Kind.HCPCS_TABLE)
        entry = codes(edition)["A0021"]

        assert facts is None
        assert [(one.name, one.value) for one in entry.attributes] == [
            ("pricing indicator", "00"),
            ("pricing indicator", "21"),
            ("type of service", "D"),
            ("type of service", "1"),
            ("lab certification", "220"),
            ("lab certification", "310"),
        ]
        assert (entry.effective_from, entry.effective_to) == (date(1985, 1, 1), date(2025, 11, 30))

    def test_a_list_of_short_descriptions_has_them_as_titles_and_its_last_word_on_a_code_counts(
        self, tmp_path: Path
    ) -> None:
        content = (
            "code,short_description,valid_from,valid_to\n"
            "A2001,First name,20220101,20220331\n"
            "A2001,Second name,20220401,\n"
            "A2002,Gone,20220101,20250930\n"
        )
        edition, _ = read(tmp_path, content, "list_2019q3-2025q4.csv", Kind.HCPCS_TABLE)

        assert [(entry.title, entry.short_title, entry.billable) for entry in codes(edition).values()] == [
            ("Second name", "", True),
            ("Gone", "", False),
        ]


class TestRecognition:
    def test_each_layout_is_recognised_as_itself_alone(self) -> None:
        text, rows = fixed().encode("cp1252"), head_rows(table().encode())

        assert is_hcpcs_fixed(b"Terms of use\r\n" + text)
        assert is_hcpcs_table([["Terms of use"], [], *rows])
        assert not is_hcpcs_table(head_rows(text))
        assert not is_hcpcs_fixed(table().encode())

    @pytest.mark.parametrize(
        "content",
        [
            "Code,Description\n A1,Dressing\nA0021,Ride\n",
            "hcpcs_code,long,short\nA0021,Ride far,Ride\n",
            "code,short_description,valid_to\nA0021,Ride,\n",
        ],
    )
    def test_plain_lists_are_recognised(self, content: str) -> None:
        assert is_hcpcs_table(head_rows(content.encode()))

    @pytest.mark.parametrize(
        "content",
        [
            "Code,Description\n01,Pharmacy\n02,Telehealth\n",
            "Code,Description\nA000,Cholera\nA0101,Typhoid meningitis\n",
            "code,short_description\n99213,a text\n",
            "Code,Description\n",
            "Code,Price\nA0021,1\n",
        ],
    )
    def test_other_lists_of_codes_are_not(self, content: str) -> None:
        assert not is_hcpcs_table(head_rows(content.encode()))

    def test_the_changes_of_a_quarter_are_not_taken_for_the_code_set(self) -> None:
        changes = [record("A0021", "Ride", ACTION_CD="A"), record("J1885", "Injection", ACTION_CD="D")]

        assert not is_hcpcs_table(head_rows(table(changes).encode()))


class TestRefusals:
    def test_a_line_that_breaks_the_layout(self, tmp_path: Path) -> None:
        lines = fixed().splitlines(keepends=True)
        lines.insert(3, "Something else\r\n")

        assert refused(tmp_path, "".join(lines)).line == 4

    def test_a_line_that_is_cut_before_its_dates(self, tmp_path: Path) -> None:
        assert refused(tmp_path, fixed()[:-322] + fixed_line(RECORDS[-1])[:260] + "\r\n").line == 11

    def test_a_file_that_is_cut_in_a_line(self, tmp_path: Path) -> None:
        assert "cut" in refused(tmp_path, fixed()[:-30]).message

    def test_a_code_that_is_given_twice(self, tmp_path: Path) -> None:
        refusal = refused(tmp_path, fixed([*RECORDS, RECORDS[5]]))

        assert (refusal.line, refusal.message) == (12, "A0021 was already given in line 6")

    def test_a_description_that_continues_nothing(self, tmp_path: Path) -> None:
        assert refused(tmp_path, fixed([RECORDS[5], more("J1885", "per spoon")])).line == 2

    def test_a_code_without_a_description(self, tmp_path: Path) -> None:
        assert refused(tmp_path, table([record("A0021", "")]), Kind.HCPCS_TABLE).line == 2

    def test_a_modifier_without_a_description(self, tmp_path: Path) -> None:
        assert refused(tmp_path, table([record("DD", ""), record("D0120", "")]), Kind.HCPCS_TABLE).line == 2

    def test_a_date_that_is_none(self, tmp_path: Path) -> None:
        refusal = refused(tmp_path, table([record("A0021", "Ride", TERM_DT="20251301")]), Kind.HCPCS_TABLE)

        assert (refusal.line, "date terminated" in refusal.message) == (2, True)

    def test_what_is_no_hcpcs_code(self, tmp_path: Path) -> None:
        assert refused(tmp_path, table([record("Z0021", "Ride")]), Kind.HCPCS_TABLE).line == 2
        assert refused(tmp_path, table([record("A002", "Ride")]), Kind.HCPCS_TABLE).line == 2

    def test_a_file_with_modifiers_alone(self, tmp_path: Path) -> None:
        assert "codes" in refused(tmp_path, fixed(RECORDS[:1])).message

    def test_a_table_without_headings(self, tmp_path: Path) -> None:
        assert "headings" in refused(tmp_path, "A0021,Ride\n", Kind.HCPCS_TABLE).message

    @settings(deadline=None, max_examples=60)
    @given(data=st.data())
    def test_nothing_but_a_refusal_comes_of_a_damaged_file(
        self, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        kind, text = data.draw(
            st.sampled_from([(Kind.HCPCS_FIXED, fixed()), (Kind.HCPCS_TABLE, table())]), label="layout"
        )
        content = bytearray(text.encode())
        for _ in range(data.draw(st.integers(1, 5))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=10))
        try:
            edition, _ = read(tmp_path_factory.mktemp("damaged"), bytes(content), f"{NAME}.txt", kind)
        except SourceError:
            return
        assert codes(edition)

    @settings(deadline=None, max_examples=60)
    @given(content=st.binary(max_size=400))
    def test_nothing_but_a_refusal_comes_of_garbage(self, content: bytes) -> None:
        for reader in (read_fixed, read_table):
            try:
                rows = list(reader(io.BytesIO(content), "garbage"))
            except SourceError:
                continue
            assert all(row.code for row in rows)
