"""Deliveries that are not at their destination: by reason in counts, and one by one.

No address and no name is in it.

A row of a sync has a new delivery each time it changes. An older one that was not accepted is
superseded by the newer: what counts is where the row stands now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from sluice.activations.ledger.reading import DELIVERIES, open_counts
from sluice.activations.ledger.rows import Row
from sluice.activations.ledger.tables import OPEN, deliveries, pushes
from sluice.models.delivery import DeliveryState

SUPERSEDED = "superseded"
UNSETTLED = (DeliveryState.FAILED.value, DeliveryState.RETRY.value, DeliveryState.UNKNOWN.value)
GROUP = ("kind", "activation", "destination", "operation", "state")

_later, _later_push = deliveries.alias("later"), pushes.alias("later_push")
_open = (
    sa.select(
        *(deliveries.c[name] for name in ("delivery_id", "subject_id", "claimed_at")),
        *(pushes.c[name] for name in ("activation", "destination")),
    )
    .select_from(DELIVERIES)
    .where(OPEN, deliveries.c.state.in_(UNSETTLED), pushes.c.kind == "sync")
    .cte("open_deliveries")
)
# one join over the table, not a search for each open delivery: subjects have no index, which every
# push would pay for
OLD = (
    sa.select(_open.c.delivery_id)
    .select_from(
        _open.join(
            _later,
            (_later.c.subject_id == _open.c.subject_id)
            & (_later.c.claimed_at > _open.c.claimed_at),
        ).join(
            _later_push,
            (_later_push.c.push_id == _later.c.push_id)
            & (_later_push.c.activation == _open.c.activation)
            & (_later_push.c.destination == _open.c.destination),
        )
    )
    .distinct()
)


def current_counts(engine: sa.Engine, run_id: str | None = None) -> list[Row]:
    """Deliveries by kind, activation, destination, operation and state, of one run or all; a
    superseded one says so. What is in hand counts as claimed.
    """
    with engine.connect() as connection:
        counted = _counted(connection, (), run_id)
        counted.update({(*key,): count for key, count in open_counts(connection, run_id).items()})
        if run_id is None:
            _supersede(connection, counted, ())
    return [
        {**dict(zip(GROUP, key, strict=True)), "count": count}
        for key, count in sorted(counted.items())
        if count
    ]


def reason_counts(engine: sa.Engine, run_id: str | None = None) -> list[Row]:
    """What was not accepted, with the last reason and a count; the most frequent first.

    Superseded deliveries are left out.
    """
    names = (*GROUP, "reason")
    with engine.connect() as connection:
        counted = _counted(connection, (deliveries.c.reason,), run_id, OPEN)
        if run_id is None:
            _supersede(connection, counted, (deliveries.c.reason,))
    rows = [
        {**dict(zip(names, key, strict=True)), "count": n}
        for key, n in counted.items()
        if n and key[4] != SUPERSEDED
    ]
    return sorted(rows, key=lambda row: (-row["count"], *(str(row[name]) for name in names)))


def unsettled(engine: sa.Engine, activation: str, destination: str) -> list[Row]:
    """Deliveries of an activation that failed, wait or are unknown: delivery_id, subject_id,
    operation, state, reason, run_id.
    """
    columns = [
        deliveries.c[name] for name in ("delivery_id", "subject_id", "operation", "state", "reason")
    ]
    query = (
        sa.select(*columns, pushes.c.run_id)
        .select_from(DELIVERIES)
        .where(OPEN, deliveries.c.state.in_(UNSETTLED))
    )
    of_it = query.where(pushes.c.activation == activation, pushes.c.destination == destination)
    with engine.connect() as connection:
        return [
            dict(row)
            for row in connection.execute(of_it.order_by(deliveries.c.delivery_id)).mappings()
        ]


def _counted(
    connection: sa.Connection,
    more: tuple[sa.Column[str], ...],
    run_id: str | None,
    where: sa.TextClause | None = None,
) -> Counter[tuple[str, ...]]:
    columns = [*_columns(), *more]
    query = sa.select(*columns, sa.func.count()).select_from(DELIVERIES).group_by(*columns)
    query = query if where is None else query.where(where)
    rows = connection.execute(query if run_id is None else query.where(pushes.c.run_id == run_id))
    return Counter(dict(_keyed(rows)))


def _supersede(
    connection: sa.Connection, counted: Counter[tuple[str, ...]], more: tuple[sa.Column[str], ...]
) -> None:
    """Count superseded deliveries as such."""
    columns = [*_columns(), *more]
    query = (
        sa.select(*columns, sa.func.count())
        .select_from(DELIVERIES)
        .where(OPEN, deliveries.c.delivery_id.in_(OLD))
    )
    for key, count in _keyed(connection.execute(query.group_by(*columns))):
        counted[key] -= count
        counted[(*key[:4], SUPERSEDED, *key[5:])] += count


def _keyed(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[tuple[str, ...], int]]:
    for row in rows:
        *key, count = list(row)
        yield tuple(key), int(count)


def _columns() -> list[sa.Column[str]]:
    return [
        pushes.c.kind,
        pushes.c.activation,
        pushes.c.destination,
        deliveries.c.operation,
        deliveries.c.state,
    ]
