"""Texts under the licence of the AMA, which are never sent to a model: what CPT codes and modifiers are called."""

import re
from collections.abc import Iterable, Iterator

from codingahead.lookup.v1 import lookup_pb2 as lookup
from google.protobuf.message import Message

WITHHELD = "[text under licence withheld]"

_CPT = lookup.CODE_SYSTEM_CPT
# Two digits, those of Category II and those of physical status.
_CPT_MODIFIER = re.compile(r"\d\d|[1238]P|P[1-6]")
_WORD = re.compile(r"\w+")
# So many words in a row are a quotation, shortened or not.
_QUOTED = 4


def licensed_texts(messages: Iterable[Message]) -> set[str]:
    """Return the texts in messages of lookup that are under licence."""
    return {text for message in messages for text in _licensed(message) if text}


def withheld(text: str, licensed: Iterable[str]) -> str:
    """Return a text without what it quotes, also in part, of texts under licence."""
    quotations = {run for one in licensed for run in _runs(_words(one))}
    if not quotations:
        return text
    found = list(_WORD.finditer(text))
    words = [match[0].lower() for match in found]
    quoted = [False] * len(words)
    for length in {len(run) for run in quotations}:
        for place in range(len(words) - length + 1):
            if tuple(words[place : place + length]) in quotations:
                quoted[place : place + length] = [True] * length

    pieces, position, previous = [], 0, False
    for match, is_quoted in zip(found, quoted, strict=True):
        if is_quoted and not previous:
            pieces += [text[position : match.start()], WITHHELD]
        if is_quoted:
            position = match.end()
        previous = is_quoted
    return "".join([*pieces, text[position:]])


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    length = min(_QUOTED, len(words))
    for place in range(len(words) - length + 1 if length else 0):
        yield tuple(words[place : place + length])


def _licensed(message: Message) -> Iterator[str]:
    match message:
        case lookup.Entry(system=system, title=title) if system == _CPT:
            yield title
        case lookup.Hit(entry=entry, matched_term=term) if entry.system == _CPT:
            yield term
        case lookup.ModifierRule(modifier=modifier, title=title) if _CPT_MODIFIER.fullmatch(modifier):
            yield title
        case lookup.GetCodePageResponse(entry=entry) if entry.system == _CPT:
            yield from _texts(message.official_description)
            yield from _texts(message.common_language_description)
            yield from (event.text for event in message.history.events)
    for part in _parts(message):
        yield from _licensed(part)


def _texts(message: Message) -> Iterator[str]:
    for _, value in message.ListFields():
        if isinstance(value, str):
            yield value
        elif isinstance(value, Iterable):
            yield from (one for one in value if isinstance(one, str))
    for part in _parts(message):
        yield from _texts(part)


def _parts(message: Message) -> Iterator[Message]:
    for _, value in message.ListFields():
        if isinstance(value, Message):
            yield value
        elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
            yield from (one for one in value if isinstance(one, Message))
