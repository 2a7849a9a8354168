"""The phrases by which the loaded alphabetic index leads to the codes of an edition."""

from collections import defaultdict
from dataclasses import replace

from services.lookup.catalog.catalog import CALL_SECONDS, batches
from services.lookup.codes.model import Edition, Level
from services.lookup.facts.registry import FactLoad, FactRegistry
from services.lookup.index.alphabetic import PHRASES, phrases_id
from services.lookup.index.mappings import FACTS_ALIAS
from services.lookup.releases import today
from services.lookup.store import Store


async def with_index_terms(store: Store, edition: Edition) -> Edition:
    """Return an edition with what each book of the index that is in force when it begins, else the newest, says.

    Without any book it stays as it is.
    """
    metas = await store.metas(FACTS_ALIAS, CALL_SECONDS)
    registry = FactRegistry(map(FactLoad.from_meta, metas.values()))
    codes = [entry.code for entry in edition.entries if entry.level is Level.CODE]
    terms: dict[str, dict[str, None]] = defaultdict(dict)
    for kind in PHRASES.values():
        source = kind.source
        choice = registry.choose(source, edition.effective_from, today()) or registry.choose(source, None, today())
        if choice is None:
            continue
        for batch in batches(codes):
            places = [(choice.load.index, phrases_id(code)) for code in batch]
            for code, document in zip(batch, await store.fetch_each(places, CALL_SECONDS), strict=True):
                if document:
                    terms[code] |= dict.fromkeys(kind.read(phrases_id(code), document["facts"]))
    entries = (
        replace(entry, index_terms=tuple(terms[entry.code])) if entry.code in terms else entry
        for entry in edition.entries
    )
    return replace(edition, entries=tuple(entries))
