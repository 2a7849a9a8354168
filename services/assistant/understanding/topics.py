"""What a question is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.assistant.question import Topic
from services.assistant.understanding.features import features
from services.assistant.understanding.message import Message
from services.assistant.understanding.topic_model import model


@dataclass(frozen=True, slots=True)
class Placing:
    """How much a message speaks for each topic."""

    scores: Mapping[Topic, float]

    @property
    def topic(self) -> Topic | None:
        """What it is about; None when it does not say it by itself."""
        topic = self.among(self.scores)
        return None if topic is Topic.UNSPECIFIED else topic

    def among(self, topics: Iterable[Topic]) -> Topic:
        """Return the likeliest of some topics."""
        return max(topics, key=self.scores.__getitem__)

    def distance(self, topic: Topic) -> float:
        """Return how much less it speaks for a topic than for the likeliest."""
        return max(self.scores.values()) - self.scores[topic]


def place(message: Message, earlier: Topic | None = None) -> Placing:
    """Place a message by its words and what it names; `earlier` is the topic of the question before it."""
    return Placing(model().scores(features(message, earlier)))
