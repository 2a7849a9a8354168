"""NCCI edits against the published files: every count is the file's own, and edits are those of a direct scan."""

import csv
import gzip
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.lookup.edits.check import Verdict
from services.lookup.edits.check_ptp import pair_verdict
from services.lookup.edits.model import Setting
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.edits import ADD_ON, MUE, PTP1, PTP2, ptp_id
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.ncci_add_on import read_ncci_add_on
from services.lookup.sources.ncci_mue import read_ncci_mue
from services.lookup.sources.ncci_ptp import read_ncci_ptp
from tests.unit.lookup.claims import service

DATA = Path(__file__).parents[3] / "shared" / "data" / "ncci"
PAIRS = DATA / "pyoce_0.1.0_ncci_opps_ptp_v103_apr2026_active.csv.gz"
DAY = date(2026, 4, 1)
FIRST = date(2000, 1, 1)
SAMPLES = 2_000
ASKED = 30_000

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the official files are not in {DATA}")


def records(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def pairs() -> dict[tuple[str, str], str]:
    return {(row["column1"], row["column2"]): row["modifier_allowed"] for row in records(PAIRS)}


@pytest.fixture(scope="module")
def edition() -> FactEdition:
    (read,) = read_ncci_ptp([SourceFile(Kind.NCCI_PTP, PAIRS)], Told())
    return read


def test_every_pair_is_taken(edition: FactEdition, pairs: dict[tuple[str, str], str]) -> None:
    assert (edition.source, edition.label) == (Source.PTP_HOSPITAL, "2026Q2")
    assert (edition.rows, edition.left_out) == (len(pairs), {})
    assert edition.codes == len({code for pair in pairs for code in pair})


def test_edits_of_both_columns_are_those_of_a_direct_scan(
    edition: FactEdition, pairs: dict[tuple[str, str], str]
) -> None:
    choose = random.Random(0)
    columns = [sorted({pair[place] for pair in pairs}) for place in (0, 1)]
    asked = choose.sample(sorted(pairs), SAMPLES)
    asked += [(choose.choice(columns[0]), choose.choice(columns[1])) for _ in range(SAMPLES)]
    wanted = {(place, pair[place]) for pair in asked for place in (0, 1)}
    kinds = PTP1[Setting.HOSPITAL], PTP2[Setting.HOSPITAL]
    keys = {ptp_id(code, place + 1): (place, code) for place, code in wanted}
    found = {keys[id]: kinds[keys[id][0]].read(id, values) for id, values in edition.documents if id in keys}
    counts = [Counter(pair[place] for pair in pairs) for place in (0, 1)]

    for column1, column2 in asked:
        edit = found[0, column1].with_code(column2, DAY)
        assert edit == found[1, column2].with_code(column1, DAY)
        assert (edit.indicator.value if edit else None) == pairs.get((column1, column2))
    assert {key: edits.count(DAY) for key, edits in found.items()} == {key: counts[key[0]][key[1]] for key in wanted}


def test_the_verdict_of_pairs_is_that_of_a_direct_scan(edition: FactEdition, pairs: dict[tuple[str, str], str]) -> None:
    choose = random.Random(1)
    of_code = {id: PTP1[Setting.HOSPITAL].read(id, values) for id, values in edition.documents if len(id) == 5}
    codes = sorted({code for pair in pairs for code in pair})
    asked = choose.choices(sorted(pairs), k=ASKED // 2)
    asked += [(choose.choice(codes), choose.choice(codes)) for _ in range(ASKED // 2)]

    for first, second in asked:
        day = DAY + timedelta(days=choose.randrange(91))
        indicator = min(filter(None, (pairs.get((first, second)), pairs.get((second, first)))), default=None)
        modifier = choose.choice(("", "59", "76", "RT"))
        expected = Verdict.PASS
        if indicator and first != second:
            expected = Verdict.BYPASSED if indicator == "1" and modifier in ("59", "RT") else Verdict.FAIL
        lines = service(1, first, *filter(None, [modifier])), service(2, second)
        assert pair_verdict(*lines, of_code, day).verdict is expected, (first, second, day, modifier)


def test_the_windows_of_pairs_are_those_of_a_direct_scan(tmp_path: Path, pairs: dict[tuple[str, str], str]) -> None:
    """Pairs as published, with dates of deletion and return made up: both files here hold active pairs alone."""
    choose = random.Random(2)
    windows: dict[tuple[str, str], list[tuple[date, date | None, str]]] = {}
    for pair in choose.sample(sorted(pairs), 30_000):
        days = sorted(choose.sample(range(1, 9_000), choose.randint(1, 4)))
        bounds = [FIRST + timedelta(days=day) for day in days]
        windows[pair] = [
            (first, last - timedelta(days=1) if last else None, pairs[pair])
            for first, last in zip(bounds[::2], [*bounds[1::2], None], strict=False)
        ]
    path = tmp_path / "ccipra-v322r0-f1.txt"
    path.write_text(
        "A licence\n\nColumn 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\n"
        + "".join(
            f"{column1}\t{column2}\t\t{first:%Y%m%d}\t{last.strftime('%Y%m%d') if last else '*'}\t{indicator}\tA rule\n"
            for (column1, column2), of_pair in windows.items()
            for first, last, indicator in of_pair
        )
    )
    (read,) = read_ncci_ptp([SourceFile(Kind.NCCI_PTP, path)], Told())
    assert (read.label, read.rows) == ("2026Q3", sum(map(len, windows.values())))
    of_code = {id: PTP1[Setting.PRACTITIONER].read(id, values) for id, values in read.documents if len(id) == 5}

    for pair in choose.choices(sorted(windows), k=ASKED):
        day = FIRST + timedelta(days=choose.randrange(9_000))
        in_force = [one for one in windows[pair] if one[0] <= day and (one[1] is None or day <= one[1])]
        edit = of_code[pair[0]].with_code(pair[1], day)
        found = [(edit.effective_from, edit.effective_to, edit.indicator.value)] if edit else []
        # An edit of one day was never in force.
        assert found == [one for one in in_force if one[0] != one[1]], (pair, day)


@pytest.mark.parametrize(
    ("name", "setting"), [("prac", Setting.PRACTITIONER), ("out", Setting.HOSPITAL), ("dme", Setting.DME)]
)
def test_every_medically_unlikely_edit_is_taken(name: str, setting: Setting) -> None:
    path = DATA / f"northstar_2024q3_mue_{name}.csv"
    (read,) = read_ncci_mue([SourceFile(Kind.NCCI_MUE, path)], Told())

    found = [MUE[setting].read(id, values) for id, values in read.documents]

    assert read.source is MUE[setting].source
    assert {(one.code, str(one.value), one.adjudication_indicator.value, one.rationale) for one in found} == {
        (row["hcpcs_code"], row["mue_units"], row["mue_mai"], row["mue_rationale"]) for row in records(path)
    }
    assert (read.rows, read.left_out) == (len(found), {})


def test_every_add_on_code_has_its_primaries_on_each_date() -> None:
    path = DATA / "pyoce_0.1.0_addon_codes.csv"
    (read,) = read_ncci_add_on([SourceFile(Kind.NCCI_ADD_ON, path)], Told(edition="2026Q2"))
    histories = {id: ADD_ON.read(id, values) for id, values in read.documents}
    rows = list(records(path))

    assert (read.rows, read.left_out) == (len(rows), {})
    for day in (date(2020, 6, 30), date(2022, 12, 31), date(2023, 1, 1), DAY):
        written = f"{day:%Y%m%d}"
        expected: dict[str, tuple[int, set[str]]] = {}
        for row in rows:
            if row["valid_from"] <= written <= (row["valid_to"] or written):
                _, primaries = expected.setdefault(row["addon"], (int(row["type"]), set()))
                primaries.update({row["primary"]} - {""})
        rules = {code: rule for code, history in histories.items() if (rule := history.on(day)) and rule.type}
        assert {code: (rule.type, set(rule.primaries)) for code, rule in rules.items()} == expected


@pytest.mark.parametrize(
    ("name", "kind", "source"),
    [
        ("official_layout_ptp_ccipra-v322r0-f1_2026q3_head.txt", Kind.NCCI_PTP, Source.PTP_PRACTITIONER),
        ("official_layout_mue_practitioner_2026-07_head.csv", Kind.NCCI_MUE, Source.MUE_PRACTITIONER),
    ],
)
def test_the_official_layouts_are_read(name: str, kind: Kind, source: Source) -> None:
    readers = {Kind.NCCI_PTP: read_ncci_ptp, Kind.NCCI_MUE: read_ncci_mue}
    (read,) = readers[kind]([SourceFile(kind, DATA / name)], Told())

    assert (read.source, read.label, read.rows) == (source, "2026Q3", 3)
