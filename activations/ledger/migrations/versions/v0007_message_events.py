"""Opens, clicks and other events of own messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "message_events",
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("event_key", sa.String(64), nullable=False, unique=True),
        sa.Column("delivery_id", sa.BigInteger, nullable=False),
        sa.Column("event_type", sa.String(30), nullable=False),
        sa.Column("link", sa.String(300)),
        sa.Column("agent", sa.String(30)),
        sa.Column("is_machine", sa.Boolean, nullable=False),
        sa.Column("occurred_at", sa.DateTime, nullable=False),
        sa.Column("heard_at", sa.DateTime, nullable=False),
    )
