"""The trace of the call that an event was written in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; events that wait have no trace."""
    op.add_column("outbox", sa.Column("traceparent", sa.String(55)))
