"""What was asked of CasePilot and what it answered, as pages show it."""

from collections.abc import Iterator
from typing import NamedTuple

from codingahead.assistant.v1 import assistant_pb2 as pb
from markupsafe import Markup

from services.gateway.web import addresses
from services.gateway.web.addresses import BOOKS, BOOKS_OF_RULES
from services.gateway.web.markdown import with_code_pages
from services.gateway.words import ANSWER_VERDICT_WORDS

_ANSWER = ("", "Answer")
_KINDS = {
    pb.ANSWER_KIND_CLARIFICATION: ("clarification", "CasePilot asks back"),
    pb.ANSWER_KIND_REFUSAL: ("refusal", "Not answered"),
}


class Verdict(NamedTuple):
    """A verdict in words; `style` is its class."""

    style: str
    word: str


# Whether a yes is good news depends on the question: it has no colour of its own.
_VERDICTS = {
    pb.VERDICT_PASS: Verdict("good", "Pass"),
    pb.VERDICT_FAIL: Verdict("stop", "Fail"),
    pb.VERDICT_BYPASSED: Verdict("care", "Bypassed"),
    pb.VERDICT_NO_DATA: Verdict("unknown", "No data"),
    pb.VERDICT_YES: Verdict("ours", "Yes"),
    pb.VERDICT_NO: Verdict("ours", "No"),
}


class Source(NamedTuple):
    """What an answer follows from; `href` leads to it, empty where it has no page."""

    name: str
    href: str


class Shown(NamedTuple):
    """The answer to one question. `style` and `label` say what kind it is, `heading` is its question among several."""

    style: str
    label: str
    heading: str
    verdict: Verdict | None
    body: Markup
    sources: list[Source]


class Turn(NamedTuple):
    """A message with its answers. `text` is the whole answer in Markdown, `note` what was done to the message."""

    question: str
    answers: list[Shown]
    text: str
    note: str
    asks_back: bool


def turn_of(turn: pb.ConversationTurn, on: str = "", removed_identifiers: int = 0) -> Turn:
    """Return a turn as pages show it; `on` is the date of service that its links lead to."""
    several = len(turn.answers) > 1
    return Turn(
        turn.question,
        [_shown(answer, on, several=several) for answer in turn.answers],
        written(turn),
        _note(removed_identifiers),
        any(answer.opening.kind == pb.ANSWER_KIND_CLARIFICATION for answer in turn.answers),
    )


def written(turn: pb.ConversationTurn) -> str:
    """Return the whole answer of a turn in Markdown, as the assistant writes it."""
    several = len(turn.answers) > 1
    return "\n\n".join(
        "\n\n".join(_written(answer, number if several else 0)) for number, answer in enumerate(turn.answers, 1)
    )


def _written(answer: pb.Answer, number: int) -> Iterator[str]:
    if number:
        yield f"**{number}. {answer.opening.question}**"
    if word := ANSWER_VERDICT_WORDS.get(answer.opening.verdict):
        yield f"Verdict: {word}"
    yield answer.body
    if not answer.ending.sources:
        if answer.opening.kind == pb.ANSWER_KIND_ANSWER:
            yield "Sources: none"
    else:
        yield "\n".join(["Sources:", *(f"- {source.name}" for source in answer.ending.sources)])


def _shown(answer: pb.Answer, on: str, *, several: bool) -> Shown:
    style, label = _KINDS.get(answer.opening.kind, _ANSWER)
    pages = {
        named.code: addresses.code_page(BOOKS[named.system], named.code, on)
        for named in answer.ending.codes
        if named.system in BOOKS
    }
    return Shown(
        style,
        label,
        answer.opening.question if several else "",
        _VERDICTS.get(answer.opening.verdict),
        with_code_pages(answer.body, pages),
        [Source(source.name, _passage(source, on)) for source in answer.ending.sources],
    )


def _passage(source: pb.Source, on: str) -> str:
    has_page = source.passage and source.book in BOOKS_OF_RULES
    return addresses.passage(source.book, source.passage, on) if has_page else ""


def _note(removed: int) -> str:
    if not removed:
        return ""
    were = "1 patient identifier was" if removed == 1 else f"{removed} patient identifiers were"
    return f"{were} removed before anything was looked up or stored."
