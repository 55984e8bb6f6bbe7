"""A person in the company's own files: they are not ours to delete, so they are named, with the
number of rows and without the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from sluice.activations.erasure import ErasedKeys
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.rights.cells import find_theirs
from sluice.orchestration.warehouse.base import quoted

READERS = {".parquet": "read_parquet", ".csv": "read_csv"}


@dataclass(frozen=True)
class SourceFile:
    """A file, as below the folder of raw tables, and how many of its rows are of the person."""

    name: str
    rows: int


def source_files(settings: Settings, erased: ErasedKeys) -> list[SourceFile]:
    """The files that the next landing would read, with the rows it will leave out."""
    found = []
    files = sorted(settings.raw.rglob("*")) if settings.raw.is_dir() else []
    for path in files:
        if path.suffix in READERS and path.is_file():
            count = _count(path, erased)
            if count:
                found.append(SourceFile(str(path.relative_to(settings.raw)), count))
    return found


def _count(path: Path, erased: ErasedKeys) -> int:
    escaped = str(path).replace("'", "''")
    options = ", all_varchar = true, ignore_errors = true" if path.suffix == ".csv" else ""
    source = f"{READERS[path.suffix]}('{escaped}'{options})"
    with duckdb.connect() as connection:
        try:
            described = connection.execute(f"describe select * from {source}").fetchall()
            columns = {str(row[0]): (quoted(str(row[0])), str(row[1])) for row in described}
            theirs = find_theirs(
                lambda sql: connection.execute(sql).fetchall(), source, path.stem, columns, erased
            )
            condition = theirs.condition({name: one for name, (one, _) in columns.items()})
            sql = f"select count(*) from {source} where {condition}"
            return int(connection.execute(sql).fetchall()[0][0])
        except duckdb.Error:
            return 0
