"""`codingahead events`: events that could not be handled."""

import asyncio
from typing import Annotated

import typer

from cli.audit import audit_log
from cli.output import AsJson, emit
from services.runtime.events import deadletters
from services.runtime.settings import Settings

app = typer.Typer(help="Events that could not be handled.", no_args_is_help=True)


@app.command("list")
def list_letters(as_json: AsJson = False) -> None:
    """List the dead letters with the reason of each."""

    async def read() -> list[deadletters.DeadLetter]:
        async with deadletters.connect(Settings().nats_url.get_secret_value()) as letters:
            return await letters.list()

    emit(
        [
            {
                "sequence": letter.sequence,
                "subject": letter.subject,
                "event_id": letter.event_id,
                "consumer": letter.consumer,
                "deliveries": letter.deliveries,
                "reason": letter.reason,
            }
            for letter in asyncio.run(read())
        ],
        as_json,
        "No dead letters.",
    )


@app.command()
def replay(
    consumer: Annotated[str, typer.Option(help="Only what this consumer could not handle; empty means all.")] = "",
) -> None:
    """Give dead letters back to the consumer that failed."""

    async def run() -> int:
        async with audit_log() as staff, deadletters.connect(Settings().nats_url.get_secret_value()) as letters:
            async with staff.action("events replay", consumer or "all consumers") as details:
                replayed = await letters.replay(consumer)
                details["events"] = replayed
            return replayed

    print(f"{asyncio.run(run())} events replayed.")
