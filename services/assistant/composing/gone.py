"""What became of a code that a release does not have: deleted, replaced, not yet begun, or never a code."""

from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Source
from services.assistant.tools import Found, Tools
from services.assistant.understanding.code_systems import is_dental
from services.runtime.errors import Refusal

_CM = lookup.CODE_SYSTEM_ICD10CM
_ENDS = {lookup.HISTORY_ACTION_ADDED: "added", lookup.HISTORY_ACTION_DELETED: "deleted"}
_ADDENDA = {
    lookup.CODE_SYSTEM_ICD10CM: lookup.FACT_SOURCE_ICD10CM_ADDENDA,
    lookup.CODE_SYSTEM_ICD10PCS: lookup.FACT_SOURCE_ICD10PCS_ADDENDA,
}
_LONGEST = 7
_CATEGORY = 3


class Said(NamedTuple):
    """What is said of a code that is not there; `entries` are the codes that take its place or stand near it."""

    text: str
    sources: tuple[Source, ...] = ()
    entries: tuple[lookup.Entry, ...] = ()


async def became_of(found: Found, tools: Tools) -> Said:
    """Say that a release does not have a code, and what became of it or which real code is near."""
    dated, code = found.dated, found.code.text
    assert dated.edition
    text = f"**{code}** is not in {dated.edition.name}, the release for {dated.iso}."
    replaced = await _replaced(found, tools)
    elsewhere = await _elsewhere(found, replaced, tools)
    known = [said for said in (replaced, elsewhere) if said]
    if not known and is_dental(code):
        known = [Said("It has the form of a dental code (CDT): these are licensed, and no release of them is loaded.")]
    if not known and (near := await _near(found, tools)):
        known = [near]
    paragraphs = [one.text for one in known]
    return Said(
        "\n\n".join([" ".join([text, *paragraphs[:1]]), *paragraphs[1:]]),
        tuple(source for one in known for source in one.sources),
        tuple(entry for one in known for entry in one.entries),
    )


async def _replaced(found: Found, tools: Tools) -> Said | None:
    """Say what the addenda and the conversion table have of a code that is gone."""
    try:
        await tools.code(found.system, found.code.text, found.dated)
    except Refusal as refusal:
        codes = refusal.metadata.get("replaced_by", "").split()
        entries = await tools.entries(found.system, codes, found.dated)
        _, _, happened = refusal.message.partition("; ")
        if happened:
            kept = [entries[code] for code in codes if code in entries]
            lines = "".join(f"\n- **{one.code}** {one.title}" for one in kept)
            ended, _, _ = happened.partition("now coded with")
            said = ended.strip(" ;")
            said = f"{said[:1].upper()}{said[1:]}." if said else ""
            instead = f"{said} In its place:\n{lines}".strip() if kept else said
            wanted = [_ADDENDA[found.system]] * bool(said) + [lookup.FACT_SOURCE_ICD10CM_CONVERSION] * bool(kept)
            named = (edition for one in wanted if (edition := tools.on(one, None).edition))
            return Said(instead, tuple(Source(edition.name) for edition in named), tuple(kept))
    return None


async def _elsewhere(found: Found, replaced: Said | None, tools: Tools) -> Said | None:
    """Say which other loaded release has a code, and when it was added or deleted, if that is not said yet."""
    for edition in found.dated.loaded:
        other = found.dated.of(edition)
        entry = (await tools.entries(found.system, [found.code.text], other)).get(found.code.text)
        if entry is None:
            continue
        page = await tools.page(found.system, entry.code, other, lookup.PAGE_SECTION_HISTORY)
        happened = next((one for one in page.history.events if one.action in _ENDS or one.replaced_by), None)
        ended = f" It was valid until {entry.effective_to}." if entry.effective_to else ""
        text = f"{edition} has it: **{entry.code}** {entry.title}.{ended}"
        if happened is None or (replaced and happened.effective_from in replaced.text):
            return Said(text, (Source(edition.name),))
        word = _ENDS.get(happened.action, "replaced")
        text += f" It was {word} on {happened.effective_from}."
        return Said(text, (Source(edition.name), Source(happened.source)))
    return None


async def _near(found: Found, tools: Tools) -> Said | None:
    """Name the code that was probably meant: with a placeholder X put in, else the longest beginning that is a code."""
    if found.system == lookup.CODE_SYSTEM_ICD10PCS:
        return await _completed(found, tools)
    if found.system != _CM:
        return None
    whole = found.code.text.replace(".", "").rstrip("-")
    padded = f"{whole[:-1]:X<{_LONGEST - 1}}{whole[-1]}"
    shorter = [whole[:length] for length in range(len(whole) - 1, _CATEGORY - 1, -1)]
    candidates = list(dict.fromkeys([padded, *shorter]))
    entries = await tools.entries(_CM, candidates, found.dated)
    named = next((one for one in candidates if one in entries), None)
    if named is None:
        return None
    entry = entries[named]
    valid = "valid for submission (billable)" if entry.billable else "a header, not valid for submission"
    text = f"The nearest code is **{entry.code}** {entry.title}, {valid}."
    if named == padded:
        text = f"It is not valid; with the placeholder X it is **{entry.code}** {entry.title}."
    elif set(whole[len(named) :]) != {"X"}:
        return Said(text, entries=(entry,))
    values, codes = await _seventh_characters(entry, found, tools)
    return Said(" ".join(filter(None, [text, values])), entries=(entry, *codes))


async def _seventh_characters(entry: lookup.Entry, found: Found, tools: Tools) -> tuple[str, list[lookup.Entry]]:
    """Return the seventh characters of a code with their meaning, those that there are full codes with, and these."""
    printed = await tools.in_print(Found(found.code, found.dated, entry, _CM))
    page = await tools.page(_CM, entry.code, printed.dated, lookup.PAGE_SECTION_NOTES)
    stem = entry.code.replace(".", "")[: _LONGEST - 1]
    full = {one.character: f"{stem:X<{_LONGEST - 1}}{one.character}" for one in page.notes.seventh_characters}
    entries = await tools.entries(_CM, list(full.values()), found.dated)
    lines = [
        f"{one.character}, {one.meaning} ({entries[full[one.character]].code})"
        for one in page.notes.seventh_characters
        if full[one.character] in entries
    ]
    return f"Seventh (7th) characters: {'; '.join(lines)}." if lines else "", list(entries.values())


async def _completed(found: Found, tools: Tools) -> Said | None:
    """Name the codes of ICD-10-PCS that begin as one that is cut short."""
    if len(found.code.text) >= _LONGEST:
        return None
    answer = await tools.search(found.code.text, [found.system], found.dated)
    entries = [hit.entry for hit in answer.hits if hit.entry.code.startswith(found.code.text)]
    if not entries:
        return None
    codes = "; ".join(f"**{one.code}** {one.title}" for one in entries)
    return Said(f"A code of ICD-10-PCS has seven characters; these begin so: {codes}.", entries=tuple(entries))
