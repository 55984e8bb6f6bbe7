"""Tables of the warehouse for what is computed in DuckDB: the warehouse itself where it is one,
else a copy in memory, which spills to disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from sluice.orchestration.warehouse.base import Session
from sluice.orchestration.warehouse.duckdb_file import DuckDBSession, in_memory


@contextmanager
def in_duckdb(session: Session, tables: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which these tables, ``schema.name``, can be read; one that the warehouse does
    not have is not there either.
    """
    if isinstance(session, DuckDBSession) and not session.prefix:
        yield session.connection
        return
    with in_memory() as connection:
        for table in tables:
            schema, _, name = table.partition(".")
            if session.has_table(schema, name):
                _copy(session, table, connection)
        yield connection


def _copy(session: Session, table: str, connection: duckdb.DuckDBPyConnection) -> None:
    rows = session.batches(f"select * from {table}")
    first = next(rows)
    reader = pa.RecordBatchReader.from_batches(first.schema, rows)
    connection.execute(f"create schema if not exists {table.partition('.')[0]}")
    connection.register("copied_rows", reader)
    connection.execute(f"create table {table} as select * from copied_rows")
    connection.unregister("copied_rows")
