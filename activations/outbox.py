"""Rows of the outbox, as the warehouse gives them, become the items a destination is handed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from models.delivery import Message, SyncOperation

SYNC_COLUMNS = frozenset({"operation_id", "key", "operation", "row_hash"})


def to_message(row: Mapping[str, Any]) -> Message:
    """A row of ``out_messages``; ``context`` is a JSON object, its keys are the template's variables."""
    values = {"full_name": row["full_name"] or "", **json.loads(row["context"] or "{}")}
    return Message(
        delivery_id=row["message_id"],
        contact_id=row["contact_id"],
        address=row["address"],
        address_hash=row["address_hash"],
        channel=row["channel"],
        template=row["template"],
        language=row["language"],
        values=values,
    )


def to_operation(row: Mapping[str, Any]) -> SyncOperation:
    """A row of ``out_sync_operations`` with the wanted row's columns. Nulls are left out: no value is overwritten by one."""
    properties = {name: value for name, value in row.items() if name not in SYNC_COLUMNS and value is not None}
    return SyncOperation(
        delivery_id=row["operation_id"],
        key=row["key"],
        operation=row["operation"],
        row_hash=row["row_hash"],
        properties={} if row["operation"] == "exited" else properties,
    )
