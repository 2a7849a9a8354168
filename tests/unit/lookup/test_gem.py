from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact, display
from services.lookup.crosswalks.model import GemMapping, GemSource, GemTarget
from services.lookup.facts.edition import FactEdition, Told
from services.lookup.facts.source import Source
from services.lookup.index.crosswalks import read_gem_mapping, read_gem_sources, sources_id
from services.lookup.sources.errors import SourceError
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.gem import is_gem, read_gem

FROM_ICD9CM = b"""\
0010  A000    00000
0019  A009    10000
0019  A010    10000
0020  NoDx    11000
8054  S0101XA 10112
8054  S0102XA 10112
8054  S02XXXA 10111
8054  S03XXXA 10121
8054  S0409XA 10122
E8120 V4001XA 10000
V1001 Z8501   00000
V1001 Z8501   10111
V1001 Z9801   10112
"""
TO_ICD9CM = b"""\
A000    0010  00000
S02XXXA 8054  10111
S02XXXA E8120 10112
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gem")


def written(folder: Path, content: bytes, name: str = "2018_I9gem.txt") -> SourceFile:
    path = folder / name
    path.write_bytes(content)
    return SourceFile(Kind.GEM, path)


def read(folder: Path, content: bytes) -> FactEdition:
    (edition,) = read_gem([written(folder, content)], Told())
    return edition


def mappings(edition: FactEdition, system: System) -> dict[str, GemMapping]:
    documents = [(id, values) for id, values in edition.documents if not id.endswith("-from")]
    return {display(system, id): read_gem_mapping(id, values) for id, values in documents}


def sources(edition: FactEdition, code: str) -> tuple[GemSource, ...]:
    return read_gem_sources(sources_id(code), dict(edition.documents)[sources_id(code)])


def targets(*codes: str, approximate: bool = True) -> tuple[GemTarget, ...]:
    return tuple(GemTarget(code, approximate) for code in codes)


def test_single_codes_are_alternatives_and_combinations_keep_their_scenarios_and_choice_lists(folder: Path) -> None:
    edition = read(folder, FROM_ICD9CM)

    assert mappings(edition, System.ICD9CM) == {
        "001.0": GemMapping(alternatives=targets("A00.0", approximate=False)),
        "001.9": GemMapping(alternatives=targets("A00.9", "A01.0")),
        "002.0": GemMapping(no_map=True),
        "805.4": GemMapping(
            scenarios=(
                (targets("S02.XXXA"), targets("S01.01XA", "S01.02XA")),
                (targets("S03.XXXA"), targets("S04.09XA")),
            )
        ),
        "E812.0": GemMapping(alternatives=targets("V40.01XA")),
        "V10.01": GemMapping(
            alternatives=targets("Z85.01", approximate=False), scenarios=((targets("Z85.01"), targets("Z98.01")),)
        ),
    }
    assert (edition.rows, edition.codes, dict(edition.left_out)) == (13, 6, {})


def test_a_code_knows_the_codes_that_lead_to_it_alone_and_as_a_part(folder: Path) -> None:
    edition = read(folder, FROM_ICD9CM)

    assert sources(edition, "A00.9") == (GemSource("001.9", approximate=True, combination=False),)
    assert sources(edition, "S01.02XA") == (GemSource("805.4", approximate=True, combination=True),)
    assert sources(edition, "Z85.01") == (
        GemSource("V10.01", approximate=False, combination=False),
        GemSource("V10.01", approximate=True, combination=True),
    )
    assert "NoDx" not in str(list(edition.documents))


def test_both_directions_are_editions_without_bounds_named_after_the_year(folder: Path) -> None:
    files = [written(folder, TO_ICD9CM, "2018_I10gem.txt"), written(folder, FROM_ICD9CM)]

    to_icd9cm, from_icd9cm = read_gem(files, Told())

    assert (to_icd9cm.source, from_icd9cm.source) == (Source.GEM_TO_ICD9CM, Source.GEM_FROM_ICD9CM)
    assert {(one.label, one.effective_from, one.effective_to) for one in (to_icd9cm, from_icd9cm)} == {
        ("2018", date.min, date.max)
    }
    assert mappings(to_icd9cm, System.ICD10CM)["S02.XXXA"].scenarios == ((targets("805.4"), targets("E812.0")),)
    assert sources(to_icd9cm, "E812.0") == (GemSource("S02.XXXA", approximate=True, combination=True),)


def test_what_an_operator_tells_wins(folder: Path) -> None:
    file = written(folder, TO_ICD9CM, "mapping.txt")
    told = Told(edition="2017", effective_from=date(2016, 10, 1), effective_to=date(2017, 9, 30))

    (edition,) = read_gem([file], told)

    assert (edition.label, edition.effective_from, edition.effective_to) == (
        "2017",
        date(2016, 10, 1),
        date(2017, 9, 30),
    )
    with pytest.raises(SourceError, match="--edition"):
        list(read_gem([file], Told()))


def test_two_files_of_one_direction_and_year_are_refused(folder: Path) -> None:
    files = [written(folder, TO_ICD9CM, "2018_I10gem.txt"), written(folder, TO_ICD9CM, "2018_copy.txt")]

    with pytest.raises(SourceError, match="expected one file of an edition"):
        list(read_gem(files, Told()))


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_a_mark_of_order_do_not_matter(folder: Path, start: bytes, end: bytes) -> None:
    content = start + FROM_ICD9CM.replace(b"\n", end)

    assert is_gem(content)
    assert read(folder, content).documents == read(folder, FROM_ICD9CM).documents


def test_a_code_in_lower_case_is_the_code(folder: Path) -> None:
    assert mappings(read(folder, b"T8853XD v5889 10000\n"), System.ICD10CM) == {
        "T88.53XD": GemMapping(alternatives=targets("V58.89"))
    }


@pytest.mark.parametrize(
    "line", [b"0016070 0234  10000", b"0001  6A750Z4 10111", b"0010,A000,00000", b"0010 A000 00000", b"\xff\x00", b""]
)
def test_mappings_of_procedures_and_other_files_are_not_taken_for_it(line: bytes) -> None:
    assert not is_gem(line + b"\n")


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        (b"0010  A000    00000\n0019 A009    00000\n", 2, "expected an ICD-9-CM code, an ICD-10-CM code or NoDx"),
        (b"0010  A000    00000\n0019  A0     00000\n", 2, "in their columns, found '0019  A0"),
        (b"0010  A000    00000\nB019  A009    00000\n", 2, "expected an ICD-9-CM code"),
        (b"0010  A000    00000\n0019  A009    0000\n", 2, "five flags"),
        (b"0010  A000    20000\n", 1, "expected flags 0 or 1, then scenario and choice list, found 20000"),
        (b"0010  A000    1000a\n", 1, "expected flags 0 or 1"),
        (b"0010  NoDx    00000\n", 1, "expected NoDx and flags 11000 together, found NoDx 00000"),
        (b"0010  A000    11000\n", 1, "expected NoDx and flags 11000 together, found A000 11000"),
        (b"0010  A000    01000\n", 1, "expected flags 0 or 1"),
        (b"0010  A000    10001\n", 1, "expected no scenario and no choice list without a combination, found 10001"),
        (b"0010  A000    10100\n", 1, "expected a scenario and a choice list of the combination, found 10100"),
        (b"0010  A000    10110\n", 1, "expected a scenario and a choice list of the combination"),
        (b"0010  NoDx    11000\n0010  A000    00000\n", 1, "expected NoDx or targets of 0010, found both"),
        (b"0010  A000    10111\n", 1, "expected 0010 to have scenarios from 1 on, and in each at least two"),
        (b"0010  A000    10111\n0010  A001    10113\n", 1, "without a gap"),
        (b"0010  A000    10121\n0010  A001    10122\n", 1, "without a gap"),
        (b"0010  A000    00000\n\n0010  A000    00000\n", 3, "was already given in line 1"),
        (b"0010  A000    00000\n0019  A009    00000", 2, "the file looks cut"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(folder: Path, lines: bytes, line: int, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(folder, lines)
    assert (caught.value.line, message in caught.value.message) == (line, True), caught.value.message


_NUMBERS = {System.ICD9CM: r"[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}", System.ICD10CM: r"[A-Z][0-9][0-9A-Z]{1,5}"}


def _target_lists(system: System) -> st.SearchStrategy[tuple[GemTarget, ...]]:
    """Lists of codes in the order of the file, by number."""
    code = st.from_regex(_NUMBERS[system], fullmatch=True).map(lambda number: display(system, number))
    lists = st.lists(st.builds(GemTarget, code, st.booleans()), min_size=1, max_size=3, unique_by=lambda one: one.code)
    return lists.map(lambda found: tuple(sorted(found, key=lambda one: compact(one.code))))


def _mappings(mapped: System, target: System) -> st.SearchStrategy[dict[str, GemMapping]]:
    code = st.from_regex(_NUMBERS[mapped], fullmatch=True).map(lambda number: display(mapped, number))
    scenario = st.lists(_target_lists(target), min_size=2, max_size=4).map(tuple)
    scenarios = st.lists(scenario, max_size=3).map(tuple)
    mapping = (
        st.just(GemMapping(no_map=True))
        | st.builds(GemMapping, alternatives=_target_lists(target), scenarios=scenarios)
        | st.builds(GemMapping, scenarios=st.lists(scenario, min_size=1, max_size=3).map(tuple))
    )
    return st.dictionaries(code, mapping, min_size=1, max_size=6)


def lines_of(code: str, mapping: GemMapping) -> Iterable[tuple[str, str]]:
    """Yield the targets and flags that say a mapping."""
    if mapping.no_map:
        yield "NoDx", "11000"
    for target in mapping.alternatives:
        yield compact(target.code), f"{target.approximate:d}0000"
    for scenario, choice_lists in enumerate(mapping.scenarios, 1):
        for choice_list, choices in enumerate(choice_lists, 1):
            for target in choices:
                yield compact(target.code), f"{target.approximate:d}01{scenario}{choice_list}"


def file_of(mappings: Mapping[str, GemMapping], mapped: System) -> bytes:
    width, target_width = (5, 7) if mapped is System.ICD9CM else (7, 5)
    lines = [
        f"{compact(code):{width}} {target:{target_width}} {flags}\n"
        for code, mapping in mappings.items()
        for target, flags in sorted(lines_of(code, mapping))
    ]
    return "".join(lines).encode()


@pytest.mark.parametrize(
    ("mapped", "target"), [(System.ICD9CM, System.ICD10CM), (System.ICD10CM, System.ICD9CM)], ids=str
)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_every_line_survives_the_way_through_the_documents(
    folder: Path, mapped: System, target: System, data: st.DataObject
) -> None:
    expected = data.draw(_mappings(mapped, target))
    content = file_of(expected, mapped)

    edition = read(folder, content)

    assert mappings(edition, mapped) == expected
    assert file_of(mappings(edition, mapped), mapped) == content
    assert edition.rows == content.count(b"\n")
    led = {
        (source.code, display(target, id.removesuffix("-from")), source.combination)
        for id, values in edition.documents
        if id.endswith("-from")
        for source in read_gem_sources(id, values)
    }
    assert led == {
        (code, display(target, number), flags[2] == "1")
        for code, mapping in expected.items()
        for number, flags in lines_of(code, mapping)
        if number != "NoDx"
    }


@settings(deadline=None)
@given(length=st.integers(0, len(FROM_ICD9CM) - 1))
def test_a_file_cut_in_a_line_is_refused_and_one_cut_after_a_line_gives_whole_mappings(
    folder: Path, length: int
) -> None:
    content = FROM_ICD9CM[:length]
    whole = mappings(read(folder, FROM_ICD9CM), System.ICD9CM)

    if not content.endswith(b"\n"):
        with pytest.raises(SourceError):
            read(folder, content)
        return
    with suppress(SourceError):
        assert mappings(read(folder, content), System.ICD9CM).keys() <= whole.keys()


@settings(deadline=None)
@given(
    garbage=st.binary(max_size=60) | st.text(alphabet="01 AEVNoDx\r\n", max_size=60).map(str.encode),
    start=st.integers(0, len(FROM_ICD9CM)),
)
def test_garbage_is_read_or_refused(folder: Path, garbage: bytes, start: int) -> None:
    with suppress(SourceError):
        assert read(folder, FROM_ICD9CM[:start] + garbage).rows > 0
