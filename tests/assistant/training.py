"""Training of the models of CasePilot: `make assistant-model`.

Topics: `wordings`, each file by another hand. A line is a topic, or several with `|` between them where a message may
fairly be taken for either, a tab, and the message with `\\n` for a new line; of a message that goes on with a
conversation another tab and the topic before it. UNSPECIFIED is what does not say what it is about: it goes on with
what was asked before, or is asked back.

Seams: `seams`, a message a line, with `|||` where a further question begins; wordings are messages of one question.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from services.assistant.question import Topic
from services.assistant.understanding import seams, topic_model
from services.assistant.understanding.features import BUCKETS, features
from services.assistant.understanding.linear_model import LinearModel
from services.assistant.understanding.message import parse

WORDINGS = Path(__file__).parent / "wordings"
MESSAGES = Path(__file__).parent / "seams"
# Dates in words are counted from a day, whichever it is.
TODAY = date(2026, 11, 30)
_STRENGTH, _STRENGTH_OF_SEAMS = 0.3, 0.1
# A message that was written for its seams counts more than a wording, and a seam where a question begins more still.
_MARKED, _PARTING = 3.0, 1.5
_LARGEST_WEIGHT = 127
_MARK = "|||"
# So many wordings are enough for what is one question.
_EVERY = 4


@dataclass(frozen=True, slots=True)
class Wording:
    """A message, the topics that it may be taken for, the likeliest first, and the topic before it."""

    message: str
    topics: tuple[Topic, ...]
    earlier: Topic | None = None

    def features(self) -> Mapping[int, float]:
        """Return its features."""
        return features(parse(self.message, TODAY), self.earlier)


@dataclass(frozen=True, slots=True)
class Marked:
    """A message, and where its further questions begin."""

    message: str
    starts: tuple[int, ...] = ()

    @property
    def parts(self) -> list[str]:
        """Its questions as written."""
        return [self.message[first:last] for first, last in zip((0, *self.starts), (*self.starts, None), strict=True)]

    def seams(self) -> list[tuple[Mapping[int, float], bool]]:
        """Return the features of each seam, as it is come to, and whether a question begins there."""
        parts, start, found = seams.Parts(self.message, TODAY), 0, []
        for seam in parts.seams:
            if parts.has_words(start, seam):
                found.append((parts.features(start, seam), seam in self.starts))
                start = seam if seam in self.starts else start
        return found


def read_wordings(file: Path) -> list[Wording]:
    """Return the wordings of a file."""
    lines = (line.split("\t") for line in file.read_text().splitlines())
    return [
        Wording(
            message.replace("\\n", "\n"),
            tuple(Topic[name] for name in topics.split("|")),
            Topic[earlier[0]] if earlier else None,
        )
        for topics, message, *earlier in lines
    ]


def read_marked(file: Path) -> list[Marked]:
    """Return the messages of a file; what is marked and no seam is not learned."""
    return [_marked(line.replace("\\n", "\n")) for line in file.read_text().splitlines()]


def _marked(line: str) -> Marked:
    message, starts = "", []
    for part in line.split(_MARK):
        stripped = part.lstrip(" ") if not message or message[-1].isspace() else part
        starts.append(len(message) + len(stripped) - len(stripped.lstrip()))
        message += stripped
    possible = seams.seams(message)
    return Marked(message, tuple(start for start in starts[1:] if start in possible))


def train(examples: csr_matrix, labels: Sequence[str], strength: float, weights: Sequence[float] | None) -> LinearModel:
    """Return the model of examples, one row for each; of two labels it tells the second from the first."""
    learned = LinearSVC(C=strength, class_weight=None if weights else "balanced", random_state=0)
    learned.fit(examples, labels, sample_weight=weights)
    step = float(numpy.abs(learned.coef_).max()) / _LARGEST_WEIGHT
    rounded = numpy.rint(learned.coef_.T / step).astype(numpy.int8)
    bias = tuple(round(float(one), 4) for one in learned.intercept_)
    return LinearModel(tuple(learned.classes_[-len(bias) :]), bias, step, rounded.tobytes())


def train_topics(wordings: Sequence[Wording], examples: csr_matrix) -> LinearModel:
    """Return the model of topics."""
    return train(examples, [wording.topics[0].name for wording in wordings], _STRENGTH, None)


def train_seams(marked: Iterable[Marked], wordings: Sequence[Wording]) -> LinearModel:
    """Return the model of seams."""
    found = [(row, parts, _MARKED) for message in marked for row, parts in message.seams()]
    found += [(row, parts, 1.0) for wording in wordings[::_EVERY] for row, parts in Marked(wording.message).seams()]
    weights = [weight * (_PARTING if parts else 1) for _, parts, weight in found]
    labels = ["parts" if parts else "goes on" for _, parts, _ in found]
    return train(matrix([row for row, *_ in found], seams.BUCKETS), labels, _STRENGTH_OF_SEAMS, weights)


def matrix(rows: Sequence[Mapping[int, float]], buckets: int) -> csr_matrix:
    """Return features, one row for each example."""
    # In one order, so that the same examples make the same model.
    ordered = [sorted(row.items()) for row in rows]
    starts = numpy.cumsum([0, *map(len, ordered)])
    numbers, values = zip(*(feature for row in ordered for feature in row), strict=True)
    return csr_matrix((values, numbers, starts), shape=(len(ordered), buckets))


def examples_of(wordings: Sequence[Wording]) -> csr_matrix:
    """Return the features of wordings, one row for each."""
    return matrix([wording.features() for wording in wordings], BUCKETS)


def placed(model: LinearModel, wording: Wording) -> Topic:
    """Return the topic that a model takes a wording for."""
    scores = topic_model.scores(model, wording.features())
    return max(scores, key=scores.__getitem__)


def measure_topics(files: Sequence[Path]) -> None:
    """Print for each file how many of its wordings a model places right that learned from the others alone."""
    by_file = {file.stem: read_wordings(file) for file in files}
    wordings = [wording for found in by_file.values() for wording in found]
    hands = numpy.array([name for name, found in by_file.items() for _ in found])
    examples = examples_of(wordings)
    asked: Counter[Topic] = Counter(wording.topics[0] for wording in wordings)
    right: Counter[Topic] = Counter()
    for name, found in by_file.items():
        others = hands != name
        learned = [wording for wording, other in zip(wordings, others, strict=True) if other]
        model = train_topics(learned, examples[others])
        good = [wording.topics[0] for wording in found if placed(model, wording) in wording.topics]
        right.update(good)
        _print(name, len(good), len(found))
    for topic in sorted(asked):
        _print(topic.name, right[topic], asked[topic])
    _print("all", right.total(), asked.total())


def measure_seams(files: Sequence[Path], wordings: Sequence[Wording]) -> None:
    """Print for each file how many of its messages a model parts as marked that learned from the others alone."""
    by_file = {file.stem: read_marked(file) for file in files}
    for name, found in by_file.items():
        others = (message for other, messages in by_file.items() if other != name for message in messages)
        model = train_seams(others, wordings)
        for kind, several in (("one question", False), ("several", True)):
            asked = [message for message in found if bool(message.starts) is several]
            right = [message for message in asked if seams.part(message.message, TODAY, model) == message.parts]
            _print(f"{name}, {kind}", len(right), len(asked))


def _print(name: str, right: int, asked: int) -> None:
    print(f"{name:28} {right:5} of {asked:5} = {right / asked:6.1%}", flush=True)


def main() -> None:
    """Write the models; or measure what they make of messages that they did not learn from."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--measure", choices=("topics", "seams"), help="leave each file out once, and write nothing")
    files, marked = sorted(WORDINGS.glob("*.tsv")), sorted(MESSAGES.glob("*.txt"))
    wordings = [wording for file in files for wording in read_wordings(file)]
    match parser.parse_args().measure:
        case "topics":
            measure_topics(files)
        case "seams":
            measure_seams(marked, wordings)
        case None:
            model = train_topics(wordings, examples_of(wordings))
            Path(str(topic_model.FILE)).write_bytes(model.packed())
            topic_model.model.cache_clear()
            _print("wordings placed right", sum(placed(model, one) in one.topics for one in wordings), len(wordings))
            messages = [message for file in marked for message in read_marked(file)]
            model = train_seams(messages, wordings)
            Path(str(seams.FILE)).write_bytes(model.packed())
            right = sum(seams.part(one.message, TODAY, model) == one.parts for one in messages)
            _print("messages parted as marked", right, len(messages))


if __name__ == "__main__":
    main()
