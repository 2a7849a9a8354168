"""`codingahead ask`: questions to CasePilot, from a terminal."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import typer
from codingahead.assistant.v1 import assistant_pb2, assistant_pb2_grpc
from rich.console import Console

from cli.output import AsJson, emit
from services.gateway.answered import Answered
from services.gateway.api.ask_models import ask_response
from services.gateway.settings import Upstreams
from services.gateway.words import system_of
from services.runtime.errors import Refusal
from services.runtime.rpc.client import Client, stream
from services.runtime.rpc.tls import tls_of

_SECONDS = 60.0
_MOST_EARLIER = 20


def ask(
    question: Annotated[
        str, typer.Argument(help="One or several questions; without: a conversation, line by line, or standard input.")
    ] = "",
    effective_on: Annotated[
        str, typer.Option("--date", help="Date of service of questions that name none, YYYY-MM-DD; empty means today.")
    ] = "",
    code: Annotated[str, typer.Option(help='The code that "it" means, with its system: icd10cm:E11.9.')] = "",
    as_json: AsJson = False,
) -> None:
    """Ask CasePilot. The answer comes as it is made, with its sources; nothing of it is stored."""
    request = assistant_pb2.AskRequest(effective_on=effective_on, about=_about(code))
    if question or not sys.stdin.isatty():
        request.question = question or sys.stdin.read()
        asyncio.run(_answer(request, as_json))
    else:
        _converse(request, as_json)


def _about(code: str) -> assistant_pb2.CodeName | None:
    if not code:
        return None
    system, colon, name = code.partition(":")
    if not colon:
        raise typer.BadParameter("expected a code with its system, such as icd10cm:E11.9")
    return assistant_pb2.CodeName(system=system_of(system.lower()), code=name)


def _converse(request: assistant_pb2.AskRequest, as_json: bool) -> None:
    """Answer line by line until there are no more; what was said before goes along."""
    while True:
        try:
            request.question = input("> ")
        except EOFError:
            print()
            return
        if not request.question.strip():
            continue
        try:
            answered = asyncio.run(_answer(request, as_json))
        except Refusal as refusal:
            print(refusal.message, file=sys.stderr)
            continue
        request.earlier.add(question=answered.done.question, answer=answered.text)
        del request.earlier[:-_MOST_EARLIER]


async def _answer(request: assistant_pb2.AskRequest, as_json: bool) -> Answered:
    """Print the answer as it comes, as JSON when it is whole."""
    answered = Answered()
    console = Console(stderr=True)
    with console.status("") as status:
        async with aclosing(_events(request)) as events:
            async for event in events:
                answered.add(event)
                if event.HasField("progress"):
                    status.update(f"{event.progress.doing} ...")
                elif event.text.text and not as_json:
                    status.stop()
                    print(event.text.text, end="", flush=True)
    if as_json:
        emit([ask_response(answered)], True)
    else:
        print("\n")
    return answered


async def _events(request: assistant_pb2.AskRequest) -> AsyncGenerator[assistant_pb2.AskResponse, None]:
    settings = Upstreams()
    contract = assistant_pb2.DESCRIPTOR.services_by_name["AssistantService"]
    client = Client(contract, settings.assistant_target, tls_of(settings))
    assistant = client.stub(assistant_pb2_grpc.AssistantServiceStub, _SECONDS)
    try:
        async with aclosing(stream(assistant.Ask(request))) as events:
            async for event in events:
                yield event
    finally:
        await client.close()
