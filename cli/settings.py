"""`codingahead settings`: every setting, its default and its meaning."""

from typing import Annotated

import typer

from cli.audit import AuditSettings
from cli.output import AsJson, emit
from cli.parts import GatewayAddresses
from services.accounts.settings import AccountsSettings
from services.assistant.settings import AssistantSettings
from services.gateway.settings import GatewaySettings
from services.lookup.settings import FetchSettings, LookupSettings
from services.quota.settings import QuotaSettings
from services.runtime.settings import Setting, table


def settings(
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of docs/settings.md.")] = False,
) -> None:
    """List every setting: environment variable, default, meaning."""
    if markdown:
        print(as_markdown(every_setting()), end="")
        return
    emit(
        [{"variable": s.variable, "default": s.default, "description": s.description} for s in every_setting()],
        as_json,
    )


def every_setting() -> list[Setting]:
    """Return the settings of all services, by variable."""
    services = (LookupSettings, QuotaSettings, AccountsSettings, AssistantSettings, GatewaySettings)
    return table(*services, FetchSettings, AuditSettings, GatewayAddresses)


def as_markdown(rows: list[Setting]) -> str:
    """Return the settings as the document that describes them."""
    lines = [
        "# Settings",
        "",
        "Read from the environment, or from files of these names in the folder `CODINGAHEAD_SECRETS_DIR`. Printed by",
        "`codingahead settings`.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
        *(f"| `{s.variable}` | {f'`{s.default}`' if s.default else ''} | {s.description} |" for s in rows),
    ]
    return "\n".join(lines) + "\n"
