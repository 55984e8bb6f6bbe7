"""What people prefer: topics, how often, a pause, a language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "preferences",
        sa.Column(
            "preference_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("contact_id", sa.BigInteger, nullable=False),
        sa.Column("delivery_id", sa.BigInteger),
        sa.Column("preference", sa.String(60), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("stated_at", sa.DateTime, nullable=False),
        sa.Column("how", sa.String(100), nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
    )
    op.create_index("preferences_by_contact", "preferences", ["contact_id"])
