"""API keys, and what members keep beside the codes."""

import sqlalchemy as sa
from alembic import op

from services.runtime.database import Moment

revision = "0002"
down_revision = "0001"

_ID = sa.String(32)
_PAGE = sa.String(128)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "api_keys",
        sa.Column("id", _ID, nullable=False),
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("ending", sa.String(8), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("last_used_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        _owned("api_keys"),
    )
    op.create_index("ix_api_keys_account_id", "api_keys", ["account_id"])
    op.create_table(
        "opened_pages",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("page", _PAGE, nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "page", name="pk_opened_pages"),
        _owned("opened_pages"),
    )
    op.create_index("ix_opened_pages_latest", "opened_pages", ["account_id", "opened_at"])
    op.create_table(
        "favourites",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("page", _PAGE, nullable=False),
        sa.Column("added_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "page", name="pk_favourites"),
        _owned("favourites"),
    )
    op.create_table(
        "notes",
        sa.Column("account_id", _ID, nullable=False),
        sa.Column("page", _PAGE, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "page", name="pk_notes"),
        _owned("notes"),
    )


def _owned(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=f"fk_{table}_account_id", ondelete="CASCADE")
