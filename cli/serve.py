"""`codingahead serve`: one service as a process of its own."""

from enum import StrEnum
from typing import Annotated

import typer


class Service(StrEnum):
    """The services that can be started."""

    ACCOUNTS = "accounts"
    ASSISTANT = "assistant"
    GATEWAY = "gateway"
    LOOKUP = "lookup"
    QUOTA = "quota"


def serve(service: Annotated[Service, typer.Argument(help="The service to run.")]) -> None:
    """Run one service until it is told to stop."""
    # Each service is imported alone, so that a process carries only what it uses.
    match service:
        case Service.ACCOUNTS:
            from services.accounts.main import main
        case Service.ASSISTANT:
            from services.assistant.main import main
        case Service.GATEWAY:
            from services.gateway.main import main
        case Service.LOOKUP:
            from services.lookup.main import main
        case Service.QUOTA:
            from services.quota.main import main
    main()
