"""How long CasePilot takes to its first words and to the end of its answers."""

import time

from codingahead.assistant.v1 import assistant_pb2, assistant_pb2_grpc
from rich.console import Console
from rich.table import Table

from services.runtime.rpc.client import Client, stream
from tests.assistant.book import OWN, read_questions
from tests.bench.load import CELLS, WARM_UP_SECONDS, Ask, Measured, closed_loop, cycle_from
from tests.e2e.product import Product

ASSISTANT = assistant_pb2.DESCRIPTOR.services_by_name["AssistantService"]
CALLERS = (1, 8)


async def measure_assistant(product: Product, console: Console, seconds: float) -> None:
    """Ask the questions of the quality run without their follow-ups, and print how long answers took."""
    client = Client(ASSISTANT, product.addresses["CODINGAHEAD_ASSISTANT_TARGET"])
    ask = client.stub(assistant_pb2_grpc.AssistantServiceStub, 30).Ask
    questions = [question.turns[0] for question in read_questions(OWN)]
    first_words: list[float] = []

    def asker(number: int) -> Ask:
        asked = cycle_from(questions, number * 97)

        async def answer() -> None:
            began = time.perf_counter()
            first = 0.0
            async for step in stream(ask(assistant_pb2.AskRequest(question=next(asked)))):
                if step.HasField("text") and not first:
                    first = time.perf_counter() - began
            first_words.append(first)

        return answer

    await closed_loop(max(CALLERS), WARM_UP_SECONDS, asker)
    table = Table("CasePilot", *CELLS, box=None)
    for callers in CALLERS:
        first_words.clear()
        whole = await closed_loop(callers, 2 * seconds, asker)
        table.add_row("first words", *Measured(callers, whole.elapsed, tuple(first_words)).cells())
        table.add_row("whole answer", *whole.cells())
    console.print(table)
    await client.close()
