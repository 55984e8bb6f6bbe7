"""Reading one raw file as a relation of the warehouse, as text or in its own types, before anything
is cast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sluice.models.errors import InputError
from sluice.orchestration.landing.csv_text import (
    Records,
    Utf8Bytes,
    cells_as_json,
    count_records,
    open_text,
    read_header,
)
from sluice.orchestration.landing.headers import require_columns, require_csv_header, unique_names
from sluice.orchestration.landing.tables import RawTable

ROW = "__landing_row"
FILE, MISQUOTED = "landing_file", "landing_misquoted"
NESTED = ("[", "STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT")
LONGEST_ROW = 1 << 25
HEADER_ROWS = 1
WITH_ZONE = "WITH TIME ZONE"


@dataclass
class RawFile:
    """A file that can be read as ``relation``: its columns with types, its rows counted apart, and
    the rows that are none, filled while it is read: (row, reason, text). ``row``: the column with
    the number of the row.
    """

    relation: str
    columns: Mapping[str, str]
    count: int
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    has_unreadable: bool = False

    @property
    def row(self) -> str:
        """A name that no column of the file has."""
        return _row_name(self.columns)


def find_file(folder: Path, table: RawTable) -> Path:
    """The file of a table. Raises InputError when there is none, or two."""
    found = [
        path
        for suffix in ("parquet", "csv")
        if (path := folder / f"{table.name}.{suffix}").is_file()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"both {found[0].name} and {found[1].name} are in the raw folder", "keep one of them"
        )
    turn_off = f"take {table.source} out of SLUICE_SOURCES or of sources in sluice.yml"
    if not table.is_switched:
        enabled = f"config: {{enabled: \"{{{{ '{table.source}' in var('sources') }}}}\"}}"
        turn_off = (
            f"to be able to turn the source off, write {enabled} into {table.declared_in}: it is"
            " always on now"
        )
    raise InputError(
        f"the raw file {table.name}.parquet (or .csv) of the source '{table.source}' is missing",
        f"put it into the folder SLUICE_RAW names, or {turn_off}",
    )


@contextmanager
def open_file(
    connection: duckdb.DuckDBPyConnection, path: Path, table: RawTable
) -> Iterator[RawFile]:
    """A file as a relation, while the block lasts.

    Raises InputError for one that cannot be read or has other columns.
    """
    try:
        with (
            _open_csv(connection, path, table)
            if path.suffix == ".csv"
            else _open_parquet(connection, path, table)
        ) as file:
            _require_flat(path, table, file)
            yield file
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        kind = (
            "Parquet"
            if path.suffix == ".parquet"
            else f"CSV in {table.csv.encoding.upper()} with a header line"
        )
        raise InputError(
            f"{path.name} cannot be read as {kind} ({type(error).__name__})", "write the file again"
        ) from error


@contextmanager
def _open_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, table: RawTable
) -> Iterator[RawFile]:
    rows = pq.read_metadata(path).num_rows
    reader = f"read_parquet({_quote(path)})"
    columns = {
        name: str(data_type)
        for name, data_type, *_ in connection.execute(f"describe from {reader}").fetchall()
    }
    columns |= {
        name: f"{columns[name]} {WITH_ZONE}"
        for name in _moments(path)
        if WITH_ZONE not in columns.get(name, WITH_ZONE)
    }
    require_columns(path, table, list(columns))
    row = _row_name(columns)
    yield RawFile(f"(select row_number() over () as {row}, * from {reader})", columns, rows)


@contextmanager
def _open_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, table: RawTable
) -> Iterator[RawFile]:
    with open_text(path, table.csv.encoding) as text:
        require_csv_header(path, table, read_header(text, table.csv))
    records = count_records(path, table.csv)
    names = unique_names(records.header)
    file = RawFile(
        FILE, dict.fromkeys(names, "VARCHAR"), records.count, has_unreadable=records.has_unreadable
    )
    with open_text(path, table.csv.encoding) as text:
        read_header(text, table.csv)
        batches = _batches(Utf8Bytes(text), table, names, records, file.rejected)
        connection.register(FILE, pa.RecordBatchReader.from_batches(_schema(names), batches))
        connection.register(
            MISQUOTED,
            pa.table(
                {ROW: pa.array(sorted(n + HEADER_ROWS for n in records.misquoted), pa.int64())}
            ),
        )
        try:
            yield file
        finally:
            connection.unregister(FILE)
            connection.unregister(MISQUOTED)


def _batches(
    data: Utf8Bytes,
    table: RawTable,
    names: list[str],
    records: Records,
    rejected: list[tuple[int, str, str]],
) -> Iterator[pa.RecordBatch]:
    """The rows of a CSV file with their numbers, the header being row 1.

    Every option of the parser is fixed.
    """

    def reject(row: Any) -> str:
        kind = (
            "missing columns" if row.actual_columns < row.expected_columns else "too many columns"
        )
        text = cells_as_json(row.text, names, table.csv.delimiter)
        rejected.append(
            (row.number + HEADER_ROWS, f"the line is no row of the table: {kind}", text)
        )
        return "skip"

    if not records.count:
        return
    reader = pa_csv.open_csv(
        data,
        pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=LONGEST_ROW),
        pa_csv.ParseOptions(
            delimiter=table.csv.delimiter,
            quote_char='"',
            double_quote=True,
            escape_char=False,
            newlines_in_values=True,
            ignore_empty_lines=len(names) > 1,
            invalid_row_handler=reject,
        ),
        pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=["", *table.csv.null_values],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    row = HEADER_ROWS + 1
    for batch in reader:
        numbers = _numbers(row, batch.num_rows, [number for number, *_ in rejected])
        row = int(numbers[-1]) + 1 if len(numbers) else row
        yield pa.RecordBatch.from_arrays([pa.array(numbers), *batch.columns], schema=_schema(names))


def _numbers(first: int, count: int, rejected: list[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The numbers of the next rows from ``first`` on that were not rejected: the parser has
    reported all up to the last of them.
    """
    later = np.array(rejected, np.int64)
    later = later[later >= first]
    numbers = np.arange(first, first + count + len(later))
    return numbers[~np.isin(numbers, later)][:count] if len(later) else numbers


def _moments(path: Path) -> list[str]:
    """The columns that are moments, not local times. DuckDB forgets it of those in nanoseconds."""
    return [
        field.name
        for field in pq.read_schema(path)
        if pa.types.is_timestamp(field.type) and field.type.tz is not None
    ]


def _schema(names: list[str]) -> pa.Schema:
    return pa.schema([(_row_name(names), pa.int64()), *((name, pa.string()) for name in names)])


def _row_name(columns: Iterable[str]) -> str:
    taken = {name.lower() for name in columns}
    return next(name for n in count() if (name := ROW + "_" * n) not in taken)


def _require_flat(path: Path, table: RawTable, file: RawFile) -> None:
    for name, declared in table.columns.items():
        if name in file.columns and any(word in file.columns[name] for word in NESTED):
            raise InputError(
                f"column {name} of {path.name} has the type {file.columns[name]}, which cannot"
                f" become {declared}",
                f"write it as {declared} or as text",
            )


def _quote(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
