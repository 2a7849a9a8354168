"""The codes index: one document for each form of a code, found by its stems and carrying what a hit shows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.lookup.answers import MatchKind
from services.lookup.codes.model import Edition, Level
from services.lookup.codes.notation import compact
from services.lookup.codes.record import Record
from services.lookup.index.book import document_id, line_values, read_line
from services.lookup.search.forms import Form, forms_of
from services.lookup.search.lexicon import Lexicon, LexiconBuilder
from services.lookup.search.ranking import KIND_ORDER, Candidate, cost

# The characters of a category of ICD-10-CM and of a table of ICD-10-PCS.
_CATEGORY = 3


def forms_by_code(edition: Edition) -> dict[str, list[Form]]:
    """Return the forms of each code of an edition."""
    return {entry.code: list(forms_of(entry)) for entry in edition.entries if entry.level is Level.CODE}


def lexicon_of(forms: Mapping[str, Sequence[Form]]) -> Lexicon:
    """Gather the words of the forms of codes."""
    builder = LexiconBuilder()
    for code, forms_of_code in forms.items():
        for form in forms_of_code:
            builder.add(compact(code)[:_CATEGORY], form.text)
    return builder.build()


def form_documents(record: Record, forms: Sequence[Form], lexicon: Lexicon) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the documents of a code with their ids; `record` is its place in the book, the first form is its title."""
    line, category = line_values(record.line), _category(record)
    for place, form in enumerate(forms):
        yield (
            f"{document_id(record.line.code)}-{place}",
            {
                "code": compact(record.line.code),
                "length": len(record.line.code),
                "first": not place,
                "stems": " ".join(form.stems),
                "cost": round(cost(form, lexicon), 3),
                "kind": KIND_ORDER[form.kind],
                "chapter": record.ancestors[0] if record.ancestors else "",
                "billable": record.line.billable,
                "order": record.order,
                "hit": [line, category, _form_values(form)],
            },
        )


def read_candidate(source: Mapping[str, Any]) -> Candidate:
    """Read what a document carries for a hit."""
    line, category, (kind, text, words, optional, vocabulary) = source["hit"]
    form = Form(MatchKind(kind), text, tuple(words.split(" ")), frozenset(optional.split()), vocabulary)
    return Candidate(read_line(line), category, form)


def _category(record: Record) -> str:
    """Return the code that the book groups a code under: its first three characters, or what stands right above.

    The codes of ICD-10-CM and ICD-10-PCS have a category or table of three characters; of other books it is a section.
    """
    path = (*record.ancestors, record.line.code)
    return next((code for code in path if len(code) == _CATEGORY), record.ancestors[-1] if record.ancestors else "")


def _form_values(form: Form) -> list[str]:
    return [form.kind.value, form.text, " ".join(form.stems), " ".join(sorted(form.optional)), form.source]
