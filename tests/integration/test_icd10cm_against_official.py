"""The expanded tabular list of the carried release against the official order file of the same fiscal year."""

import unicodedata
from pathlib import Path

import pytest

from services.lookup.codes.model import Edition, Entry, Level
from services.lookup.sources.icd10cm import carried_release, read_edition
from services.lookup.sources.recognition import recognise

DATA = Path(__file__).parents[3] / "shared" / "data" / "icd10cm"
ORDER_FILE = DATA / "icd10cm_order_2026.txt"
TABULAR_2017 = DATA / "icd10cm_tabular_2017.xml"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


@pytest.fixture(scope="module")
def from_list() -> Edition:
    return read_edition(recognise([carried_release()]).files)


@pytest.fixture(scope="module")
def from_order_file() -> Edition:
    return read_edition(recognise([ORDER_FILE]).files)


def codes(edition: Edition) -> dict[str, Entry]:
    return {entry.code: entry for entry in edition.entries if entry.level is Level.CODE}


def without_accents(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def test_the_expansion_gives_exactly_the_official_codes_in_their_order(
    from_list: Edition, from_order_file: Edition
) -> None:
    """The list is that of April 2026, the order file that of October 2025: their codes are the same."""
    expanded, official = codes(from_list), codes(from_order_file)

    assert sorted(expanded.keys() - official.keys()) == []
    assert sorted(official.keys() - expanded.keys()) == []
    assert list(expanded) == list(official)
    assert [code for code in official if expanded[code].billable != official[code].billable] == []
    assert sum(entry.billable for entry in official.values()) == 74_719


def test_codes_stand_below_the_same_codes(from_list: Edition, from_order_file: Edition) -> None:
    expanded, official = codes(from_list), codes(from_order_file)

    assert {code: entry.parent for code, entry in expanded.items() if "." in code} == {
        code: entry.parent for code, entry in official.items() if "." in code
    }


def test_titles_differ_by_accents_alone(from_list: Edition, from_order_file: Edition) -> None:
    """The order file is ASCII: Sjogren where the list prints Sjögren."""
    expanded, official = codes(from_list), codes(from_order_file)
    differing = [code for code in official if expanded[code].title != official[code].title]

    assert len(differing) == 151
    assert [code for code in differing if without_accents(expanded[code].title) != official[code].title] == []


def test_both_files_together_give_the_official_codes_in_the_chapters_of_the_list(
    from_list: Edition, from_order_file: Edition
) -> None:
    both = read_edition(recognise([carried_release(), ORDER_FILE]).files)

    assert [(entry.code, entry.parent) for entry in both.entries] == [
        (entry.code, entry.parent) for entry in from_list.entries
    ]
    assert {code: entry.title for code, entry in codes(both).items()} == {
        code: entry.title for code, entry in codes(from_order_file).items()
    }


def test_the_list_of_2017_expands_to_the_count_that_cms_published() -> None:
    """FY2017 had 71,486 codes; S06 then had no restriction on its seventh characters."""
    edition = read_edition(recognise([TABULAR_2017]).files)

    assert sum(entry.billable for entry in edition.entries) == 71_486
    assert "S06.1X7D" in codes(edition)
