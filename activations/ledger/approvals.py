"""Who let a campaign above its size go out, or what a guardrail would stop. Times are naive UTC."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from sluice.activations.ledger.reasons import plain_reason
from sluice.activations.ledger.rows import Row, naive
from sluice.activations.ledger.tables import approvals
from sluice.models.errors import ConfigurationError

SIGNED = ("activation", "guardrail", "size", "plan", "reason", "approved_by", "approved_at")


class Contents(Protocol):
    """Knows what campaigns and syncs are made of now."""

    def digest(self, activation: str) -> str | None:
        """A digest of its files; None where there is no such campaign or sync."""


class Signing(Protocol):
    """Signs for the person at the keyboard, and checks what others signed."""

    def sign(self, person: str, text: bytes) -> str:
        """The signature. Raises BlockedError where the key of this person is not there."""

    def holds(self, person: str, text: bytes, signature: str | None) -> bool:
        """Whether the person signed the text, and may approve."""


def statement(row: Mapping[str, Any], ledger_id: str) -> bytes:
    """What is signed: all of an approval, and the ledger it is for."""
    values = {name: row[name] for name in (*SIGNED, "expires_at")}
    if row["content"] is not None:  # which older approvals do not say
        values["content"] = row["content"]
    return json.dumps({**values, "ledger": ledger_id}, sort_keys=True, default=str).encode()


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
    content: str | None = None,
    signing: Signing | None = None,
    ledger_id: str = "",
) -> None:
    """Record an approval, of this ``content`` alone where it is given, signed where ``signing`` is,
    committed when this returns.

    Raises ConfigurationError without a reason, BlockedError without the person's key.
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
        content=content,
    )
    times = dict(
        approved_at=naive(now), expires_at=None if expires_at is None else naive(expires_at)
    )
    row: Row = {**values, **times}
    row["signature"] = None if signing is None else signing.sign(person, statement(row, ledger_id))
    with engine.begin() as connection:
        connection.execute(approvals.insert().values(row))


def list_approvals(engine: sa.Engine) -> list[Row]:
    """All approvals there ever were, the oldest first."""
    with engine.connect() as connection:
        return [
            dict(row)
            for row in connection.execute(
                sa.select(approvals).order_by(approvals.c.approval_id)
            ).mappings()
        ]
