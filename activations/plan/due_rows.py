"""Reads the file of due rows of one activation, as batches of items.

Column by column, since there may be millions of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sluice.activations.plan.outbox import SYNC_COLUMNS, OperationMapping, Own, to_operation
from sluice.activations.plan.values import python_values
from sluice.models.config import SyncConfig
from sluice.models.delivery import Item

AT_ONCE = 10_000  # rows read together; memory holds them once
ToItem = Callable[[Mapping[str, Any], Any], Item]


def count_items(due_rows: Path) -> int:
    """How many are due."""
    return int(pq.read_metadata(due_rows).num_rows)


def read_items(due_rows: Path, size: int, to_item: ToItem, config: Any) -> Iterator[Sequence[Item]]:
    """The items of a file of due rows, in its order, in batches of ``size``."""
    to_items = (
        partial(_operations, config=config)
        if to_item is to_operation
        else partial(_each, to_item=to_item, config=config)
    )
    with pq.ParquetFile(due_rows) as file:
        for rows in file.iter_batches(batch_size=max(size, AT_ONCE // size * size)):
            items = to_items(rows)
            yield from (items[start : start + size] for start in range(0, len(items), size))


def _each(rows: pa.RecordBatch, to_item: ToItem, config: Any) -> Sequence[Item]:
    columns = [python_values(column) for column in rows.columns]
    return [
        to_item(dict(zip(rows.schema.names, row, strict=True)), config)
        for row in zip(*columns, strict=True)
    ]


def _operations(rows: pa.RecordBatch, config: SyncConfig | None) -> Sequence[Item]:
    """What ``to_operation`` gives for each row."""
    mapping = OperationMapping(rows.schema.names, config)
    given = SYNC_COLUMNS.intersection(rows.schema.names)
    own = Own({name: rows.column(name).to_pylist() for name in given}, rows.num_rows)
    return mapping.operations(own, [python_values(rows.column(name)) for name in mapping.names])
