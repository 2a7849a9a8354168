"""HCPCS Level II as published, counted against a direct scan of the files."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from services.lookup.codes.model import Edition, Entry, Level
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.hcpcs import read_hcpcs
from services.lookup.sources.hcpcs_table import is_hcpcs_table
from services.lookup.sources.tables import head_rows

DATA = Path(__file__).parents[3] / "shared" / "data" / "hcpcs"
OFFICIAL = DATA / "HCPC2020_ANWEB_w_disclaimer_official_layout.csv"
LONG = DATA / "hcpcs_2025-10_code_longdesc_incl_modifiers_derived.csv"
DATED = DATA / "northstar_hcpcs_level2_2024-07.csv"
SHORT = DATA / "pyoce_0.1.0_hcpcs_level2_shortdesc_2019q3-2026q2.csv"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file))


def read(path: Path) -> tuple[Edition, dict[str, Entry], FactEdition | None]:
    reading = read_hcpcs([SourceFile(Kind.HCPCS_TABLE, path)], Told())
    edition, modifiers = next(reading), next(reading, None)
    assert isinstance(edition, Edition)
    assert modifiers is None or isinstance(modifiers, FactEdition)
    codes = {entry.code: entry for entry in edition.entries if entry.level is Level.CODE}
    return edition, codes, modifiers


def test_every_record_of_the_official_file_is_a_code_or_a_modifier() -> None:
    edition, codes, modifiers = read(OFFICIAL)
    rows = rows_of(OFFICIAL)
    kinds = Counter(row["RECID"] for row in rows)

    assert (edition.label, edition.effective_from) == ("January 2020", date(2020, 1, 1))
    assert (len(rows), kinds["3"], kinds["7"]) == (7_080, 6_710, 369)
    assert modifiers
    assert (len(codes), modifiers.codes) == (kinds["3"], kinds["7"])
    assert modifiers.rows == len(rows)
    assert modifiers.left_out == {"code, in the code set": kinds["3"] + kinds["4"]}


def test_codes_of_the_official_file_are_as_printed() -> None:
    _, codes, _ = read(OFFICIAL)
    continued: dict[str, list[str]] = {}
    for row in rows_of(OFFICIAL):
        continued.setdefault(row["HCPC"].strip(), []).append(row["LONG DESCRIPTION"])

    assert {code: entry.title for code, entry in codes.items()} == {
        code: " ".join(" ".join(texts).split()) for code, texts in continued.items() if len(code) == 5
    }
    for row in rows_of(OFFICIAL):
        if row["RECID"] == "3":
            entry = codes[row["HCPC"]]
            ended = row["TERM DT"]
            assert (f"{entry.effective_to:%Y%m%d}" if entry.effective_to else "") == ended
            assert entry.billable == (ended == "" or ended >= "20200101")
            assert ("coverage", row["COV"]) in [(one.name, one.value) for one in entry.attributes]


def test_every_value_that_the_record_layout_explains_has_a_meaning() -> None:
    explained = {"coverage", "pricing indicator", "multiple pricing indicator", "type of service", "BETOS", "action"}
    unexplained = {
        (one.name, one.value)
        for path in (OFFICIAL, DATED)
        for entry in read(path)[1].values()
        for one in entry.attributes
        if one.name in {*explained, "lab certification", "ASC payment group"} and not one.meaning
    }

    assert unexplained == set()


def test_plain_lists_hold_what_they_list() -> None:
    edition, codes, modifiers = read(LONG)
    listed = [row["Code"].strip() for row in rows_of(LONG)]
    assert edition.label == "October 2025"
    assert sorted(codes) == sorted(code for code in listed if len(code) == 5)
    assert modifiers
    assert (modifiers.codes, modifiers.rows) == (sum(len(code) == 2 for code in listed), len(listed))

    edition, codes, modifiers = read(DATED)
    dated = rows_of(DATED)
    assert (edition.label, len(codes), modifiers) == ("July 2024", len(dated), None)
    assert sum(not entry.billable for entry in codes.values()) == sum(
        "" < row["date_term"] < "2024-07-01" or row["date_added"] > "2024-09-30" for row in dated
    )

    edition, codes, _ = read(SHORT)
    last = {row["code"]: row for row in rows_of(SHORT)}
    assert (edition.label, len(codes)) == ("April 2026", len(last))
    assert {code for code, entry in codes.items() if not entry.billable} == {
        code for code, row in last.items() if "" < row["valid_to"] < "20260401"
    }


def test_the_files_are_recognised_and_no_other_table_is() -> None:
    found = set()
    for path in sorted(DATA.parent.rglob("*.[ct][sx][vt]")):
        with path.open("rb") as stream:
            if is_hcpcs_table(head_rows(stream.read(1 << 16))):
                found.add(path)

    assert found == {OFFICIAL, LONG, DATED, SHORT}
