"""What the product asks of a warehouse, whichever engine it is.

SQL of the product is written once, in DuckDB's dialect and with the schemas' plain names
(``activation.message_decisions``); a session writes it for its engine and puts the project's prefix
before our schemas.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sluice.models.errors import ConfigurationError
from sluice.orchestration.warehouse.translation import plain_name

BATCH_ROWS = 20_000
Parameters = Sequence[Any] | Mapping[str, Any]
Natives = Mapping[str, str]  # name in our SQL -> SQL of the engine's own, which dbt wrote
NONE: Natives = {}
LISTED = "select table_catalog, table_schema, table_name from information_schema.tables"
TABLES = (
    "select table_schema, table_name from information_schema.tables where table_catalog ="
    " current_database()"
)


class WarehouseError(Exception):
    """The warehouse refused a statement; ``str`` is what its engine said, which may name values."""


class UnknownNameError(WarehouseError):
    """A column or function that is not there."""


class MissingTableError(UnknownNameError):
    """A table or schema that is not there."""


class ConversionError(WarehouseError):
    """A value that does not fit its type."""


def quoted(name: str) -> str:
    """A name as an identifier, in SQL of ours and of Postgres."""
    return '"' + name.replace('"', '""') + '"'


@dataclass
class Result:
    """What a statement returned: the names of its columns, and its rows."""

    columns: list[str] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.rows

    def records(self) -> list[dict[str, Any]]:
        """All rows, each by the names of the columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class Session(ABC):
    """A connection to the warehouse, open for as short as can be. Moments are naive UTC.

    Its methods raise WarehouseError. ``dialect``: sqlglot's name of what ``native`` takes;
    ``prefix``: see ``translation.prefix_of``.
    """

    dialect: str
    prefix: str

    @abstractmethod
    def execute(self, sql: str, parameters: Parameters = (), natives: Natives = NONE) -> Result:
        """Run statements, and return the result of the last; their parameters are ``$1``, ``$2``
        ... or ``$name``. ``natives``: SQL that stands for names in them, as it is.
        """

    @abstractmethod
    def native(self, sql: str) -> Result:
        """Run one statement as it is: of SQL that dbt has compiled, for its own engine."""

    @abstractmethod
    def batches(
        self, sql: str, parameters: Parameters = (), natives: Natives = NONE
    ) -> Iterator[pa.RecordBatch]:
        """The rows of a query that may be large: memory holds a batch. The first one, which may
        have no row, tells the types.
        """

    @abstractmethod
    def insert(self, table: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Append rows to a table, by the names of their columns."""

    @abstractmethod
    def replace(self, table: str, files: duckdb.DuckDBPyConnection, sql: str) -> None:
        """A table of the rows of a query on ``files``, the connection of ``local``, in place of the
        one there is; who reads it before the commit sees the old rows.
        """

    @abstractmethod
    def append(self, table: str, files: duckdb.DuckDBPyConnection, sql: str) -> None:
        """Append the rows of a query on ``files``, by the names of their columns."""

    @abstractmethod
    def row_counts(self) -> dict[tuple[str, str], int]:
        """The rows of each of our tables, (real schema, name), as the engine has counted or
        estimates them.
        """

    @abstractmethod
    def local(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A DuckDB connection for reading files: the warehouse itself where it is one."""

    @abstractmethod
    def interrupt(self) -> None:
        """Have the statement that another thread waits for end with an error."""

    @abstractmethod
    def close(self) -> None:
        """Close it; what was not committed is undone."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements of the block, or none."""
        self.execute("begin")
        try:
            yield
        except BaseException:
            with suppress(Exception):  # the connection may be gone, and the transaction with it
                self.execute("rollback")
            raise
        self.execute("commit")

    @contextmanager
    def staged(self, name: str, columns: str, rows: pa.Table) -> Iterator[None]:
        """Rows as a temporary table of these columns, ``a bigint, b varchar``, while the block
        lasts.
        """
        self.execute(f"create temp table {name} ({columns})")
        self.insert(name, rows)
        yield
        self.execute(f"drop table {name}")

    def tables(self) -> set[tuple[str, str]]:
        """The tables and views there are: (schema, name), ours with the schema's plain name."""
        return {
            (plain, name)
            for schema, name in self.execute(TABLES).rows
            if (plain := plain_name(schema, self.prefix)) is not None
        }

    def listed(self) -> list[tuple[str, str, str]]:
        """Every table and view that can be read, as they are really named: database (empty where
        the engine has none), schema, name.
        """
        return [(str(a), str(b), str(c)) for a, b, c in self.execute(LISTED).rows]

    def has_table(self, schema: str, name: str) -> bool:
        """Whether there is a table or view of this name."""
        return (schema, name) in self.tables()

    def write_parquet(
        self, sql: str, parameters: Parameters, target: Path, natives: Natives = NONE
    ) -> int:
        """Write the rows of a query to a Parquet file. Returns how many."""
        rows = self.batches(sql, parameters, natives)
        first, count = next(rows), 0
        with pq.ParquetWriter(target, first.schema) as writer:
            for batch in (first, *rows):
                writer.write_batch(batch)
                count += batch.num_rows
        return count


class Warehouse(ABC):
    """Where the decisions are made: what the target of dbt's profile means."""

    database: str  # as dbt names it
    prefix: str  # see ``translation.prefix_of``
    can_erase: bool = True  # single rows, and cells in them, of every table of ours

    @abstractmethod
    def open(self, *, read_only: bool = True) -> Session:
        """A session. Raises BlockedError when somebody else has it for himself, ConfigurationError
        when there is none, or it cannot be reached.
        """

    @abstractmethod
    def exists(self) -> bool:
        """Whether there is anything to open."""

    def kept_open(self) -> AbstractContextManager[object]:
        """Opening it to read costs next to nothing while the block lasts, in which nothing of this
        process may write to it.
        """
        return nullcontext()

    @property
    def home_file(self) -> Path | None:
        """The file it is, where that is in the home and nobody else's; None for a server, and for
        a file of the company's: both are looked after by others.
        """
        return None

    @abstractmethod
    def describe(self) -> str:
        """Which one it is, in words, without any secret."""

    @abstractmethod
    def is_same(self, values: Mapping[str, Any]) -> bool:
        """Whether the target's values, as dbt renders them, mean the same database."""

    def name_of(self, schema: str) -> str:
        """The real name of one of our schemas."""
        return f"{self.prefix}{schema}"

    @abstractmethod
    def lock(self) -> AbstractContextManager[None]:
        """No other run decides in it while the block lasts, from whatever machine or home. Raises
        BlockedError.
        """

    @abstractmethod
    def copy_apart(self, home: Path) -> Mapping[str, str]:
        """Make a copy of our tables, in place of the last one, for a run of the past in the folder
        ``home``. Returns the values of the target that lead to it.
        """

    @abstractmethod
    def compact(self) -> bool:
        """Have the bytes of rows that were deleted gone from our tables. Nobody else may use the
        warehouse meanwhile. Returns False where only whoever keeps the warehouse can do it.
        """

    def refuse(self, what: str, instead: str) -> ConfigurationError:
        """The error for what this engine has no way to do."""
        return ConfigurationError(f"{what} is not for a warehouse on {self.describe()}", instead)
