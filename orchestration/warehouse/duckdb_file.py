"""A warehouse that is a DuckDB file: opened late, closed early, since any open connection makes dbt
fail on the lock.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sluice.activations.private_files import sync_folder
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.runs.lock import is_held
from sluice.orchestration.warehouse.attached import attach
from sluice.orchestration.warehouse.base import (
    BATCH_ROWS,
    NONE,
    ConversionError,
    MissingTableError,
    Natives,
    Parameters,
    Result,
    Session,
    UnknownNameError,
    Warehouse,
    WarehouseError,
)
from sluice.orchestration.warehouse.translation import filled, prefixed, qualified

PUT_BACK = (
    "put a backup back with `sluice restore DIR --only warehouse`, or move the file away: the next"
    " run lands and decides anew, with the contact ids that the ledger keeps and the histories of"
    " SLUICE_HOME/journal"
)
COUNTS = (
    "select schema_name, table_name, estimated_size from duckdb_tables() where database_name ="
    " current_database()"
)
# held for the moment in which the fast lane writes its rows: whoever opens the file waits for it
LANE_WRITES = Path("fast") / "writing.lock"
LANE_SECONDS = 30.0
POLL_SECONDS = 0.05
_limits = {"memory": ""}  # of this process, whose sessions on a file are one DuckDB
OUT_OF_RANGE = (duckdb.ConversionException, duckdb.OutOfRangeException)


def limit_memory(amount: str) -> None:
    """How much memory DuckDB may use in this process, ``4GB``; empty: as it has by default, four
    fifths of the machine's. Of Postgres and Spark it limits what is computed here.
    """
    _limits["memory"] = amount


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    # or a moment would be read in the zone of the machine
    connection.execute("set TimeZone = 'UTC'")
    if _limits["memory"]:
        connection.execute(f"set memory_limit = '{_limits['memory']}'")


@dataclass(frozen=True)
class DuckDBFile(Warehouse):
    """``path``: absolute. ``home``: where dbt's own files are kept. ``prefix``: see
    ``translation.prefix_of``.
    """

    path: Path
    home: Path
    prefix: str = ""

    def open(self, *, read_only: bool = True) -> DuckDBSession:
        """See Warehouse."""
        if read_only and not self.exists():
            raise ConfigurationError(
                "there is no warehouse in this home yet",
                "run `sluice run` first, or set SLUICE_HOME",
            )
        until = time.monotonic() + LANE_SECONDS
        while True:
            try:
                connection = duckdb.connect(str(self.path), read_only=read_only)
                break
            except duckdb.Error as error:
                if not (isinstance(error, duckdb.IOException) and "lock" in str(error)):
                    raise self._unreadable() from error
                if not is_held(self.home / LANE_WRITES) or time.monotonic() > until:
                    raise opened_elsewhere(self.path.name, str(error)) from error
            time.sleep(POLL_SECONDS)
        attach(connection, self.home)
        return DuckDBSession(connection, self.prefix)

    def kept_open(self) -> AbstractContextManager[object]:
        """See Warehouse: DuckDB reads the catalog once, 40 ms for 300 tables."""
        return closing(self.open()) if self.exists() else nullcontext()

    @property
    def home_file(self) -> Path | None:
        """See Warehouse."""
        return self.path if self.path.parent == self.home else None

    def exists(self) -> bool:
        """See Warehouse."""
        return self.path.exists()

    @property
    def database(self) -> str:  # type: ignore[override]
        """As dbt-duckdb names it."""
        return self.path.stem

    def describe(self) -> str:
        """See Warehouse."""
        return f"the DuckDB file {self.path.name}"

    def is_same(self, values: Mapping[str, Any]) -> bool:
        """See Warehouse."""
        return Path(str(values.get("path"))) == self.path

    def lock(self) -> nullcontext[None]:
        """Nothing to do: the file has one writer, and the home one run."""
        return nullcontext()

    def copy_apart(self, home: Path) -> Mapping[str, str]:
        """See Warehouse: the file is copied, whoever's it is."""
        target = home / self.path.name
        if self.exists():
            shutil.copyfile(self.path, target)
        return {"path": str(target)}

    def compact(self) -> bool:
        """See Warehouse: DuckDB never shrinks a file, so what it holds is copied into a new one,
        which takes its place. A killed process leaves the old one whole.
        """
        if self.home_file is None:
            return False
        if not self.exists():
            return True
        aside = self.path.with_name(f"{self.path.name}.new")
        for leftover in (aside, aside.with_name(f"{aside.name}.wal")):
            leftover.unlink(missing_ok=True)
        with closing(self.open(read_only=False)) as session:
            session.connection.execute("force checkpoint")
            session.connection.execute(
                f"attach '{str(aside).replace(chr(39), chr(39) * 2)}' as compacted"
            )
            session.connection.execute(f'copy from database "{self.database}" to compacted')
            session.connection.execute("checkpoint compacted")
            session.connection.execute("detach compacted")
        aside.chmod(0o600)
        os.replace(aside, self.path)
        self.path.with_name(f"{self.path.name}.wal").unlink(missing_ok=True)
        sync_folder(self.path.parent)
        return True

    def _unreadable(self) -> ConfigurationError:
        if self.home_file is None:
            return ConfigurationError(
                f"{self.path} cannot be opened as a DuckDB file",
                "correct path in profiles.yml; or it is damaged, or may not be written to: see to"
                " it as whoever keeps it does",
            )
        return ConfigurationError(
            f"{self.path.name} in SLUICE_HOME cannot be opened as a DuckDB file: it is damaged",
            PUT_BACK,
        )


