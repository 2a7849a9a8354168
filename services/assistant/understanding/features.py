"""What a message shows of what it is about, as the model of topics counts it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from services.assistant.question import Topic
from services.assistant.understanding.linear_model import number_of, share
from services.assistant.understanding.message import Message

BUCKETS = 2**16
_SHORTEST, _LONGEST = 3, 5
# All that is said weighs as much in a short message as in a long one; what is named, each by itself.
_SAID = 3.0
_SAID_AGAIN = 1.5
_NAMED = 0.25
_MOST_COUNTED = 3


def features(message: Message, earlier: Topic | None = None) -> Mapping[int, float]:
    """Return the features of a message: numbers below BUCKETS, each with how much of it there is.

    They are words and pairs of words, of the message and of what it asks alone, and pieces of words, so that a word
    that was never seen counts as those like it; what kinds of codes and slots it names; and `earlier`, what was asked
    before it.
    """
    asked = message.asked or message
    words = message.words.split()
    said = {f"w {phrase}" for phrase in _phrases(words)}
    said.update(f"a {phrase}" for phrase in _phrases(asked.words.split()))
    said.update(f"c {piece}" for piece in _pieces(message.rest.lower()))
    values = defaultdict[int, float](float, dict.fromkeys(map(_number, _named(message, len(words), earlier)), _NAMED))
    _count(said, _SAID, values)
    if earlier is not None:
        # "and the fee?" names a topic, "in Texas?" does not: what words say in a conversation is learned by itself.
        _count({f"g {phrase}" for phrase in _phrases(words)}, _SAID_AGAIN, values)
    return values


def _count(said: Collection[str], weight: float, values: defaultdict[int, float]) -> None:
    each = share(said, weight)
    for number in map(_number, said):
        values[number] += each


def _number(feature: str) -> int:
    return number_of(feature, BUCKETS)


def _phrases(words: Sequence[str]) -> Iterator[str]:
    yield from words
    yield from map(" ".join, pairwise(words))


def _pieces(text: str) -> Iterator[str]:
    for word in text.split():
        edged = f" {word} "
        for length in range(_SHORTEST, _LONGEST + 1):
            for start in range(len(edged) - length + 1):
                yield edged[start : start + length]


def _named(message: Message, words: int, earlier: Topic | None) -> Iterator[str]:
    yield "begins" if earlier is None else "goes on"
    yield f"after {earlier and earlier.name}"
    diagnoses, services = len(message.diagnoses), len(message.services)
    yield f"diagnoses {min(diagnoses, _MOST_COUNTED)}"
    yield f"services {min(services, _MOST_COUNTED)}"
    yield f"codes {min(diagnoses, 2)} {min(services, 2)} {message.modified}"
    yield from (f"system {code.systems[0]}" for code in message.codes)
    yield f"length {min(words // 4, 6)}"
    slots = {
        "modified": message.modified,
        "counted": message.counted,
        "dated": message.dates is not None,
        "place": bool(message.place),
        "section": bool(message.section),
        "locality": bool(message.locality),
        "documents": bool(message.documents),
    }
    yield from (slot for slot, there in slots.items() if there)
