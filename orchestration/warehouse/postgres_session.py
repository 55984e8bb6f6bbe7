"""A session on Postgres: statements by psycopg2, whose transactions land a table set at once or
not at all; large reads by ADBC, in Arrow.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv

from sluice.orchestration.warehouse.base import (
    BATCH_ROWS,
    NONE,
    ConversionError,
    Natives,
    Parameters,
    Result,
    Session,
    quoted,
)
from sluice.orchestration.warehouse.duckdb_file import in_memory
from sluice.orchestration.warehouse.postgres_errors import error_of
from sluice.orchestration.warehouse.postgres_types import (
    SHORT,
    column_type,
    plain,
    plain_field,
    without_null_type,
)
from sluice.orchestration.warehouse.translation import SCHEMAS, filled, qualified, translated

# counted by the last analyze, which each of dbt's tables gets from autovacuum: -1 is not yet
COUNTS = """select n.nspname, c.relname, c.reltuples::bigint from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where c.relkind in ('r', 'p', 'm') and n.nspname = any(%(p1)s)"""


class PostgresSession(Session):
    """A connection of psycopg2 that commits each statement outside of ``transaction``; a second
    one, of ADBC, is opened when something large is read. ``uri``: libpq's words for it; ``where``:
    in words, without any secret.
    """

    dialect = "postgres"

    def __init__(self, connection: Any, prefix: str, uri: str, where: str) -> None:
        self.connection, self.prefix = connection, prefix
        self._uri, self._where = uri, where
        self._reader: Any = None
        with connection.cursor() as cursor:
            cursor.execute("set time zone 'UTC'")

    def execute(self, sql: str, parameters: Parameters = (), natives: Natives = NONE) -> Result:
        """See Session."""
        values = _named(parameters)
        result = Result()
        for statement in translated(sql, "postgres", self.prefix):
            with self.connection.cursor() as cursor:
                bound = _bound(cursor, statement, values, natives)
            result = self._run(bound)
        return result

    def _run(self, statement: str | bytes) -> Result:
        with self._errors(), self.connection.cursor() as cursor:
            cursor.execute(statement)
            names = [column[0] for column in cursor.description or []]
            return Result(names, cursor.fetchall() if names else [])

    def native(self, sql: str) -> Result:
        """See Session."""
        return self._run(sql)

    def batches(
        self, sql: str, parameters: Parameters = (), natives: Natives = NONE
    ) -> Iterator[pa.RecordBatch]:
        """See Session."""
        (statement,) = translated(sql, "postgres", self.prefix)
        with self.connection.cursor() as writing:
            written = _bound(writing, statement, _named(parameters), natives).decode()
        with self._errors(), self._arrow().cursor() as cursor:
            cursor.execute(written)
            reader = cursor.fetch_record_batch()
            schema = pa.schema([plain_field(one) for one in reader.schema])
            yield pa.RecordBatch.from_pylist([], schema)
            with self._row_errors():
                for batch in reader:
                    yield plain(batch, schema)

    def insert(self, table: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """See Session."""
        target = qualified(table, self.prefix)
        columns = ", ".join(quoted(name) for name in rows.schema.names)
        self._copy_in(f"copy {target} ({columns}) from stdin (format csv)", rows)

    def replace(self, table: str, files: duckdb.DuckDBPyConnection, sql: str) -> None:
        """See Session. Rows are deleted where the columns are as they were: a view over a table
        that is dropped would go with it, and who reads a truncated one sees it empty.
        """
        target = qualified(table, self.prefix)
        rows = files.sql(sql).to_arrow_reader(BATCH_ROWS)
        declared = [(one.name, column_type(one.type)) for one in rows.schema]
        typed = ", ".join(f"{quoted(name)} {data_type}" for name, data_type in declared)
        with self._errors(), self.connection.cursor() as cursor:
            if self._columns(cursor, target) == declared:
                cursor.execute(f"delete from {target}")
            else:
                cursor.execute(f"drop table if exists {target} cascade")
                cursor.execute(f"create table {target} ({typed})")
        self.insert(table, rows)

    def append(self, table: str, files: duckdb.DuckDBPyConnection, sql: str) -> None:
        """See Session."""
        self.insert(table, files.sql(sql).to_arrow_reader(BATCH_ROWS))

    def row_counts(self) -> dict[tuple[str, str], int]:
        """See Session."""
        names = [f"{self.prefix}{schema}" for schema in sorted(SCHEMAS)]
        with self._errors(), self.connection.cursor() as cursor:
            cursor.execute(COUNTS, {"p1": names})
            rows = cursor.fetchall()
            unknown = [(schema, name) for schema, name, count in rows if count < 0]
            counts = {(schema, name): int(count) for schema, name, count in rows if count >= 0}
            for schema, name in unknown:
                cursor.execute(f"select count(*) from {quoted(schema)}.{quoted(name)}")
                counts[schema, name] = int(cursor.fetchone()[0])
        return counts

    @contextmanager
    def local(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """See Session."""
        with in_memory() as connection:
            yield connection

    def interrupt(self) -> None:
        """See Session."""
        self.connection.cancel()
        if self._reader is not None:
            self._reader.adbc_cancel()

    def close(self) -> None:
        """See Session."""
        if self._reader is not None:
            self._reader.close()
        self.connection.close()

    def copy_schemas(self, prefix: str) -> None:
        """Have the tables of our schemas in others too, of another prefix."""
        with self.transaction():
            for schema in sorted(SCHEMAS):
                self.native(f"drop schema if exists {quoted(prefix + schema)} cascade")
            tables = sorted(self.row_counts())
            for schema in sorted({schema for schema, _ in tables}):
                plain = schema.removeprefix(self.prefix)
                self.native(f"create schema {quoted(prefix + plain)}")
            for schema, name in tables:
                copy = quoted(prefix + schema.removeprefix(self.prefix))
                table = quoted(name)
                self.native(f"create table {copy}.{table} as table {quoted(schema)}.{table}")

    def _copy_in(self, statement: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Arrow as CSV, in which nothing is an empty cell and an empty text is ``""``; the server
        reads as fast as it is written.
        """
        options = pa_csv.WriteOptions(include_header=False, quoting_style="all_valid")
        batches = rows.to_batches(BATCH_ROWS) if isinstance(rows, pa.Table) else rows
        with self._errors(), self.connection.cursor() as cursor:
            for batch in batches:
                if batch.num_rows:
                    buffer = io.BytesIO()
                    pa_csv.write_csv(without_null_type(batch), buffer, options)
                    buffer.seek(0)
                    cursor.copy_expert(statement, buffer)

    def _columns(self, cursor: Any, target: str) -> list[tuple[str, str]]:
        cursor.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid ="
            " to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
            [target],
        )
        return [(name, SHORT.get(kind, kind)) for name, kind in cursor.fetchall()]

    def _arrow(self) -> Any:
        if self._reader is None:
            from adbc_driver_postgresql import dbapi

            self._reader = dbapi.connect(self._uri, autocommit=True)
            with self._reader.cursor() as cursor:
                cursor.execute("set time zone 'UTC'")
        return self._reader

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """The server's errors as those of any warehouse."""
        import psycopg2
        from adbc_driver_manager import Error as ArrowError

        try:
            yield
        except (psycopg2.Error, ArrowError) as error:
            raise error_of(error, self._where) from error

    @contextmanager
    def _row_errors(self) -> Iterator[None]:
        """What goes wrong once rows have begun to come has no code: a value that cannot be
        computed, or a server that is gone.
        """
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            self.execute("select 1")  # says it when the server is gone
            raise ConversionError(str(error)) from error


def _bound(cursor: Any, statement: str, values: Mapping[str, Any], natives: Natives) -> bytes:
    """The statement with its values in it. psycopg2 leaves ``%%`` where it finds no value."""
    escaped = {name: sql.replace("%", "%%") for name, sql in natives.items()}
    text = f"{filled(statement, escaped)} /* %(end)s */"
    written: bytes = cursor.mogrify(text, {**values, "end": 0})
    return written


def _named(parameters: Parameters) -> dict[str, Any]:
    """``$1`` is ``p1`` there, and ``$name`` is ``pname``."""
    if isinstance(parameters, Mapping):
        return {f"p{name}": value for name, value in parameters.items()}
    return {f"p{number}": value for number, value in enumerate(parameters, 1)}
