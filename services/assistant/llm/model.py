"""A model that helps where rules do not understand, and words explanations, each sentence checked before it is said."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter

from services.assistant.answer import Answer, Source
from services.assistant.checking import checked
from services.assistant.composing import compose
from services.assistant.llm import prompts
from services.assistant.llm.faithful import Ground, written
from services.assistant.llm.licensed import licensed_texts, withheld
from services.assistant.llm.placing import Misplaced, UnknownTool, question_of
from services.assistant.llm.sentences import Sentences
from services.assistant.llm.silence import Reason, Silence
from services.assistant.llm.tools import Call, call_of, schemas
from services.assistant.question import Question, Turn
from services.assistant.tools import Tools
from services.runtime.errors import Refusal
from services.runtime.logs import Logger

if TYPE_CHECKING:
    from services.assistant.llm.endpoint import Endpoint

_TASKS = Counter(
    "codingahead_assistant_model_total", "What a model was asked to do, and what came of it", ["task", "result"]
)
_HEARD = "heard"
_NOTHING = "nothing"

_PLACING_TURNS = 2
_EXPLAINING_TURNS = 3
_EARLIER = 5
_WORDS = 120

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of an explanation, and the sources of what was looked up before it, beside those of the answer."""

    text: str
    sources: tuple[Source, ...] = ()


class Model:
    """What a model is for. Each task takes at most `timeout_seconds`; when it fails, there is simply less to say."""

    def __init__(self, endpoint: "Endpoint", timeout_seconds: float, log: Logger) -> None:
        self._endpoint = endpoint
        self._timeout = timeout_seconds
        self._log = log
        self._tools = schemas()

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, base_url: str, api_key: str, model: str, timeout_seconds: float, log: Logger
    ) -> AsyncIterator["Model"]:
        """Return the model of a name behind an OpenAI compatible API."""
        # An assistant without a model does not pay for the client library.
        from services.assistant.llm.endpoint import Endpoint

        endpoint = Endpoint(base_url, api_key, model, timeout_seconds)
        try:
            yield cls(endpoint, timeout_seconds, log)
        finally:
            await endpoint.close()

    async def place(self, question: Question, earlier: Sequence[Turn], tools: Tools) -> Question | None:
        """Return a question, which rules could not place, as one about a topic; None when the model cannot either."""
        try:
            placed = await self._placed(question, earlier, tools)
        except Silence as silence:
            self._count("place", silence.reason)
            return None
        self._count("place", _HEARD if placed else _NOTHING)
        return placed

    async def explain(self, question: Question, answer: Answer, tools: Tools) -> AsyncGenerator[Said, None]:
        """Yield an explanation of an answer, sentence by sentence, after an empty line; nothing where there is none.

        It ends before the first sentence that says more than the answers do.
        """
        said = 0
        result: str = _NOTHING
        try:
            async with aclosing(self._sentences(question, answer, tools)) as sentences:
                async for one in sentences:
                    yield replace(one, text=(" " if said else "\n\n") + one.text)
                    said += 1
            result = _HEARD if said else _NOTHING
        except Silence as silence:
            result = silence.reason
        self._count("explain", result)

    async def _placed(self, question: Question, earlier: Sequence[Turn], tools: Tools) -> Question | None:
        before = [" ".join([turn.question, *(code.text for code in turn.codes)]) for turn in earlier[-_EARLIER:]]
        said = "\n".join([*before, question.text])
        content = "".join(f"<earlier>{_data(one)}</earlier>\n" for one in before) + _asked(question)
        messages = [_system(prompts.PLACE), {"role": "user", "content": content}]
        deadline = asyncio.get_running_loop().time() + self._timeout
        wrong = Reason.WRONG_ARGUMENTS
        for _ in range(_PLACING_TURNS):
            calls: list[Call] = []
            async with aclosing(self._turn(messages, tools, deadline, calls)) as pieces:
                async for _piece in pieces:
                    pass
            if not calls:
                return None
            try:
                return question_of(calls[0].name, calls[0].arguments, question, said)
            except Misplaced as error:
                wrong = Reason.UNKNOWN_TOOL if isinstance(error, UnknownTool) else Reason.WRONG_ARGUMENTS
                messages += [_calling(calls[:1]), _result(calls[0], str(error))]
        raise Silence(wrong)

    async def _sentences(self, question: Question, answer: Answer, tools: Tools) -> AsyncGenerator[Said, None]:
        call = call_of(question)
        if call is None:
            return
        composed = Call("composed", call[0], json.dumps(call[1]))
        ground = Ground(question, answer)
        messages = [
            _system(prompts.EXPLAIN),
            {"role": "user", "content": _asked(question)},
            _calling([composed]),
            _result(composed, written(answer)),
        ]
        deadline = asyncio.get_running_loop().time() + self._timeout
        words = 0
        sources: tuple[Source, ...] = ()
        for _ in range(_EXPLAINING_TURNS):
            calls: list[Call] = []
            sentences = Sentences()
            async with aclosing(self._turn(messages, tools, deadline, calls)) as pieces:
                async for piece in pieces:
                    for sentence in sentences.feed(piece):
                        words = _admit(sentence, ground, words)
                        yield Said(sentence, sources)
            if rest := sentences.rest():
                words = _admit(rest, ground, words)
                yield Said(rest, sources)
            if not calls:
                return
            messages.append(_calling(calls))
            for one in calls:
                looked_up = await _composed(one, question, ground, tools, deadline)
                sources += looked_up.sources
                ground.add(written(looked_up))
                messages.append(_result(one, written(looked_up)))
        raise Silence(Reason.TOO_MANY_CALLS)

    def _turn(
        self, messages: Sequence[Message], tools: Tools, deadline: float, calls: list[Call]
    ) -> AsyncGenerator[str, None]:
        licensed = licensed_texts(tools.answered)
        sent = [messages[0], *(_withheld(message, licensed) for message in messages[1:])]
        return self._endpoint.turn(sent, self._tools, deadline, calls)

    def _count(self, task: str, result: str) -> None:
        _TASKS.labels(task, result).inc()
        if result not in (_HEARD, _NOTHING):
            self._log.warning("model_not_heard", task=task, reason=result)


