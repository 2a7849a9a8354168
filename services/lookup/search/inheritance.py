"""Names that a code takes over from a header above it: it is what the header means when nothing more is said."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Entry, Level
from services.lookup.codes.notation import compact
from services.lookup.search.analysis import analyse
from services.lookup.search.forms import Form, Lending

# "With unspecified complication" is one.
_UNSPECIFIED = re.compile(r"(?<!\bwith )\bunspecified\b|\bNOS\b", re.IGNORECASE)
_WITHOUT = re.compile(r"\bwithout\b|\buncomplicated\b", re.IGNORECASE)

# The last characters of codes that leave something open, the likelier first.
_ENDINGS = {"9": 0, "0": 1}
_OWN = frozenset({MatchKind.TITLE, MatchKind.INCLUSION_TERM})
_OTHER_NAMES = frozenset({MatchKind.INCLUSION_TERM, MatchKind.SYNONYM})
# The characters of a code without an encounter, and the words that a child may add.
_LONGEST = 6
_MOST_ADDED = 3

Forms = Mapping[str, Sequence[Form]]


def with_inherited(entries: Sequence[Entry], forms: Forms) -> dict[str, list[Form]]:
    """Return the forms of codes with those they take over from the header above.

    The billable code below a header that says nothing more takes over all. Where there is none, as below a header that
    is told apart by sex, none does. A child that adds a few words to the title of its header takes over the header's
    other names with these words: "left hip arthritis" is what "hip arthritis" is on the left.
    """
    by_code = {entry.code: entry for entry in entries if entry.level is Level.CODE}
    children: dict[str, list[Entry]] = {}
    for entry in by_code.values():
        children.setdefault(entry.parent, []).append(entry)
    lending = Lending(forms)
    for header in by_code.values():
        heir: Entry | None = header
        while heir and not heir.billable:
            heir = _default(heir, children.get(heir.code, ()), forms)
        if heir and heir is not header:
            for form in forms[header.code]:
                lending.lend(heir.code, replace(form, kind=MatchKind.INHERITED))
        for child in children.get(header.code, ()):
            words, text = _added(header, child, forms)
            if words:
                for form in forms[header.code]:
                    if form.kind in _OTHER_NAMES:
                        lending.lend(child.code, _with_more(form, words, text))
    return lending.forms


def _added(header: Entry, child: Entry, forms: Forms) -> tuple[tuple[str, ...], str]:
    """Return the stems that the title of a child has more than that of its header, and the words they are of.

    Empty for a child whose title does not hold that of its header or adds much, and for the seventh character, which
    adds an encounter.
    """
    if len(compact(child.code)) > _LONGEST or not (forms[header.code] and forms[child.code]):
        return (), ""
    above, below = forms[header.code][0], forms[child.code][0]
    added = [stem for stem in below.stems if stem not in above.stems and stem not in below.optional]
    if not set(above.stems) - above.optional <= set(below.stems) or not 0 < len(added) <= _MOST_ADDED:
        return (), ""
    return tuple(added), " ".join(token.word for token in analyse(child.title) if token.stem in added)


def _with_more(form: Form, words: tuple[str, ...], text: str) -> Form:
    stems = tuple(dict.fromkeys((*form.stems, *words)))
    return replace(form, kind=MatchKind.INHERITED, text=f"{form.text}, {text}", stems=stems)


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
    return min(likely, key=lambda child: _ENDINGS.get(child.code[-1], len(_ENDINGS)), default=None)


def _names(forms: Sequence[Form]) -> set[frozenset[str]]:
    """Return the words of titles and inclusion terms that may not be left out."""
    return {frozenset(form.stems) - form.optional for form in forms if form.kind in _OWN}
