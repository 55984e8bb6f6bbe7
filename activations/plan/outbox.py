"""Rows of the outbox, as the warehouse gives them, become the items a destination is handed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sluice.models.config import ColumnConfig, SyncConfig
from sluice.models.delivery import Message, Operation, SyncOperation

SYNC_COLUMNS = frozenset(
    {"delivery_id", "sync_key", "key", "operation", "row_hash", "_vendor_id", "_contact_id"}
)
PLAIN = ColumnConfig()
COLUMN = "column:"
# values of every template; empty until the links are made
PREFERENCES_URL, SHARE_URL = "preferences_url", "share_url"


def plan_column(name: str) -> str:
    """The name in the file of due rows of a column of a sync: another one where it is called like
    one of the file's own columns.
    """
    return COLUMN + name if name.lower() in SYNC_COLUMNS or name.startswith(COLUMN) else name


def to_message(row: Mapping[str, Any], config: object = None) -> Message:
    """A row of ``out_messages``; ``context`` is a JSON object, its keys are the template's
    variables.
    """
    own = {"full_name": row["full_name"] or "", PREFERENCES_URL: "", SHARE_URL: ""}
    values = {**own, **json.loads(row["context"] or "{}")}
    return Message(
        delivery_id=row["delivery_id"],
        contact_id=row["contact_id"],
        address=row["address"],
        address_hash=row["address_hash"],
        channel=row["channel"],
        template=row["template"],
        language=row["language"],
        values=values,
        purpose=row["purpose"],
        country=row["country"] or "",
        address_key=row.get("address_key"),
        subjects=json.loads(row.get("subjects") or "{}"),
    )


class OperationMapping:
    """How a sync maps the columns it reads, once for all rows.

    A null is left out, so that no value is overwritten by one, unless the column says
    ``overwrite``: then it is None, which empties the field. An exit has no properties: the key, and
    the id that the vendor gave it, say who leaves.
    """

    def __init__(self, names: Iterable[str], config: SyncConfig | None) -> None:
        columns = config.columns if config is not None else {}
        self.names = [name for name in names if name not in SYNC_COLUMNS]
        own = [name.removeprefix(COLUMN) for name in self.names]
        written = [columns.get(name, PLAIN) for name in own]
        self._fields = [column.to or name for name, column in zip(own, written, strict=True)]
        by_way = list(zip(self._fields, (column.write for column in written), strict=True))
        self._emptied = {field for field, way in by_way if way == "overwrite"}
        self._if_empty = frozenset(field for field, way in by_way if way == "if_empty")
        self._object = config.object if config is not None else "contacts"
        self._list = config.list if config is not None else None

    def operation(
        self,
        delivery_id: int,
        sync_key: int,
        operation: Operation,
        row_hash: int | None,
        vendor_id: str | None,
        key: str | None,
        contact_id: int | None,
        values: Sequence[Any],
    ) -> SyncOperation:
        """One operation; ``values`` are those of ``names``, ``key`` is the key where it is a text
        that ``sync_key`` stands for, else None. ``contact_id``: where it is known.
        """
        properties: dict[str, Any] = {}
        if operation != "exited":
            properties = dict(zip(self._fields, values, strict=True))
            if None in values:
                properties = {
                    f: value
                    for f, value in properties.items()
                    if value is not None or f in self._emptied
                }
        if_empty = self._if_empty & properties.keys() if self._if_empty else self._if_empty
        return SyncOperation(
            delivery_id,
            sync_key if key is None else key,
            operation,
            row_hash,
            properties,
            vendor_id,
            self._object,
            self._list,
            if_empty,
            None if key is None else sync_key,
            contact_id,
        )


def to_operation(row: Mapping[str, Any], config: SyncConfig | None = None) -> SyncOperation:
    """A row of ``out_sync_operations`` with the wanted row's columns, as the sync maps them."""
    mapping = OperationMapping(row, config)
    values = [row[name] for name in mapping.names]
    own = (
        row["delivery_id"],
        row["sync_key"],
        row["operation"],
        row["row_hash"],
        row.get("_vendor_id"),
        row.get("key"),
        row.get("_contact_id"),
    )
    return mapping.operation(*own, values)
