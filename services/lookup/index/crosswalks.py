"""The documents of crosswalks: one a code and source, fetched by id, the code in its compact form.

A general equivalence mapping also has a document a code that it leads to, which names the codes it comes from.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact
from services.lookup.crosswalks.model import CcsrCategory, GemMapping, GemSource, GemTarget, HccCategory
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import FactKind, Want
from services.lookup.facts.source import Source


def sources_id(code: str) -> str:
    """Return the id of the document of the codes that map to a code."""
    return f"{compact(code)}-from"


def gem_documents(mappings: Mapping[str, GemMapping]) -> list[Document]:
    """Return the documents of one direction of the mappings, by code, and of the way back."""
    sources: dict[str, set[GemSource]] = {}
    for code, mapping in mappings.items():
        for target in mapping.alternatives:
            sources.setdefault(target.code, set()).add(GemSource(code, target.approximate, combination=False))
        for target in (one for scenario in mapping.scenarios for choices in scenario for one in choices):
            sources.setdefault(target.code, set()).add(GemSource(code, target.approximate, combination=True))
    return [
        *((compact(code), _mapping_document(mapping)) for code, mapping in mappings.items()),
        *((sources_id(code), _sources_document(found)) for code, found in sorted(sources.items())),
    ]


def read_gem_mapping(_id: str, values: Mapping[str, Any]) -> GemMapping:
    """Read the document of what a code maps to."""
    return GemMapping(
        no_map=values["no_map"],
        alternatives=_targets(values["alternatives"]),
        scenarios=tuple(tuple(map(_targets, scenario)) for scenario in values["scenarios"]),
    )


def read_gem_sources(_id: str, values: Mapping[str, Any]) -> tuple[GemSource, ...]:
    """Read the document of the codes that map to a code, by number."""
    return tuple(GemSource(*source) for source in values["codes"])


def ccsr_document(category: CcsrCategory) -> dict[str, Any]:
    """Return the document of the default CCSR category of a code."""
    return {"category": category.category, "title": category.title}


def read_ccsr_category(_id: str, values: Mapping[str, Any]) -> CcsrCategory:
    """Read the document of the default CCSR category of a code."""
    return CcsrCategory(**values)


def hcc_document(categories: Iterable[HccCategory]) -> dict[str, Any]:
    """Return the document of the condition categories of a code."""
    return {"categories": [[one.model, one.category, one.title] for one in categories]}


def read_hcc_categories(_id: str, values: Mapping[str, Any]) -> tuple[HccCategory, ...]:
    """Read the document of the condition categories of a code, in the order to show them."""
    return tuple(HccCategory(*category) for category in values["categories"])


# What a code maps to, and the codes that map to it; each has its place in the edition of its direction.
TO_ICD9CM = FactKind(Source.GEM_TO_ICD9CM, read_gem_mapping)
FROM_ICD9CM = FactKind(Source.GEM_FROM_ICD9CM, read_gem_sources)
TO_ICD10CM = FactKind(Source.GEM_FROM_ICD9CM, read_gem_mapping)
FROM_ICD10CM = FactKind(Source.GEM_TO_ICD9CM, read_gem_sources)
CCSR = FactKind(Source.CCSR, read_ccsr_category)
HCC = FactKind(Source.HCC, read_hcc_categories)


def wants(system: System, code: str) -> list[Want]:
    """Return the facts that the crosswalks of a code are made of."""
    id, back = compact(code), sources_id(code)
    match system:
        case System.ICD10CM:
            return [Want(TO_ICD9CM, id), Want(FROM_ICD9CM, back), Want(CCSR, id), Want(HCC, id)]
        case System.ICD9CM:
            return [Want(TO_ICD10CM, id), Want(FROM_ICD10CM, back)]
        case _:
            return []


def _mapping_document(mapping: GemMapping) -> dict[str, Any]:
    return {
        "no_map": mapping.no_map,
        "alternatives": _pairs(mapping.alternatives),
        "scenarios": [[_pairs(choices) for choices in scenario] for scenario in mapping.scenarios],
    }


def _sources_document(sources: Iterable[GemSource]) -> dict[str, Any]:
    return {"codes": [[one.code, one.approximate, one.combination] for one in sorted(sources)]}


def _pairs(targets: Iterable[GemTarget]) -> list[tuple[str, bool]]:
    return [(target.code, target.approximate) for target in targets]


def _targets(pairs: Iterable[tuple[str, bool]]) -> tuple[GemTarget, ...]:
    return tuple(GemTarget(*pair) for pair in pairs)
