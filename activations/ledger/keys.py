"""Keys of syncs that are texts, kept at the claim: by them an exit is sent once its row is gone, or
the warehouse was lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from sluice.activations.ledger.rows import insert_rows, rows_after
from sluice.activations.ledger.tables import sync_keys
from sluice.models.delivery import Item, SyncOperation

KNOWN = "on conflict do nothing"


def keep_keys(connection: sa.Connection, activation: str, items: Sequence[Item]) -> None:
    """Keep the key of each item that has a text for one; what is kept stays as it is."""
    if not items or not isinstance(items[0], SyncOperation):
        return
    rows = [
        (i.sync_key, i.key)
        for i in items
        if isinstance(i, SyncOperation) and i.sync_key is not None
    ]
    if rows:
        insert_rows(
            connection,
            sync_keys.name,
            {"activation": activation},
            ("subject_id", "key"),
            rows,
            KNOWN,
        )


def keys_after(
    engine: sa.Engine, key_id: int, size: int = 50_000
) -> Iterator[list[dict[str, Any]]]:
    """Keys with a greater id, in order, in batches, as they are landed."""
    return rows_after(engine, sync_keys.c.key_id, key_id, size)


def has_key(engine: sa.Engine, key_id: int, activation: str, subject_id: int) -> bool:
    """Whether this ledger gave the key this number."""
    k = sync_keys.c
    query = sa.select(k.key_id).where(
        k.key_id == key_id, k.activation == activation, k.subject_id == subject_id
    )
    with engine.connect() as connection:
        return connection.execute(query).first() is not None


def restore_keys(connection: sa.Connection, rows: Sequence[tuple[str, int, str]]) -> None:
    """Put back (activation, subject_id, key) as they were landed; what is known here stays as it
    is.
    """
    insert_rows(connection, sync_keys.name, {}, ("activation", "subject_id", "key"), rows, KNOWN)
