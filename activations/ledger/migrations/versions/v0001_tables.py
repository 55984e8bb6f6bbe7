"""The tables of the first ledgers, which were made without versions: such a ledger is stamped with
this one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the five tables."""
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.BigInteger, primary_key=True, autoincrement=False),
        *_what_it_is(),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_at", sa.DateTime, nullable=False),
        sa.Column("settled_at", sa.DateTime),
        sa.Column("next_attempt_at", sa.DateTime),
    )
    op.create_index("deliveries_by_state", "deliveries", ["state"])
    op.create_index("deliveries_by_subject", "deliveries", ["activation", "subject_id"])
    op.create_table(
        "receipts",
        sa.Column(
            "receipt_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("delivery_id", sa.BigInteger, nullable=False),
        *_what_it_is(),
        sa.Column("occurred_at", sa.DateTime, nullable=False),
    )
    op.create_index("receipts_by_run", "receipts", ["run_id"])
    _create_small_tables()


def _create_small_tables() -> None:
    op.create_table(
        "suppressions",
        sa.Column("channel", sa.String(20), primary_key=True),
        sa.Column("address_hash", sa.String(64), primary_key=True),
        sa.Column("reason", sa.String(100), nullable=False),
        sa.Column("delivery_id", sa.BigInteger),
        sa.Column("created_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("finished_at", sa.DateTime, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(50), primary_key=True),
        sa.Column("value", sa.String(200), nullable=False),
    )


def _what_it_is() -> list[sa.Column[object]]:
    return [
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("activation", sa.String(200), nullable=False),
        sa.Column("destination", sa.String(100), nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("operation", sa.String(10), nullable=False),
        sa.Column("row_hash", sa.BigInteger),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("vendor_id", sa.String(200)),
    ]
