"""The `codingahead` command."""

import sys

import typer
from pydantic import ValidationError

from cli import accounts, catalog, check, compare, events, fees, lookups, serve, settings, up
from cli.addresses import adopt_running_addresses
from services.lookup.sources.errors import SourceError
from services.lookup.store import BulkFailed
from services.lookup.verify import VerificationFailed
from services.runtime.errors import Refusal
from services.runtime.settings import explain

app = typer.Typer(
    name="codingahead",
    help="Coding Ahead: medical code search and lookup.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(serve.serve)
# The commands above start what the others find running.
_STARTING = ("up", "serve")
app.add_typer(catalog.app, name="catalog")
app.command()(lookups.search)
app.command()(lookups.code)
app.command()(check.check)
app.command()(compare.compare)
app.command()(fees.fees)
app.command()(settings.settings)
app.add_typer(accounts.app, name="accounts")
app.add_typer(events.app, name="events")


def main() -> None:
    """Run the command line; what a user can mend ends with a sentence and exit code 1, not with a trace."""
    if sys.argv[1:2] not in ([name] for name in _STARTING):
        adopt_running_addresses()
    try:
        app()
    except ValidationError as error:
        _fail(explain(error))
    except Refusal as refusal:
        _fail(refusal.message)
    except (ConnectionError, SourceError, VerificationFailed, BulkFailed) as error:
        _fail(str(error))


def _fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)
