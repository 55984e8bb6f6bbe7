"""What is known of landings: which file each raw table is made of, and the rows that could not be
read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sluice.orchestration.landing.report import LandedTable
from sluice.orchestration.landing.tables import RawTable
from sluice.orchestration.warehouse.base import Session

BOOKS = """
create schema if not exists raw;
create table if not exists raw.quarantine (
    table_name varchar, row_number bigint, reason varchar, row_text varchar, run_id varchar,
        landed_at timestamp);
create table if not exists raw.landings (
    table_name varchar, size bigint, modified_ns bigint, content_hash varchar,
    row_count bigint, quarantined bigint, landed_at timestamp);
create schema if not exists landing;
create table if not exists landing.loads (table_name varchar, load_number bigint,
    landed_at timestamp);
"""
# by it the models count how often a record was missing from its source
KEEP_LOAD = """insert into landing.loads
select $1, coalesce(max(load_number), 0) + 1, cast($2 as timestamp) from landing.loads
where table_name = $1"""
READING = (
    2  # raised when a file is read in another way than before: every table is landed anew then
)
REJECTED = pa.schema(
    [("row_number", pa.int64()), ("reason", pa.string()), ("row_text", pa.string())]
)
SHOWN_REASONS = 3


class FileState:
    """A file as it was before it was read: one that changes meanwhile is read again by the next
    run.
    """

    def __init__(self, path: Path) -> None:
        self.path, stat = path, path.stat()
        self.size, self.modified_ns = stat.st_size, stat.st_mtime_ns

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of its bytes, at the first time of asking."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def fingerprint(self, table: RawTable) -> str:
        """The content and the declaration of its table."""
        return self.content_hash + _declared(table)


class Books:
    """The books of one landing, in its session. ``files``: where the files are read."""

    def __init__(
        self,
        session: Session,
        files: duckdb.DuckDBPyConnection,
        run_id: str,
        landed_at: datetime,
    ) -> None:
        self.session, self.files = session, files
        self.run_id, self.landed_at = run_id, landed_at

    def unchanged(self, table: RawTable, file: FileState) -> LandedTable | None:
        """What was landed, when the file and the declared columns are as they were."""
        known = self._known(table)
        if known is None:
            return None
        size, modified, content_hash, *_ = known
        is_same = (size, modified) == (file.size, file.modified_ns) and content_hash.endswith(
            _declared(table)
        )
        return self.as_before(table) if is_same or content_hash == file.fingerprint(table) else None

    def as_before(self, table: RawTable) -> LandedTable:
        """What the last landing made of a table; no rows when there was none."""
        known = self._known(table)
        rows, quarantined = known[3:5] if known else (0, 0)
        return LandedTable(
            table.name, rows, quarantined, True, self.reasons(table) if quarantined else {}
        )

    def quarantine(
        self, table: RawTable, rejected: Sequence[tuple[int, str, str]], bad_rows: str
    ) -> None:
        """Replace the quarantine of a table by the lines that are no rows and the rows of a query
        on the files: number, reason, text.
        """
        self.session.execute("delete from raw.quarantine where table_name = $1", [table.name])
        columns = list(zip(*rejected, strict=True)) or [(), (), ()]
        lines = pa.table(
            [pa.array(values, one.type) for values, one in zip(columns, REJECTED, strict=True)],
            REJECTED,
        )
        self.files.register("landing_rejected", lines)
        for rows in ("from landing_rejected", bad_rows):
            sql = (
                f"select {_text(table.name)} as table_name, bad.*, {_text(self.run_id)} as run_id,"
                f" timestamp '{self.landed_at}' as landed_at from ({rows}) as bad (row_number,"
                " reason, row_text)"
            )
            self.session.append("raw.quarantine", self.files, sql)
        self.files.unregister("landing_rejected")

    def reasons(self, table: RawTable) -> dict[str, int]:
        """The most frequent reasons of a table's quarantine."""
        sql = (
            "select reason, count(*) from raw.quarantine where table_name = $1 group by reason"
            " order by count(*) desc, reason"
        )
        return dict(self.session.execute(f"{sql} limit {SHOWN_REASONS}", [table.name]).fetchall())

    def record(self, table: RawTable, file: FileState, landed: LandedTable) -> None:
        """Keep what a table is made of now."""
        self.session.execute("delete from raw.landings where table_name = $1", [table.name])
        values = [
            table.name,
            file.size,
            file.modified_ns,
            file.fingerprint(table),
            landed.rows,
            landed.quarantined,
        ]
        self.session.execute(
            "insert into raw.landings values ($1, $2, $3, $4, $5, $6, $7)",
            [*values, self.landed_at],
        )
        self.session.execute(KEEP_LOAD, [table.name, self.landed_at])

    def count(self, relation: str, values: list[object] | None = None) -> int:
        """How many rows a relation has."""
        return int(
            self.session.execute(f"select count(*) from {relation}", values or ()).rows[0][0]
        )

    def _known(self, table: RawTable) -> tuple[Any, ...] | None:
        columns = "size, modified_ns, content_hash, row_count, quarantined"
        found = self.session.execute(
            f"select {columns} from raw.landings where table_name = $1", [table.name]
        ).fetchall()
        return found[0] if found else None


def _declared(table: RawTable) -> str:
    """The declaration as part of the fingerprint."""
    times = {name: asdict(rule) for name, rule in table.times.items()}
    declared = [
        READING,
        dict(table.columns),
        sorted(table.required),
        sorted(table.optional),
        times,
        asdict(table.csv),
    ]
    return " " + hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
