"""Names that a code takes over from a header above it: it is what the header means when nothing more is said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Entry, Level
from services.lookup.search.forms import Form

# "With unspecified complication" is one.
_UNSPECIFIED = re.compile(r"(?<!\bwith )\bunspecified\b|\bNOS\b", re.IGNORECASE)
_WITHOUT = re.compile(r"\bwithout\b|\buncomplicated\b", re.IGNORECASE)

_OWN = frozenset({MatchKind.TITLE, MatchKind.INCLUSION_TERM})

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

    It has the header's title, but for what may be left out, as its own title or as an inclusion term; else it is
    unspecified, or without what its siblings are with, or both. Of several the book gives it a 9, else a 0, at the end.
    """
    named = _names(forms[header.code][:1])
    for counted in (1, None):
        for child in children:
            if named & _names(forms[child.code][:counted]):
                return child
    unspecified = [child for child in children if _UNSPECIFIED.search(child.title)]
    without = [child for child in children if _WITHOUT.search(child.title)]
    both = [child for child in unspecified if child in without]
    likely = both or unspecified or without
    return min(likely, key=lambda child: "90".find(child.code[-1]) % 3, default=None)


def _names(forms: Sequence[Form]) -> set[frozenset[str]]:
    """Return the words of titles and inclusion terms that may not be left out."""
    return {frozenset(form.stems) - form.optional for form in forms if form.kind in _OWN}
