"""Names that a code takes over from a header above it: it is what the header means when nothing more is said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Entry, Level
from services.lookup.search.forms import Form

_UNSPECIFIED = re.compile(r"\bunspecified\b|\bNOS\b", re.IGNORECASE)
_WITHOUT = re.compile(r"\bwithout\b|\buncomplicated\b", re.IGNORECASE)

Forms = Mapping[str, Sequence[Form]]


def with_inherited(entries: Sequence[Entry], forms: Forms) -> dict[str, list[Form]]:
    """Return the forms of codes, those of each header lent to the billable code below it that says nothing more.

    Where there is none, as below a header that is told apart by sex, nothing is lent.
    """
    by_code = {entry.code: entry for entry in entries if entry.level is Level.CODE}
    children: dict[str, list[Entry]] = {}
    for entry in by_code.values():
        children.setdefault(entry.parent, []).append(entry)
    extended = {code: list(own) for code, own in forms.items()}
    known = {code: {frozenset(form.stems) for form in own} for code, own in forms.items()}
    for header in by_code.values():
        heir: Entry | None = header
        while heir and not heir.billable:
            heir = _default(heir, children.get(heir.code, ()), forms)
        if heir is None or heir is header:
            continue
        for form in forms[header.code]:
            if frozenset(form.stems) not in known[heir.code]:
                known[heir.code].add(frozenset(form.stems))
                extended[heir.code].append(replace(form, kind=MatchKind.INHERITED))
    return extended


def _default(header: Entry, children: Sequence[Entry], forms: Forms) -> Entry | None:
    """Return the child that says no more than its header.

    It has the header's title but for what may be left out; else is the one that is unspecified, by the custom of the
    book with a 9 or a 0 at the end; else the only one that is without what its siblings are with.
    """
    for child in children:
        if _needed(forms[child.code]) == _needed(forms[header.code]):
            return child
    unspecified = [child for child in children if _UNSPECIFIED.search(child.title)]
    for ending in ("9", "0"):
        for child in unspecified:
            if child.code.endswith(ending):
                return child
    without = [child for child in children if _WITHOUT.search(child.title)]
    return without[0] if len(without) == 1 else None


def _needed(forms: Sequence[Form]) -> frozenset[str]:
    """Return the words of a title that may not be left out."""
    return frozenset(forms[0].stems) - forms[0].optional if forms else frozenset()
