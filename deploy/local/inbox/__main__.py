"""The inbox process: `python -m deploy.local.inbox FOLDER SMTP_PORT PAGE_PORT`, until SIGTERM."""

import asyncio
import sys
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.inbox.messages import Messages
from deploy.local.inbox.pages import application
from deploy.local.ports import LOOPBACK

MAX_MESSAGE_BYTES = 10_000_000


class Sink:
    """Takes what SMTP brings, whoever it is for. The method's name is aiosmtpd's."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message, and say so once it is kept. What the parser raises, the server answers with 500."""
        assert envelope.original_content is not None
        try:
            self._messages.add(envelope.original_content)
        except OSError:
            return "452 4.3.1 The message could not be written"
        return "250 2.0.0 Kept"


async def main(folder: Path, smtp_port: int, page_port: int) -> None:
    """Take messages and show them until a signal says stop."""
    messages = Messages(folder)
    loop = asyncio.get_running_loop()

    def connection() -> SMTP:
        return SMTP(
            Sink(messages),
            hostname="localhost",
            data_size_limit=MAX_MESSAGE_BYTES,
            enable_SMTPUTF8=True,
            loop=loop,
        )

    await loop.create_server(connection, LOOPBACK, smtp_port)
    # Started last: who finds the page answering finds SMTP answering.
    config = uvicorn.Config(
        application(messages),
        host=LOOPBACK,
        port=page_port,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
