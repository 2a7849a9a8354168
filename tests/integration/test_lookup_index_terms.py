"""Codes found by the lines of the alphabetic index that lead to them, over a real Elasticsearch."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from services.lookup.answers import MatchKind
from services.lookup.catalog.editions import EditionCatalog
from services.lookup.catalog.facts import FactCatalog
from services.lookup.catalog.stored import stored_edition
from services.lookup.facts.edition import Told
from services.lookup.search.request import SearchRequest
from services.lookup.sources.files import Kind, SourceFile
from services.lookup.sources.icd10cm_index_editions import read_alphabetic_editions
from services.lookup.store import Store
from tests.integration.lookup_edition import small_edition
from tests.integration.lookup_index import SECONDS, opened_store, reloaded, wiped

INDEX = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2026</version>
  <title>ICD-10-CM INDEX TO DISEASES and INJURIES</title>
  <letter>
    <title>X</title>
    <mainTerm>
      <title>Xanthic plague</title>
      <term level="1"><title>with quills<nemod>(blunt)</nemod></title><code>E11.9</code></term>
    </mainTerm>
    <mainTerm><title>Xylosis</title><see>Xanthic plague, with quills</see></mainTerm>
  </letter>
</ICD10CM.index>
"""
NEOPLASMS = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2026</version>
  <indexHeading><head col="1">Neoplasm</head><head col="2">Malignant Primary</head></indexHeading>
  <letter>
    <title>N</title>
    <mainTerm>
      <title>Neoplasm, neoplastic</title>
      <term level="1"><title>horn</title><cell col="2">C4A</cell></term>
    </mainTerm>
  </letter>
</ICD10CM.index>
"""


@pytest.fixture
async def store(elasticsearch_url: str) -> AsyncIterator[Store]:
    async with opened_store(elasticsearch_url) as store:
        await wiped(store)
        yield store


async def load_index(store: Store, folder: Path) -> None:
    (folder / "index.xml").write_text(INDEX, "utf-8")
    (folder / "neoplasms.xml").write_text(NEOPLASMS, "utf-8")
    files = [
        SourceFile(Kind.ICD10CM_INDEX, folder / "index.xml"),
        SourceFile(Kind.ICD10CM_NEOPLASMS, folder / "neoplasms.xml"),
    ]
    for edition in read_alphabetic_editions(files, Told(effective_from=date(2025, 10, 1))):
        await FactCatalog(store).load(edition)


async def found(store: Store, query: str) -> list[tuple[str, MatchKind, str]]:
    answer = await (await reloaded(store)).search(SearchRequest(query=query), SECONDS)
    return [(hit.entry.code, hit.match_kind, hit.matched_term) for hit in answer.hits]


async def test_a_code_is_found_by_the_index_that_was_loaded_before_it(store: Store, tmp_path: Path) -> None:
    await load_index(store, tmp_path)
    await EditionCatalog(store).load(small_edition())

    phrase = "Xanthic plague with quills (blunt)"
    assert await found(store, "xanthic plague with quills") == [("E11.9", MatchKind.INDEX_ENTRY, phrase)]
    assert await found(store, "plague blunt quills xanthic") == [("E11.9", MatchKind.INDEX_ENTRY, phrase)]


async def test_a_code_is_found_by_a_line_that_says_see_and_by_the_column_of_a_table(
    store: Store, tmp_path: Path
) -> None:
    await load_index(store, tmp_path)
    await EditionCatalog(store).load(small_edition())

    assert await found(store, "xylosis") == [("E11.9", MatchKind.INDEX_ENTRY, "Xylosis")]
    assert (await found(store, "horn cancer"))[0] == ("C4A", MatchKind.INDEX_ENTRY, "Cancer of horn (primary)")


async def test_a_release_is_read_back_as_it_was_loaded_and_finds_by_an_index_that_came_later(
    store: Store, tmp_path: Path
) -> None:
    release = (await EditionCatalog(store).load(small_edition())).load
    await load_index(store, tmp_path)

    edition = await stored_edition(store, release)
    assert edition == small_edition()
    assert (await EditionCatalog(store).load(edition)).changed
    assert [code for code, _, _ in await found(store, "xylosis")] == ["E11.9"]


async def test_an_edition_is_loaded_anew_when_an_index_has_come_and_not_again(store: Store, tmp_path: Path) -> None:
    assert (await EditionCatalog(store).load(small_edition())).changed
    assert await found(store, "xanthic plague quills") == []
    await load_index(store, tmp_path)

    assert (await EditionCatalog(store).load(small_edition())).changed
    assert not (await EditionCatalog(store).load(small_edition())).changed
    assert [code for code, _, _ in await found(store, "xanthic plague quills")] == ["E11.9"]
