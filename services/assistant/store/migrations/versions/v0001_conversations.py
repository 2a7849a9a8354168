"""Conversations and their turns."""

import sqlalchemy as sa
from alembic import op

from services.runtime.database import Moment

revision = "0001"
down_revision = None

_ID = sa.String(32)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index("ix_conversations_latest", "conversations", ["subject", "last_at"])
    op.create_index("ix_conversations_last_at", "conversations", ["last_at"])
    op.create_table(
        "turns",
        sa.Column("conversation_id", _ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answers", sa.LargeBinary, nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "number", name="pk_turns"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id", ondelete="CASCADE"
        ),
    )
