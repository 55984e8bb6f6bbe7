"""Approvals: of a campaign above its size, and of what a guardrail would stop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "approvals",
        sa.Column(
            "approval_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("activation", sa.String(200), nullable=False),
        sa.Column("guardrail", sa.String(50), nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("plan", sa.String(64)),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("approved_by", sa.String(100), nullable=False),
        sa.Column("approved_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime),
    )
