"""Landing raw files: all of them or none, each row either in its table or in quarantine with a reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from models.errors import InputError
from orchestration.landing.reading import READ, find_file, read_file
from orchestration.landing.report import LandedTable, LandReport
from orchestration.landing.tables import RAW_SCHEMA, RawTable
from orchestration.warehouse import open_warehouse

BOOKS = """
create schema if not exists raw;
create table if not exists raw.quarantine (
    table_name varchar, row_number bigint, reason varchar, row_text varchar, run_id varchar, landed_at timestamp);
create table if not exists raw.landings (
    table_name varchar, size bigint, modified_ns bigint, content_hash varchar,
    row_count bigint, quarantined bigint, landed_at timestamp);
create schema if not exists landing;
create table if not exists landing.loads (table_name varchar, load_number bigint, landed_at timestamp);
"""
# by it the models count how often a record was missing from its source
KEEP_LOAD = """insert into landing.loads
select $1, coalesce(max(load_number), 0) + 1, $2 from landing.loads where table_name = $1"""


def land_files(
    warehouse: Path,
    folder: Path,
    tables: Sequence[RawTable],
    *,
    run_id: str,
    landed_at: datetime,
    allow_empty: Collection[str] = (),
) -> LandReport:
    """Land every table of a folder in one transaction; a file that did not change is skipped.

    Rows that cannot be read go to ``raw.quarantine``: rows landed + rows quarantined = rows in the file. Raises InputError,
    with the previous state untouched, for a folder or file that is missing, malformed, empty or of the wrong shape.
    """
    if not folder.is_dir():
        raise InputError("the folder of raw tables does not exist", "set SLUICE_RAW to the folder with one file a table")
    report = LandReport()
    with open_warehouse(warehouse, read_only=False) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("begin")
        connection.execute(BOOKS)
        for table in tables:
            landing = Landing(connection, folder, table, run_id, landed_at.replace(tzinfo=None))
            report.tables.append(landing.land(table.name in allow_empty))
        connection.execute("commit")
    return report


class Landing:
    """The landing of one table, inside the transaction of all."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, table: RawTable, run_id: str, landed_at: datetime
    ) -> None:
        self.connection, self.table, self.run_id, self.landed_at = connection, table, run_id, landed_at
        self.path = find_file(folder, table)

    def land(self, may_be_empty: bool) -> LandedTable:
        """Land the table, unless the file and the declared columns are as they were."""
        name, stat = self.table.name, self.path.stat()
        known = self._rows("select * exclude (table_name, landed_at) from raw.landings where table_name = $1", [name])
        if known and known[0][:2] == (stat.st_size, stat.st_mtime_ns) and known[0][2].endswith(self._declared()):
            return LandedTable(name, known[0][3], known[0][4], is_unchanged=True)
        content_hash = _hash(self.path) + self._declared()
        if known and known[0][2] == content_hash:
            return LandedTable(name, known[0][3], known[0][4], is_unchanged=True)
        rows, quarantined = self._replace(may_be_empty)
        self.connection.execute("delete from raw.landings where table_name = $1", [name])
        values = [name, stat.st_size, stat.st_mtime_ns, content_hash, rows, quarantined, self.landed_at]
        self.connection.execute("insert into raw.landings values ($1, $2, $3, $4, $5, $6, $7)", values)
        self.connection.execute(KEEP_LOAD, [name, self.landed_at])
        return LandedTable(name, rows, quarantined, is_unchanged=False)

    def _replace(self, may_be_empty: bool) -> tuple[int, int]:
        rejected = read_file(self.connection, self.path, self.table)
        self.connection.execute("delete from raw.quarantine where table_name = $1", [self.table.name])
        self._quarantine_lines(rejected)
        self._quarantine_rows()
        casts = ", ".join(f'try_cast("{name}" as {data_type}) as "{name}"' for name, data_type in self.table.columns.items())
        self.connection.execute(
            f'create or replace table {RAW_SCHEMA}."{self.table.name}" as'
            f" select {casts} from {READ} where {self._reason()} is null"
        )
        rows = self._rows(f'select count(*) from {RAW_SCHEMA}."{self.table.name}"')[0][0]
        quarantined = self._rows("select count(*) from raw.quarantine where table_name = $1", [self.table.name])[0][0]
        if rows == 0 and not may_be_empty:
            raise InputError(
                f"{self.path.name} has no rows" + (" that can be read" if quarantined else ""),
                f"mend the export, or, when the source really is empty, set SLUICE_ALLOW_EMPTY={self.table.name}",
            )
        return rows, quarantined

    def _quarantine_lines(self, rejected: list[tuple[int, str, str]]) -> None:
        for line, reason, text in rejected:
            values = [self.table.name, line, reason, text, self.run_id, self.landed_at]
            self.connection.execute("insert into raw.quarantine values ($1, $2, $3, $4, $5, $6)", values)

    def _quarantine_rows(self) -> None:
        columns = ", ".join(f'"{name}" := "{name}"' for name in self.table.columns)
        self.connection.execute(
            f"insert into raw.quarantine select $1, landing_row, {self._reason()}, to_json(struct_pack({columns})), $2, $3"
            f" from {READ} where {self._reason()} is not null",
            [self.table.name, self.run_id, self.landed_at],
        )

    def _reason(self) -> str:
        """SQL: why a row cannot be read, or null. It names the column and the type, never the value."""
        reasons = [
            f"""when "{name}" is not null and try_cast("{name}" as {data_type}) is null then '{name} is not a {data_type}'"""
            for name, data_type in self.table.columns.items()
        ]
        reasons += [
            f"""when "{name}" is null or trim(cast("{name}" as varchar)) = '' then '{name} is missing'"""
            for name in sorted(self.table.required)
        ]
        return f"(case {' '.join(reasons)} end)"

    def _declared(self) -> str:
        """The declared columns as part of the fingerprint."""
        declared = json.dumps([dict(self.table.columns), sorted(self.table.required)], sort_keys=True)
        return " " + hashlib.sha256(declared.encode()).hexdigest()

    def _rows(self, sql: str, values: list[object] | None = None) -> list[tuple[int, ...]]:
        rows: list[tuple[int, ...]] = self.connection.execute(sql, values or []).fetchall()
        return rows


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
