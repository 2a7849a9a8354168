"""`codingahead assistant`: the database of conversations."""

import asyncio

import typer

from services.assistant.settings import DatabaseSettings
from services.assistant.store import database

app = typer.Typer(help="The database of conversations.", no_args_is_help=True)
# With a callback a command keeps its name even when it is the only one.
app.callback()(lambda: None)


@app.command()
def migrate() -> None:
    """Bring the database to the version that this program needs; what is in it stays."""
    print(asyncio.run(database.migrate(DatabaseSettings().assistant_database_url.get_secret_value())))
