"""The documents of books of coding rules.

Of each book there is a document for each passage (its id is the path), one with the table of contents, one for each
chapter of codes, and one for each three characters that codes begin with, with the passages that name such codes: a
code page needs two documents, and has the passages in them.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from string import digits
from typing import Any

from services.lookup.codes.model import System
from services.lookup.codes.notation import compact
from services.lookup.facts.edition import Document
from services.lookup.facts.kinds import FactKind, Want
from services.lookup.facts.source import Source
from services.lookup.guidelines.chapters import CATEGORY, ICD10CM_CHAPTERS, chapter_of
from services.lookup.guidelines.mentions import Mention, diagnoses_named, procedures_named
from services.lookup.guidelines.model import Book, Passage
from services.lookup.search.analysis import stems

CONTENTS_ID = "contents"

# A page shows how a passage begins; all of it has a page of its own.
_SHOWN_CHARACTERS = 600
_OPENING_WORDS = 8

_NAMED = {Source.GUIDELINES_ICD10CM: diagnoses_named, Source.NCCI_POLICY_MANUAL: procedures_named}

SOURCES = {
    System.ICD10CM: Source.GUIDELINES_ICD10CM,
    System.CPT: Source.NCCI_POLICY_MANUAL,
    System.HCPCS: Source.NCCI_POLICY_MANUAL,
}


@dataclass(frozen=True, slots=True)
class NamingPassage:
    """A passage, its text as far as a page shows it, and the codes that it names."""

    passage: Passage
    names: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """A line of a table of contents: a path, and its title or, where it has none, its first words."""

    id: str
    title: str


def _passage(source: Mapping[str, Any]) -> Passage:
    return Passage(**{**source, "above": tuple(source["above"]), "refers_to": tuple(source["refers_to"])})


def _read_passage(id: str, source: Mapping[str, Any]) -> Passage:
    return _passage({**source, "id": id})


def _read_passages(_: str, source: Mapping[str, Any]) -> tuple[Passage, ...]:
    return tuple(map(_passage, source["passages"]))


def _read_naming(_: str, source: Mapping[str, Any]) -> tuple[NamingPassage, ...]:
    return tuple(
        NamingPassage(_passage(one["passage"]), tuple(Mention(*ends) for ends in one["names"]))
        for one in source["passages"]
    )


def _read_contents(_: str, source: Mapping[str, Any]) -> tuple[ContentsLine, ...]:
    return tuple(ContentsLine(*line) for line in source["lines"])


@dataclass(frozen=True, slots=True)
class BookKinds:
    """The kinds of fact of one book."""

    passage: FactKind[Passage]
    contents: FactKind[tuple[ContentsLine, ...]]
    chapter: FactKind[tuple[Passage, ...]]
    naming: FactKind[tuple[NamingPassage, ...]]

    @classmethod
    def of(cls, source: Source) -> "BookKinds":
        """Return the kinds of the book of a source."""
        return cls(
            passage=FactKind(source, _read_passage),
            contents=FactKind(source, _read_contents),
            chapter=FactKind(source, _read_passages),
            naming=FactKind(source, _read_naming),
        )


KINDS = {source: BookKinds.of(source) for source in (Source.GUIDELINES_ICD10CM, Source.NCCI_POLICY_MANUAL)}


def naming_id(code: str) -> str:
    """Return the id of the document with the passages that name codes beginning as a code does."""
    return f"naming-{compact(code)[:CATEGORY]}"


def chapter_id(system: System, code: str) -> str:
    """Return the id of the document of a code's chapter; empty when the code alone does not tell it."""
    chapter = chapter_of(system, code)
    return f"chapter-{chapter}" if chapter else ""


def wants(system: System, code: str) -> list[Want]:
    """Return what the guidelines of a code page are made of; nothing for systems without a book of rules."""
    if system not in SOURCES:
        return []
    kinds = KINDS[SOURCES[system]]
    chapter = chapter_id(system, code)
    return [Want(kinds.naming, naming_id(code)), *([Want(kinds.chapter, chapter)] if chapter else [])]


