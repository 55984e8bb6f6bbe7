"""Reading one raw file into the warehouse as text or its own types, before anything is cast."""

from __future__ import annotations

from pathlib import Path

import duckdb

from models.errors import InputError
from orchestration.landing.tables import RawTable

READ = "landing_read"
NESTED = ("[]", "STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT")
ENCODING_SHARE = 10  # more than one row in ten that is not UTF-8: the file is in another encoding


def find_file(folder: Path, table: RawTable) -> Path:
    """The file of a table. Raises InputError when there is none, or two."""
    found = [path for suffix in ("parquet", "csv") if (path := folder / f"{table.name}.{suffix}").is_file()]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"both {found[0].name} and {found[1].name} are in the raw folder", "keep one of them")
    raise InputError(
        f"the raw file {table.name}.parquet (or .csv) of the source '{table.source}' is missing",
        f"put it into the folder SLUICE_RAW names, or take {table.source} out of SLUICE_SOURCES or input.yml",
    )


def read_file(connection: duckdb.DuckDBPyConnection, path: Path, table: RawTable) -> list[tuple[int, str, str]]:
    """Read a file into the temporary table ``landing_read``. Returns the CSV rows that are no rows: (line, reason, text)."""
    try:
        if path.suffix == ".csv":
            rejected = _read_csv(connection, path)
        else:
            _create(connection, f"read_parquet({_quote(path)})")
            rejected = []
    except duckdb.Error as error:
        kind = "Parquet" if path.suffix == ".parquet" else "CSV in UTF-8 with a header line"
        raise InputError(f"{path.name} cannot be read as {kind} ({type(error).__name__})", "write the file again") from error
    _check_columns(connection, path, table)
    return rejected


def _create(connection: duckdb.DuckDBPyConnection, reader: str) -> None:
    connection.execute(f"create or replace temp table {READ} as select row_number() over () as landing_row, * from {reader}")


def _read_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[int, str, str]]:
    for name in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {name}")
    _create(
        connection,
        f"read_csv({_quote(path)}, all_varchar = true, header = true, delim = ',', quote = '\"', store_rejects = true)",
    )
    rows = connection.execute(
        "select line, min(error_type), min(csv_line) from reject_errors group by line order by line"
    ).fetchall()
    rejected = [(int(line), f"the line is no row of the table: {str(kind).lower()}", str(text)) for line, kind, text in rows]
    _check_encoding(connection, path, sum("encoding" in reason for _, reason, _ in rejected))
    return rejected


def _check_encoding(connection: duckdb.DuckDBPyConnection, path: Path, badly_encoded: int) -> None:
    ((readable,),) = connection.execute(f"select count(*) from {READ}").fetchall()
    total = badly_encoded + int(readable)
    if badly_encoded * ENCODING_SHARE > total:
        raise InputError(f"{path.name} is not in UTF-8", "save it as UTF-8 (from GBK: iconv -f GB18030 -t UTF-8)")


def _check_columns(connection: duckdb.DuckDBPyConnection, path: Path, table: RawTable) -> None:
    types = {name: str(data_type) for name, data_type, *_ in connection.execute(f"describe {READ}").fetchall()}
    missing = [name for name in table.columns if name not in types and name not in table.optional]
    if missing:
        raise InputError(
            f"{path.name} has no column {', '.join(missing)}",
            f"add it to the file, or take it out of models/staging/{table.source}/_{table.source}__sources.yml",
        )
    for name in sorted(table.optional - types.keys()):
        connection.execute(f'alter table {READ} add column "{name}" {table.columns[name]}')
    for name, declared in table.columns.items():
        if name in types and any(word in types[name] for word in NESTED):
            raise InputError(
                f"column {name} of {path.name} has the type {types[name]}, which cannot become {declared}",
                f"write it as {declared} or as text",
            )


def _quote(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
