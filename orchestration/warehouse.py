"""Reading the warehouse file: opened late, closed early, since any open connection makes dbt fail on the lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import BlockedError, ConfigurationError
from orchestration import stopping

MESSAGE_COLUMNS = (
    "message_id, campaign, destination, channel, purpose, contact_id, address, address_hash, template, language, country,"
    " full_name, context, address_key"
)
SYNC_COLUMNS = "o.operation_id, o.sync_key as key, o.operation, o.row_hash, v.vendor_id as _vendor_id"
# the id that the vendor gave a key when it last accepted it
VENDOR_IDS = """select subject_id, destination, arg_max(vendor_id, receipt_id) as vendor_id from ledger.receipts
where kind = 'sync' and activation = $1 and state = 'accepted' and vendor_id is not null group by subject_id, destination"""


@contextmanager
def open_warehouse(path: Path | None, *, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that is closed when the block ends; without a path, to no file, for reading Parquet."""
    connection = _connect(path, read_only) if path else duckdb.connect()
    stopping.queries.add(connection)
    try:
        yield connection
    finally:
        stopping.queries.discard(connection)
        connection.close()


def _connect(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Raises BlockedError when another process has the file open, ConfigurationError when it is no warehouse."""
    if read_only and not path.exists():
        raise ConfigurationError("there is no warehouse in this home yet", "run `sluice run` first, or set SLUICE_HOME")
    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise BlockedError(
                f"another program has {path.name} open", "close it there (a DuckDB shell, a notebook), and run again"
            ) from error
        raise ConfigurationError(
            f"{path.name} in SLUICE_HOME cannot be opened as a DuckDB file",
            "put a copy of it back, or move it away: the next run lands and decides everything anew",
        ) from error


def query(path: Path | None, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """All rows of a small query."""
    with open_warehouse(path) as connection:
        return connection.execute(sql, parameters or []).fetchall()


def has_table(path: Path, schema: str, name: str) -> bool:
    """True when the warehouse has a table or view of this name."""
    sql = "select 1 from information_schema.tables where table_schema = $1 and table_name = $2"
    return bool(query(path, sql, [schema, name]))


def spool_messages(path: Path, campaign: str, target: Path) -> int:
    """Write the due messages of a campaign to a Parquet file, by message_id. Returns how many."""
    return _spool(
        path, f"select {MESSAGE_COLUMNS} from activation.out_messages where campaign = $1 order by message_id", campaign, target
    )


def spool_decisions(path: Path, message_ids: list[int], target: Path) -> int:
    """Write these messages to a Parquet file, whatever was decided of them since. Returns how many."""
    sql = f"select {MESSAGE_COLUMNS} from activation.message_decisions where message_id in (select unnest($1::bigint[]))"
    return _spool(path, f"{sql} order by message_id", message_ids, target)


def spool_sync(path: Path, sync: str, key: str, target: Path) -> int:
    """Write the operations of a sync that are due, with the wanted row's columns (null for exits), to a Parquet file. Left out is
    what failed for good, and what is held."""
    sql = (
        f'select {SYNC_COLUMNS}, w.* exclude ("{key}") from activation.out_sync_operations as o'
        f" left join ({VENDOR_IDS}) as v on o.sync_key = v.subject_id and o.destination = v.destination"
        f' left join activation."sync_{sync}" as w on o.sync_key = w."{key}" and o.operation <> \'exited\''
        " where o.sync = $1 and coalesce(o.delivery_state, '') <> 'failed' and o.hold_reason is null order by o.operation_id"
    )
    return _spool(path, sql, sync, target)


def count_held(path: Path, sync: str) -> int:
    """How many operations of a sync wait for a person to raise its mapping_version."""
    held = "select count(*) from activation.out_sync_operations where sync = $1 and hold_reason is not null"
    return int(query(path, held, [sync])[0][0])


def bad_keys(path: Path) -> list[str]:
    """The syncs that were stopped for their keys, in words: how many, and never which."""
    problems = query(
        path, "select sync, stream_id, problem from activation.int_sync_checks where problem is not null order by sync"
    )
    return [_words(path, sync, stream_id, problem) for sync, stream_id, problem in problems]


def _words(path: Path, sync: str, stream_id: int, problem: str) -> str:
    keys = {
        "null_keys": "select count(*) from activation.int_sync_wanted where stream_id = $1 and sync_key is null",
        "duplicate_keys": "select count(*) from (select sync_key from activation.int_sync_wanted where stream_id = $1"
        " group by sync_key having count(*) > 1)",
    }
    count = query(path, keys[problem], [stream_id])[0][0]
    found = f"{count:,} rows have no key" if problem == "null_keys" else f"{count:,} keys are there more than once"
    mend = f"give one row a key in sync_{sync}.sql, and its yml the tests not_null and unique"
    return f"sync {sync}: {found}, nothing of it was sent -> {mend}"


def spool_nothing(target: Path) -> int:
    """Write a plan without rows."""
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"operation": pa.array([], pa.string())}), target)
    return 0


def _spool(path: Path, sql: str, parameter: str | list[int], target: Path) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_warehouse(path) as connection:
        relation = connection.sql(sql, params=[parameter])
        relation.write_parquet(str(target))
    return int(pq.read_metadata(target).num_rows)
