"""Pauses; in a receipt, who recorded it and when its attempt was claimed; what may be done with an
unknown delivery.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table, the columns (empty for what was recorded before) and the index that a
    delivery's history is read by.
    """
    op.create_table(
        "pauses",
        sa.Column("scope", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("reason", sa.String(200)),
        sa.Column("paused_by", sa.String(100), nullable=False),
        sa.Column("paused_at", sa.DateTime, nullable=False),
    )
    op.add_column("deliveries", sa.Column("on_unknown", sa.String(10)))
    op.add_column("receipts", sa.Column("claimed_at", sa.DateTime))
    op.add_column("receipts", sa.Column("recorded_by", sa.String(100)))
    op.create_index("receipts_by_delivery", "receipts", ["delivery_id"])
