"""Training of the model of topics, which CasePilot places questions by: `make assistant-model`.

Wordings are in `wordings`, each file by another hand: a line is a topic, or several with `|` between them where a
message may fairly be taken for either, a tab, and the message with `\\n` for a new line; of a message that goes on with
a conversation another tab and the topic before it. UNSPECIFIED is what does not say what it is about: it goes on with
what was asked before, or is asked back.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from services.assistant.question import Topic
from services.assistant.understanding.features import BUCKETS, features
from services.assistant.understanding.message import parse
from services.assistant.understanding.topic_model import FILE, TopicModel

WORDINGS = Path(__file__).parent / "wordings"
# Dates in words are counted from a day, whichever it is.
_TODAY = date(2026, 11, 30)
_STRENGTH = 0.3
_LARGEST_WEIGHT = 127


@dataclass(frozen=True, slots=True)
class Wording:
    """A message, the topics that it may be taken for, the likeliest first, and the topic before it."""

    message: str
    topics: tuple[Topic, ...]
    earlier: Topic | None = None

    def features(self) -> Mapping[int, float]:
        """Return its features."""
        return features(parse(self.message, _TODAY), self.earlier)


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


def train(wordings: Sequence[Wording], examples: csr_matrix) -> TopicModel:
    """Return the model of wordings, whose features are `examples`."""
    learned = LinearSVC(C=_STRENGTH, class_weight="balanced", random_state=0)
    learned.fit(examples, [wording.topics[0] for wording in wordings])
    step = float(numpy.abs(learned.coef_).max()) / _LARGEST_WEIGHT
    weights = numpy.rint(learned.coef_.T / step).astype(numpy.int8)
    bias = tuple(round(float(one), 4) for one in learned.intercept_)
    return TopicModel(tuple(map(Topic, learned.classes_)), bias, step, weights.tobytes())


def examples_of(wordings: Sequence[Wording]) -> csr_matrix:
    """Return the features of wordings, one row for each."""
    # In one order, so that the same wordings make the same model.
    rows = [sorted(wording.features().items()) for wording in wordings]
    starts = numpy.cumsum([0, *map(len, rows)])
    numbers, values = zip(*(feature for row in rows for feature in row), strict=True)
    return csr_matrix((values, numbers, starts), shape=(len(rows), BUCKETS))


def placed(model: TopicModel, wording: Wording) -> Topic:
    """Return the topic that a model takes a wording for."""
    scores = model.scores(wording.features())
    return max(scores, key=scores.__getitem__)


def measure(files: Sequence[Path]) -> None:
    """Print for each file how many of its wordings a model places right that learned from the others alone."""
    by_file = {file.stem: read_wordings(file) for file in files}
    wordings = [wording for found in by_file.values() for wording in found]
    hands = numpy.array([name for name, found in by_file.items() for _ in found])
    examples = examples_of(wordings)
    asked: Counter[Topic] = Counter(wording.topics[0] for wording in wordings)
    right: Counter[Topic] = Counter()
    for name, found in by_file.items():
        others = hands != name
        model = train([wording for wording, other in zip(wordings, others, strict=True) if other], examples[others])
        good = [wording.topics[0] for wording in found if placed(model, wording) in wording.topics]
        right.update(good)
        print(f"{name:24} {len(good):5} of {len(found):5} = {len(good) / len(found):6.1%}", flush=True)
    for topic in sorted(asked):
        print(f"{topic.name:24} {right[topic]:5} of {asked[topic]:5} = {right[topic] / asked[topic]:6.1%}")
    print(f"{'all':24} {right.total():5} of {asked.total():5} = {right.total() / asked.total():6.1%}")


def main() -> None:
    """Write the model; or measure what it makes of wordings that it did not learn from."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--measure", action="store_true", help="leave each file out once, and write nothing")
    files = sorted(WORDINGS.glob("*.tsv"))
    if parser.parse_args().measure:
        measure(files)
        return
    wordings = [wording for file in files for wording in read_wordings(file)]
    model = train(wordings, examples_of(wordings))
    Path(str(FILE)).write_bytes(model.packed())
    right = sum(placed(model, wording) in wording.topics for wording in wordings)
    print(f"{right} of {len(wordings)} wordings are placed right")


if __name__ == "__main__":
    main()
