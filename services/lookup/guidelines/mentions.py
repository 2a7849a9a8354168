"""Which codes a text names."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from string import ascii_uppercase, digits

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact, possible_ancestors
from services.lookup.guidelines.chapters import CATEGORY, ICD10CM_CHAPTERS

_ICD10CM = r"(?<![\w.])([A-TV-Z]\d[0-9A-Z]|U\d{2}|QA\d)(?:\.([0-9A-Z]{1,4}))?(?![\w])"
_ICD10CM_NAMED = re.compile(rf"{_ICD10CM}(?:\.?-(?!\w))?(?:\s?(?:[-–]|to|through)\s?{_ICD10CM})?", re.ASCII)
_PROCEDURE = r"(?<![\w.])(\d{5}|\d{4}[TUFMA]|[A-V]\d{4})(?![\w])"
# All beginnings of codes, in the order in which codes are numbered.
_GROUPS = sorted("".join(each) for each in product(digits + ascii_uppercase, digits, digits + "AB"))
_PROCEDURE_NAMED = re.compile(rf"{_PROCEDURE}(?:\s?(?:[-–]|to|through)\s?{_PROCEDURE})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mention:
    """A code that is named, compact, or a range of them with both ends; of one code both are the same."""

    first: str
    last: str

    @property
    def is_range(self) -> bool:
        """Whether it is more than one code."""
        return self.first != self.last

    def rank(self, system: System, code: str) -> int | None:
        """Return how near it comes to a code: 0 for the code itself, 1 and more for what is above, None for none.

        A range comes after every code by name.
        """
        whole = compact(code)
        if self.is_range:
            within = self.first <= whole and whole[: len(self.last)] <= self.last
            return _AFTER_NAMES if within else None
        above = [whole, *(compact(one) for one in possible_ancestors(system, code))]
        return above.index(self.first) if self.first in above else None

    def groups(self) -> Iterator[str]:
        """Yield the first three characters of the codes it may hold."""
        first, last = self.first[:CATEGORY], self.last[:CATEGORY]
        yield from {first, last, *_GROUPS[bisect_left(_GROUPS, first) : bisect_right(_GROUPS, last)]}


_AFTER_NAMES = 10
# The narrowest chapter by number is that of anesthesia.
_CHAPTER_WIDTH = 1_999


def diagnoses_named(text: str) -> list[Mention]:
    """Return the ICD-10-CM codes and ranges that a text names, each once, in order.

    Ranges that hold a whole chapter of the tabular list say nothing of a code and are left out.
    """
    found = []
    for match in _ICD10CM_NAMED.finditer(text):
        first = match[1] + (match[2] or "")
        last = match[3] + (match[4] or "") if match[3] else first
        if first <= last and not any(first <= begin and end <= last for begin, end in ICD10CM_CHAPTERS):
            found.append(Mention(first, last))
    return list(dict.fromkeys(found))


def procedures_named(text: str) -> list[Mention]:
    """Return the CPT and HCPCS codes and ranges that a text names, each once, in order.

    Ranges of chapters (00000-01999, 20000-29999) are left out.
    """
    found = []
    for match in _PROCEDURE_NAMED.finditer(text):
        first, last = match[1], match[2] or match[1]
        if len(first) == len(last) and first <= last and first[:1].isalpha() == last[:1].isalpha():
            found.append(Mention(first, last))
    return [one for one in dict.fromkeys(found) if not _is_chapter(one)]


def _is_chapter(mention: Mention) -> bool:
    first, last = (int(re.sub(r"\D", "", code)) for code in (mention.first, mention.last))
    return mention.first[0] != mention.last[0] or last - first >= _CHAPTER_WIDTH
