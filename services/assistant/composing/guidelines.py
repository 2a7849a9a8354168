"""What the official guidelines and the NCCI policy manual say."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.answer import Answer, Source, refusal
from services.assistant.composing.parts import bullets, with_remark
from services.assistant.editions import Dated
from services.assistant.question import Question
from services.assistant.tools import Tools

Book: TypeAlias = lookup.FactSource.ValueType

GUIDELINES = lookup.FACT_SOURCE_ICD10CM_GUIDELINES
POLICY_MANUAL = lookup.FACT_SOURCE_NCCI_POLICY_MANUAL

_OF_POLICY_MANUAL = re.compile(r"\b(ncci|policy manual|ptp|mues?|cpt|hcpcs|column [12])\b", re.IGNORECASE)

_FOUND = 5
_QUOTED = 3
_LONGEST_QUERY = 300
# A section up to this length is quoted whole, a longer one and those after the first by what concerns the question.
_WHOLE = 1400
_PART = 420
_LONGEST_SECTION = 4000
_SENTENCE = re.compile(r"(?<=[.:;?!])\s+(?=[A-Z“\"(•])")
_WORD = re.compile(r"[a-z0-9.]{3,}")
# Words are compared by their beginnings: sequencing, sequenced.
_BEGINNING = 5


async def guideline(question: Question, tools: Tools) -> Answer:
    """Quote the section that a question names, or those that its words are about."""
    if question.section:
        return await _section(question, tools)
    books = _books(question)
    dated = {book: tools.on(book, question.dates) for book in books}
    loaded = [book for book in books if dated[book].edition]
    if not loaded:
        return refusal(f"No guideline is loaded for that date. {dated[books[0]].missing}")
    found: list[tuple[Book, lookup.Passage]] = []
    # Undated, the books answer by their newest editions and are ranked together, whatever dates these are for.
    for group in [[book] for book in loaded] if question.dates else [loaded]:
        day = dated[group[0]] if question.dates else None
        answer = await tools.passages(_query(question), group, day, question.care, _FOUND)
        found += [(hit.source, hit.passage) for hit in answer.hits]
    if not found:
        return refusal("No section of the loaded guidelines is about that.")
    return _quoted(found[:_FOUND], dated, question)


def passage_source(book: Book, section: str, dated: Dated) -> Source:
    """Return a section as it is cited."""
    assert dated.edition
    return Source(f"{dated.edition.name} {cited(book, section)}", book, section)


def cited(book: Book, section: str) -> str:
    """Return the path of a section as its book is cited: "Section I.C.9.a.2"; "Chapter IV, Section E.7"."""
    if book == GUIDELINES:
        return f"Section {section}"
    chapter, _, rest = section.partition(".")
    return f"Chapter {chapter}, Section {rest}" if rest else f"Chapter {chapter}"


def excerpt(text: str, words: str, longest: int) -> str:
    """Return a text, or of a longer one the sentences that share most with some words, in their order."""
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    sentences = _SENTENCE.split(text)
    asked = _beginnings(words)
    shared = [len(asked & _beginnings(sentence)) for sentence in sentences]
    chosen: set[int] = set()
    room = longest
    for place in sorted(range(len(sentences)), key=lambda place: (-shared[place], place)):
        if len(sentences[place]) <= room:
            chosen.add(place)
            room -= len(sentences[place])
    return _with_gaps(sentences, sorted(chosen)) or f"{text[:longest].rsplit(' ', 1)[0]} …"


async def _section(question: Question, tools: Tools) -> Answer:
    """Quote a section by its path, or say that there is none and name what is above it."""
    for book in _books(question):
        dated = tools.on(book, question.dates)
        if dated.edition is None:
            continue
        answer = await tools.passage(book, question.section, dated)
        if answer and answer.HasField("passage"):
            return _whole(book, answer, dated)
    dated = tools.on(_books(question)[0], question.dates)
    if dated.edition is None:
        return refusal(f"No guideline is loaded for that date. {dated.missing}")
    body = f"{dated.edition.name} has no {cited(_books(question)[0], question.section)}."
    return Answer(with_remark(body, dated), sources=(Source(dated.edition.name),))


def _whole(book: Book, answer: lookup.GetPassageResponse, dated: Dated) -> Answer:
    passage = answer.passage
    parts = [_heading(book, passage, dated)]
    if passage.text:
        parts.append(_quote(excerpt(passage.text, passage.title, _LONGEST_SECTION)))
    if answer.below:
        parts.append("Sections below it:")
        parts.append(bullets(f"{line.id} {line.title}" for line in answer.below))
    return Answer(with_remark("\n\n".join(parts), dated), sources=(passage_source(book, passage.id, dated),))


def _quoted(found: Sequence[tuple[Book, lookup.Passage]], dated: dict[Book, Dated], question: Question) -> Answer:
    parts = []
    for place, (book, passage) in enumerate(found[:_QUOTED]):
        parts.append(_heading(book, passage, dated[book]))
        text = passage.text or passage.title
        parts.append(_quote(excerpt(text, question.text, _PART if place else _WHOLE)))
    further = found[_QUOTED:]
    if further:
        parts.append("See also:")
        parts.append(bullets(f"{cited(book, passage.id)} {passage.title}".rstrip() for book, passage in further))
    sources = tuple(passage_source(book, passage.id, dated[book]) for book, passage in found)
    return Answer(with_remark("\n\n".join(parts), *(dated[book] for book, _ in found)), sources=sources)


def _heading(book: Book, passage: lookup.Passage, dated: Dated) -> str:
    assert dated.edition
    title = passage.title or next((above for above in reversed(passage.above) if above), "")
    return f"**{dated.edition.name} {cited(book, passage.id)}** {title}".rstrip()


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _books(question: Question) -> list[Book]:
    """Return the books that a question may be about, the likeliest first."""
    if _OF_POLICY_MANUAL.search(question.text):
        return [POLICY_MANUAL, GUIDELINES]
    return [GUIDELINES, POLICY_MANUAL]


def _query(question: Question) -> str:
    words = question.phrase or question.text
    missing = [code.text for code in question.codes if code.text.lower() not in words.lower()]
    return " ".join([words, *missing])[:_LONGEST_QUERY]


def _beginnings(text: str) -> set[str]:
    return {word[:_BEGINNING] for word in _WORD.findall(text.lower())}


def _with_gaps(sentences: Sequence[str], chosen: Sequence[int]) -> str:
    """Return chosen sentences in their order, with an ellipsis where some between them are left out."""
    pieces = []
    for before, place in zip([-1, *chosen], chosen, strict=False):
        pieces.append(sentences[place] if place == before + 1 else f"… {sentences[place]}")
    if chosen and chosen[-1] < len(sentences) - 1:
        pieces.append("…")
    return " ".join(pieces)
