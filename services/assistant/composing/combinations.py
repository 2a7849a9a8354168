"""Codes that are reported together: those that the notes of one ask for, and what the guidelines presume of two."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.candidates import Candidate, candidates, readings
from services.assistant.composing.contradictions import Told
from services.assistant.composing.note_codes import named_alone, names
from services.assistant.composing.notes import Printed, printed_notes
from services.assistant.composing.parts import code_line
from services.assistant.composing.wording import beginnings
from services.assistant.editions import Dated
from services.assistant.question import Code
from services.assistant.tools import Found, Tools

_CM = lookup.CODE_SYSTEM_ICD10CM
_KINDS = {
    lookup.NOTE_KIND_CODE_FIRST: "Code first",
    lookup.NOTE_KIND_USE_ADDITIONAL_CODE: "Use additional code",
    lookup.NOTE_KIND_CODE_ALSO: "Code also",
}
# Between the parts of what is told of one patient, and between those of which the first has a cause.
_PART = re.compile(
    r"\s*(?:[,;&+]|\b(?:and|plus|with|w|due to|secondary to|2/2|from|on(?! chronic)|in|at|has|also|too)\b/?)\s*",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\s*(?:[,;&+]|\b(?:and|plus|with|w)\b/?)\s*", re.IGNORECASE)
_MOST_PARTS = 6
_SEARCHED = 40
# The share of a part that a code must say, and of the telling words of its title that must be told.
_SOME = 0.3
_HALF = 0.5
_MOST_OF_IT = 0.7
_FEW = 2
_MOST_NAMED = 60
_OTHERS = 3

_HYPERTENSION = re.compile(r"\b(?:htn|hypertensi\w+|high blood pressure)\b", re.IGNORECASE)
_HEART_FAILURE = re.compile(r"\b(?:d?chf|hfref|hfpef|hfmref|(?:heart|cardiac) failure|hf)\b", re.IGNORECASE)
_KIDNEY_DISEASE = re.compile(
    r"\b(?:ckd|esrd|chronic (?:kidney|renal) (?:disease|failure|insufficiency))\b", re.IGNORECASE
)
_LAST_STAGE = re.compile(r"\besrd\b|\bend[- ]stage\b|\b(?:ckd|stage) ?(?:5|v)\b", re.IGNORECASE)
_UNRELATED = re.compile(
    r"\b(?:not|un)[- ]?(?:due to|related|caused)|\b(?:pulmonary|portal|ocular|intracranial) hypertens"
    r"|\bpregnan|\bgestation",
    re.IGNORECASE,
)


class Beside(NamedTuple):
    """A code to report beside another one, and the note that asks for it."""

    entry: lookup.Entry
    note: Printed
    first: bool

    @property
    def line(self) -> str:
        """The code with the note, as a line."""
        return f"{code_line(self.entry)}. By the note “{_KINDS[self.note.kind]}” at {self.note.where}."


def presumed(there: str) -> str:
    """Return what hypertension with heart failure or kidney disease is presumed to be (I.C.9.a); else nothing."""
    heart, kidney = _HEART_FAILURE.search(there), _KIDNEY_DISEASE.search(there)
    if not _HYPERTENSION.search(there) or not (heart or kidney) or _UNRELATED.search(there):
        return ""
    stage = "with stage 5 chronic kidney disease or end stage renal disease"
    if not _LAST_STAGE.search(there):
        stage = "with stage 1 through stage 4 chronic kidney disease or unspecified chronic kidney disease"
    if heart and kidney:
        return f"hypertensive heart and chronic kidney disease with heart failure and {stage}"
    return f"hypertensive chronic kidney disease {stage}" if kidney else "hypertensive heart disease with heart failure"


def heads(there: str) -> Iterator[str]:
    """Yield what is told first, with its cause and without."""
    head = _HEAD.split(there)[0].strip()
    yield head
    if (shorter := _PART.split(head)[0].strip()) != head:
        yield shorter


async def beside(best: lookup.Entry, there: str, tools: Tools, dated: Dated) -> list[Beside]:
    """Return the codes that the words name and the notes of a code ask for, in the order of the claim."""
    if best.system != _CM or not best.billable or dated.edition is None:
        return []
    notes = await _notes(best, tools, dated)
    if not notes:
        return []
    left = beginnings(there) - beginnings(best.title)
    before = [note for note in notes if note.kind == lookup.NOTE_KIND_CODE_FIRST]
    found = await _named(left, there, before, tools, dated)
    said = beginnings(" ".join(entry.title for entry in (best, *(one.entry for one in found))))
    parts = [part for part in _PART.split(there) if beginnings(part)][:_MOST_PARTS]
    searches = (tools.search(part, [_CM], dated, prefer_billable=True, page_size=_SEARCHED) for part in parts)
    # "CKD 3b CHF diastolic" names what two notes ask for.
    for part, answer in zip(parts, await asyncio.gather(*searches), strict=True):
        for one in candidates(answer, Told(part)):
            note = _naming(one.entry.code, notes)
            if note and _is_told(one, part, said) and one.entry.code != best.code:
                found.append(Beside(one.entry, note, note.kind == lookup.NOTE_KIND_CODE_FIRST))
                said |= beginnings(f"{one.entry.title} {one.hit.matched_term}")
    return [one for one in found if one.first] + [one for one in found if not one.first]


async def asking(
    best: lookup.Entry, others: Sequence[Candidate], there: str, tools: Tools, dated: Dated
) -> Beside | None:
    """Return of the other codes that were found the one before which a note puts the best, and which adds to it."""
    left = beginnings(there) - beginnings(best.title)
    for one in others[:_OTHERS]:
        entry = one.entry
        if entry.system != _CM or not entry.billable or one.against or not left & beginnings(entry.title):
            continue
        first = [note for note in await _notes(entry, tools, dated) if note.kind == lookup.NOTE_KIND_CODE_FIRST]
        if note := _naming(best.code, first):
            return Beside(entry, note, first=False)
    return None


async def _notes(entry: lookup.Entry, tools: Tools, dated: Dated) -> list[Printed]:
    found = Found(Code(entry.code, (entry.system,)), dated, entry, entry.system)
    return [note for note in await printed_notes(found, tools) if note.kind in _KINDS]


def _is_told(one: Candidate, part: str, said: set[str]) -> bool:
    """Whether a part tells a code that adds to what is said by others, and that hardly says what is not told."""
    adds = beginnings(f"{one.entry.title} {one.hit.matched_term}") & beginnings(" ".join(readings(one.found, part)))
    least = _SOME if one.share == 1 else _HALF if one.share >= _HALF else _MOST_OF_IT
    return bool(adds - said) and one.entry.billable and not one.against and one.exact >= least


def _naming(code: str, notes: Iterable[Printed]) -> Printed | None:
    return next((note for note in notes if names(note.text, code)), None)


async def _named(left: set[str], there: str, notes: Sequence[Printed], tools: Tools, dated: Dated) -> list[Beside]:
    """Return of the codes that notes name one by one the one that says most of what is left to say, if it says much."""
    codes = list(dict.fromkeys(code for note in notes for code in named_alone(note.text)))[:_MOST_NAMED]
    entries = [one for one in (await tools.entries(_CM, codes, dated)).values() if one.billable]
    said = beginnings(there)
    best = max(entries, key=lambda one: _shared(one, left, said), default=None)
    if best is None or _shared(best, left, said)[0] < _FEW:
        return []
    note = _naming(best.code, notes)
    return [Beside(best, note, first=True)] if note else []


def _shared(entry: lookup.Entry, left: set[str], said: set[str]) -> tuple[int, int]:
    words = beginnings(entry.title)
    return len(words & left), len(words & said)
