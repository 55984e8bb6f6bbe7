"""Rows of the outbox, as the warehouse gives them, become the items a destination is handed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from models.config import ColumnConfig, SyncConfig
from models.delivery import Message, SyncOperation

SYNC_COLUMNS = frozenset({"operation_id", "key", "operation", "row_hash", "_vendor_id"})
PLAIN = ColumnConfig()


def to_message(row: Mapping[str, Any], config: object = None) -> Message:
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
        purpose=row["purpose"],
        country=row["country"] or "",
    )


def to_operation(row: Mapping[str, Any], config: SyncConfig | None = None) -> SyncOperation:
    """A row of ``out_sync_operations`` with the wanted row's columns, as the sync maps them. A null is left out, so that no value
    is overwritten by one, unless the column says ``overwrite``: then it is None, which empties the field. An exit has none: the
    key, and the vendor's id that the dispatcher fills in, say who leaves."""
    columns = config.columns if config is not None else {}
    properties: dict[str, Any] = {}
    if_empty: set[str] = set()
    for name, value in row.items() if row["operation"] != "exited" else ():
        column = columns.get(name, PLAIN)
        if name in SYNC_COLUMNS or (value is None and column.write != "overwrite"):
            continue
        properties[column.to or name] = value
        if column.write == "if_empty":
            if_empty.add(column.to or name)
    return SyncOperation(
        delivery_id=row["operation_id"],
        key=row["key"],
        operation=row["operation"],
        row_hash=row["row_hash"],
        properties=properties,
        vendor_id=row.get("_vendor_id"),
        object=config.object if config is not None else "contacts",
        list_name=config.list if config is not None else None,
        if_empty=frozenset(if_empty),
    )
