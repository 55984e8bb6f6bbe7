"""Opening the warehouse, small queries, and writing what is due to Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from sluice.orchestration.runs import stopping
from sluice.orchestration.warehouse.base import NONE, Natives, Parameters, Session, Warehouse
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile, DuckDBSession, in_memory

AnySession = TypeVar("AnySession", bound=Session)
MESSAGE_COLUMNS = (
    "message_id as delivery_id, campaign, destination, channel, purpose, contact_id, address,"
    " address_hash, template, language, country, full_name, context, address_key,"
    " may_be_tracked, variant, subjects"
)


@contextmanager
def open_warehouse(warehouse: Warehouse | Path, *, read_only: bool = True) -> Iterator[Session]:
    """A session that is closed when the block ends, and interrupted when the process is asked to
    end. A path is that of a DuckDB file.
    """
    if isinstance(warehouse, Path):
        warehouse = DuckDBFile(warehouse, warehouse.parent)
    with _watched(warehouse.open(read_only=read_only)) as session:
        yield session


@contextmanager
def open_files() -> Iterator[DuckDBSession]:
    """A session for reading Parquet files, on no warehouse."""
    with in_memory() as connection, _watched(DuckDBSession(connection)) as session:
        yield session


@contextmanager
def _watched(session: AnySession) -> Iterator[AnySession]:
    stopping.sessions.add(session)
    try:
        yield session
    finally:
        stopping.sessions.discard(session)
        session.close()


def query(
    warehouse: Warehouse | Path, sql: str, parameters: Parameters = (), natives: Natives = NONE
) -> list[tuple[Any, ...]]:
    """All rows of a small query."""
    with open_warehouse(warehouse) as session:
        return session.execute(sql, parameters, natives).rows


def query_files(sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
    """All rows of a small query on Parquet files."""
    with open_files() as session:
        return session.execute(sql, parameters).rows


def has_table(warehouse: Warehouse, schema: str, name: str) -> bool:
    """True when the warehouse has a table or view of this name."""
    with open_warehouse(warehouse) as session:
        return session.has_table(schema, name)


def spool_messages(warehouse: Warehouse, campaign: str, target: Path) -> int:
    """Write the due messages of a campaign to a Parquet file, by delivery_id. Returns how many."""
    return spool(
        warehouse,
        f"select {MESSAGE_COLUMNS} from activation.out_messages where campaign = $1 order by"
        " message_id",
        campaign,
        target,
    )


def spool_decisions(warehouse: Warehouse, delivery_ids: list[int], target: Path) -> int:
    """Write these messages to a Parquet file, whatever was decided of them since.

    Returns how many.
    """
    sql = (
        f"select {MESSAGE_COLUMNS} from activation.message_decisions where message_id in (select"
        " unnest($1::bigint[]))"
    )
    return spool(warehouse, f"{sql} order by message_id", delivery_ids, target)


def spool_nothing(target: Path) -> int:
    """Write a file of no due rows."""
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"operation": pa.array([], pa.string())}), target)
    return 0


def spool(
    warehouse: Warehouse,
    sql: str,
    parameter: str | Sequence[int],
    target: Path,
    natives: Natives = NONE,
) -> int:
    """Write the rows of a query to a Parquet file. Returns how many."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(warehouse) as session:
        return session.write_parquet(sql, [parameter], target, natives)
