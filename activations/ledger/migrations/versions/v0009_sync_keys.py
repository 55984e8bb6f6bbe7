"""Keys of syncs that are texts, by the numbers that stand for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "sync_keys",
        sa.Column(
            "key_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("activation", sa.String(200), nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.UniqueConstraint("activation", "subject_id", name="sync_keys_by_subject"),
    )
