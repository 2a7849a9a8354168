"""Codes that are reported together: those that the notes of one ask for, and what the guidelines presume of two."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.composing.candidates import Candidate, beginnings, candidates
from services.assistant.composing.note_codes import named_alone, names
from services.assistant.composing.notes import Printed, printed_notes
from services.assistant.composing.parts import code_line
from services.assistant.editions import Dated
from services.assistant.question import Code, Dates
from services.assistant.tools import Found, Tools

_CM = lookup.CODE_SYSTEM_ICD10CM
_KINDS = {
    lookup.NOTE_KIND_CODE_FIRST: "Code first",
    lookup.NOTE_KIND_USE_ADDITIONAL_CODE: "Use additional code",
    lookup.NOTE_KIND_CODE_ALSO: "Code also",
}
# The parts of what is told of one patient.
_PARTS = re.compile(
    r"\s*(?:[,;&+]|\b(?:and|plus|with|w|due to|secondary to|2/2|from|on|in|at|has|also|too|has a)\b/?)\s*",
    re.IGNORECASE,
)
_MOST_PARTS = 6
_SEARCHED = 40
_HALF = 0.5
# So many words of a question a code says that the code beside it does not, to be what the note means.
_FEW = 2
_MOST_NAMED = 60
_OTHERS = 3

_HYPERTENSION = re.compile(r"\b(?:htn|hypertensi\w+|high blood pressure|elevated bp)\b", re.IGNORECASE)
_HEART_FAILURE = re.compile(r"\b(?:d?chf|hfref|hfpef|hfmref|(?:heart|cardiac) failure|hf)\b", re.IGNORECASE)
_KIDNEY_DISEASE = re.compile(
    r"\b(?:ckd|esrd|chronic kidney disease|chronic renal (?:disease|failure|insufficiency))\b", re.IGNORECASE
)
_LAST_STAGE = re.compile(r"\besrd\b|\bend[- ]stage\b|\b(?:ckd|stage) ?(?:5|v)\b", re.IGNORECASE)
_UNRELATED = re.compile(
    r"\b(?:not|un)[- ]?(?:due to|related|caused)|\bpulmonary hypertension|\bin pregnan|\bgestation", re.IGNORECASE
)


class Beside(NamedTuple):
    """A code to report beside another one, and the note that asks for it."""

    entry: lookup.Entry
    note: Printed

    @property
    def first(self) -> bool:
        """Whether it goes before the code."""
        return self.note.kind == lookup.NOTE_KIND_CODE_FIRST

    @property
    def line(self) -> str:
        """The code with the note, as a line."""
        return f"{_KINDS[self.note.kind]}: {code_line(self.entry)} (note at {self.note.where})."


def presumed(there: str) -> str:
    """Return what the guidelines presume of hypertension with heart failure or kidney disease (I.C.9.a); else nothing."""
    heart, kidney = _HEART_FAILURE.search(there), _KIDNEY_DISEASE.search(there)
    if not _HYPERTENSION.search(there) or not (heart or kidney) or _UNRELATED.search(there):
        return ""
    stage = "with stage 5 chronic kidney disease or end stage renal disease"
    if not _LAST_STAGE.search(there):
        stage = "with stage 1 through stage 4 chronic kidney disease or unspecified chronic kidney disease"
    if heart and kidney:
        return f"hypertensive heart and chronic kidney disease with heart failure and {stage}"
    return f"hypertensive chronic kidney disease {stage}" if kidney else "hypertensive heart disease with heart failure"


def parts_of(there: str) -> list[str]:
    """Return the parts of what is told of one patient: "type 2 diabetes with CKD stage 4 on insulin"."""
    return [part for part in map(str.strip, _PARTS.split(there)) if beginnings(part)][:_MOST_PARTS]


async def beside(best: lookup.Entry, there: str, dates: Dates | None, tools: Tools, dated: Dated) -> list[Beside]:
    """Return the codes that the words name and the notes of a code ask for, each once, in the order of the words."""
    if best.system != _CM or not best.billable or dated.edition is None:
        return []
    notes = await _notes(best, tools, dated)
    if not notes:
        return []
    found = [one for part in parts_of(there) if (one := await _of_part(part, best, notes, tools, dated))]
    left = beginnings(there) - beginnings(best.title)
    found += [
        one
        for one in await _named(left, there, notes, tools, dated)
        if not any(_CM and one.first is two.first for two in found)
    ]
    return list({one.entry.code: one for one in found}.values())


async def _notes(entry: lookup.Entry, tools: Tools, dated: Dated) -> list[Printed]:
    found = Found(Code(entry.code, (entry.system,)), dated, entry, entry.system)
    return [note for note in await printed_notes(found, tools) if note.kind in _KINDS]


async def _of_part(
    part: str, best: lookup.Entry, notes: Sequence[Printed], tools: Tools, dated: Dated
) -> Beside | None:
    answer = await tools.search(part, [_CM], dated, prefer_billable=True, page_size=_SEARCHED)
    for one in candidates(answer, part, ()):
        entry = one.hit.entry
        if one.faults or one.share < _HALF or not entry.billable or entry.code == best.code:
            continue
        if note := _naming(entry.code, notes):
            return Beside(entry, note)
    return None


def _naming(code: str, notes: Iterable[Printed]) -> Printed | None:
    return next((note for note in notes if names(note.text, code)), None)


async def _named(left: set[str], there: str, notes: Sequence[Printed], tools: Tools, dated: Dated) -> list[Beside]:
    """Return of the codes that are to come first by their number the one that says most of what is left to say."""
    first = [note for note in notes if note.kind == lookup.NOTE_KIND_CODE_FIRST]
    codes = list(dict.fromkeys(code for note in first for code in named_alone(note.text)))[:_MOST_NAMED]
    entries = [one for one in (await tools.entries(_CM, codes, dated)).values() if one.billable]
    said = beginnings(there)
    best = max(
        entries, key=lambda one: (len(beginnings(one.title) & left), len(beginnings(one.title) & said)), default=None
    )
    note = _naming(best.code, first) if best and len(beginnings(best.title) & left) >= _FEW else None
    return [Beside(best, note)] if best and note else []


async def asks_for(
    best: lookup.Entry, others: Sequence[Candidate], there: str, tools: Tools, dated: Dated
) -> Beside | None:
    """Return of other codes that were found the one whose note puts the best before it, and says more of the words."""
    left = beginnings(there) - beginnings(best.title)
    for one in others[:_OTHERS]:
        entry = one.hit.entry
        if entry.system != _CM or not entry.billable or one.faults or not left & beginnings(entry.title):
            continue
        notes = [note for note in await _notes(entry, tools, dated) if note.kind == lookup.NOTE_KIND_CODE_FIRST]
        if note := _naming(best.code, notes):
            return Beside(entry, note)
    return None
