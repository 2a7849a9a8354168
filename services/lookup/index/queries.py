"""The queries sent to Elasticsearch, as data."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.lookup.codes.notation import CodeRange, compact
from services.lookup.search.query import Group, Variant
from services.lookup.search.ranking import UNMATCHED

# A CPT code and the letter it may end with.
_CPT = re.compile(r"[0-9]{4}(?:[0-9]|([A-Z]))")
# Above every character that a compact code has.
_AFTER_ALL = "\uffff"

# How much a word in the title of a passage counts against one anywhere in it. Measured: tests/official.
_TITLE = 1.2
# How much of what else matches a word (another field, another stem) is added to the best of it.
_ELSEWHERE = 0.5

# The first document of each code.
TITLES = {"term": {"first": True}}

# By how much a form falls behind whose further words cost as much as the query weighs: a little more than in
# `ranking`, whose score the decay follows.
_DECAY = 0.45

# Above it counts of codes are approximate.
COUNTED_EXACTLY = 40_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to: chapters (none means all), and billable or not (None means both)."""

    chapters: tuple[str, ...] = ()
    billable: bool | None = None

    def clauses(self) -> list[dict[str, Any]]:
        """Return the filter clauses."""
        clauses: list[dict[str, Any]] = []
        if self.chapters:
            clauses.append({"terms": {"chapter": list(self.chapters)}})
        if self.billable is not None:
            clauses.append({"term": {"billable": self.billable}})
        return clauses


@dataclass(frozen=True, slots=True)
class Cut:
    """Which stretch of the matches to fetch, and whether to count all of them, by facets too."""

    start: int
    size: int
    counted: bool


def by_words(variants: Sequence[Variant], least: float, filters: Filters, cut: Cut) -> dict[str, Any]:
    """Return the search for codes with a form that has at least the share `least` of the known weight of some variant.

    Each code comes once, with its best form. The order is about that of `ranking`; among equals the general codes come
    first, so that a small cut holds the likely ones.
    """
    matching = {"dis_max": {"queries": [_variant(variant, least) for variant in variants]}}
    return {
        "query": {"bool": {"must": [matching], "filter": filters.clauses()}},
        "collapse": {"field": "code"},
        "sort": [{"_score": "desc"}, {"kind": "asc"}, {"length": "asc"}, {"order": "asc"}],
        "track_scores": False,
        **_cut(cut),
    }


def by_prefix(prefix: str, filters: Filters, cut: Cut) -> dict[str, Any]:
    """Return the search for codes that begin so, in book order: the code itself is the first."""
    return _in_book_order([{"prefix": {"code": prefix}}, *filters.clauses()], cut)


def lowest_of(codes: Sequence[str]) -> dict[str, Any]:
    """Return the search for the last in the book of some codes, one above the other, that there are."""
    return {
        "query": {"bool": {"filter": [TITLES, {"terms": {"code": list(map(compact, codes))}}]}},
        "sort": [{"order": "desc"}],
        "size": 1,
    }


def by_order(first: int, last: int, filters: Filters, cut: Cut) -> dict[str, Any]:
    """Return the search for the codes at positions of the book, both ends included."""
    return _in_book_order([{"range": {"order": {"gte": first, "lte": last}}}, *filters.clauses()], cut)


def bounds(codes: CodeRange) -> dict[str, Any]:
    """Return the search for the positions of a range of codes, everything below its last code included.

    Positions and not codes bound a range, because the book does not print C4A in the order of its characters. CPT
    numbers its codes that end with a letter by themselves: a range of one kind holds no code of another.
    """
    clauses: list[dict[str, Any]] = [
        {"range": {"code": {"gte": compact(codes.first), "lt": compact(codes.last) + _AFTER_ALL}}}
    ]
    kinds = {match[1] for code in (codes.first, codes.last) if (match := _CPT.fullmatch(code))}
    if len(kinds) == 1:
        (letter,) = kinds
        clauses.append({"regexp": {"code": f"[0-9]{{4}}{letter or '[0-9]'}"}})
    return {
        "query": {"bool": {"filter": clauses}},
        "size": 0,
        "track_total_hits": False,
        "aggs": {"first": {"min": {"field": "order"}}, "last": {"max": {"field": "order"}}},
    }


