"""A session on Spark: the one that dbt has in this process. Rows come partition by partition; what
belongs together is written aside first, for there are no transactions.
"""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from sluice.orchestration.warehouse.base import (
    BATCH_ROWS,
    NONE,
    Natives,
    Parameters,
    Result,
    Session,
)
from sluice.orchestration.warehouse.duckdb_file import in_memory
from sluice.orchestration.warehouse.spark_aside import Aside, Name, is_ours, name_of
from sluice.orchestration.warehouse.spark_errors import spark_errors
from sluice.orchestration.warehouse.spark_sql import column_type, quoted, statement
from sluice.orchestration.warehouse.translation import named_trees, plain_name, qualified

CANCEL_SECONDS = 0.2
LANDED_ROWS = 200_000  # in one statement: each is a job, and a file


class SparkTables(Session):
    """``spark``: a SparkSession in UTC, of this process or of Spark Connect; ``where``: in words,
    without any secret. Closing this leaves it to dbt, and to who comes next.
    """

    dialect = "spark"

    def __init__(self, spark: Any, prefix: str, where: str) -> None:
        self.spark, self.prefix, self._where = spark, prefix, where
        self.aside = Aside(self)
        self._begun, self._ended = 0, 0  # statements

    def execute(self, sql: str, parameters: Parameters = (), natives: Natives = NONE) -> Result:
        """See Session."""
        result = Result()
        for tree in named_trees(sql, self.prefix):
            result = self._execute(tree, parameters, natives)
        return result

    def native(self, sql: str) -> Result:
        """See Session."""
        return self.run(sql)

    def batches(
        self, sql: str, parameters: Parameters = (), natives: Natives = NONE
    ) -> Iterator[pa.RecordBatch]:
        """See Session."""
        (tree,) = named_trees(sql, self.prefix)
        with self._statement():
            frame = self._naive(statement(self.aside.read(tree), parameters, natives))
            schema = _arrow_schema(frame)
            yield pa.RecordBatch.from_pylist([], schema)
            rows = frame.toLocalIterator()
            while batch := list(islice(rows, BATCH_ROWS)):
                columns = zip(*batch, strict=True)
                arrays = [
                    pa.array(column, field.type)
                    for column, field in zip(columns, schema, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def insert(self, table: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """See Session."""
        self._insert(_place(table, self.prefix), rows)

    def replace(self, table: str, files: duckdb.DuckDBPyConnection, sql: str) -> None:
        """See Session."""
        rows = files.sql(sql).to_arrow_reader(BATCH_ROWS)
        typed = ", ".join(f"{quoted(one.name)} {column_type(one.type)}" for one in rows.schema)
        with self.transaction():
            target = _place(table, self.prefix)
            self.aside.new(target, f"({typed}) using parquet")
            self._insert(target, rows)

    def append(self, table: str, files: duckdb.DuckDBPyConnection, sql: str) -> None:
        """See Session."""
        self.insert(table, files.sql(sql).to_arrow_reader(BATCH_ROWS))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See Session; a block in a block is a part of it."""
        if self.aside.is_open:
            yield
            return
        self.aside.begin()
        try:
            yield
        except BaseException:
            with suppress(
                Exception
            ):  # the engine may be gone: the next run takes away what is left
                self.aside.undo()
            raise
        self.aside.end()

    @contextmanager
    def staged(self, name: str, columns: str, rows: pa.Table) -> Iterator[None]:
        """See Session: a view of this session."""
        (tree,) = named_trees(f"create table {name} ({columns})", "")
        types = [
            (one.name, statement(one.args["kind"], (), NONE))
            for one in tree.find_all(exp.ColumnDef)
        ]
        view = quoted(name)
        self._view(f"{name}__rows", rows)
        there = {name: quoted(name) for name in rows.schema.names}
        casts = [
            f"cast({there.get(one, 'null')} as {kind}) as {quoted(one)}" for one, kind in types
        ]
        source = quoted(f"{name}__rows")
        self.run(
            f"create or replace temporary view {view} as select {', '.join(casts)} from {source}"
        )
        yield
        self.run(f"drop view if exists {view}")
        self.run(f"drop view if exists {source}")

    def tables(self) -> set[tuple[str, str]]:
        """See Session."""
        return {
            (plain, name)
            for schema in self._schemas()
            if (plain := plain_name(schema, self.prefix)) is not None
            for name in self.names(schema)
        }

    def listed(self) -> list[tuple[str, str, str]]:
        """See Session."""
        return [("", schema, name) for schema in self._schemas() for name in self.names(schema)]

    def has_table(self, schema: str, name: str) -> bool:
        """See Session."""
        return self.aside.has(_place(f'{schema}."{name}"', self.prefix))

    def row_counts(self) -> dict[tuple[str, str], int]:
        """See Session."""
        found = [
            (schema, name) for schema in self.schemas() for name in self.names(schema, views=False)
        ]
        counts = " union all ".join(
            f"select {number} as place, count(*) as counted from {name_of(one)}"
            for number, one in enumerate(found)
        )
        return {found[place]: int(count) for place, count in self.run(counts).rows} if found else {}

    @contextmanager
    def local(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """See Session."""
        with in_memory() as connection:
            yield connection

    def interrupt(self) -> None:
        """See Session: again and again, for what is still being planned has nothing to cancel."""
        if self._begun > self._ended:
            threading.Thread(target=self._cancel, args=(self._begun,), daemon=True).start()

    def _cancel(self, statement_number: int) -> None:
        while self._begun == statement_number > self._ended:
            with suppress(Exception):  # the engine may be gone
                self.spark.interruptAll()
            time.sleep(CANCEL_SECONDS)

    @contextmanager
    def _statement(self) -> Iterator[None]:
        self._begun += 1
        try:
            with spark_errors(self._where):
                yield
        finally:
            self._ended = self._begun

    def close(self) -> None:
        """See Session."""

    def run(self, sql: str) -> Result:
        """One statement of Spark's own, and its rows."""
        with self._statement():
            frame = self._naive(sql)
            return Result(list(frame.columns), [tuple(row) for row in frame.collect()])

    def is_table(self, target: Name) -> bool:
        """Whether there is a table or view of this name."""
        with spark_errors(self._where):
            return bool(self.spark.catalog.tableExists(name_of(target)))

    def schemas(self) -> list[str]:
        """The schemas that are ours, by their real names."""
        return [one for one in self._schemas() if is_ours(one, self.prefix)]

    def names(self, schema: str, *, views: bool = True) -> list[str]:
        """The tables of a schema."""
        found = self.run(f"show tables in {quoted(schema)}").rows
        names = [name for _, name, is_temporary in found if not is_temporary]
        if views:
            return names
        shown = {name for _, name, *_ in self.run(f"show views in {quoted(schema)}").rows}
        return [name for name in names if name not in shown]

    def _schemas(self) -> list[str]:
        return [str(row[0]) for row in self.run("show schemas").rows]

    def _execute(self, tree: exp.Expression, parameters: Parameters, natives: Natives) -> Result:
        if isinstance(tree, exp.Create) and tree.kind == "TABLE":
            return self._create(tree, parameters, natives)
        if isinstance(tree, exp.Drop) and tree.kind == "TABLE" and tree.args.get("exists"):
            self.aside.drop(_target(tree))
            return Result()
        if isinstance(tree, exp.Delete):
            with self.transaction():
                where = tree.args.get("where")
                condition = "true"
                if where is not None:
                    condition = statement(self.aside.read(where.this), parameters, natives)
                alias = tree.this.alias_or_name
                self.aside.delete(_target(tree), alias, condition)
            return Result()
        if isinstance(tree, exp.Insert):
            return self._insert_into(tree, parameters, natives)
        return self.run(statement(self.aside.read(tree), parameters, natives))

    def _create(self, tree: exp.Create, parameters: Parameters, natives: Natives) -> Result:
        target = _target(tree)
        if self.aside.has(target) and tree.args.get("exists"):
            return Result()
        if not self.aside.is_open or self.aside.has(target):
            return self.run(statement(tree, parameters, natives))
        table = tree.find(exp.Table)
        text = statement(self.aside.read(tree), parameters, natives)
        self.aside.new(target, text.partition(statement(table, (), NONE))[2])
        return Result()

    def _insert_into(self, tree: exp.Insert, parameters: Parameters, natives: Natives) -> Result:
        """The columns are named: those that are not are empty."""
        target = _target(tree)
        written = self.aside.writable(target)
        columns = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
        named = f" ({', '.join(quoted(one.name) for one in columns)})" if columns else ""
        rows = statement(self.aside.read(tree.expression), parameters, natives)
        return self.run(f"insert into {written}{named} {rows}")

    def _insert(self, target: Name, rows: pa.Table | pa.RecordBatchReader) -> None:
        """A table that gets no row is not copied aside either."""
        batches = iter(rows.to_batches(BATCH_ROWS) if isinstance(rows, pa.Table) else rows)
        while chunk := list(islice(batches, LANDED_ROWS // BATCH_ROWS)):
            part = pa.Table.from_batches(chunk)
            if part.num_rows:
                written = self.aside.writable(target)
                self._view("landed_rows", part)
                casts = self._casts(written, set(part.schema.names))
                self.run(f"insert into {written} select {casts} from landed_rows")
                self.run("drop view landed_rows")

    def _casts(self, target: str, names: set[str]) -> str:
        """The columns of a table, of rows that have some of them."""
        with spark_errors(self._where):
            fields = self.spark.table(target).schema.fields
        return ", ".join(
            f"cast({quoted(one.name) if one.name in names else 'null'}"
            f" as {one.dataType.simpleString()})"
            for one in fields
        )

    def _view(self, name: str, rows: pa.Table) -> None:
        with spark_errors(self._where), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of a pandas that is not used here
            self.spark.createDataFrame(_without_null_type(rows)).createOrReplaceTempView(name)

    def _naive(self, sql: str) -> Any:
        """The rows of a statement, moments as times of UTC: Python would read them in the zone of
        the machine.
        """
        from pyspark.sql.functions import col
        from pyspark.sql.types import TimestampType

        frame = self.spark.sql(sql)
        fields = frame.schema.fields
        if not any(isinstance(one.dataType, TimestampType) for one in fields):
            return frame
        apart = frame.toDF(*(f"c{number}" for number in range(len(fields))))
        return apart.select(
            *(
                (
                    col(f"c{number}").cast("timestamp_ntz")
                    if isinstance(one.dataType, TimestampType)
                    else col(f"c{number}")
                ).alias(one.name)
                for number, one in enumerate(fields)
            )
        )


def _target(tree: exp.Expression) -> Name:
    """The table that a statement writes to, by its real name."""
    table = tree.this.find(exp.Table) if not isinstance(tree.this, exp.Table) else tree.this
    return table.db, table.name


def _place(table: str, prefix: str) -> Name:
    (tree,) = named_trees(f"select 1 from {qualified(table, prefix)}", "")
    found = tree.find(exp.Table)
    return found.db, found.name


def _arrow_schema(frame: Any) -> pa.Schema:
    from pyspark.sql.pandas.types import to_arrow_schema

    found: pa.Schema = to_arrow_schema(frame.schema)
    return found


def _without_null_type(rows: pa.Table) -> pa.Table:
    """A column of nothing is a text."""
    types = [pa.string() if pa.types.is_null(one.type) else one.type for one in rows.schema]
    return rows.cast(pa.schema(list(zip(rows.schema.names, types, strict=True))))
