"""The check at the end: an answer names no code and no section that lookup did not return."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf.message import Message

from services.assistant.answer import Answer, Kind, Source, refusal
from services.assistant.mentions import codes_in, compact, known, sections_in
from services.assistant.question import Question
from services.assistant.tools import Tools

_NOT_VERIFIED = "The answer could not be verified against the loaded releases, so none is given."
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(*])")
# What a line begins with that is no sentence: a list, a quotation, a row of a table.
_ONE_PIECE = re.compile(r"\s*(?:[-*]\s|[>|#]|\d+\.\s)")
_DENIAL = re.compile(
    r"\b(?:no|not|none|never|neither|unknown|without|cannot|invalid|deleted|ended|replaced)\b|n['’]t\b", re.IGNORECASE
)


def invented(text: str, known: Collection[str]) -> list[str]:
    """Return the codes and sections of a text, as written and each once, that are not among known ones.

    Known are what `mentions.known` or `mentions.mentioned` return.
    """
    codes = [written for written, code in codes_in(text) if not _is_known(code, known)]
    sections = [written for written, path in sections_in(text) if path not in known]
    return list(dict.fromkeys(codes + sections))


def named_by(question: Question) -> set[str]:
    """Return the codes and the section that a question names, which an answer may echo."""
    codes = {code for _, code in codes_in(f"{question.text} {question.phrase}")}
    codes |= {compact(code.text) for code in question.codes}
    codes |= {code.partition("-")[0] for code in codes}
    return codes | ({question.section} if question.section else set())


def checked(question: Question, answer: Answer, tools: Tools) -> Answer:
    """Return an answer without what lookup did not say; a refusal where the answer itself depends on that.

    A code or section of the question may be echoed. A code that lookup was asked for and does not have must be said to
    be unknown.
    """
    returned = known(tools.answered)
    sources = tuple(source for source in answer.sources if _is_returned(source, returned))
    codes = tuple(code for code in answer.codes if _is_known(compact(code.code), returned))
    false = invented(answer.body, returned | named_by(question))
    if answer.kind is not Kind.ANSWER:
        return refusal(_NOT_VERIFIED) if false else replace(answer, sources=sources, codes=codes)
    if answer.sources and not sources:
        return refusal(_NOT_VERIFIED)
    if _affirms(answer.body, _denied(tools.answered) - returned):
        return refusal(_NOT_VERIFIED)
    body = answer.body
    if false:
        if _mentions(_first_sentence(body), false) or (answer.verdict and _mentions(_first_paragraph(body), false)):
            return refusal(_NOT_VERIFIED)
        body = _without(body, false)
    return replace(answer, body=body, sources=sources, codes=codes)


def _is_known(code: str, known: Collection[str]) -> bool:
    return code in known or (code[5:6] == "-" and code[:5] in known)


def _is_returned(source: Source, returned: Collection[str]) -> bool:
    if "." in source.passage and source.passage not in returned:
        return False
    return not invented(source.name, returned)


def _denied(messages: Iterable[Message]) -> set[str]:
    """Return the codes that lookup was asked for and does not have."""
    batches = (message for message in messages if isinstance(message, lookup.BatchGetCodesResponse))
    return {compact(one.asked) for batch in batches for one in batch.results if not one.HasField("entry")}


def _affirms(body: str, denied: Collection[str]) -> bool:
    """Tell whether a body mentions a code that there is not, and nowhere that there is none."""
    said: dict[str, bool] = {}
    for sentence in _sentences(body):
        for _, code in codes_in(sentence):
            if code in denied:
                said[code] = said.get(code, False) or bool(_DENIAL.search(sentence))
    return not all(said.values())


def _mentions(text: str, written: Iterable[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text) for one in written)


def _first_paragraph(body: str) -> str:
    return body.strip().partition("\n\n")[0]


def _first_sentence(body: str) -> str:
    return next(iter(_sentences(body)), "")


def _sentences(body: str) -> list[str]:
    return [sentence for line in body.splitlines() for sentence in _pieces(line) if sentence.strip()]


def _pieces(line: str) -> list[str]:
    return [line] if _ONE_PIECE.match(line) else _SENTENCE_END.split(line)


def _without(body: str, false: Collection[str]) -> str:
    """Return a body without the sentences that mention what is false; of a list or a table, without the line."""
    lines = []
    for line in body.splitlines():
        kept = [piece for piece in _pieces(line) if not _mentions(piece, false)]
        if kept or not line.strip():
            lines.append(" ".join(kept))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
