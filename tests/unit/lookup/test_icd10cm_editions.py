from datetime import date
from pathlib import Path

import pytest

from services.lookup.facts.edition import Told
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm import read_icd10cm

ORDER = f"00001 S52     1 {'Crack':60} Crack\n"


def tabular(year: str) -> str:
    return (
        f"<ICD10CM.tabular>\n<version>{year}</version>\n<chapter><name>1</name><desc>Things that ail</desc>"
        '<section id="S52"><desc>Cracks</desc><diag><name>S52</name><desc>Crack</desc></diag></section></chapter>'
        "</ICD10CM.tabular>\n"
    )


def labels(folder: Path, contents: dict[str, str], told: Told | None = None) -> list[tuple[str, str]]:
    """Return the label and the origin of each edition among the files."""
    files = []
    for name, content in contents.items():
        (folder / name).write_text(content)
        files.append(SourceFile(Kind.ICD10CM_TABULAR if name.endswith(".xml") else Kind.ICD10CM_ORDER, folder / name))
    files.append(SourceFile(Kind.GEM, folder / "2018_I9gem.txt"))
    return [(read.label, read.origin) for read in read_icd10cm(files, told or Told())]


def test_files_of_several_years_are_an_edition_each_the_oldest_first(tmp_path: Path) -> None:
    contents = {"order_2027.txt": ORDER, "order_2026.txt": ORDER, "a.xml": tabular("2026"), "b.xml": tabular("2025")}

    assert labels(tmp_path, contents) == [
        ("FY2025", "b.xml"),
        ("FY2026", "a.xml and order_2026.txt"),
        ("FY2027", "order_2027.txt"),
    ]


def test_the_update_of_april_is_an_edition_beside_that_of_october(tmp_path: Path) -> None:
    contents = {
        "order_2026.txt": ORDER,
        "tabular.xml": tabular("2026"),
        "order_2026_april.txt": ORDER,
        "tabular_April.xml": tabular("2026"),
    }

    assert labels(tmp_path, contents) == [
        ("FY2026", "tabular.xml and order_2026.txt"),
        ("FY2026 April", "tabular_April.xml and order_2026_april.txt"),
    ]


def test_a_list_of_april_with_the_only_order_file_of_the_year_is_one_edition(tmp_path: Path) -> None:
    contents = {"order_2026.txt": ORDER, "tabular_April.xml": tabular("2026")}

    assert labels(tmp_path, contents) == [("FY2026 April", "tabular_April.xml and order_2026.txt")]


def test_an_order_file_of_no_year_is_that_of_the_only_list(tmp_path: Path) -> None:
    assert labels(tmp_path, {"order.txt": ORDER, "a.xml": tabular("2026")}) == [("FY2026", "a.xml and order.txt")]


def test_a_file_of_no_year_beside_several_years_is_refused(tmp_path: Path) -> None:
    contents = {"order.txt": ORDER, "a.xml": tabular("2026"), "b.xml": tabular("2025")}

    with pytest.raises(SourceError, match=r"order\.txt: expected a fiscal year"):
        labels(tmp_path, contents)


def test_two_files_of_a_kind_and_an_edition_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="expected one ICD-10-CM order file for an edition, found 2"):
        labels(tmp_path, {"a_2026.txt": ORDER, "b_2026.txt": ORDER})


def test_what_is_told_is_told_of_one_edition(tmp_path: Path) -> None:
    told = Told(edition="draft", effective_from=date(2025, 10, 1))

    assert labels(tmp_path, {"order.txt": ORDER}, told) == [("draft", "order.txt")]
    with pytest.raises(SourceError, match="expected one edition beside --edition"):
        labels(tmp_path, {"order_2027.txt": ORDER, "order_2026.txt": ORDER}, told)


def test_no_files_are_no_editions(tmp_path: Path) -> None:
    assert labels(tmp_path, {}) == []
