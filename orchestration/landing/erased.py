"""People who were erased stay out: their rows of a file are left out before anything is written,
and counted in ``landing.kept_out``, without saying who they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb

from sluice.activations.erasure import ErasedKeys
from sluice.orchestration.landing.casting import REASON, TEXT, extra_columns
from sluice.orchestration.landing.reading import ROW, RawFile
from sluice.orchestration.landing.tables import RawTable
from sluice.orchestration.rights.cells import CellKind, find_theirs, literal, masked, reading
from sluice.orchestration.warehouse.base import Session

TABLE = """create table if not exists landing.kept_out (
    table_name varchar, row_count bigint, reason varchar, run_id varchar, landed_at timestamp)"""
WHY = "erased_person"
Rejected = Sequence[tuple[int, str, str]]


def keep_out(
    files: duckdb.DuckDBPyConnection,
    relation: str,
    table: RawTable,
    file: RawFile,
    erased: ErasedKeys,
) -> int:
    """Delete the rows of people who were erased from the rows of a file, and mask where others
    mention them. Returns how many rows went.
    """
    columns = {name: (f"v{n}", kind) for n, (name, kind) in enumerate(table.columns.items())}
    columns |= {
        name: (f"x{n}", kind) for n, (name, kind) in enumerate(extra_columns(table, file).items())
    }
    theirs = find_theirs(
        lambda sql: files.execute(sql).fetchall(), relation, table.name, columns, erased
    )
    unread = _unread(files, relation, table, erased)
    condition = theirs.condition({name: physical for name, (physical, _) in columns.items()})
    numbers = ", ".join(map(str, unread)) or "null"
    where = f"({condition}) or {ROW} in ({numbers})"
    ((count,),) = files.execute(f"select count(*) from {relation} where {where}").fetchall()
    if count:
        files.execute(f"delete from {relation} where {where}")
    for name, texts in theirs.mentions.items():
        physical = columns[name][0]
        for text in texts:
            files.execute(
                f"update {relation} set {physical} = {literal(masked(text, erased))} where"
                f" {physical} = {literal(text)}"
            )
    return int(count)


def without_erased(
    table: RawTable, rejected: Rejected, erased: ErasedKeys
) -> list[tuple[int, str, str]]:
    """The lines that are no rows, without those of people who were erased."""
    return [one for one in rejected if not reading(one[2], erased, table.name)]


def note_kept_out(
    session: Session, table: RawTable, count: int, run_id: str, landed_at: datetime
) -> None:
    """Keep how many rows were left out of the table that there is now."""
    session.execute(TABLE)
    session.execute("delete from landing.kept_out where table_name = $1", [table.name])
    if count:
        session.execute(
            "insert into landing.kept_out values ($1, $2, $3, $4, $5)",
            [table.name, count, WHY, run_id, landed_at],
        )


def _unread(
    files: duckdb.DuckDBPyConnection, relation: str, table: RawTable, erased: ErasedKeys
) -> list[int]:
    """Rows that go to quarantine, by what was written."""
    kinds = [one for kind, _ in erased.hashes if (one := CellKind.read(kind)) is not None]
    rows = files.execute(f"select {ROW}, {TEXT} from {relation} where {REASON} is not null")
    return [
        int(number)
        for number, text in rows.fetchall()
        if reading(str(text or ""), erased, table.name, kinds)
    ]
