"""Linear models that are learned from wordings of coders: each feature speaks for and against each label."""

import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Self


@dataclass(frozen=True, slots=True)
class LinearModel:
    """`weights` holds a row for each feature, of one signed byte for each of `labels`, in steps of `step`."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    step: float
    weights: bytes

    def scores(self, features: Mapping[int, float]) -> Sequence[float]:
        """Return how much features speak for each label; about 0 is the border between for and against."""
        width = len(self.labels)
        table = memoryview(self.weights).cast("b")
        rows: defaultdict[float, list[memoryview]] = defaultdict(list)
        for number, value in features.items():
            rows[value].append(table[number * width : (number + 1) * width])
        totals: Sequence[float] = self.bias
        # Few values are shared by many features: whole columns are summed at once.
        for value, alike in rows.items():
            sums = map(sum, zip(*alike, strict=True))
            totals = [total + value * self.step * one for total, one in zip(totals, sums, strict=True)]
        return totals

    def packed(self) -> bytes:
        """Return the model as a file holds it: a line of JSON, and the weights compressed."""
        head = {"labels": self.labels, "bias": self.bias, "step": self.step}
        return json.dumps(head).encode() + b"\n" + zlib.compress(self.weights, 9)

    @classmethod
    def unpacked(cls, data: bytes, features: int) -> Self:
        """Return the model that a file holds, of so many numbers of features."""
        line, _, compressed = data.partition(b"\n")
        head = json.loads(line)
        weights = zlib.decompress(compressed)
        assert len(weights) == features * len(head["labels"]), "the model is not one of these features"
        return cls(tuple(head["labels"]), tuple(head["bias"]), head["step"], weights)


def number_of(feature: str, features: int) -> int:
    """Return the same number below `features` for a feature at any time; that some share one costs little."""
    return zlib.crc32(feature.encode()) % features


def share(said: Collection[str], weight: float) -> float:
    """Return how much each of some features counts that together count alike in a short and in a long text."""
    return weight / sqrt(len(said) or 1)
