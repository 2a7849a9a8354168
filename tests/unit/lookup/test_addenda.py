from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.history import Action, Change
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.history import read_changes
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10_addenda import is_icd10cm_addenda, is_icd10pcs_addenda, read_addenda

FIRST_DAY = date(2025, 10, 1)

CM_CHANGES = (
    ("Delete:", "1 B880", "Mite", "Mite bite"),
    ("Add:", "0 B880", "Mite", "Mite bite"),
    ("Add:", "1 B8801", "Big mite", "Bite of a big mite"),
    ("Revise from:", "1 L02212", "Boil of back", "Boil of back"),
    ("Revise to:", "1 L02212", "Boil of back", "Boil of back or flank"),
    ("Revise from:", "0 W44G", "Thing", "Thing  gone in"),
    ("Revise to:", "0 W44G", "Thing", "Thing gone in"),
)
PCS_CHANGES = (
    ("Add:", "0DT", "Gut, Removal", "Gut System, Removal"),
    ("Add:", "0DTA0ZZ", "Remove gut", "Remove Gut, Open Way"),
    ("Delete:", "0D1A0ZZ", "Detour gut", "Detour Gut, Open Way"),
)


def lines(changes: tuple[tuple[str, str, str, str], ...], width: int) -> list[str]:
    return [f"{action:13}{code:{width}} {short:60} {title}" for action, code, short, title in changes]


def counts(system: str, headers: tuple[int, int, int], codes: tuple[int, int, int], year: int = 2026) -> list[str]:
    """Return the counts of additions, deletions and revisions that close an addenda."""
    found = []
    for heading, numbers in (("Headers", headers), ("Codes", codes)):
        found += ["", heading, f"   9 {heading.lower()} in {system}_order_{year - 1}.txt"]
        found += [f"  10 {heading.lower()} in {system}_order_{year}.txt"]
        found += [f"   {n} {what}" for n, what in zip(numbers, ("additions", "deletions", "revisions"), strict=True)]
        found += ["of which", f"   {numbers[2]} revisions to long title only"]
    return found


def text(found: list[str], line_end: str = "\r\n") -> str:
    return "".join(line + line_end for line in found)


CM = text(lines(CM_CHANGES, 9) + counts("icd10cm", (1, 0, 1), (1, 1, 1)))
PCS = text(lines(PCS_CHANGES, 7) + counts("icd10pcs", (1, 0, 0), (1, 1, 0)))


def file(
    folder: Path, content: str | bytes, kind: Kind = Kind.ICD10CM_ADDENDA, name: str = "addenda.txt"
) -> SourceFile:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return SourceFile(kind, folder / name)


def edition(folder: Path, content: str | bytes, kind: Kind = Kind.ICD10CM_ADDENDA) -> FactEdition:
    (only,) = read_addenda([file(folder, content, kind)], Told())
    return only


def changes(read: FactEdition) -> dict[str, tuple[Change, ...]]:
    return {code: read_changes(code, values) for code, values in read.documents}


def refused(folder: Path, content: str | bytes) -> SourceError:
    with pytest.raises(SourceError) as refusal:
        edition(folder, content)
    return refusal.value


