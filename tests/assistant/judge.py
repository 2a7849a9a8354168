"""Whether an answer is what a question expects: judged by its text alone, as anybody reads it."""

import re
from collections.abc import Iterator, Sequence

from tests.assistant.book import Question

_VERDICT = re.compile(r"^Verdict: (\w+)$", re.MULTILINE)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_SOURCES = re.compile(r"^Sources:", re.MULTILINE)


def verdict_of(text: str) -> str:
    """Return the word of the first verdict of an answer; empty when it has none."""
    found = _VERDICT.search(text)
    return found[1] if found else ""


def sources_of(text: str) -> str:
    """Return the lists of sources of an answer."""
    return "\n".join(part for part in _SOURCES.split(text)[1:])


def faults(question: Question, text: str) -> Iterator[str]:
    """Yield what is wrong with an answer."""
    verdict = verdict_of(text)
    if question.verdict is not None and verdict != question.verdict:
        yield f"verdict {verdict or 'none'}, expected {question.verdict or 'none'}"
    if question.kind == "clarify" and (verdict or not text.rstrip().endswith("?")):
        yield "asks nothing back"
    if question.kind == "refuse" and (verdict or _SOURCES.search(text)):
        yield "does not decline"
    yield from (f"does not say {one}" for one in _absent(question.says, text))
    yield from (f"does not cite {one}" for one in _absent(question.cites, sources_of(text)))
    yield from (f"says {one}" for one in question.never if one.lower() in text.lower())


def _absent(expected: Sequence[str], text: str) -> Iterator[str]:
    """Yield what a text does not say; a number may be written with its thousands apart."""
    text = f"{text}\n{_THOUSANDS.sub('', text)}".lower()
    return (one for one in expected if not any(way.lower() in text for way in one.split("|")))
