"""The database of accounts."""

from pathlib import Path

from services.runtime.database import Database, Schema, Transaction, insert_into

__all__ = ["Database", "Transaction", "connect", "insert_into", "migrate"]

_SCHEMA = Schema("accounts", Path(__file__).parent / "migrations", 7003, "Accounts cannot be reached at the moment.")

connect = _SCHEMA.connect
migrate = _SCHEMA.migrate