class TestChanges:
    def test_changes_are_kept_by_code(self, tmp_path: Path) -> None:
        assert changes(edition(tmp_path, CM)) == {
            "B880": (
                Change(Action.DELETED, FIRST_DAY, True, "Mite bite", "Mite"),
                Change(Action.ADDED, FIRST_DAY, False, "Mite bite", "Mite"),
            ),
            "B8801": (Change(Action.ADDED, FIRST_DAY, True, "Bite of a big mite", "Big mite"),),
            "L02212": (
                Change(
                    Action.REVISED,
                    FIRST_DAY,
                    True,
                    "Boil of back or flank",
                    "Boil of back",
                    "Boil of back",
                    "Boil of back",
                ),
            ),
            "W44G": (Change(Action.REVISED, FIRST_DAY, False, "Thing gone in", "Thing", "Thing gone in", "Thing"),),
        }

    def test_those_of_icd_10_pcs_tell_tables_by_their_length(self, tmp_path: Path) -> None:
        read = edition(tmp_path, PCS, Kind.ICD10PCS_ADDENDA)

        assert read.source is Source.ADDENDA_ICD10PCS
        assert {code: [(one.action, one.valid) for one in found] for code, found in changes(read).items()} == {
            "0DT": [(Action.ADDED, False)],
            "0DTA0ZZ": [(Action.ADDED, True)],
            "0D1A0ZZ": [(Action.DELETED, True)],
        }

    def test_a_revision_is_one_record(self, tmp_path: Path) -> None:
        read = edition(tmp_path, CM)

        assert (read.source, read.rows, read.codes, read.left_out) == (Source.ADDENDA_ICD10CM, 5, 4, {})
        assert read.origin == "addenda.txt"

    @settings(deadline=None)
    @given(st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
    def test_line_ends_and_encodings_make_no_difference(
        self, tmp_path_factory: pytest.TempPathFactory, line_end: str, encoding: str
    ) -> None:
        content = CM.replace("\r\n", line_end).replace("Mite bite", "M\u00efte bite").encode(encoding)

        read = edition(tmp_path_factory.getbasetemp(), content)

        assert changes(read)["B880"][0].title == "M\u00efte bite"


class TestDates:
    def test_the_year_is_that_of_the_newer_order_file(self, tmp_path: Path) -> None:
        read = edition(tmp_path, CM)

        assert (read.label, read.effective_from, read.effective_to) == ("FY2026", FIRST_DAY, date.max)

    def test_an_update_of_april_takes_effect_in_april(self, tmp_path: Path) -> None:
        (read,) = read_addenda([file(tmp_path, CM, name="addenda_april_2026.txt")], Told())

        assert (read.label, read.effective_from) == ("FY2026 April", date(2026, 4, 1))
        assert changes(read)["B8801"][0].effective_from == date(2026, 4, 1)

    def test_what_is_told_wins(self, tmp_path: Path) -> None:
        (read,) = read_addenda([file(tmp_path, CM)], Told(edition="draft", effective_to=date(2026, 9, 30)))

        assert (read.label, read.effective_to) == ("draft", date(2026, 9, 30))

    def test_each_year_and_system_is_an_edition(self, tmp_path: Path) -> None:
        older = CM.replace("_2026", "_2025")
        found = [
            file(tmp_path, CM, name="a.txt"),
            file(tmp_path, older, name="b.txt"),
            file(tmp_path, PCS, Kind.ICD10PCS_ADDENDA, name="c.txt"),
            file(tmp_path, "other", Kind.GEM, name="d.txt"),
        ]

        assert [(read.source, read.label) for read in read_addenda(found, Told())] == [
            (Source.ADDENDA_ICD10CM, "FY2026"),
            (Source.ADDENDA_ICD10CM, "FY2025"),
            (Source.ADDENDA_ICD10PCS, "FY2026"),
        ]

    def test_two_files_of_a_year_are_refused(self, tmp_path: Path) -> None:
        found = [file(tmp_path, CM, name="a.txt"), file(tmp_path, CM, name="b.txt")]

        with pytest.raises(SourceError, match=r"b\.txt: expected one file of an edition, found a\.txt beside it"):
            list(read_addenda(found, Told()))

    def test_an_unknown_year_is_asked_for(self, tmp_path: Path) -> None:
        assert "--effective-from" in refused(tmp_path, CM.replace("_order_20", "_order_")).message


class TestFaults:
    @pytest.mark.parametrize(
        ("old", "new", "line", "message"),
        [
            ("Delete: ", "Remove: ", 1, "columns 1-12 to hold Add:"),
            ("1 B880 ", "2 B880 ", 1, "column 14 to be 0"),
            ("B8801 ", "8801  ", 3, "columns 16-22 to hold the code"),
            ("Big mite ", " Big mite", 3, "columns 24-83 to hold the short description"),
            ("Revise to:   1 L02212", "Revise to:   1 L02213", 5, "expected Revise to: L02.212 behind Revise from:"),
            ("Revise to:   1 L02212", "Add:         1 L02212", 5, "expected Revise to: L02.212 behind Revise from:"),
            ("Revise from: 1 L02212", "Add:         1 L02212", 5, "expected Revise from: L02.212 before Revise to:"),
            ("Revise to:   0 W44G", "Revise from: 0 W44G", 7, "expected Revise to: W44.G behind"),
            ("   1 deletions", "   2 deletions", None, "expected 2 codes deleted as the file counts, found 1"),
            ("Codes", "Other", None, "the file looks cut"),
        ],
    )
    def test_a_fault_is_named_with_its_line(
        self, tmp_path: Path, old: str, new: str, line: int | None, message: str
    ) -> None:
        assert old in CM

        refusal = refused(tmp_path, CM.replace(old, new))

        assert refusal.line == line
        assert message in refusal.message

    def test_a_line_given_twice_is_refused_by_the_counts(self, tmp_path: Path) -> None:
        first = CM.splitlines(keepends=True)[0]

        assert "expected 1 codes deleted as the file counts, found 2" in refused(tmp_path, first + CM).message

    @settings(deadline=None)
    @given(st.integers(0, CM.rindex("revisions\r\n") + len("revisions\r") - 1))
    def test_a_file_cut_anywhere_before_its_last_count_is_refused(
        self, tmp_path_factory: pytest.TempPathFactory, length: int
    ) -> None:
        refused(tmp_path_factory.getbasetemp(), CM[:length])

    @settings(deadline=None)
    @given(st.binary(), st.integers(0, len(CM)), st.integers(0, 40))
    def test_garbage_inside_gives_an_edition_or_a_refusal(
        self, tmp_path_factory: pytest.TempPathFactory, garbage: bytes, position: int, overwritten: int
    ) -> None:
        content = CM.encode()
        content = content[:position] + garbage + content[position + overwritten :]
        with suppress(SourceError):
            assert edition(tmp_path_factory.getbasetemp(), content).codes


def test_each_addenda_is_recognised_by_its_first_lines() -> None:
    assert is_icd10cm_addenda(CM.encode())
    assert is_icd10pcs_addenda(PCS.encode())
    assert not is_icd10cm_addenda(PCS.encode())
    assert not is_icd10pcs_addenda(CM.encode())
    assert not is_icd10cm_addenda(b"Delete:      1 B880    Other")
