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
_WITH = re.compile(r"\bwith\b", re.IGNORECASE)
# Of its children "other" and "unspecified" the second says no more.
_OTHER_AND_UNSPECIFIED = re.compile(r"\bother and unspecified\b", re.IGNORECASE)

# The last characters of codes that leave something open, the likelier first.
_ENDINGS = {"9": 0, "0": 1}
_OWN = frozenset({MatchKind.TITLE, MatchKind.INCLUSION_TERM})
_LENT_ON = frozenset({MatchKind.INCLUSION_TERM, MatchKind.SYNONYM, MatchKind.INHERITED})
# The characters of a code without an encounter, and the words that a child may add.
_LONGEST = 6
_MOST_ADDED = 3

Forms = Mapping[str, Sequence[Form]]


def with_inherited(entries: Sequence[Entry], forms: Forms) -> dict[str, list[Form]]:
    """Return the forms of codes with those they take over from the headers above, which stand before them.

    The child that says no more than its header takes over all; a header hands them on, so that a billable code has
    them. Where no child says no more, as below a header that is told apart by sex, none does. A child that adds a few
    words to the title of its header takes over the header's other names with these words: "left hip arthritis" is what
    "hip arthritis" is on the left.
    """
    by_code = {entry.code: entry for entry in entries if entry.level is Level.CODE}
    children: dict[str, list[Entry]] = {}
    for entry in by_code.values():
        children.setdefault(entry.parent, []).append(entry)
    lending = Lending(forms)
    handed_on: dict[str, list[Form]] = {}
    for header in by_code.values():
        if header.billable:
            continue
        names = [*forms[header.code], *handed_on.get(header.code, ())]
        below = children.get(header.code, ())
        heir = _default(header, below, forms)
        if heir and heir.billable:
            for form in names:
                lending.lend(heir.code, replace(form, kind=MatchKind.INHERITED))
        elif heir:
            handed_on.setdefault(heir.code, []).extend(names)
        for child in below:
            words, text = _added(header, child, forms)
            if words:
                others = [_with_more(form, words, text) for form in names if form.kind in _LENT_ON]
                for form in others:
                    lending.lend(child.code, form)
                handed_on.setdefault(child.code, []).extend(others)
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
    for counted in () if _OTHER_AND_UNSPECIFIED.search(header.title) else (1, None):
        for child in children:
            if named & _names(forms[child.code][:counted]):
                return child
    unspecified = [child for child in children if _UNSPECIFIED.search(child.title)]
    without = [child for child in children if _WITHOUT.search(child.title) and not _adds_with(header, child)]
    both = [child for child in unspecified if child in without]
    likely = both or unspecified or without
    return min(likely, key=lambda child: _ENDINGS.get(child.code[-1], len(_ENDINGS)), default=None)


def _adds_with(header: Entry, child: Entry) -> bool:
    return len(_WITH.findall(child.title)) > len(_WITH.findall(header.title))


def _names(forms: Sequence[Form]) -> set[frozenset[str]]:
    """Return the words of titles and inclusion terms that may not be left out."""
    return {frozenset(form.stems) - form.optional for form in forms if form.kind in _OWN}
