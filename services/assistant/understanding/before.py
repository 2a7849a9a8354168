"""What was said before a message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codingahead.lookup.v1 import lookup_pb2 as lookup

from services.assistant.question import Aspect, Code, Dates, Question, Setting, Topic
from services.assistant.understanding.codes import is_diagnosis
from services.assistant.understanding.found import is_found

# Topics that speak of several codes at once.
OF_PAIRS = (Topic.PAIR, Topic.DIAGNOSES_TOGETHER, Topic.COMPARE, Topic.CLAIM)

# Of these the codes of an answer may be meant by "they".
LISTING = (Topic.FIND, Topic.HISTORY, Topic.HIERARCHY, Topic.UNSPECIFIED)

_CATEGORY = 3
_ASIDE = (Topic.MODIFIER, Topic.GUIDELINE, Topic.PLACE_OF_SERVICE, Topic.RELEASES)


@dataclass(frozen=True, slots=True)
class Before:
    """What was said before: the questions, oldest first, the codes the last answer was about, the code of the page.

    `listed` are the codes that an answer listed below or beside the one asked about, until others are spoken of.
    `found` is the code that was found for each of the questions; None for those that looked for none.
    """

    questions: tuple[Question, ...] = ()
    answered: Sequence[Code] = ()
    about: Code | None = None
    listed: Sequence[Code] = ()
    found: tuple[Code | None, ...] = ()

    def then(self, question: Question, answered: Sequence[Code] = ()) -> "Before":
        """Return what was said before after one question more."""
        asked = [*map(_compact, question.codes)]
        listed = [code for code in answered if _is_beside(_compact(code), asked)] if question.topic in LISTING else ()
        found = answered[0] if question.topic is Topic.FIND and answered else None
        # With what is told more another code of the category takes the place of the one that was found before.
        replaced = found.text[:_CATEGORY] if found and question.told else ""
        of_listed = len(asked) == 1 and asked[0] in map(_compact, self.listed)
        return replace(
            self,
            questions=(*self.questions, question),
            answered=answered,
            listed=listed or (self.listed if of_listed else ()),
            found=(*(None if one and one.text.startswith(replaced or " ") else one for one in self.found), found),
        )

    @property
    def question(self) -> Question | None:
        """The last question."""
        return self.questions[-1] if self.questions else None

    @property
    def without_aside(self) -> "Before":
        """What was said before a modifier was explained in between: "what's XS mean"."""
        if not self._explains_modifier:
            return self
        rest = replace(self, questions=self.questions[:-1], answered=()).without_aside
        return rest if rest.question and not rest._explains_modifier else self

    @property
    def _explains_modifier(self) -> bool:
        return bool(self.question and self.question.topic is Topic.MODIFIER and not self.question.codes)

    @property
    def to_be_found(self) -> bool:
        """Whether what was looked for is looked for in the same message, and not found yet."""
        return any(map(is_found, self.answered))

    @property
    def topic(self) -> Topic | None:
        """What was spoken of; of the code of a page, what it is."""
        if self.question and self.question.topic is not Topic.UNSPECIFIED:
            return self.question.topic
        return Topic.CODE if self.about else None

    @property
    def search(self) -> Question | None:
        """The search for the code that is spoken of still."""
        if self.question and self.question.topic is Topic.FIND:
            return self.question
        spoken_of = [code.text for code in self.it]
        for question, found in reversed([*zip(self.questions, self.found, strict=False)]):
            if found:
                return question if found.text in spoken_of else None
        return None

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes that were spoken of: those that were asked about, else those of the answer, else of the page."""
        if self.question and self.question.codes:
            return self.question.codes
        if self._aside:
            return replace(self, questions=self.questions[:-1], answered=()).codes
        if self.answered:
            return tuple(self.answered[:1])
        return (self.about,) if self.about else ()

    @property
    def _aside(self) -> bool:
        """Whether the last question was one that codes of its answer are only examples for."""
        return bool(self.question and self.question.topic in _ASIDE and not self.question.codes)

    @property
    def it(self) -> tuple[Code, ...]:
        """The code that "it" means."""
        if self.newest:
            return (self.newest,)
        if not self.answered or (self.question and self.question.topic in _ASIDE):
            return self.codes[:1]
        # With what was said of its line.
        return (next((code for code in self.codes if code.text == self.answered[0].text), self.answered[0]),)

    @property
    def newest(self) -> Code | None:
        """The one of several codes that was named last, beside those of the question before it."""
        if len(self.questions) < 2 or len(self.questions[-1].codes) < 2:
            return None
        known = [*map(_compact, self.questions[-2].codes)]
        new = [code for code in self.questions[-1].codes if _compact(code) not in known]
        return new[0] if len(new) == 1 and len(known) > 1 else None

    @property
    def given(self) -> tuple[Code, ...]:
        """The codes that the last answer gave for the one asked about: its parent, those it replaced, its map."""
        asked = self.question.codes[:1] if self.question else ()
        if not self.question or not asked:
            return ()
        if self.question.topic is Topic.CROSSWALK and asked[0].systems[0] == lookup.CODE_SYSTEM_ICD9CM:
            return tuple(code for code in self.answered if code.systems[0] == lookup.CODE_SYSTEM_ICD10CM)[:1]
        others = [code for code in self.answered if code.systems[0] == asked[0].systems[0]]
        others = [code for code in others if _compact(code) != _compact(asked[0])]
        if self.question.topic is Topic.HISTORY:
            return tuple(others)
        if Aspect.PARENT in self.question.aspects:
            above = [code for code in others if _compact(asked[0]).startswith(_compact(code))]
            return tuple(sorted(above, key=lambda code: len(code.text))[-1:])
        return ()

    @property
    def named(self) -> tuple[Code, ...]:
        """The codes of one kind that were named or found from turn to turn, the last ones of all last."""
        last = self.codes[-1:]
        if not last:
            return ()
        every = [
            code
            for question, found in zip(self.questions, self.found, strict=False)
            for code in (question.codes if question.topic is not Topic.FIND else filter(None, [found]))
        ]
        every = [code for code in every if is_diagnosis(code) == is_diagnosis(last[0])]
        return tuple({_compact(code): code for code in every}.values())

    def several(self, count: int | None) -> tuple[Code, ...]:
        """Return the codes that "these" means: those of the last question, else so many, or all, of the turns."""
        asked = self.question.codes if self.question else ()
        if len(asked) > 1 and (count is None or len(asked) >= count):
            return asked
        named = self.named
        return named[-count:] if count else named

    @property
    def in_order(self) -> Sequence[Code]:
        """The codes that "the second one" counts: those that the last answer lists, else those that were named."""
        return self.listed if len(self.listed) > 1 else self.several(None)

    @property
    def subject(self) -> str:
        """The words of the rule that was asked for first and then told more of, not those of each question after it."""
        if not self.question:
            return ""
        first = self.question
        for question in self.questions:
            if question.topic is first.topic and question.phrase and first.phrase.startswith(question.phrase):
                first = question
        return first.phrase

    @property
    def dates(self) -> Dates | None:
        """The dates of service that were named last."""
        return next((question.dates for question in reversed(self.questions) if question.dates), None)

    @property
    def setting(self) -> Setting | None:
        """The setting that was named last."""
        return next((question.setting for question in reversed(self.questions) if question.setting), None)

    @property
    def place(self) -> str:
        """The place of service that was named last."""
        return next((question.place for question in reversed(self.questions) if question.place), "")

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The modifiers that were asked about by themselves, each once."""
        asked = [question for question in self.questions if question.topic is Topic.MODIFIER and not question.codes]
        return tuple(dict.fromkeys(one for question in asked for one in question.modifiers))

    @property
    def places(self) -> tuple[str, ...]:
        """The places of service that were named, each once."""
        return tuple(dict.fromkeys(question.place for question in self.questions if question.place))

    @property
    def locality(self) -> str:
        """The locality that was named last."""
        return next((question.locality for question in reversed(self.questions) if question.locality), "")

    @property
    def localities(self) -> tuple[str, ...]:
        """The localities that fees were asked in, each once."""
        return tuple(dict.fromkeys(question.locality for question in self.questions if question.locality))

    @property
    def of_modifiers(self) -> bool:
        """Whether a number may be a modifier."""
        topics = (Topic.PAIR, Topic.MODIFIER, Topic.FEE)
        return bool(self.question and (self.question.topic in topics or self.question.modifiers))

    @property
    def nothing(self) -> bool:
        """Whether nothing was said before."""
        return self.question is None and not self.answered and self.about is None


def _is_beside(code: str, asked: Sequence[str]) -> bool:
    """Whether a code is listed for those that were asked about: another one of their category, and none above them."""
    of_category = any(code[:_CATEGORY] == one[:_CATEGORY] and not one.startswith(code) for one in asked)
    return of_category or not asked


def _compact(code: Code) -> str:
    return code.text.replace(".", "")
