"""Rows of the outbox, as the warehouse gives them, become the items a destination is handed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
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


class Own:
    """The columns of a file of due rows that are not the sync's, by name; those that may be missing
    are empty then. ``key`` is the key where it is a text that ``sync_key`` stands for, else None.
    """

    def __init__(self, columns: Mapping[str, Sequence[Any]], count: int) -> None:
        missing: list[Any] = [None] * count
        keys, numbers = columns.get("key", missing), columns["sync_key"]
        self.delivery_ids: Sequence[int] = columns["delivery_id"]
        self.operations: Sequence[Operation] = columns["operation"]
        self.row_hashes: Sequence[int | None] = columns["row_hash"]
        self.vendor_ids: Sequence[str | None] = columns.get("_vendor_id", missing)
        self.contact_ids: Sequence[int | None] = columns.get("_contact_id", missing)
        self.subjects: Sequence[int | str] = numbers
        self.sync_keys: Sequence[int | None] = missing
        if any(key is not None for key in keys):
            pairs = list(zip(keys, numbers, strict=True))
            self.subjects = [number if key is None else key for key, number in pairs]
            self.sync_keys = [None if key is None else number for key, number in pairs]


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

    def operations(self, own: Own, columns: Sequence[Sequence[Any]]) -> list[SyncOperation]:
        """The operations of rows that are given column by column, since there may be millions:
        ``columns`` are those of ``names``.
        """
        properties: list[dict[str, Any]] = (
            [dict(zip(self._fields, row, strict=True)) for row in zip(*columns, strict=True)]
            if columns
            else [{} for _ in own.delivery_ids]
        )
        for field, column in dict(zip(self._fields, columns, strict=True)).items():
            if field not in self._emptied and None in column:
                _leave_out(field, column, properties)
        if "exited" in own.operations:
            properties = [
                {} if operation == "exited" else filled
                for operation, filled in zip(own.operations, properties, strict=True)
            ]
        nothing, if_empty = repeat(frozenset[str]()), self._if_empty
        return list(
            map(
                SyncOperation,
                own.delivery_ids,
                own.subjects,
                own.operations,
                own.row_hashes,
                properties,
                own.vendor_ids,
                repeat(self._object),
                repeat(self._list),
                [if_empty & one.keys() for one in properties] if if_empty else nothing,
                own.sync_keys,
                own.contact_ids,
            )
        )


def _leave_out(field: str, column: Sequence[Any], properties: Sequence[dict[str, Any]]) -> None:
    for value, filled in zip(column, properties, strict=True):
        if value is None:
            del filled[field]


def to_operation(row: Mapping[str, Any], config: SyncConfig | None = None) -> SyncOperation:
    """A row of ``out_sync_operations`` with the wanted row's columns, as the sync maps them."""
    mapping = OperationMapping(row, config)
    own = Own({name: [row.get(name)] for name in SYNC_COLUMNS}, 1)
    (operation,) = mapping.operations(own, [[row[name]] for name in mapping.names])
    return operation
