"""The search built up step by step: what each part of it is good for."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from unittest.mock import patch

from services.lookup import serving
from services.lookup.alphabetic.model import AlphabeticIndex
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.catalog.facts import FactCatalog
from services.lookup.codes.model import Edition
from services.lookup.lookup import Lookup
from services.lookup.search.lexicon import Lexicon
from services.lookup.search.synonyms import Concept
from services.lookup.search.vocabulary import Vocabulary
from services.lookup.search.vocabulary.tables import Table, read_tables
from services.lookup.store import Store
from tests.integration.lookup_index import SECONDS, TODAY
from tests.search.book import as_facts
from tests.search.measure import Search


class _Uncompleted(Lexicon):
    """Knows no word by its beginning."""

    def completions(self, beginning: str, most: int) -> list[str]:
        return []


class _Literal(_Uncompleted):
    """Knows no misspelt word either."""

    def corrections(self, word: str, most: int, cut: bool = False) -> list[str]:
        return []


async def steps(
    store: Store, edition: Edition, concepts: Sequence[Concept], books: Sequence[AlphabeticIndex]
) -> AsyncIterator[tuple[str, Search]]:
    """Yield what each step adds, with the search that has it and all before; no index without `books`."""
    titles = tuple(replace(entry, inclusion_terms=(), notes=()) for entry in edition.entries)
    mesh = [concept for concept in concepts if concept.source.startswith("MeSH")]
    hpo = [concept for concept in concepts if concept.source.startswith("HPO")]
    own = [concept for concept in concepts if not concept.source.startswith(("MeSH", "HPO"))]
    for name, content, lent in (
        ("titles", replace(edition, entries=titles), []),
        ("inclusion terms, includes notes", edition, []),
        ("synonyms of the project", edition, own),
        ("MeSH", edition, [*own, *mesh]),
        ("HPO", edition, [*own, *mesh, *hpo]),
    ):
        await EditionCatalog(store, lent).load(content)
        yield name, await _search(store, Vocabulary(), _Literal)
    if books:
        for book in books:
            await FactCatalog(store).load(as_facts(book, edition))
        await EditionCatalog(store, concepts).load(edition)
        yield "alphabetic index", await _search(store, Vocabulary(), _Literal)

    tables = read_tables(None)
    equivalents, abbreviations = tables[Table.EQUIVALENTS], tables[Table.ABBREVIATIONS]
    yield "word equivalents", await _search(store, Vocabulary(equivalents=equivalents), _Literal)
    without_lay_terms = Vocabulary(abbreviations, equivalents=equivalents)
    yield "abbreviations", await _search(store, without_lay_terms, _Literal)
    without_parts = Vocabulary(abbreviations, tables[Table.LAY_TERMS], equivalents)
    yield "lay terms", await _search(store, without_parts, _Literal)
    whole = Vocabulary(abbreviations, tables[Table.LAY_TERMS], equivalents, tables[Table.WORD_PARTS])
    yield "parts of words", await _search(store, whole, _Literal)
    yield "correction of typos", await _search(store, whole, _Uncompleted)
    yield "completion of cut words", await _search(store, whole, Lexicon)


async def _search(store: Store, vocabulary: Vocabulary, lexicon: type[Lexicon]) -> Search:
    """Return the search of what is loaded, its words known as a lexicon knows them."""
    lookup = Lookup(store, vocabulary=vocabulary, today=lambda: TODAY)
    with patch.object(serving, "Lexicon", lexicon):
        await lookup.reload(SECONDS)
    return partial(lookup.search, timeout=SECONDS)
