"""Tables of the ledger. ``receipts`` is the log and is only appended to; ``deliveries`` is its fold, kept for the claim.

The tables as the newest of migrations/versions leaves them; a test compares the two.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
# SQLite counts up only an INTEGER key by itself
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


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


deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("delivery_id", sa.BigInteger, primary_key=True, autoincrement=False),
    *_what_it_is(),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("claimed_at", sa.DateTime, nullable=False),
    sa.Column("settled_at", sa.DateTime),
    sa.Column("next_attempt_at", sa.DateTime),
    sa.Column("on_unknown", sa.String(10)),  # what the destination's capabilities said at the last claim
    sa.Index("deliveries_by_state", "state"),
    sa.Index("deliveries_by_subject", "activation", "subject_id"),
)

receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("receipt_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("delivery_id", sa.BigInteger, nullable=False),
    *_what_it_is(),
    sa.Column("occurred_at", sa.DateTime, nullable=False),
    sa.Column("claimed_at", sa.DateTime),  # of the attempt this receipt ends; null for what a person recorded
    sa.Column("recorded_by", sa.String(100)),  # the person, where it was one
    sa.Index("receipts_by_run", "run_id"),
    sa.Index("receipts_by_delivery", "delivery_id"),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("channel", sa.String(20), primary_key=True),
    sa.Column("address_hash", sa.String(64), primary_key=True),
    sa.Column("reason", sa.String(100), nullable=False),
    sa.Column("delivery_id", sa.BigInteger),
    sa.Column("created_at", sa.DateTime, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("as_of", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
)

pauses = sa.Table(
    "pauses",
    metadata,
    sa.Column("scope", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("reason", sa.String(200)),
    sa.Column("paused_by", sa.String(100), nullable=False),
    sa.Column("paused_at", sa.DateTime, nullable=False),
)

# guardrail: the one that was overridden, or ``approval`` for a campaign above its size. It holds for one plan, or without one for
# as long as it does not expire, up to ``size`` messages or operations
approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("approval_id", COUNTER, primary_key=True, autoincrement=True),
    sa.Column("activation", sa.String(200), nullable=False),
    sa.Column("guardrail", sa.String(50), nullable=False),
    sa.Column("size", sa.BigInteger),
    sa.Column("plan", sa.String(64)),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("approved_by", sa.String(100), nullable=False),
    sa.Column("approved_at", sa.DateTime, nullable=False),
    sa.Column("expires_at", sa.DateTime),
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String(50), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)
