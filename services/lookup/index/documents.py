"""The codes index: one document a code, found by the stems of its forms and carrying what a hit shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Edition, Entry, Level
from services.lookup.codes.notation import compact
from services.lookup.codes.record import EntryLine, Record
from services.lookup.index.book import line_values, read_line
from services.lookup.search.forms import Form, forms_of
from services.lookup.search.lexicon import Lexicon, LexiconBuilder


@dataclass(frozen=True, slots=True)
class StoredForm:
    """A form as a hit carries it: its kind, its text (empty for the title) and the stems of each variant."""

    kind: MatchKind
    text: str
    variants: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that a search fetched: the line it shows and the forms it may have been found by."""

    line: EntryLine
    forms: tuple[StoredForm, ...]


def lexicon_of(edition: Edition) -> Lexicon:
    """Gather the words of an edition."""
    builder = LexiconBuilder()
    for entry in edition.entries:
        if entry.level is Level.CODE:
            for form in forms_of(entry):
                for tokens in form.variants:
                    builder.add(compact(entry.code)[:3], tokens)
    return builder.build()


def code_document(entry: Entry, record: Record, lexicon: Lexicon) -> dict[str, Any]:
    """Return the document of a code; `record` is its place in the book."""
    forms = list(forms_of(entry))
    stems = {token.stem for form in forms for tokens in form.variants for token in tokens}
    return {
        "code": compact(entry.code),
        "stems": " ".join(sorted(stems)),
        "length": min((sum(map(lexicon.weight, _stems(tokens))) for tokens in forms[0].variants), default=0.0),
        "chapter": record.ancestors[0] if record.ancestors else "",
        "billable": entry.billable,
        "order": entry.order,
        "hit": [line_values(record.line), [_form_values(form) for form in forms]],
    }


def read_candidate(source: Mapping[str, Any]) -> Candidate:
    """Read what a document carries for a hit."""
    line, forms = source["hit"]
    return Candidate(
        read_line(line),
        tuple(
            StoredForm(MatchKind(kind), text, tuple(tuple(variant.split(" ")) for variant in variants.split("|")))
            for kind, variants, text in forms
        ),
    )


def _form_values(form: Form) -> list[str]:
    text = "" if form.kind is MatchKind.TITLE else form.text
    return [form.kind.value, "|".join(" ".join(_stems(tokens)) for tokens in form.variants), text]


def _stems(tokens: tuple[Any, ...]) -> list[str]:
    return list(dict.fromkeys(token.stem for token in tokens))
