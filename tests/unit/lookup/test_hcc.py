import csv
import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.crosswalks.model import HccCategory
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.crosswalks import read_hcc_categories
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.hcc import is_hcc_labels, is_hcc_mapping, read_hcc
from services.lookup.sources.tables import head_rows, workbook_head

WIDE = [
    ["2026 Midyear Final ICD-10-CM Mappings", "", "", "", "", "", ""],
    [
        "Diagnosis\nCode",
        "Description",
        "CMS-HCC ESRD Model Category\nV24",
        "CMS-HCC\nModel Category\nV28",
        "RxHCC Model Category V08",
        "CMS-HCC Model Category V28 for 2026 Payment Year",
        "RxHCC Model Category V08 for 2026 Payment Year",
    ],
    ["E119", "Sweet", "19", "38", "31", "Yes", "Yes"],
    ["E1152", "Sweet and sore", "18", "37", "30", "Yes", "Yes"],
    ["E1152", "Sweet and sore", "106", "263", "", "Yes", ""],
    ["B377", "Gone", "", "6", "5", "No", "No"],
    ["R69", "Ill", "", "--", "", "--", ""],
    ["Note: Sweet is not sour.", "", "", "", "", "", ""],
]
LONG = """\
diagnosis_code,cc,model_name
E119,19,CMS-HCC ESRD Model V24
E119,38,CMS-HCC Model V28
E119,19,CMS-HCC Model V24
E119,31,RxHCC Model V08
E1152,263,CMS-HCC Model V28
E1152,37,CMS-HCC Model V28
"""
LABELS = """\
cc,label,model_domain,model_version,model_fullname
HCC37,"Sweet, chronic",CMS-HCC,V28,V28115L3
HCC38,Sweet,CMS-HCC,V28,V28115L3
HCC19,Sweet alone,ESRD,V24,V24H86L1
RXHCC31,Sweet drugs,RxHCC,R08,R08X84L1
HCC1,Other,CMS-HCC,V20,V20H87L1"""
NAMES = {Kind.HCC_MAPPING: "2026 Midyear Final ICD-10-CM Mappings.csv", Kind.HCC_LABELS: "labels_2026.csv"}