class DuckDBSession(Session):
    """A connection to a DuckDB file, or, to none, for reading Parquet."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, prefix: str = "") -> None:
        self.connection, self.prefix = connection, prefix
        _prepare(connection)

    def execute(self, sql: str, parameters: Parameters = (), natives: Natives = NONE) -> Result:
        """See Session."""
        return self._run(filled(prefixed(sql, self.prefix), natives), parameters)

    def native(self, sql: str) -> Result:
        """See Session."""
        return self._run(sql, ())

    def _run(self, sql: str, parameters: Parameters) -> Result:
        with _errors():
            done = self.connection.execute(sql, parameters or None)
            # DuckDB 2 wants a result read to its end before the next statement
            rows = done.fetchall()
            return Result([column[0] for column in done.description or []], rows)

    def batches(
        self, sql: str, parameters: Parameters = (), natives: Natives = NONE
    ) -> Iterator[pa.RecordBatch]:
        """See Session."""
        written = filled(prefixed(sql, self.prefix), natives)
        with _errors():
            rows = self.connection.sql(written, params=parameters or None)
            reader = rows.to_arrow_reader(BATCH_ROWS)
            yield pa.RecordBatch.from_pylist([], reader.schema)
            yield from reader

    def insert(self, table: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """See Session."""
        columns = ", ".join(f'"{name}"' for name in rows.schema.names)
        target = qualified(table, self.prefix)
        sql = f"insert into {target} ({columns}) select {columns} from inserted_rows"
        with _errors():
            self.connection.register("inserted_rows", rows)
            self.connection.execute(sql)
            self.connection.unregister("inserted_rows")

    def replace(self, table: str, files: duckdb.DuckDBPyConnection, sql: str) -> None:
        """See Session."""
        with _errors():
            files.execute(f"create or replace table {qualified(table, self.prefix)} as {sql}")

    def append(self, table: str, files: duckdb.DuckDBPyConnection, sql: str) -> None:
        """See Session."""
        with _errors():
            files.execute(f"insert into {qualified(table, self.prefix)} by name {sql}")

    def row_counts(self) -> dict[tuple[str, str], int]:
        """See Session."""
        return {(one, name): int(size) for one, name, size in self.execute(COUNTS).rows}

    @contextmanager
    def local(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """See Session."""
        yield self.connection

    def write_parquet(
        self, sql: str, parameters: Parameters, target: Path, natives: Natives = NONE
    ) -> int:
        """See Session."""
        written = filled(prefixed(sql, self.prefix), natives)
        with _errors():
            rows = self.connection.sql(written, params=list(parameters))
            rows.write_parquet(str(target))
        return int(pq.read_metadata(target).num_rows)

    def interrupt(self) -> None:
        """See Session."""
        self.connection.interrupt()

    def close(self) -> None:
        """See Session."""
        self.connection.close()


@contextmanager
def in_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to no file, in UTC; what does not fit into memory is in a folder of its own that
    goes with it.
    """
    with (
        TemporaryDirectory(prefix="sluice-") as folder,
        duckdb.connect(config={"temp_directory": folder}) as connection,
    ):
        _prepare(connection)
        yield connection


@contextmanager
def _errors() -> Iterator[None]:
    """DuckDB's errors as those of any warehouse; what stops a process stays itself."""
    try:
        yield
    except duckdb.CatalogException as error:
        raise MissingTableError(str(error)) from error
    except duckdb.BinderException as error:
        raise UnknownNameError(str(error)) from error
    except OUT_OF_RANGE as error:
        raise ConversionError(str(error)) from error
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise WarehouseError(str(error)) from error


def opened_elsewhere(name: str, words: str) -> BlockedError:
    """The error for a warehouse file that another process has open; DuckDB's ``words`` name it."""
    pid = re.search(r"\(PID (\d+)\)", words)
    file = re.search(r'lock on file "([^"]+)"', words)  # it may be one that is attached
    name = Path(file[1]).name if file else name
    who = f"process {pid[1]}" if pid else "another program"
    return BlockedError(
        f"{who} has {name} open", "close it there (a DuckDB shell, a notebook), and run again"
    )
