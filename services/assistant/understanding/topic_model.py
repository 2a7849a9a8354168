"""The model of topics: which topic a message is about, learned from wordings of coders (tests/assistant/wordings)."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from services.assistant.question import Topic
from services.assistant.understanding.features import BUCKETS
from services.assistant.understanding.linear_model import LinearModel

FILE = files("services.assistant.understanding") / "topic_model.bin"


@cache
def model() -> LinearModel:
    """Return the model of the product."""
    return LinearModel.unpacked(FILE.read_bytes(), BUCKETS)


def scores(learned: LinearModel, features: Mapping[int, float]) -> dict[Topic, float]:
    """Return how much features speak for each topic."""
    return dict(zip((Topic[label] for label in learned.labels), learned.scores(features), strict=True))