def text_of(table: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    return stream.getvalue()


def workbook_of(table: Sequence[Sequence[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in table:
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hcc")


def written(folder: Path, content: bytes, kind: Kind = Kind.HCC_MAPPING, name: str = "") -> SourceFile:
    path = folder / (name or NAMES[kind])
    path.write_bytes(content)
    return SourceFile(kind, path)


def read(folder: Path, mapping: str, labels: str = "", told: Told | None = None) -> FactEdition:
    files = [written(folder, mapping.encode())]
    if labels:
        files.append(written(folder, labels.encode(), Kind.HCC_LABELS))
    (edition,) = read_hcc(files, told or Told())
    return edition


def categories(edition: FactEdition) -> dict[str, tuple[HccCategory, ...]]:
    return {id: read_hcc_categories(id, values) for id, values in edition.documents}


def numbers(edition: FactEdition) -> dict[str, list[tuple[str, str]]]:
    return {code: [(one.model, one.category) for one in found] for code, found in categories(edition).items()}


def test_a_code_has_its_categories_in_every_model_the_newest_first_with_their_labels(folder: Path) -> None:
    edition = read(folder, LONG, LABELS)

    assert categories(edition) == {
        "E119": (
            HccCategory("CMS-HCC V28", "38", "Sweet"),
            HccCategory("CMS-HCC V24", "19", ""),
            HccCategory("CMS-HCC ESRD V24", "19", "Sweet alone"),
            HccCategory("RxHCC V08", "31", "Sweet drugs"),
        ),
        "E1152": (HccCategory("CMS-HCC V28", "37", "Sweet, chronic"), HccCategory("CMS-HCC V28", "263", "")),
    }
    assert (edition.rows, edition.codes, edition.left_out) == (11, 2, {"labels of models without a mapping": 1})


def test_the_table_of_cms_gives_the_categories_that_the_payment_year_uses(folder: Path) -> None:
    text = text_of(WIDE)

    edition = read(folder, text)

    assert is_hcc_mapping(head_rows(text.encode()))
    assert numbers(edition) == {
        "E119": [("CMS-HCC V28", "38"), ("CMS-HCC ESRD V24", "19"), ("RxHCC V08", "31")],
        "E1152": [
            ("CMS-HCC V28", "37"),
            ("CMS-HCC V28", "263"),
            ("CMS-HCC ESRD V24", "18"),
            ("CMS-HCC ESRD V24", "106"),
            ("RxHCC V08", "30"),
        ],
    }
    assert (edition.rows, edition.left_out) == (5, {"not used in the payment year": 1, "no category": 1})


def test_columns_may_stand_in_another_order(folder: Path) -> None:
    reordered = [row[::-1] for row in WIDE]

    assert categories(read(folder, text_of(reordered))) == categories(read(folder, text_of(WIDE)))


def test_text_and_workbook_of_one_table_in_an_archive_count_once(folder: Path) -> None:
    archive = folder / "2026-midyear-final-icd-10-cm-mappings.zip"
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("Mappings.xlsx", workbook_of(WIDE))
        members.writestr("Mappings.csv", text_of(WIDE))
    workbook, text = (SourceFile(Kind.HCC_MAPPING, archive, f"Mappings.{end}") for end in ("xlsx", "csv"))

    (edition,) = read_hcc([workbook, text], Told())
    (of_workbook,) = read_hcc([workbook], Told())

    assert edition.origin == text.name
    assert edition.documents == of_workbook.documents
    assert is_hcc_mapping(workbook_head(io.BytesIO(workbook_of(WIDE)), "Mappings.xlsx"))


def test_a_payment_year_pays_by_the_dates_of_service_of_the_year_before(folder: Path) -> None:
    edition = read(folder, LONG)

    assert edition.label == "PY2026"
    assert (edition.effective_from, edition.effective_to) == (date(2025, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize("told", ["2027", "PY2027"])
def test_what_an_operator_tells_wins(folder: Path, told: str) -> None:
    edition = read(folder, LONG, told=Told(edition=told, effective_to=date(2027, 1, 31)))

    assert (edition.label, edition.effective_from, edition.effective_to) == (
        "PY2027",
        date(2026, 1, 1),
        date(2027, 1, 31),
    )


def test_the_payment_year_must_be_said(folder: Path) -> None:
    file = written(folder, LONG.encode(), name="mapping.csv")

    with pytest.raises(SourceError, match="--edition"):
        list(read_hcc([file], Told()))
    with pytest.raises(SourceError, match="a payment year such as PY2026, not V28"):
        list(read_hcc([file], Told(edition="V28")))


def test_labels_need_the_mapping_of_their_year(folder: Path) -> None:
    labels = written(folder, LABELS.encode(), Kind.HCC_LABELS, "labels_2025.csv")

    with pytest.raises(SourceError, match="expected the mapping of payment year 2025"):
        list(read_hcc([written(folder, LONG.encode()), labels], Told()))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_a_mark_of_order_do_not_matter(folder: Path, start: str, end: str) -> None:
    mapping, labels = ((start + text).replace("\n", end) for text in (LONG, LABELS))

    assert is_hcc_mapping(head_rows(mapping.encode()))
    assert is_hcc_labels(head_rows(labels.encode()))
    assert read(folder, mapping, labels).documents == read(folder, LONG, LABELS).documents


def test_other_tables_are_not_taken_for_it() -> None:
    for text in ("diagnosis_code,cc\n", "Diagnosis Code,Description\n", "cc,label\n", "\xff", ""):
        rows = head_rows(text.encode())
        assert not is_hcc_mapping(rows)
        assert not is_hcc_labels(rows)


@pytest.mark.parametrize(
    ("mapping", "labels", "line", "message"),
    [
        (LONG.replace("E119,38", "1119,38"), "", 3, "expected an ICD-10-CM code, found '1119'"),
        (LONG.replace("E119,38", "E119,HCC38"), "", 3, "expected the number of a category, found 'HCC38'"),
        (LONG.replace("E119,38,CMS-HCC Model V28", "E119,38,V28"), "", 3, "expected a model such as CMS-HCC Model V28"),
        (LONG.replace("E119,38,CMS-HCC Model V28", "E119,38"), "", 3, "columns, found 2"),
        (LONG + "E119,38,CMS-HCC Model V28\n", "", 8, "E119 was already given in line 3"),
        (LONG[:-3], "", 7, "the file looks cut"),
        (LONG.replace("cc", "hcc"), "", None, "expected a row with the headings Diagnosis Code"),
        (text_of([*WIDE, WIDE[2]]), "", 13, "E119 was already given in line 7"),
        (text_of(WIDE).replace("38,31,Yes", "38,31,Maybe"), "", 7, "expected Yes or No for CMS-HCC V28"),
        (
            text_of(WIDE).replace("E119,Sweet,19,38,31,Yes,Yes", "E119,Sweet,19,38"),
            "",
            7,
            "expected at least 7 columns",
        ),
        (text_of(WIDE).replace("2026 Payment", "2025 Payment"), "", 6, "expected columns for the payment year 2026"),
        (text_of(WIDE[:2]), "", None, "expected categories that payment year 2026 uses, found none"),
        (LONG.splitlines()[0] + "\n", "", None, "expected rows below the headings, found none"),
        ("Diagnosis Code,CMS-HCC Model V28 for 2026 Payment Year\nE119,Yes\n", "", None, "those of models"),
        (text_of(WIDE[:2]) + "E119\n", "", 7, "expected at least 7 columns"),
        (LONG, LABELS.replace("HCC38", "38"), 3, "expected a category such as HCC37"),
        (LONG, LABELS.replace("HCC38", "HCC37"), 3, "category 37 of CMS-HCC V28 was already given"),
        (LONG, LABELS[:-1], 6, "expected a category such as HCC37"),
        (LONG, LABELS.replace("label", "title"), None, "expected a row with the headings cc, label"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    folder: Path, mapping: str, labels: str, line: int | None, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        read(folder, mapping, labels)
    assert (caught.value.line, message in caught.value.message) == (line, True), str(caught.value)


_rows = st.tuples(
    st.from_regex(r"[A-Z][0-9][0-9A-Z]{1,5}", fullmatch=True),
    st.integers(1, 999).map(str),
    st.sampled_from(("CMS-HCC V28", "CMS-HCC V24", "CMS-HCC ESRD V24", "RxHCC V08")),
)


@settings(deadline=None, max_examples=50)
@given(expected=st.sets(_rows, min_size=1))
def test_every_row_survives_the_way_through_the_documents(folder: Path, expected: set[tuple[str, str, str]]) -> None:
    lines = (f"{code},{category},{model.replace(' V', ' Model V')}\n" for code, category, model in expected)

    edition = read(folder, LONG.splitlines(keepends=True)[0] + "".join(lines))

    found = {(code, number, model) for code, of in numbers(edition).items() for model, number in of}
    assert found == expected
    assert edition.rows == len(expected)


@settings(deadline=None)
@given(
    garbage=st.binary(max_size=60),
    text=st.sampled_from((LONG, text_of(WIDE))),
    place=st.integers(0, 800),
    in_labels=st.booleans(),
)
def test_garbage_and_cut_files_are_read_or_refused(
    folder: Path, garbage: bytes, text: str, place: int, in_labels: bool
) -> None:
    kind, whole = (Kind.HCC_LABELS, LABELS.encode()) if in_labels else (Kind.HCC_MAPPING, text.encode())
    for content in (whole[:place] + garbage, whole[:place] + garbage + whole[place:]):
        files = [written(folder, text.encode()), written(folder, content, kind)]
        with suppress(SourceError):
            assert all(edition.rows >= 0 for edition in read_hcc(files[-1:] if not in_labels else files, Told()))