def stretch(first: int, last: int, only_codes: bool, size: int) -> dict[str, Any]:
    """Return the search of the index of a book for the lines at positions of the book, both ends included."""
    clauses: list[dict[str, Any]] = [{"range": {"order": {"gte": first, "lte": last}}}]
    if only_codes:
        clauses.append({"exists": {"field": "code"}})
    return {
        "query": {"bool": {"filter": clauses}},
        "sort": [{"order": "asc"}],
        "size": size,
        "track_total_hits": False,
        "_source": ["line", "order"],
    }


def records_after(order: int, size: int) -> dict[str, Any]:
    """Return the search of the index of a book for the records behind a position, in the order of the book."""
    return {
        "query": {"range": {"order": {"gt": order}}},
        "sort": [{"order": "asc"}],
        "size": size,
        "track_total_hits": False,
    }


def passages(words: Iterable[Mapping[str, float]], size: int) -> dict[str, Any]:
    """Return the search for passages; each word is the stems that stand for it, with what each is worth."""
    return {
        "query": {"bool": {"should": [_word(stems) for stems in words]}},
        "size": size,
        "track_total_hits": False,
        "_source": ["facts"],
    }


def _word(stems: Mapping[str, float]) -> dict[str, Any]:
    """Return the clause of a word: its best stem counts, and a title counts more than the text below it."""
    return {
        "dis_max": {
            "tie_breaker": _ELSEWHERE,
            "queries": [
                {"term": {field: {"value": stem, "boost": round(worth * weight, 3)}}}
                for stem, worth in stems.items()
                for field, weight in (("heading", _TITLE), ("body", 1.0))
            ],
        }
    }


def _variant(variant: Variant, least: float) -> dict[str, Any]:
    known, whole = variant.known_weight, variant.weight
    words = {"bool": {"should": [_group(group, group.weight / known) for group in variant.groups if group.stems]}}
    # Scores are single precision: a share that is reached exactly must not fail by rounding.
    enough = {"function_score": {"query": words, "min_score": least - 1e-4}}
    cost = {"origin": 0, "offset": round(UNMATCHED * known, 3), "scale": round(whole, 3), "decay": _DECAY}
    return {
        "function_score": {
            "query": enough,
            "exp": {"cost": cost},
            "boost": round(variant.likelihood * known / whole, 5),
        }
    }


def _group(group: Group, share: float) -> dict[str, Any]:
    stems_by_factor: dict[float, list[str]] = {}
    for stem, factor in group.stems.items():
        stems_by_factor.setdefault(factor, []).append(stem)
    clauses = [
        {"constant_score": {"filter": {"terms": {"stems": stems}}, "boost": round(share * factor, 5)}}
        for factor, stems in stems_by_factor.items()
    ]
    return clauses[0] if len(clauses) == 1 else {"dis_max": {"queries": clauses}}


def _in_book_order(clauses: list[dict[str, Any]], cut: Cut) -> dict[str, Any]:
    return {
        "query": {"bool": {"filter": [TITLES, *clauses]}},
        "sort": [{"order": "asc"}],
        **_cut(cut),
    }


def _cut(cut: Cut) -> dict[str, Any]:
    window = {"from": cut.start, "size": cut.size, "track_total_hits": False}
    if not cut.counted:
        return window
    codes = {"codes": {"cardinality": {"field": "code", "precision_threshold": COUNTED_EXACTLY}}}
    facets = {
        "chapter": {"terms": {"field": "chapter", "size": 100}, "aggs": codes},
        "billable": {"terms": {"field": "billable"}, "aggs": codes},
    }
    return window | {"aggs": codes | facets}
