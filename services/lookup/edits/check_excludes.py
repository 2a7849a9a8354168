"""Diagnoses of one claim that exclude each other."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations, permutations
from typing import NamedTuple

from services.lookup.codes.model import NoteKind
from services.lookup.codes.notation import compact
from services.lookup.edits.check import Finding, FindingKind, Verdict, listed
from services.lookup.edits.check_diagnosis import Diagnosis
from services.lookup.edits.claim import Claim
from services.lookup.guidelines.mentions import Mention, diagnoses_named

# "(E08-E13 with .44)": of the codes named, those whose characters after the dot begin so.
_ENDING = re.compile(r"\bwith \.([0-9A-Z]+)-?\)")
# "(B27.- with fifth character 2)", "(E08-E13 with .51-.52)": what else narrows the codes is not taken for all of them.
_NARROWED = re.compile(r"[A-Z]\d[0-9A-Z][\w.-]*?\s*\bwith\b", re.ASCII)


class _Excluded(NamedTuple):
    """The codes that a note names."""

    mentions: tuple[Mention, ...]
    ending: str

    def holds(self, code: str) -> bool:
        """Whether a compact code is one of them, or stands below one."""
        return code[3:].startswith(self.ending) and any(
            one.first <= code and code[: len(one.last)] <= one.last for one in self.mentions
        )


# The notes of a category stand above all its codes.
@lru_cache(maxsize=4096)
def _excluded(text: str) -> _Excluded:
    ending = _ENDING.search(text)
    if not ending and _NARROWED.search(text):
        return _Excluded((), "")
    return _Excluded(tuple(diagnoses_named(text)), ending[1] if ending else "")


def check_excludes(claim: Claim, diagnoses: Sequence[Diagnosis], source: str) -> Iterator[Finding]:
    """Check the Excludes1 notes of every two diagnoses and of what stands above them (Guidelines, section I.A.12.a).

    A note that names the code it governs says nothing: it tells apart what is below.
    """
    unprinted = [one.code for one in diagnoses if not one.printed]
    if unprinted and len(diagnoses) > 1:
        message = f"Excludes1 notes of {listed(unprinted)} are not known: {source} was loaded without its tabular list."
        codes = tuple(one.code for one in diagnoses)
        yield Finding(FindingKind.EXCLUDES1, Verdict.NO_DATA, message, claim.lines_for(*codes), codes, "")
    for pair in combinations(diagnoses, 2):
        found = next((note for one, other in permutations(pair) if (note := _note_between(one, other))), None)
        if found:
            printed, text = found
            codes = tuple(one.code for one in pair)
            message = (
                f"{codes[0]} and {codes[1]} are not reported together unless the conditions are unrelated: "
                f"Excludes1 at {printed}, \u201c{text}\u201d."
            )
            yield Finding(FindingKind.EXCLUDES1, Verdict.FAIL, message, claim.lines_for(*codes), codes, source)


def _note_between(one: Diagnosis, other: Diagnosis) -> tuple[str, str] | None:
    """Return the entry and the text of the note that governs one code and names the other."""
    governed, named = compact(one.code), compact(other.code)
    for record in one.upwards:
        for note in record.notes:
            if note.kind is NoteKind.EXCLUDES1:
                excluded = _excluded(note.text)
                if excluded.holds(named) and not excluded.holds(governed):
                    return record.line.code, note.text
    return None
