"""Whether a transaction was committed whose answer never came: the server may be gone before it
says so, or after it did it.
"""

from __future__ import annotations

import time

import sqlalchemy as sa

POLL_SECONDS = 0.05
MOST_SECONDS = 10.0


def transaction_id(connection: sa.Connection) -> int | None:
    """The id by which Postgres can be asked. SQLite needs none: there a commit that fails was not
    made.
    """
    if connection.dialect.name != "postgresql":
        return None
    return int(connection.execute(sa.select(sa.func.txid_current())).scalar_one())


def is_committed(engine: sa.Engine, transaction: int | None) -> bool:
    """Ask on another connection, for as long as the server takes to come back or to make up its
    mind. False when it was not, or when nobody can be asked: then the caller's next try fails
    too.
    """
    until = time.monotonic() + MOST_SECONDS
    while transaction is not None and time.monotonic() < until:
        try:
            with engine.connect() as connection:
                status = connection.execute(sa.select(sa.func.txid_status(transaction))).scalar()
        except sa.exc.OperationalError:
            status = "in progress"
        if status != "in progress":
            return bool(status == "committed")
        time.sleep(POLL_SECONDS)
    return False
