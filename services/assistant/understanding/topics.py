"""What a question is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.assistant.question import Topic
from services.assistant.understanding.features import features
from services.assistant.understanding.message import Message
from services.assistant.understanding.topic_model import model, scores
from services.assistant.understanding.vocabulary import words_of_medicine

# What is asked of services is never asked of diagnoses alone, and the other way round.
OF_SERVICES = frozenset({Topic.ADD_ON, Topic.MUE, Topic.PAIR, Topic.FEE})
_OF_DIAGNOSES = frozenset({Topic.DIAGNOSES_TOGETHER, Topic.SEVENTH_CHARACTER, Topic.HCC})
# Of topics that are nearer than this the likeliest is meant in half of the messages only.
_OPEN = 0.3


@dataclass(frozen=True, slots=True)
class Placing:
    """How much a message speaks for each topic that it can be about."""

    scores: Mapping[Topic, float]

    @property
    def topic(self) -> Topic | None:
        """What it is about; None when it does not say it by itself."""
        topic = self.among(self.scores)
        return None if topic is Topic.UNSPECIFIED else topic

    def among(self, topics: Iterable[Topic]) -> Topic:
        """Return the likeliest of some topics that it can be about."""
        return max((topic for topic in topics if topic in self.scores), key=self.scores.__getitem__)

    @property
    def others(self) -> "Placing":
        """The placing among the topics other than the likeliest."""
        return self.without(self.among(self.scores))

    @property
    def otherwise(self) -> "Placing | None":
        """The placing among the other topics, where it speaks for one of them nearly as much; else None."""
        others = self.others
        return others if others.best > self.best - _OPEN else None

    def without(self, topic: Topic) -> "Placing":
        """Return the placing among the other topics."""
        return Placing({other: score for other, score in self.scores.items() if other is not topic})

    @property
    def best(self) -> float:
        """How much it speaks for the likeliest."""
        return max(self.scores.values())

    def distance(self, topic: Topic) -> float:
        """Return how much less it speaks for a topic than for the likeliest."""
        return self.best - self.scores[topic]


def place(message: Message, earlier: Topic | None = None) -> Placing:
    """Place a message by its words and what it names; `earlier` is the topic of the question before it."""
    found = scores(model(), features(message, earlier))
    impossible = _impossible(message)
    return Placing({topic: score for topic, score in found.items() if topic not in impossible})


def _impossible(message: Message) -> frozenset[Topic]:
    """Return the topics that a message cannot be about, whatever its words."""
    if not message.codes:
        return frozenset()
    known = frozenset() if words_of_medicine(message.words) else frozenset({Topic.FIND})
    if not message.services:
        return known | OF_SERVICES
    return known if message.diagnoses else known | _OF_DIAGNOSES
