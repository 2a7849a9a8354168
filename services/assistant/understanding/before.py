"""What was said before a message."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.assistant.question import Code, Question, Topic

# Topics that speak of several codes at once.
OF_PAIRS = (Topic.PAIR, Topic.DIAGNOSES_TOGETHER, Topic.COMPARE, Topic.CLAIM)


@dataclass(frozen=True, slots=True)
class Before:
    """What was said before: the last question, the codes its answer was about, and the code of the page."""

    question: Question | None = None
    answered: Sequence[Code] = ()
    about: Code | None = None

    @property
    def topic(self) -> Topic | None:
        """What was spoken of; of the code of a page, what it is."""
        if self.question and self.question.topic is not Topic.UNSPECIFIED:
            return self.question.topic
        return Topic.CODE if self.about else None

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes that were spoken of: those that were asked about, else those of the answer, else of the page."""
        if self.question and self.question.codes:
            return self.question.codes
        if self.answered:
            return tuple(self.answered[:1])
        return (self.about,) if self.about else ()

    @property
    def it(self) -> tuple[Code, ...]:
        """The code that "it" means."""
        if self.answered:
            return (self.answered[0],)
        return self.codes[:1]

    @property
    def of_modifiers(self) -> bool:
        """Whether a number may be a modifier."""
        topics = (Topic.PAIR, Topic.MODIFIER, Topic.FEE)
        return bool(self.question and (self.question.topic in topics or self.question.modifiers))

    @property
    def nothing(self) -> bool:
        """Whether nothing was said before."""
        return self.question is None and not self.answered and self.about is None
