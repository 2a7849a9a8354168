"""ICD-10-PCS of FY2026 as CMS publishes it, against a direct scan of its order file."""

from collections import Counter
from pathlib import Path

import orjson
import pytest

from services.lookup.codes.model import Edition, Entry, Level
from services.lookup.facts.edition import Told
from services.lookup.index.book import record_document, records
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10pcs import is_icd10pcs_order, read_icd10pcs

DATA = Path(__file__).parents[3] / "shared" / "data" / "icd10pcs"
ORDER_FILE = DATA / "icd10pcs_order_2026.txt"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


@pytest.fixture(scope="module")
def edition() -> Edition:
    (read,) = read_icd10pcs([SourceFile(Kind.ICD10PCS_ORDER, ORDER_FILE)], Told())
    return read


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return ORDER_FILE.read_text("utf-8").splitlines()


def codes(edition: Edition) -> list[Entry]:
    return [entry for entry in edition.entries if entry.level is Level.CODE]


def test_its_lines_are_the_tables_and_codes_of_the_edition(edition: Edition, lines: list[str]) -> None:
    found = [(entry.code, entry.billable, entry.short_title, entry.title) for entry in codes(edition)]

    assert found == [
        (line[6:13].rstrip(), line[14] == "1", " ".join(line[16:76].split()), " ".join(line[77:].split()))
        for line in lines
    ]


def test_the_counts_are_those_that_the_addenda_states(edition: Edition) -> None:
    """order_addenda_2026.txt: 914 headers and 79115 codes in icd10pcs_order_2026.txt."""
    assert Counter(entry.billable for entry in codes(edition)) == {True: 79_115, False: 914}
    assert Counter(entry.level for entry in edition.entries if entry.level is not Level.CODE) == {
        Level.CHAPTER: 17,
        Level.SECTION: 115,
    }


def test_every_entry_stands_below_the_characters_it_begins_with(edition: Edition) -> None:
    parents = {7: 3, 3: 2, 2: 1, 1: 0}
    known = {entry.code for entry in edition.entries}

    assert len(known) == len(edition.entries)
    assert [entry.code for entry in edition.entries if entry.parent != entry.code[: parents[len(entry.code)]]] == []
    assert {entry.parent for entry in edition.entries} - known == {""}


def test_sections_and_body_systems_stand_in_the_titles_of_their_tables(edition: Edition) -> None:
    """A few tables leave the body system out, and those of Medical and Surgical the section."""
    titles = {entry.code: entry.title for entry in edition.entries if len(entry.code) < 3}
    tables = [entry for entry in codes(edition) if not entry.billable]
    without_section = {table.code[0] for table in tables if not table.title.startswith(f"{titles[table.code[0]]}, ")}
    without_body_system = {table.code[:2] for table in tables if f"{titles[table.code[:2]]}" not in table.title}

    assert without_section == {"0"}
    assert without_body_system == {"GZ", "HZ"}
    assert titles["B9"] == "Ear, Nose, Mouth and Throat"


def test_the_largest_table_is_one_document_of_moderate_size(edition: Edition) -> None:
    largest = max(records(edition), key=lambda record: len(record.children))

    assert (largest.line.code, len(largest.children)) == ("041", 1560)
    assert len(orjson.dumps(record_document(largest))) < 200_000


def test_it_is_recognised(lines: list[str]) -> None:
    with ORDER_FILE.open("rb") as stream:
        assert is_icd10pcs_order(stream.read(1 << 16))
