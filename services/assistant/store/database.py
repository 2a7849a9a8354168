"""The database of the assistant."""

from pathlib import Path

from services.runtime.database import Database, Schema, Transaction

__all__ = ["Database", "Transaction", "connect", "migrate"]

_SCHEMA = Schema(
    "assistant", Path(__file__).parent / "migrations", 7004, "Conversations cannot be reached at the moment."
)

connect = _SCHEMA.connect
migrate = _SCHEMA.migrate
