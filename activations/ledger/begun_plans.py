"""The plan of each activation whose push was begun last: what of it is still due belongs to it, not
to the run that is next.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sluice.activations.ledger.rows import chunks, naive
from sluice.activations.ledger.tables import begun_plans, deliveries
from sluice.models.delivery import DeliveryState


@dataclass(frozen=True, slots=True)
class BegunPlan:
    """What guardrails, or a person, let through.

    ``plans``: the ids of the runs and plans on file it went by, for the approvals given to them.
    Times are naive UTC. ``items``: Parquet of (delivery_id, operation, item_key), as whoever noted
    it wrote it.
    """

    activation: str
    plans: Sequence[str]
    as_of: datetime
    begun_at: datetime
    items: bytes


def note_begun(
    connection: sa.Connection,
    activation: str,
    plans: Sequence[str],
    as_of: datetime,
    now: datetime,
    items: bytes,
) -> None:
    """Keep it in place of the one before; times are aware UTC."""
    connection.execute(begun_plans.delete().where(begun_plans.c.activation == activation))
    values = dict(
        activation=activation,
        plans=json.dumps(list(plans)),
        as_of=naive(as_of),
        begun_at=naive(now),
        items=items,
    )
    connection.execute(begun_plans.insert().values(**values))


def find_begun(engine: sa.Engine, activation: str) -> BegunPlan | None:
    """The plan that was begun last; None when there never was one."""
    with engine.connect() as connection:
        row = (
            connection.execute(sa.select(begun_plans).where(begun_plans.c.activation == activation))
            .mappings()
            .one_or_none()
        )
    if row is None:
        return None
    return BegunPlan(
        activation, json.loads(row["plans"]), row["as_of"], row["begun_at"], bytes(row["items"])
    )


def find_accepted(engine: sa.Engine, ids: Sequence[int]) -> set[int]:
    """Those of these deliveries that their destination accepted."""
    states = [DeliveryState.ACCEPTED.value, DeliveryState.DELIVERED.value]
    return _find(engine, ids, deliveries.c.state.in_(states))


def find_tried(engine: sa.Engine, ids: Sequence[int]) -> set[int]:
    """Those of these deliveries that were tried, whatever came of it."""
    return _find(engine, ids, sa.true())


def _find(engine: sa.Engine, ids: Sequence[int], which: sa.ColumnElement[bool]) -> set[int]:
    found: set[int] = set()
    with engine.connect() as connection:
        for chunk in chunks(ids):
            query = sa.select(deliveries.c.delivery_id).where(
                deliveries.c.delivery_id.in_(chunk), which
            )
            found.update(connection.execute(query).scalars())
    return found
