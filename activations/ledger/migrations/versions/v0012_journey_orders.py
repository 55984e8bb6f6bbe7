"""What people order of journeys: start, stop, move, release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "journey_orders",
        sa.Column(
            "order_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("journey", sa.String(100)),
        sa.Column("contact_id", sa.BigInteger),
        sa.Column("from_node", sa.String(50)),
        sa.Column("to_node", sa.String(50)),
        sa.Column("reason", sa.String(200)),
        sa.Column("ordered_by", sa.String(100), nullable=False),
        sa.Column("ordered_at", sa.DateTime, nullable=False),
    )
