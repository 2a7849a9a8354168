"""The `codingahead` command."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import typer
from pydantic import ValidationError

from cli.addresses import adopt_running_addresses
from services.lookup.errors import LoadFailed, VocabularyError
from services.lookup.sources.errors import SourceError
from services.runtime import context, telemetry
from services.runtime.errors import Refusal
from services.runtime.settings import Settings, Unusable, explain

# The module of each command; one of several commands has an `app`.
_COMMANDS = {
    "up": "up",
    "serve": "serve",
    "catalog": "catalog",
    "search": "lookups",
    "code": "lookups",
    "specify": "lookups",
    "check": "check",
    "compare": "compare",
    "fees": "fees",
    "ask": "ask",
    "settings": "settings",
    "accounts": "accounts",
    "assistant": "assistant",
    "audit": "audit",
    "events": "events",
    "status": "status",
}
# These start what the others find running.
_STARTING = ("up", "serve")


def main() -> None:
    """Run the command line; what a user can mend ends with a sentence and exit code 1, not with a trace."""
    arguments = sys.argv[1:]
    if arguments[:1] not in ([name] for name in _STARTING):
        adopt_running_addresses()
    try:
        _run(arguments)
    except ValidationError as error:
        _fail(explain(error))
    except Refusal as refusal:
        _fail(refusal.message)
    except (ConnectionError, SourceError, LoadFailed, VocabularyError, Unusable) as error:
        _fail(str(error))


def _run(arguments: Sequence[str]) -> None:
    """Run a command; all that it asks of services is one trace."""
    run = commands(arguments)
    name = arguments[0] if arguments else ""
    if name not in _COMMANDS or name in _STARTING:
        run()
        return
    telemetry.start("cli", Settings())
    try:
        with (
            context.following("") as call,
            telemetry.serving(call, f"codingahead {name}", telemetry.Kind.INTERNAL, {}) as span,
        ):
            try:
                run()
            except SystemExit as ended:
                span.end(f"exit {ended.code}" if ended.code else "")
                raise
    finally:
        telemetry.stop()


def commands(arguments: Sequence[str]) -> typer.Typer:
    """Return the command line for some arguments: a process imports the command that they name, all for none."""
    app = typer.Typer(
        name="codingahead",
        help="Coding Ahead: medical code search and lookup.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # With a callback a command keeps its name even when it is the only one.
    app.callback()(lambda: None)
    # `up` takes the extra `local`, which the image does without.
    known = [name for name in _COMMANDS if name != "up" or find_spec("psutil")]
    for name in [arguments[0]] if arguments and arguments[0] in known else known:
        module = import_module(f"cli.{_COMMANDS[name]}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)