def _admit(sentence: str, ground: Ground, words: int) -> int:
    """Return how many words were said with a sentence. Raises Silence for one that is not to be said."""
    words += len(sentence.split())
    if words > _WORDS:
        raise Silence(Reason.TOO_LONG)
    if objection := ground.objection(sentence):
        raise Silence(objection)
    return words


async def _composed(call: Call, question: Question, ground: Ground, tools: Tools, deadline: float) -> Answer:
    try:
        asked = question_of(call.name, call.arguments, question, f"{question.text}\n{ground.answers}")
    except Misplaced as error:
        raise Silence(Reason.UNKNOWN_TOOL if isinstance(error, UnknownTool) else Reason.WRONG_ARGUMENTS) from None
    try:
        async with asyncio.timeout_at(deadline):
            return checked(asked, await compose(asked, tools), tools)
    except TimeoutError:
        raise Silence(Reason.TIMEOUT) from None
    except Refusal:
        raise Silence(Reason.LOOKUP) from None


def _system(content: str) -> Message:
    return {"role": "system", "content": content}


def _asked(question: Question) -> str:
    return f"<question>{_data(question.text)}</question>"


def _data(text: str) -> str:
    """Return a text that cannot close the tag it stands in."""
    return text.replace("<", "‹").replace(">", "›")


def _calling(calls: Sequence[Call]) -> Message:
    return {
        "role": "assistant",
        "tool_calls": [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ],
    }


def _result(call: Call, content: str) -> Message:
    return {"role": "tool", "tool_call_id": call.id, "content": content}


def _withheld(message: Message, licensed: set[str]) -> Message:
    """Return a message without texts under licence."""
    kept = dict(message)
    if "content" in message:
        kept["content"] = withheld(message["content"], licensed)
    if "tool_calls" in message:
        kept["tool_calls"] = [
            {**call, "function": {key: withheld(value, licensed) for key, value in call["function"].items()}}
            for call in message["tool_calls"]
        ]
    return kept
