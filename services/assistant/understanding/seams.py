"""Where a message parts into questions: a model tells it, learned from messages of coders (tests/assistant/seams).

A seam is where a further question may begin: after a sentence, a comma, a dash, or before "and".
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise

from services.assistant.question import Topic
from services.assistant.understanding.asking import begins_question
from services.assistant.understanding.linear_model import LinearModel, number_of, share
from services.assistant.understanding.message import Message, parse
from services.assistant.understanding.topics import place

FILE = files("services.assistant.understanding") / "seam_model.bin"
BUCKETS = 2**15

# Where neither is likelier the message goes on.
_BORDER = 0.1
_WEIGHT = 2.0
_LEADS = "and|also|plus|then|next|finally|lastly|second|secondly|third|additionally|separately|while|but|btw|oh"
_SEAM = re.compile(
    rf"(?:[.?!;:,)\]]+|\s[-–—]+|\n+|\s[&+/|](?=\s))\s*(?=\S)|\s+(?=(?:{_LEADS}|as\s+well\s+as|one\s+more|another)\b)"
    # "1) ... 2) ...", "q1 ... q2 ...".
    r"|\s+(?=\(?(?:[1-9]|[a-h]|i{1,3})[).:]\s|q[1-9]\b)",
    re.IGNORECASE,
)
# Signs within a number or a code: "E11.9", "8:30", "1,000".
_WITHIN = re.compile(r"[.:,)\]]\S*$")
_SENTENCE_END = re.compile(r"(?<=[?!;\n])\s*|(?<=\w\w\.)\s+(?=[A-Z])")
_SIGN = re.compile(r"([.?!;:,)\n–—|/+&-])[.?!;:,)\n–—|/+&-]*\s*$")
_LEADING = frozenset(f"{_LEADS}|so|ok|just|please".split("|"))
_NEAR, _AROUND = 3, 8
# So much of a message is read at a seam, and so many seams are looked at: none takes long.
_LONGEST, _MOST = 600, 40
_ALSO_STRIPPED = " ,;"


def seams(text: str) -> list[int]:
    """Return where the part after each of the first seams of a text begins."""
    found = (match for match in _SEAM.finditer(text) if match.start() and not _WITHIN.fullmatch(match.group()))
    return sorted({match.end() for match in found if match.end() < len(text)})[:_MOST]


def part(text: str, today: date, learned: LinearModel | None = None) -> list[str]:
    """Return the parts of a text that are questions by themselves, with what is told beside them."""
    parts, learned = Parts(text, today), learned or model()
    starts, start = [0], 0
    for seam in parts.seams:
        if parts.has_words(start, seam) and learned.scores(parts.features(start, seam))[0] > _BORDER:
            starts.append(start := seam)
    return [text[first:last] for first, last in pairwise([*starts, len(text)])]


class Parts:
    """A text that may be parted, each piece of it read once."""

    def __init__(self, text: str, today: date) -> None:
        self.text = text
        self.seams = seams(text)
        self._today = today
        self._read: dict[str, Message] = {}
        self._placed: dict[str, tuple[Topic, int]] = {}

    def has_words(self, start: int, end: int) -> bool:
        """Whether there are words between two places."""
        return re.search(r"\w", self.text[start:end]) is not None

    def features(self, start: int, seam: int) -> Mapping[int, float]:
        """Return the features of a seam after a part that begins at `start`."""
        found = list(self._features(start, seam))
        values: defaultdict[int, float] = defaultdict(float)
        each = share(found, _WEIGHT)
        for feature in found:
            values[number_of(feature, BUCKETS)] += each
        return values

    def _features(self, start: int, seam: int) -> Iterator[str]:
        text = self.text
        end = _SENTENCE_END.search(text, seam + 1)
        before = text[max(start, seam - _LONGEST) : seam]
        rest = text[seam : end.start() if end else len(text)][:_LONGEST]
        clause = text[seam : next((one for one in self.seams if one > seam), len(text))][:_LONGEST]
        last = text[max((one for one in self.seams if start <= one < seam), default=start) : seam][-_LONGEST:]
        left, following = self._read_as(before), self._read_as(clause)
        (topic_before, sure_before), (topic, sure) = self._placed_as(before), self._placed_as(clause)
        said, after = left.words.split(), self._words(rest)
        leads = []
        while after and after[0] in _LEADING:
            leads.append(after.pop(0))
        sign = match[1] if (match := _SIGN.search(before)) else " "
        lead = " ".join(leads[:2])
        first, ended = after[0] if after else "", said[-1] if said else ""

        yield from (f"sign {sign}", f"lead {lead}", f"sign lead {sign} {lead}", f"lead first {sign} {lead} {first}")
        yield from (f"around {ended} {lead} {first}", f"two {' '.join(after[:2])}", f"three {' '.join(after[:3])}")
        yield from (f"before {number} {word}" for number, word in enumerate(reversed(said[-_NEAR:])))
        yield from (f"after {number} {word}" for number, word in enumerate(after[:_NEAR]))
        yield from (f"begins {word}" for word in set(said[:_NEAR]))
        yield from (f"w {word}" for word in set(after[:_AROUND]))
        yield from (f"b {word}" for word in set(said[-_AROUND:]))

        same = topic is topic_before
        yield from (f"topic {topic} {sure}", f"topics {topic_before} {topic}", f"sure {sure_before} {sure} {same}")
        yield f"same {same} {min(sure_before, sure)}"
        codes, codes_before = len(following.codes), len(left.codes)
        kinds, kinds_before = _kinds(following), _kinds(left)
        yield f"codes {min(codes_before, 2)} {min(codes, 2)} {min(len(self._read_as(rest).codes), 2)}"
        yield f"kinds {kinds == kinds_before} {bool(kinds & kinds_before)} {bool(kinds)} {bool(kinds_before)}"
        words, words_before = len(following.words.split()), len(said)
        yield from (f"length {min(words, 6)}", f"length before {min(words_before, 6)}")
        yield f"lengths {min(words_before, 4)} {codes_before > 0} {min(words, 4)} {codes > 0} {sign}"

        asks, asks_before = begins_question(" ".join(after)), begins_question(left.words)
        asks_last, asked = begins_question(" ".join(self._words(last))), before.rstrip().endswith("?")
        yield from (
            f"asks {asks_before} {asks} {asked} {rest.rstrip().endswith('?')}",
            f"last {asks_last} {asks} {asked}",
        )
        yield from (f"ask {asks} {asks_last} {sign} {lead}", f"marks {'?' in before} {'?' in text[seam:]} {sign}")

    def _words(self, piece: str) -> list[str]:
        return self._read_as(piece).words.split()

    def _read_as(self, piece: str) -> Message:
        piece = piece.strip(_ALSO_STRIPPED)
        if piece not in self._read:
            self._read[piece] = parse(piece, self._today)
        return self._read[piece]

    def _placed_as(self, piece: str) -> tuple[Topic, int]:
        """Return the likeliest topic of a piece, and how sure that is, from 0 to 3."""
        piece = piece.strip(_ALSO_STRIPPED)
        if piece not in self._placed:
            placing = place(self._read_as(piece))
            lead = placing.best - placing.others.best
            self._placed[piece] = placing.among(placing.scores), min(int(lead * 2), 3)
        return self._placed[piece]


def _kinds(message: Message) -> frozenset[int]:
    return frozenset(code.systems[0] for code in message.codes)


@cache
def model() -> LinearModel:
    """Return the model of the product."""
    return LinearModel.unpacked(FILE.read_bytes(), BUCKETS)
