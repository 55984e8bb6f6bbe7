"""Contact ids and their changes are journalled; a message is known by its address; a ledger has an
identity of its own.
"""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables; name the ledger."""
    op.create_table(
        "contact_ids",
        sa.Column("change_id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("record_key", sa.BigInteger, nullable=False),
        sa.Column("contact_id", sa.BigInteger, nullable=False),
        sa.Column("named_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "identity_changes",
        sa.Column("change_id", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("from_contact_id", sa.BigInteger, nullable=False),
        sa.Column("to_contact_id", sa.BigInteger, nullable=False),
        sa.Column("change", sa.String(10), nullable=False),
        sa.Column("record_count", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "sent_addresses",
        sa.Column("address_key", COUNTER, primary_key=True, autoincrement=False),
        sa.Column("delivery_id", sa.BigInteger, nullable=False),
    )
    meta = sa.table("meta", sa.column("key", sa.String), sa.column("value", sa.String))
    op.execute(meta.insert().values(key="ledger_id", value=uuid4().hex))
