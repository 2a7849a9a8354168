"""What an answer is, and how it is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import System


class Kind(IntEnum):
    """What kind of answer a question gets, numbered as in the contract."""

    ANSWER = 1
    CLARIFICATION = 2
    REFUSAL = 3


class Verdict(IntEnum):
    """What a binary question comes to, numbered as in the contract."""

    PASS = 1
    FAIL = 2
    BYPASSED = 3
    NO_DATA = 4
    YES = 5
    NO = 6

    @property
    def word(self) -> str:
        """The verdict as it is written."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer follows from, as it is cited; `book` and `passage` where it is a section of a book."""

    name: str
    book: lookup.FactSource.ValueType = lookup.FACT_SOURCE_UNSPECIFIED
    passage: str = ""


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code that exists at the date that was asked for, as printed."""

    system: System
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `body` is Markdown; the verdict and the sources are written around it.

    `codes` are those it is about, the one that "it" would mean first.
    """

    body: str
    verdict: Verdict | None = None
    sources: tuple[Source, ...] = ()
    codes: tuple[NamedCode, ...] = ()
    kind: Kind = Kind.ANSWER


def clarification(question_back: str) -> Answer:
    """Return an answer that asks one question back."""
    return Answer(question_back, kind=Kind.CLARIFICATION)


def refusal(why: str) -> Answer:
    """Return an answer that says why there is none."""
    return Answer(why, kind=Kind.REFUSAL)


def head(answer: Answer) -> str:
    """Return what is written before the body: the line of the verdict, if there is one."""
    return f"Verdict: {answer.verdict.word}\n\n" if answer.verdict else ""


def tail(answer: Answer) -> str:
    """Return what is written after the body: the sources; of an answer that has none, that it has none."""
    if not answer.sources:
        return "\n\nSources: none" if answer.kind is Kind.ANSWER else ""
    return "\n\nSources:\n" + "\n".join(f"- {source.name}" for source in answer.sources)


def once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return sources in their order, each once."""
    return tuple(dict.fromkeys(sources))
