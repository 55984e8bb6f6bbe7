"""The journal of who is who: what the warehouse decided about contact ids, kept where it survives
the loss of the warehouse.

Two logs, only appended to: of a record its contact (the last row holds), and merges and splits.
They hold hashes and times, no personal data. Times are naive UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sluice.activations.ledger.rows import Row, insert_rows, rows_after
from sluice.activations.ledger.tables import contact_ids, identity_changes
from sluice.activations.ledger.writer import write

NAMES = ("record_key", "contact_id", "named_at")
CHANGES = ("from_contact_id", "to_contact_id", "change", "record_count", "changed_at")
JOURNALS = {"contact_ids": contact_ids, "identity_changes": identity_changes}


def append(
    engine: sa.Engine, names: Sequence[tuple[Any, ...]], changes: Sequence[tuple[Any, ...]]
) -> None:
    """Append rows of ``NAMES`` and of ``CHANGES``, in one transaction, committed when this
    returns.
    """
    if not names and not changes:
        return

    def work(connection: sa.Connection) -> None:
        insert_rows(connection, "contact_ids", {}, NAMES, _texts(names))
        insert_rows(connection, "identity_changes", {}, CHANGES, _texts(changes))

    write(engine, work)


def entries_after(
    engine: sa.Engine, journal: str, change_id: int, size: int = 50_000
) -> Iterator[list[Row]]:
    """Rows of ``contact_ids`` or ``identity_changes`` with a greater change_id, in order, in
    batches.
    """
    return rows_after(engine, JOURNALS[journal].c.change_id, change_id, size)


def _texts(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Times as both databases take them in a statement of ours."""
    return [
        tuple(v.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(v, datetime) else v for v in row)
        for row in rows
    ]
