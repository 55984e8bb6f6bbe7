"""What people said holds for the person: their statements get a table, and so do those that only
suppressed an address so far.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

HAS_ADDRESS = sa.text("address_hash is not null")
# of a suppression other than a bounce: each contact that was written to at the address, and where
# there is none the address alone
FILL_STATEMENTS = """
insert into consent_statements (channel, purpose, status, contact_id, address_hash, delivery_id, contact_as_of, how,
    stated_at, recorded_at)
select s.channel, 'marketing', 'withdrawn', d.subject_id, s.address_hash, max(d.delivery_id), min(d.as_of), s.reason,
    s.created_at, s.created_at
from suppressions as s
left join (
    select d.subject_id, d.delivery_id, d.address_hash, p.channel, p.as_of
    from deliveries as d inner join pushes as p on p.push_id = d.push_id where p.kind = 'message'
) as d on (d.address_hash = s.address_hash and d.channel = s.channel) or d.delivery_id = s.delivery_id
where s.reason <> 'bounced'
group by s.channel, s.address_hash, s.reason, s.created_at, d.subject_id
"""


def upgrade() -> None:
    """Add the table and an index on the addresses of deliveries, and fill the table from the
    suppressions.
    """
    op.create_table(
        "consent_statements",
        sa.Column(
            "statement_id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("contact_id", sa.BigInteger),
        sa.Column("address_hash", sa.String(64)),
        sa.Column("delivery_id", sa.BigInteger),
        sa.Column("contact_as_of", sa.DateTime),
        sa.Column("how", sa.String(100), nullable=False),
        sa.Column("stated_at", sa.DateTime, nullable=False),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
    )
    op.create_index("consent_statements_by_contact", "consent_statements", ["contact_id"])
    op.create_index("consent_statements_by_address", "consent_statements", ["address_hash"])
    op.create_index(
        "deliveries_by_address",
        "deliveries",
        ["address_hash"],
        sqlite_where=HAS_ADDRESS,
        postgresql_where=HAS_ADDRESS,
    )
    op.execute(FILL_STATEMENTS)
