"""One activation pushed to one destination within one run: what its claims and outcomes share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from sluice.activations.erasure import NOBODY, ErasedKeys
from sluice.activations.ledger.rows import naive
from sluice.activations.ledger.tables import pushes
from sluice.models.delivery import Audience
from sluice.models.run import Run


@dataclass(frozen=True)
class Push:
    """One activation pushed to one destination within one run, as ``pushes`` holds it; ``owner`` is
    whoever sends, ``held`` the deliveries in its hands, ``as_of`` the logical time of the run.
    ``known_statements``: consent statements up to this id were weighed by the decisions; 0 for
    none, so that each of them is asked for at the claim. ``erased``: whom nothing is sent to.
    ``known_preferences``: as ``known_statements``. ``topic``: of the campaign, which people may
    refuse. ``dedupes_for``: as the destination's capabilities say. ``audience``: of a sync that
    carries people to a marketing vendor.
    """

    push_id: int
    kind: str
    activation: str
    destination: str
    channel: str | None
    on_unknown: str
    owner: str
    held: set[int] = field(default_factory=set, compare=False)
    as_of: datetime | None = None
    known_statements: int = 0
    erased: ErasedKeys = NOBODY
    known_preferences: int = 0
    topic: str | None = None
    dedupes_for: timedelta | None = None
    audience: Audience | None = None


def open_push(
    connection: sa.Connection,
    activation: tuple[str, str, str],
    run: Run,
    on_unknown: str,
    channel: str | None,
) -> int:
    """Write the row of a push of (kind, activation, destination). Returns its number."""
    kind, name, destination = activation
    insert = pushes.insert().values(
        kind=kind,
        activation=name,
        destination=destination,
        channel=channel,
        on_unknown=on_unknown,
        run_id=run.run_id,
        as_of=naive(run.as_of),
    )
    return int(connection.execute(insert.returning(pushes.c.push_id)).scalar_one())
