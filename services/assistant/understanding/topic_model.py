"""The model of topics: which topic a message is about, learned from wordings of coders (tests/assistant/wordings)."""

import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

from services.assistant.question import Topic
from services.assistant.understanding.features import BUCKETS

FILE = files("services.assistant.understanding") / "topic_model.bin"


@dataclass(frozen=True, slots=True)
class TopicModel:
    """A linear model: each feature speaks for and against each topic.

    `weights` holds BUCKETS rows of one signed byte for each of `topics`, in steps of `step`.
    """

    topics: tuple[Topic, ...]
    bias: tuple[float, ...]
    step: float
    weights: bytes

    def scores(self, features: Mapping[int, float]) -> dict[Topic, float]:
        """Return how much features speak for each topic; about 0 is the border between for and against."""
        width = len(self.topics)
        table = memoryview(self.weights).cast("b")
        rows: defaultdict[float, list[memoryview]] = defaultdict(list)
        for number, value in features.items():
            rows[value].append(table[number * width : (number + 1) * width])
        totals: Sequence[float] = self.bias
        # Few values are shared by many features: whole columns are summed at once.
        for value, alike in rows.items():
            sums = map(sum, zip(*alike, strict=True))
            totals = [total + value * self.step * one for total, one in zip(totals, sums, strict=True)]
        return dict(zip(self.topics, totals, strict=True))

    def packed(self) -> bytes:
        """Return the model as a file holds it: a line of JSON, and the weights compressed."""
        head = {"topics": [topic.name for topic in self.topics], "bias": self.bias, "step": self.step}
        return json.dumps(head).encode() + b"\n" + zlib.compress(self.weights, 9)

    @classmethod
    def unpacked(cls, data: bytes) -> Self:
        """Return the model that a file holds."""
        line, _, compressed = data.partition(b"\n")
        head = json.loads(line)
        topics = tuple(Topic[name] for name in head["topics"])
        weights = zlib.decompress(compressed)
        assert len(weights) == BUCKETS * len(topics), "the model is not one of these features"
        return cls(topics, tuple(head["bias"]), head["step"], weights)


@cache
def model() -> TopicModel:
    """Return the model of the product."""
    return TopicModel.unpacked(FILE.read_bytes())
