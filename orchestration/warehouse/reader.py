"""Reading the warehouse file: opened late, closed early, since any open connection makes dbt fail
on the lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.runs import stopping
from sluice.orchestration.warehouse.attached import attach

MESSAGE_COLUMNS = (
    "message_id as delivery_id, campaign, destination, channel, purpose, contact_id, address,"
    " address_hash, template, language, country, full_name, context, address_key"
)
PUT_BACK = (
    "put a backup back with `sluice restore DIR --only warehouse`, or move the file away: the next"
    " run lands and decides anew, with the contact ids that the ledger keeps and the histories of"
    " SLUICE_HOME/journal"
)


@contextmanager
def open_warehouse(
    path: Path | None, *, read_only: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that is closed when the block ends; without a path, to no file, for reading
    Parquet.
    """
    connection = _connect(path, read_only) if path else duckdb.connect()
    stopping.queries.add(connection)
    try:
        connection.execute(
            "set TimeZone = 'UTC'"
        )  # or a moment would be read in the zone of the machine
        yield connection
    finally:
        stopping.queries.discard(connection)
        connection.close()


def _connect(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Raises BlockedError when another process has the file open, ConfigurationError when it is no
    warehouse.
    """
    if read_only and not path.exists():
        raise ConfigurationError(
            "there is no warehouse in this home yet", "run `sluice run` first, or set SLUICE_HOME"
        )
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and "lock" in str(error):
            raise opened_elsewhere(path.name, str(error)) from error
        raise ConfigurationError(
            f"{path.name} in SLUICE_HOME cannot be opened as a DuckDB file: it is damaged", PUT_BACK
        ) from error
    attach(connection, path)
    return connection


def opened_elsewhere(name: str, words: str) -> BlockedError:
    """The error for a warehouse file that another process has open; DuckDB's ``words`` name it."""
    pid = re.search(r"\(PID (\d+)\)", words)
    file = re.search(r'lock on file "([^"]+)"', words)  # it may be one that is attached
    name = Path(file[1]).name if file else name
    who = f"process {pid[1]}" if pid else "another program"
    return BlockedError(
        f"{who} has {name} open", "close it there (a DuckDB shell, a notebook), and run again"
    )


def query(
    path: Path | None, sql: str, parameters: list[Any] | None = None
) -> list[tuple[Any, ...]]:
    """All rows of a small query."""
    with open_warehouse(path) as connection:
        return connection.execute(sql, parameters or []).fetchall()


def has_table(path: Path, schema: str, name: str) -> bool:
    """True when the warehouse has a table or view of this name."""
    sql = "select 1 from information_schema.tables where table_schema = $1 and table_name = $2"
    return bool(query(path, sql, [schema, name]))


def spool_messages(path: Path, campaign: str, target: Path) -> int:
    """Write the due messages of a campaign to a Parquet file, by delivery_id. Returns how many."""
    return spool(
        path,
        f"select {MESSAGE_COLUMNS} from activation.out_messages where campaign = $1 order by"
        " message_id",
        campaign,
        target,
    )


def spool_decisions(path: Path, delivery_ids: list[int], target: Path) -> int:
    """Write these messages to a Parquet file, whatever was decided of them since.

    Returns how many.
    """
    sql = (
        f"select {MESSAGE_COLUMNS} from activation.message_decisions where message_id in (select"
        " unnest($1::bigint[]))"
    )
    return spool(path, f"{sql} order by message_id", delivery_ids, target)


def spool_nothing(target: Path) -> int:
    """Write a file of no due rows."""
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"operation": pa.array([], pa.string())}), target)
    return 0


def spool(path: Path, sql: str, parameter: str | list[int], target: Path) -> int:
    """Write the rows of a query to a Parquet file. Returns how many."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(path) as connection:
        relation = connection.sql(sql, params=[parameter])
        relation.write_parquet(str(target))
    return int(pq.read_metadata(target).num_rows)