def book_documents(
    source: Source, book: Book, chapter_codes: Mapping[str, tuple[str, str]] | None = None
) -> list[Document]:
    """Return the documents of a book; `chapter_codes` are the first and last procedure code of chapters, by path."""
    chapters = _diagnosis_chapters(book) if chapter_codes is None else _procedure_chapters(book, chapter_codes)
    return [
        *((passage.id, _without_id(passage)) for passage in book.passages),
        (CONTENTS_ID, {"lines": [[one.id, one.title or _opening(one.text)] for one in book.passages]}),
        *((f"chapter-{name}", {"passages": list(map(asdict, passages))}) for name, passages in chapters.items()),
        *((f"naming-{group}", {"passages": passages}) for group, passages in _naming(book, _NAMED[source]).items()),
    ]


def searched(source: Source, id: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return what of a document is searched: the words of a title, and all words of a section with its id.

    All words are those of its text, of its title and of the titles above it. A section without a text is not searched:
    those below it have its title.
    """
    if source not in KINDS or not values.get("text"):
        return {}
    words = stems(" ".join((*values["above"], values["title"], values["text"])))
    return {"heading": " ".join(stems(values["title"])), "body": " ".join((id.lower(), *words))}


def codes_named(source: Source, book: Book) -> int:
    """Return how many codes a book names one by one."""
    named = _NAMED[source]
    mentions = (mention for passage in book.passages for mention in named(f"{passage.title}\n{passage.text}"))
    return len({mention.first for mention in mentions if not mention.is_range})


def _without_id(passage: Passage) -> dict[str, Any]:
    return {key: value for key, value in asdict(passage).items() if key != "id"}


def _opening(text: str) -> str:
    words = text.split()
    return " ".join(words[:_OPENING_WORDS]) + (" …" if len(words) > _OPENING_WORDS else "")


def _diagnosis_chapters(book: Book) -> dict[str, list[Passage]]:
    """Return Section I.C.n and the sections directly below it for each chapter n, without their text."""
    return {
        f"icd10cm-{number}": _titles(book, f"I.C.{number}")
        for number in range(1, len(ICD10CM_CHAPTERS) + 1)
        if f"I.C.{number}" in book.by_id
    }


def _procedure_chapters(book: Book, codes: Mapping[str, tuple[str, str]]) -> dict[str, list[Passage]]:
    """Return each chapter and its lettered sections, without their text, under what its codes are called here."""
    found = {}
    for id, (first, last) in codes.items():
        if first[0].isalpha():
            names = ["hcpcs"]
        elif first[-1].isalpha():
            names = [f"cpt-{first[-1]}"]
        else:
            names = [f"cpt-{digit}" for digit in digits if first[0] <= digit <= last[0]]
        found.update(dict.fromkeys(names, _titles(book, id)))
    return found


def _titles(book: Book, id: str) -> list[Passage]:
    return [_shown(passage, 0) for passage in (book.by_id[id], *book.below(id))]


def _naming(book: Book, named: Callable[[str], Sequence[Mention]]) -> dict[str, list[dict[str, Any]]]:
    """Return the passages that name codes, by the first three characters of these, with the names that count there."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for passage in book.passages:
        shown = asdict(_shown(passage, _SHOWN_CHARACTERS))
        by_group: dict[str, list[Mention]] = defaultdict(list)
        for mention in named(f"{passage.title}\n{passage.text}"):
            for group in mention.groups():
                by_group[group].append(mention)
        for group, mentions in by_group.items():
            found[group].append({"passage": shown, "names": [[one.first, one.last] for one in mentions]})
    return dict(found)


def _shown(passage: Passage, characters: int) -> Passage:
    """Return a passage with the beginning of its text, cut between words."""
    text = passage.text
    if len(text) > characters:
        text = text[:characters].rpartition(" ")[0] + " …" if characters else ""
    return Passage(**{**asdict(passage), "text": text})
