"""What people decide about probable matches: confirmed or dismissed, with who, when and why.

A contact's id is the key of a record, so a decision finds its people wherever their records are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sluice.activations.ledger.reasons import plain_reason
from sluice.activations.ledger.rows import Row, naive
from sluice.activations.ledger.tables import match_decisions
from sluice.models.match_decision import MatchDecision


def keep(connection: sa.Connection, decision: MatchDecision, who: str, now: datetime) -> None:
    """Keep a decision, of this second. Raises ConfigurationError for an address in the reason."""
    values = {
        **vars(decision),
        "reason": plain_reason(decision.reason, "--reason"),
        "decided_by": who[:100],
        "decided_at": naive(now).replace(microsecond=0),
    }
    connection.execute(match_decisions.insert().values(**values))


def find(connection: sa.Connection, contact_ids: Sequence[int] | None) -> list[Row]:
    """All decisions, or those of some contacts, the oldest first."""
    c = match_decisions.c
    query = sa.select(match_decisions).order_by(c.decision_id)
    if contact_ids is not None:
        ids = list(contact_ids)
        query = query.where(sa.or_(c.contact_id_a.in_(ids), c.contact_id_b.in_(ids)))
    return [dict(row) for row in connection.execute(query).mappings()]
