"""Who let a campaign above its size go out, or what a guardrail would stop. Times are naive UTC."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from sluice.activations.ledger.reasons import plain_reason
from sluice.activations.ledger.rows import Row, naive
from sluice.activations.ledger.tables import approvals
from sluice.models.errors import ConfigurationError


def approve(
    engine: sa.Engine,
    activation: str,
    guardrail: str,
    person: str,
    reason: str,
    now: datetime,
    *,
    size: int | None = None,
    plan: str | None = None,
    expires_at: datetime | None = None,
) -> None:
    """Record an approval, committed when this returns.

    Raises ConfigurationError without a reason.
    """
    words = plain_reason(reason, "--reason")
    if words is None:
        raise ConfigurationError("--reason is empty", "say why it may go out all the same")
    values = dict(
        activation=activation,
        guardrail=guardrail,
        size=size,
        plan=plan,
        reason=words,
        approved_by=person[:100],
    )
    times = dict(
        approved_at=naive(now), expires_at=None if expires_at is None else naive(expires_at)
    )
    with engine.begin() as connection:
        connection.execute(approvals.insert().values({**values, **times}))


def list_approvals(engine: sa.Engine) -> list[Row]:
    """All approvals there ever were, the oldest first."""
    with engine.connect() as connection:
        return [
            dict(row)
            for row in connection.execute(
                sa.select(approvals).order_by(approvals.c.approval_id)
            ).mappings()
        ]
