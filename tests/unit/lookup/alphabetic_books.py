"""Small books of the Alphabetic Index, made up."""

import io
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from services.lookup.alphabetic.model import AlphabeticIndex, Book
from services.lookup.facts.edition import Documents
from services.lookup.facts.kinds import Answers, Found, Want
from services.lookup.index.alphabetic import SOURCES, IndexDocuments
from services.lookup.sources.icd10cm_index import read_alphabetic_index

DISEASES = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2022</version>
  <title>ICD-10-CM INDEX TO DISEASES and INJURIES</title>
  <letter>
    <title>B</title>
    <mainTerm><title>Bellyache</title><see>Pain, belly</see></mainTerm>
    <mainTerm>
      <title>Boot<nemod>(s) (wet)</nemod>, booted</title>
      <code>Q11.1</code>
      <term level="1"><title>left</title><see>condition</see></term>
      <term level="1"><title>blue NEC</title><seeAlso>Neoplasm, boot, benign</seeAlso><code>Q11.2-</code></term>
    </mainTerm>
  </letter>
  <letter>
    <title>P</title>
    <mainTerm>
      <title>Pain<nemod>(acute)
          (chronic)</nemod></title>
      <code>R52</code>
      <term level="1">
        <title>belly, bellies</title>
        <code>R10.9</code>
        <term level="2"><title>with</title>
          <term level="3"><title>fever</title><code>A20.1</code><manif>I39</manif></term>
          <term level="3"><title>worms</title><subcat>B70.1-</subcat></term>
        </term>
      </term>
      <term level="1"><title>toe</title><see>Boot, blue</see></term>
      <term level="1"><title>drug</title><see>Table of Drugs and Chemicals</see></term>
      <term level="1"><title>in pregnancy</title><seeAlso>category O26</seeAlso></term>
    </mainTerm>
    <mainTerm><title>Pain, phantom</title><code>G54.6</code></mainTerm>
    <mainTerm><title>\u00d6dland pain</title><code>G54.7</code></mainTerm>
  </letter>
</ICD10CM.index>
"""
NEOPLASMS = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.index>
  <version>2022</version>
  <indexHeading>
    <head col="1">Neoplasm</head>
    <head col="2">Malignant Primary</head>
    <head col="3">Benign</head>
  </indexHeading>
  <letter>
    <title>N</title>
    <mainTerm>
      <title>Neoplasm, neoplastic</title>
      <cell col="2">C80.1</cell>
      <cell col="3">-</cell>
      <term level="1">
        <title>boot<nemod>(lower)</nemod></title>
        <cell col="2">C79.8-</cell>
        <cell col="3">D36.7</cell>
      </term>
      <term level="1"><title>sole</title><see>Neoplasm, boot</see></term>
    </mainTerm>
  </letter>
</ICD10CM.index>
"""
EXTERNAL_CAUSES = (
    DISEASES.replace("INDEX TO DISEASES and INJURIES", "External Cause of Injuries Index")
    .replace("Pain", "Kick")
    .replace("pain", "kick")
)
DRUGS = NEOPLASMS.replace(">Neoplasm<", ">Substance<").replace("Malignant Primary", "Adverse effect")


def read(text: str) -> AlphabeticIndex:
    return read_alphabetic_index(io.BytesIO(text.encode()), "book.xml").index


def fetching(books: Iterable[AlphabeticIndex]) -> Callable[[Iterable[Want]], Awaitable[Answers]]:
    """Answer from the documents of books; of others no edition is loaded."""
    held: dict[str, Documents] = {SOURCES[book.book]: IndexDocuments(book) for book in books}
    facts = {(source, id): values for source, documents in held.items() for id, values in documents}

    async def fetch(wants: Iterable[Want]) -> Answers:
        found: dict[Want, Found[Any]] = {}
        for want in wants:
            values = facts.get((want.kind.source, want.id))
            fact = None if values is None else want.kind.read(want.id, values)
            found[want] = Found(want.kind.source, None, (), fact)
        return Answers(found)

    return fetch


ALL = {
    Book.DISEASES: DISEASES,
    Book.EXTERNAL_CAUSES: EXTERNAL_CAUSES,
    Book.NEOPLASMS: NEOPLASMS,
    Book.DRUGS: DRUGS,
}
