"""The switch that stops sending: all of it, a destination, or one campaign or sync.

Workers read it before each batch.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from sluice.activations.ledger.reasons import plain_reason
from sluice.activations.ledger.rows import Row, insert_missing, naive, run
from sluice.activations.ledger.tables import pauses
from sluice.models.errors import ConfigurationError

ALL = "all"
DESTINATION = "destination"
CAMPAIGN = "campaign"  # a sync's too
THAT_HOLD = f"select name from pauses where {' or '.join(['(scope = ? and name = ?)'] * 3)} limit 1"


def pause(
    engine: sa.Engine, scope: str, name: str, reason: str | None, paused_by: str, now: datetime
) -> bool:
    """Pause, committed when this returns.

    False when it was paused already: then who paused it first, and why, is kept.
    """
    values = dict(
        scope=scope,
        name=name,
        reason=plain_reason(reason, "--reason"),
        paused_by=paused_by[:100],
        paused_at=naive(now),
    )
    with engine.begin() as connection:
        return bool(insert_missing(connection, pauses, [values]))


def resume(engine: sa.Engine, name: str) -> list[Row]:
    """End the pauses of this name; returns them.

    Raises ConfigurationError with what is paused when it is not.
    """
    with engine.begin() as connection:
        found = [
            dict(row) for row in connection.execute(_list().where(pauses.c.name == name)).mappings()
        ]
        if not found:
            names = ", ".join(row["name"] for row in connection.execute(_list()).mappings())
            raise ConfigurationError(
                f"'{name}' is not paused",
                f"name what is: {names}" if names else "nothing is paused now",
            )
        connection.execute(pauses.delete().where(pauses.c.name == name))
    return found


def list_pauses(engine: sa.Engine) -> list[Row]:
    """What is paused now, the oldest first: scope, name, reason, paused_by, paused_at (naive
    UTC).
    """
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(_list()).mappings()]


def paused_by(connection: sa.Connection, activation: str, destination: str) -> str | None:
    """The name of a pause that holds for an activation at a destination; None when it may send.

    One small query.
    """
    values = (ALL, ALL, DESTINATION, destination, CAMPAIGN, activation)
    found = run(connection, THAT_HOLD, values)
    return str(found[0][0]) if found else None


def _list() -> sa.Select[tuple[object, ...]]:
    return sa.select(*pauses.columns).order_by(pauses.c.paused_at, pauses.c.name)
