"""The tables. What is written here and what the migrations make is compared by a test."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from services.runtime.database import Moment, tables_metadata

metadata = tables_metadata()

_ID = String(32)

conversations = Table(
    "conversations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("subject", String(128), nullable=False),
    Column("title", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False, index=True),
)
Index("ix_conversations_latest", conversations.c.subject, conversations.c.last_at)

turns = Table(
    "turns",
    metadata,
    Column("conversation_id", _ID, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    # A ConversationTurn of the contract with nothing but its answers.
    Column("answers", LargeBinary, nullable=False),
    Column("asked_at", Moment, nullable=False),
)
