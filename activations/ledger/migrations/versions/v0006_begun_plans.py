"""The plan of each activation whose push was begun last, for the guardrails of the run after one
that was cut off.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "begun_plans",
        sa.Column("activation", sa.String(200), primary_key=True),
        sa.Column("plans", sa.Text, nullable=False),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("begun_at", sa.DateTime, nullable=False),
        sa.Column("items", sa.LargeBinary, nullable=False),
    )
