"""How a message is answered: read, looked up, composed, checked, and told as it is made."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from codingahead.assistant.v1 import assistant_pb2 as pb
from codingahead.lookup.v1 import lookup_pb2_grpc

from services.assistant import messages
from services.assistant.answer import Answer, Kind, head, once, tail
from services.assistant.composing.otherwise import answer_both_ways
from services.assistant.editions import Editions
from services.assistant.llm.model import Model
from services.assistant.question import Code, Question, Turn
from services.assistant.tools import Tools
from services.assistant.understanding import read, with_found
from services.runtime.tasks import end


@dataclass(frozen=True, slots=True)
class Message:
    """What was written, without identifiers of patients, and what it stands in.

    `earlier` is what was said before, oldest first; `about` the code of the page that it is asked from; `effective_on`
    the date of service of questions that name none.
    """

    text: str
    earlier: Sequence[Turn] = ()
    about: Code | None = None
    effective_on: date | None = None


@dataclass(slots=True)
class Record:
    """What became of a message: whether a model worded a part of its answers."""

    by_model: bool = False


class Assistant:
    """Answers messages from what lookup has loaded. A model, if there is one, helps where rules do not understand."""

    def __init__(
        self, stub: "lookup_pb2_grpc.LookupServiceAsyncStub", model: Model | None, today: Callable[[], date]
    ) -> None:
        self._stub = stub
        self._editions = Editions(stub)
        self._model = model
        self._today = today

    async def ask(self, message: Message, record: Record) -> AsyncGenerator[pb.AskResponse, None]:
        """Answer the questions of a message one after another; `record` is filled on the way."""
        await self._editions.refresh()
        questions = read(message.text, message.earlier, message.about, self._today())
        found: list[Sequence[Code]] = []
        for number, question in enumerate(questions, 1):
            heading = f"**{number}. {question.text}**\n\n" if len(questions) > 1 else ""
            if number > 1:
                yield messages.text("\n\n", framing=True)
            question = with_found(question, found)
            async with aclosing(self._answer(question, message, heading, record)) as events:
                async for event in events:
                    if event.HasField("ending"):
                        found.append([Code(one.code, (one.system,)) for one in event.ending.codes])
                    yield event

    async def _answer(
        self, question: Question, message: Message, heading: str, record: Record
    ) -> AsyncGenerator[pb.AskResponse, None]:
        doings: asyncio.Queue[str] = asyncio.Queue()
        tools = Tools(self._stub, self._editions, self._today(), doings.put_nowait, message.effective_on)

        async def work() -> tuple[Question, Answer]:
            answered, answer = await answer_both_ways(question, tools)
            if self._model and answer.kind is Kind.CLARIFICATION:
                placed = await self._model.place(question, message.earlier, tools)
                if placed:
                    return await answer_both_ways(placed, tools)
            return answered, answer

        composing = asyncio.create_task(work())
        try:
            async for doing in _until(composing, doings):
                yield messages.progress(doing)
            placed, answer = await composing
        finally:
            await end([composing])

        yield messages.opening(placed, answer)
        yield messages.text(heading + head(answer), framing=True)
        yield messages.text(answer.body)
        if self._model and answer.kind is Kind.ANSWER:
            async with aclosing(self._model.explain(placed, answer, tools)) as explanation:
                async for said in explanation:
                    record.by_model = True
                    answer = replace(answer, sources=once([*answer.sources, *said.sources]))
                    yield messages.text(said.text)
        yield messages.text(tail(answer), framing=True)
        yield messages.ending(answer)


async def _until(task: "asyncio.Task[Any]", queue: "asyncio.Queue[str]") -> AsyncGenerator[str, None]:
    """Return what is put into a queue until a task has ended."""
    while not task.done():
        getting = asyncio.create_task(queue.get())
        try:
            await asyncio.wait({task, getting}, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                yield getting.result()
        finally:
            await end([getting])
