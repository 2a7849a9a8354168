"""The checks that a filled load must pass before it may serve."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import orjson

from services.lookup.codes import notation
from services.lookup.codes.description import Collection
from services.lookup.codes.model import Edition, Entry, Level
from services.lookup.errors import LoadFailed
from services.lookup.facts.edition import FactEdition
from services.lookup.facts.registry import FactLoad
from services.lookup.index import queries
from services.lookup.index.book import LEXICON_ID, document_id, read_record
from services.lookup.index.descriptions import description_document, description_id
from services.lookup.index.documents import read_candidate
from services.lookup.index.queries import Cut, Filters
from services.lookup.releases import DescriptionLoad, Release
from services.lookup.search.analysis import stems
from services.lookup.search.lexicon import Lexicon
from services.lookup.search.query import Group, Variant
from services.lookup.store import Store

_CALL_SECONDS = 60.0
_SAMPLES = 12
# The outline and the lexicon.
_EXTRA_DOCUMENTS = 2

T = TypeVar("T")


class VerificationFailed(LoadFailed):
    """A filled load is not what its content says; the message says where."""


async def verify_edition(store: Store, edition: Edition, release: Release) -> None:
    """Compare the counts with the edition, then look up and search a sample of its codes."""
    await _expect_count(store, release.codes_index, release.codes, queries.TITLES)
    await _expect_count(store, release.book_index, len(edition.entries) + _EXTRA_DOCUMENTS)
    (source,) = await store.fetch(release.book_index, [LEXICON_ID], _CALL_SECONDS)
    lexicon = Lexicon.from_document(source)
    for entry in _sample([entry for entry in edition.entries if entry.level is Level.CODE]):
        await _expect_record(store, release, entry)
        await _expect_found_by_title(store, release, entry, lexicon)


async def verify_collection(store: Store, collection: Collection, load: DescriptionLoad) -> None:
    """Compare the count with the collection, then fetch a sample of its descriptions."""
    await _expect_count(store, load.index, load.codes)
    for one in _sample(collection.descriptions):
        (source,) = await store.fetch(load.index, [description_id(one.system, one.code)], _CALL_SECONDS)
        if source != description_document(one, load.edition):
            raise VerificationFailed(f"{load.index} does not hold {one.system} {one.code} as the collection does")


async def verify_facts(store: Store, edition: FactEdition, load: FactLoad) -> None:
    """Compare the count with the edition, then fetch a sample of its documents."""
    await _expect_count(store, load.index, load.documents)
    step = max(1, (load.documents - 1) // _SAMPLES)
    sample = [document for place, document in enumerate(edition.documents) if place % step == 0]
    sources = await store.fetch(load.index, [id for id, _ in sample], _CALL_SECONDS)
    for (id, values), source in zip(sample, sources, strict=True):
        # Compared as JSON: a tuple comes back as a list.
        if source is None or orjson.dumps(source["facts"]) != orjson.dumps(values):
            raise VerificationFailed(f"{load.index} does not hold {id} as the edition does")


def _sample(items: Sequence[T]) -> list[T]:
    """Return items spread over all, the first and the last among them."""
    step = max(1, (len(items) - 1) // _SAMPLES)
    return [*items[::step], *items[-1:]]


async def _expect_count(store: Store, index: str, expected: int, query: Mapping[str, Any] | None = None) -> None:
    found = await store.count(index, _CALL_SECONDS, query)
    if found != expected:
        raise VerificationFailed(f"{index} holds {found} documents, expected {expected}")


async def _expect_record(store: Store, release: Release, entry: Entry) -> None:
    (source,) = await store.fetch(release.book_index, [document_id(entry.code)], _CALL_SECONDS)
    if source is None or read_record(source).line.title != entry.title:
        raise VerificationFailed(f"{release.book_index} does not hold {entry.code} as the edition does")


async def _expect_found_by_title(store: Store, release: Release, entry: Entry, lexicon: Lexicon) -> None:
    """Expect the code among those that have every word of its title."""
    words = tuple(Group(lexicon.weight(stem), {stem: 1.0}) for stem in dict.fromkeys(stems(entry.title)))
    if not words:
        return
    body = queries.by_words([Variant(words)], 0.99, Filters(), Cut(0, 1, counted=False))
    body["query"]["bool"]["filter"].append({"term": {"code": notation.compact(entry.code)}})
    found = await store.search(release.codes_index, body, _CALL_SECONDS)
    if [read_candidate(source).line.code for source in found.sources] != [entry.code]:
        raise VerificationFailed(f"{release.codes_index} does not find {entry.code} by its title")
