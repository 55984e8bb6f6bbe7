"""The rights of people: erasures with the keyed hashes that stay, calls to destinations about them,
and corrections of golden values.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the tables."""
    counter = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "erasures",
        sa.Column("erasure_id", counter, primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("requested_by", sa.String(100), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("requested_at", sa.DateTime, nullable=False),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("person", sa.LargeBinary),
        sa.Column("report", sa.Text),
    )
    op.create_table(
        "erased_keys",
        sa.Column("kind", sa.String(300), primary_key=True),
        sa.Column("key_hash", sa.String(64), primary_key=True),
        sa.Column("erasure_id", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "erasure_calls",
        sa.Column("call_id", counter, primary_key=True, autoincrement=True),
        sa.Column("erasure_id", sa.BigInteger, nullable=False),
        sa.Column("activation", sa.String(200), nullable=False),
        sa.Column("destination", sa.String(100), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("claimed_at", sa.DateTime, nullable=False),
        sa.Column("settled_at", sa.DateTime),
        sa.UniqueConstraint("erasure_id", "activation", "place", name="erasure_calls_by_item"),
    )
    op.create_table(
        "corrections",
        sa.Column("correction_id", counter, primary_key=True, autoincrement=True),
        sa.Column("contact_id", sa.BigInteger, nullable=False),
        sa.Column("attribute", sa.String(100), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("corrected_by", sa.String(100), nullable=False),
        sa.Column("corrected_at", sa.DateTime, nullable=False),
        sa.Column("withdrawn_by", sa.String(100)),
        sa.Column("withdrawn_reason", sa.String(200)),
        sa.Column("withdrawn_at", sa.DateTime),
    )
