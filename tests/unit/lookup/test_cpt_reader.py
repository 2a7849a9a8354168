"""The numbers are those of CPT, the texts are made up."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.model import Attribute, Edition, Entry, Level
from services.lookup.codes.modifier import Modifier
from services.lookup.codes.notation import parse_entry
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.modifiers import read_modifier
from services.lookup.sources.cpt import read_cpt
from services.lookup.sources.cpt_modifiers import is_cpt_modifiers
from services.lookup.sources.cpt_text import (
    is_cpt_clinician,
    is_cpt_consumer,
    is_cpt_long,
    is_cpt_medium,
    is_cpt_short,
)
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile

LICENCE = (
    "CPT 2026 made-up licence\r\nCopyright 1995-2025 American\r\n  Medical Association. 12 lines follow.\r\n\r\n"
    "You may, and you may not: 99 things.\r\n\r\n"
)
CODES = ("00100", "10004", "70010", "80047", "99199", "99213", "99605", "0001F", "0042T", "0001U")
SHORT = LICENCE + "".join(f"{code} SHORT {code}\r\n" for code in CODES)
MEDIUM = LICENCE + "".join(f"{code} {'RATHER LONGER TEXT OF THIS MADE UP ' + code:48}\r\n" for code in CODES)
LONG = LICENCE + "".join(f"{code}\tWhat caf\u00e9 is served, as number  {code}\r\n" for code in CODES)
CONSUMER = "Concept Id\tCPT Code\tConsumer Friendly Descriptor\r\n" + "".join(
    f"1{place}\t{code}\tCoffee *number* {code}\r\n" for place, code in enumerate(CODES[:-1])
)
CLINICIAN = (
    "Concept Id\tCPT Code\tClinician Descriptor Id\tClinician Descriptor\r\n"
    "11\t99213\t1\tEspresso\r\n11\t99213\t2\tLungo\r\n12\t00100\t3\tMocha\r\n12\t00100\t4\tMocha\r\n"
)
MODIFIERS = (
    LICENCE + "Appendix A\r\n\r\nThese may be added to a number.\r\n\r\n"
    "22 More Coffee: When more was served than\r\n25 cups, say so.\r\n\r\n"
    "59 Other Coffee\r\n\r\n"
    "Physical Status\r\nStatus P1: A sound cup\r\nStatus P2: A cracked cup\r\n\r\n"
    "For hospitals\r\n\r\n59 Other Coffee, again\r\n\r\n1P Reason of the Guest: text\r\n\r\n"
    "LT Left cup\r\nRT Right cup\r\n"
)

RECOGNISERS: Mapping[Kind, Callable[[bytes], bool]] = {
    Kind.CPT_SHORT: is_cpt_short,
    Kind.CPT_MEDIUM: is_cpt_medium,
    Kind.CPT_LONG: is_cpt_long,
    Kind.CPT_CONSUMER: is_cpt_consumer,
    Kind.CPT_CLINICIAN: is_cpt_clinician,
    Kind.CPT_MODIFIERS: is_cpt_modifiers,
}
FILES = {
    Kind.CPT_SHORT: ("SHORTU.txt", SHORT),
    Kind.CPT_MEDIUM: ("MEDU.txt", MEDIUM),
    Kind.CPT_LONG: ("LONGULT.txt", LONG),
    Kind.CPT_CONSUMER: ("Consumer Friendly Descriptors/ConsumerDescriptor.txt", CONSUMER),
    Kind.CPT_CLINICIAN: ("Clinician Descriptors/ClinicianDescriptor.txt", CLINICIAN),
    Kind.CPT_MODIFIERS: ("MODUL.txt", MODIFIERS),
}


def directory(folder: Path, changed: Mapping[Kind, str | bytes | None] | None = None) -> list[SourceFile]:
    """Write the directory of the AMA, some files changed, None for those that are left out."""
    contents = {kind: content for kind, (_, content) in FILES.items()} | dict(changed or {})
    files = []
    for kind, content in contents.items():
        if content is not None:
            path = folder / FILES[kind][0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            files.append(SourceFile(kind, path))
    return files


def read(
    folder: Path, changed: Mapping[Kind, str | bytes | None] | None = None, told: Told | None = None
) -> tuple[Edition, list[FactEdition]]:
    edition, *facts = read_cpt(directory(folder, changed), told or Told())
    assert isinstance(edition, Edition)
    return edition, [one for one in facts if isinstance(one, FactEdition)]


def refused(folder: Path, changed: Mapping[Kind, str | bytes | None]) -> SourceError:
    with pytest.raises(SourceError) as refusal:
        read(folder, changed)
    return refusal.value


def codes(edition: Edition) -> dict[str, Entry]:
    return {entry.code: entry for entry in edition.entries if entry.level is Level.CODE}


class TestRecognition:
    @pytest.mark.parametrize("kind", FILES)
    @pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
    def test_each_file_is_recognised_by_its_content_as_itself_alone(self, kind: Kind, encoding: str) -> None:
        head = FILES[kind][1].encode(encoding)

        assert [one for one, recognises in RECOGNISERS.items() if recognises(head)] == [kind]

    def test_a_file_that_does_not_name_the_ama_is_none_of_its(self) -> None:
        for kind in (Kind.CPT_SHORT, Kind.CPT_MEDIUM, Kind.CPT_LONG, Kind.CPT_MODIFIERS):
            head = FILES[kind][1].replace("Association", "Society").encode()
            assert not any(recognises(head) for recognises in RECOGNISERS.values())

    def test_prose_about_modifiers_is_no_list_of_them(self) -> None:
        prose = LICENCE + "Of modifiers\r\n59 is said to be\r\nthe most abused.\r\n"

        assert not any(recognises(prose.encode()) for recognises in RECOGNISERS.values())


class TestEdition:
    def test_the_year_of_the_licence_is_that_of_the_edition(self, tmp_path: Path) -> None:
        edition, (facts,) = read(tmp_path)

        assert edition.label == facts.label == "2026"
        assert (edition.effective_from, edition.effective_to) == (date(2026, 1, 1), date(2026, 12, 31))

    def test_the_year_may_stand_in_the_name_of_the_folder(self, tmp_path: Path) -> None:
        folder = tmp_path / "2024 standard"
        unnamed = {kind: text.replace("CPT 2026", "Our") for kind, (_, text) in FILES.items()}

        assert read(folder, unnamed)[0].label == "2024"

    def test_a_year_that_is_not_known_is_refused_and_says_which_option_tells_it(self, tmp_path: Path) -> None:
        """The copyright is of the year of printing."""
        unnamed = {kind: text.replace("CPT 2026", "Our") for kind, (_, text) in FILES.items()}

        assert "--effective-from" in refused(tmp_path / "ama", unnamed).message

    def test_what_is_told_wins(self, tmp_path: Path) -> None:
        told = Told(edition="ours", effective_from=date(2025, 7, 1), effective_to=date(2025, 9, 30))
        edition, _ = read(tmp_path, told=told)

        assert (edition.label, edition.effective_from, edition.effective_to) == (
            *("ours", date(2025, 7, 1), date(2025, 9, 30)),
        )

    def test_the_book_has_the_sections_of_the_numbers(self, tmp_path: Path) -> None:
        edition, _ = read(tmp_path)

        assert [(entry.parent, entry.code) for entry in edition.entries if entry.parent] == [
            ("00000-09999", "00100"),
            ("10000-69999", "10004"),
            ("70000-79999", "70010"),
            ("80000-89999", "80047"),
            ("90000-99199", "99199"),
            ("99200-99499", "99213"),
            ("99500-99999", "99605"),
            ("0001F-9999F", "0001F"),
            ("0001T-9999T", "0042T"),
            ("0001U-9999U", "0001U"),
        ]
        assert [entry.order for entry in edition.entries] == list(range(1, 21))
        for entry in edition.entries:
            assert parse_entry(edition.system, entry.code, "under") == entry.code

    def test_an_entry_has_all_that_the_files_say_of_it(self, tmp_path: Path) -> None:
        entry = codes(read(tmp_path)[0])["99213"]

        assert entry.title == "What caf\u00e9 is served, as number 99213"
        assert entry.short_title == "SHORT 99213"
        assert entry.attributes == (Attribute("medium description", "RATHER LONGER TEXT OF THIS MADE UP 99213"),)
        assert entry.inclusion_terms == ("Espresso", "Lungo")
        assert entry.common_language == "Coffee *number* 99213"
        assert entry.billable

    def test_the_long_descriptions_are_enough(self, tmp_path: Path) -> None:
        others: dict[Kind, str | bytes | None] = dict.fromkeys(kind for kind in FILES if kind is not Kind.CPT_LONG)
        edition, facts = read(tmp_path, others)

        assert (list(codes(edition)), facts) == ([*CODES[:-2], "0042T", "0001U"], [])
        assert codes(edition)["99213"].short_title == ""

    def test_modifiers_alone_are_an_edition_too(self, tmp_path: Path) -> None:
        others: dict[Kind, str | bytes | None] = dict.fromkeys(kind for kind in FILES if kind is not Kind.CPT_MODIFIERS)

        assert len(list(read_cpt(directory(tmp_path, others), Told()))) == 1

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    def test_files_read_the_same_however_they_are_encoded(self, tmp_path: Path, encoding: str, line_end: str) -> None:
        changed = {kind: text.replace("\r\n", line_end).encode(encoding) for kind, (_, text) in FILES.items()}

        edition, facts = read(tmp_path / "one", changed)
        expected, expected_facts = read(tmp_path / "other")

        assert edition.entries == expected.entries
        assert [list(one.documents) for one in facts] == [list(one.documents) for one in expected_facts]

    def test_two_years_are_two_editions(self, tmp_path: Path) -> None:
        older = {kind: text.replace("CPT 2026", "CPT 2025") for kind, (_, text) in FILES.items()}
        undated = dict.fromkeys((Kind.CPT_CONSUMER, Kind.CPT_CLINICIAN))
        files = directory(tmp_path / "a", undated) + directory(tmp_path / "b", older | undated)

        assert [one.label for one in read_cpt(files, Told())] == ["2025", "2025", "2026", "2026"]


class TestModifiers:
    def test_their_names_are_read_and_every_record_is_accounted_for(self, tmp_path: Path) -> None:
        _, (facts,) = read(tmp_path)

        assert [read_modifier(id, values) for id, values in facts.documents] == [
            Modifier("22", "More Coffee"),
            Modifier("59", "Other Coffee"),
            Modifier("P1", "A sound cup"),
            Modifier("P2", "A cracked cup"),
            Modifier("1P", "Reason of the Guest"),
        ]
        assert (facts.rows, facts.codes) == (8, 5)
        assert facts.left_out == {"HCPCS modifier": 2, "given again for hospitals": 1}

    def test_a_list_below_the_licence_will_do(self, tmp_path: Path) -> None:
        listed = LICENCE + "22 More coffee\r\n59 Other coffee\r\n"
        _, (facts,) = read(tmp_path, {Kind.CPT_MODIFIERS: listed})

        assert is_cpt_modifiers(listed.encode())
        assert [id for id, _ in facts.documents] == ["22", "59"]


class TestRefusals:
    def test_descriptions_of_other_codes_name_one(self, tmp_path: Path) -> None:
        less, more = SHORT.replace("99213 SHORT 99213\r\n", ""), MEDIUM + "99999 TEXT\r\n"

        assert "99213 is missing" in refused(tmp_path, {Kind.CPT_SHORT: less}).message
        assert "99999" in refused(tmp_path, {Kind.CPT_MEDIUM: more}).message
        assert "99999" in refused(tmp_path, {Kind.CPT_CONSUMER: CONSUMER + "1\t99999\ttext\r\n"}).message

    def test_descriptors_without_long_descriptions(self, tmp_path: Path) -> None:
        assert Kind.CPT_LONG.value in refused(tmp_path, {Kind.CPT_LONG: None}).message

    def test_a_line_that_breaks_the_layout(self, tmp_path: Path) -> None:
        assert refused(tmp_path, {Kind.CPT_LONG: LONG.replace("99213\t", "99213 ")}).line == 12
        assert refused(tmp_path, {Kind.CPT_SHORT: SHORT.replace("SHORT 99213", "X" * 29)}).line == 12

    def test_a_blank_line_among_the_codes(self, tmp_path: Path) -> None:
        """It would make the codes above it a part of the licence."""
        refusal = refused(tmp_path, {Kind.CPT_LONG: LONG.replace("99213\t", "\r\n99213\t")})

        assert (refusal.line, "blank line" in refusal.message) == (7, True)

    def test_a_code_that_is_given_twice(self, tmp_path: Path) -> None:
        assert refused(tmp_path, {Kind.CPT_LONG: LONG + "99213\ttext\r\n"}).line == 17

    def test_a_file_that_is_cut_in_a_line(self, tmp_path: Path) -> None:
        for kind, (_, text) in FILES.items():
            assert "cut" in refused(tmp_path, {kind: text[:-4]}).message

    def test_descriptors_without_their_headings(self, tmp_path: Path) -> None:
        without = CONSUMER.split("\r\n", 1)[1]

        assert refused(tmp_path, {Kind.CPT_CONSUMER: without}).line == 1

    def test_two_files_of_one_kind(self, tmp_path: Path) -> None:
        files = directory(tmp_path / "a") + directory(tmp_path / "b")
        with pytest.raises(SourceError, match="expected one CPT"):
            list(read_cpt(files, Told()))

    @settings(deadline=None, max_examples=60)
    @given(data=st.data())
    def test_nothing_but_a_refusal_comes_of_a_damaged_file(
        self, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        kind = data.draw(st.sampled_from(list(FILES)))
        content = bytearray(FILES[kind][1].encode())
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(content) - 1))
            content[place : place + data.draw(st.integers(0, 60))] = data.draw(st.binary(max_size=12))
        for recognises in RECOGNISERS.values():
            recognises(bytes(content))
        try:
            edition, _ = read(tmp_path_factory.mktemp("damaged"), {kind: bytes(content)})
        except SourceError:
            return
        assert codes(edition)

    @settings(deadline=None, max_examples=60)
    @given(content=st.binary(max_size=300))
    def test_garbage_is_not_recognised(self, content: bytes) -> None:
        assert not any(recognises(content) for recognises in RECOGNISERS.values())
