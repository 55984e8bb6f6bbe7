"""What is the same for a push stands once; a batch in hand is one row of claims; receipts may come
before their delivery.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OPEN = sa.text("state not in ('accepted', 'delivered')")
HAS_VENDOR_ID = sa.text("vendor_id is not null")
SAME = " and ".join(
    f"o.{name} = p.{name}" for name in ("kind", "activation", "destination", "run_id", "as_of")
)

FILL_PUSHES = """
insert into pushes (kind, activation, destination, run_id, as_of, on_unknown)
select kind, activation, destination, run_id, as_of, max(on_unknown) from (
    select kind, activation, destination, run_id, as_of, on_unknown from old_deliveries
    union all select kind, activation, destination, run_id, as_of, cast(null as varchar(10)) from old_receipts
) as every_push group by kind, activation, destination, run_id, as_of
"""
FILL_DELIVERIES = f"""
insert into deliveries (delivery_id, push_id, subject_id, operation, row_hash, state, reason, vendor_id, attempts, claimed_at,
    settled_at, next_attempt_at)
select o.delivery_id, p.push_id, o.subject_id, o.operation, o.row_hash, o.state, o.reason, o.vendor_id, o.attempts, o.claimed_at,
    o.settled_at, o.next_attempt_at from old_deliveries as o inner join pushes as p on {SAME}
"""
# a receipt whose delivery is not there any more: the ledger of another age; it is kept, with what
# it knows
FILL_LOST_DELIVERIES = f"""
insert into deliveries (delivery_id, push_id, subject_id, operation, row_hash, state, reason, vendor_id, attempts, claimed_at,
    settled_at)
select o.delivery_id, p.push_id, o.subject_id, o.operation, o.row_hash, o.state, o.reason, o.vendor_id, 1, o.occurred_at,
    o.occurred_at
from old_receipts as o inner join pushes as p on {SAME}
where o.receipt_id in (select max(receipt_id) from old_receipts group by delivery_id)
    and o.delivery_id not in (select delivery_id from deliveries)
"""
FILL_RECEIPTS = f"""
insert into receipts (receipt_id, delivery_id, push_id, state, reason, vendor_id, occurred_at, claimed_at, recorded_by)
select o.receipt_id, o.delivery_id, p.push_id, o.state, o.reason, o.vendor_id, o.occurred_at, o.claimed_at, o.recorded_by
from old_receipts as o inner join pushes as p on {SAME} order by o.receipt_id
"""
GO_ON_COUNTING = """
select setval(pg_get_serial_sequence('receipts', 'receipt_id'), (select coalesce(max(receipt_id), 0) + 1 from receipts), false)
"""


def upgrade() -> None:
    """Make the new tables, copy every row, drop the old ones."""
    _put_aside("deliveries", ["deliveries_by_state", "deliveries_by_subject"])
    _put_aside("receipts", ["receipts_by_run", "receipts_by_delivery"])
    _create_pushes_and_claims()
    _create_deliveries()
    _create_receipts()
    for statement in (FILL_PUSHES, FILL_DELIVERIES, FILL_LOST_DELIVERIES, FILL_RECEIPTS):
        op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(GO_ON_COUNTING)
    op.drop_table("old_deliveries")
    op.drop_table("old_receipts")


def _put_aside(table: str, indexes: list[str]) -> None:
    for index in indexes:
        op.drop_index(index, table)
    op.rename_table(table, f"old_{table}")
    if (
        op.get_bind().dialect.name == "postgresql"
    ):  # the names of keys and counters are the schema's
        op.execute(f"alter table old_{table} rename constraint {table}_pkey to old_{table}_pkey")
        op.execute(
            "alter sequence if exists receipts_receipt_id_seq rename to old_receipts_receipt_id_seq"
        )


def _create_pushes_and_claims() -> None:
    op.create_table(
        "pushes",
        sa.Column("push_id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("activation", sa.String(200), nullable=False),
        sa.Column("destination", sa.String(100), nullable=False),
        sa.Column("channel", sa.String(20)),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("on_unknown", sa.String(10)),
    )
    op.create_index("pushes_by_run", "pushes", ["run_id"])
    op.create_table(
        "claims",
        sa.Column("claim_id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("push_id", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("claimed_at", sa.DateTime, nullable=False),
        sa.Column("batch", sa.LargeBinary, nullable=False),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", COUNTER, primary_key=True, autoincrement=False),
        sa.Column("push_id", sa.BigInteger, nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("operation", sa.String(10), nullable=False),
        sa.Column("row_hash", sa.BigInteger),
        sa.Column("address_hash", sa.String(64)),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("vendor_id", sa.String(200)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_at", sa.DateTime, nullable=False),
        sa.Column("settled_at", sa.DateTime),
        sa.Column("next_attempt_at", sa.DateTime),
    )
    op.create_index(
        "deliveries_open", "deliveries", ["state"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    columns, where = ["vendor_id"], HAS_VENDOR_ID
    op.create_index(
        "deliveries_by_vendor_id", "deliveries", columns, sqlite_where=where, postgresql_where=where
    )


def _create_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("receipt_id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("delivery_id", sa.BigInteger, nullable=False),
        sa.Column("push_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("vendor_id", sa.String(200)),
        sa.Column("occurred_at", sa.DateTime, nullable=False),
        sa.Column("claimed_at", sa.DateTime),
        sa.Column("recorded_by", sa.String(100)),
    )
    op.create_table(
        "early_receipts",
        sa.Column("early_id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("delivery_id", sa.BigInteger),
        sa.Column("vendor_id", sa.String(200)),
        sa.Column("address_hash", sa.String(64)),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(200)),
        sa.Column("is_suppressing", sa.Boolean, nullable=False),
        sa.Column("occurred_at", sa.DateTime, nullable=False),
        sa.Column("heard_at", sa.DateTime, nullable=False),
    )
