"""A person in the files of the home: runs, plans, the journal, logs, Dagster's storage, dbt's
folder, the sandbox.

Parquet files lose their rows; cells of SQLite files and texts are masked with as many asterisks, so
that what reads them still can; what is compressed is opened.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from sluice.activations.private_files import write_private
from sluice.orchestration.rights.person import Person
from sluice.orchestration.rights.stores.warehouse import conditions, quoted

MASK = b"*"
SQLITE, PARQUET, GZIP = b"SQLite format 3\0", b"PAR1", b"\x1f\x8b"
DUCKDB_AT, DUCKDB = 8, b"DUCK"
EVERYWHERE = 8  # characters of a text that is masked in any file
NOT_OURS = frozenset({"ledger.sqlite", "erasure.key", "plan.key"})


@dataclass
class Scrubbed:
    """Files that were changed, by folder of the home, and DuckDB files that are copies of a
    warehouse.
    """

    files: dict[str, int] = field(default_factory=dict)
    warehouses: list[Path] = field(default_factory=list)


class Texts:
    """The texts to mask, as they may be written: as they are, escaped in JSON, in any letter
    case.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        written = {form for one in texts for form in (one, json.dumps(one)[1:-1])}
        forms = sorted((one.encode().lower() for one in written), key=len, reverse=True)
        self._any = re.compile(b"|".join(map(re.escape, forms))) if forms else None

    def mask(self, data: bytes) -> bytes:
        """The same data, as long as it was."""
        # re.IGNORECASE, which takes bytes for ASCII too, needs ten times as long
        lowered = data.lower()
        if self._any is None or not self._any.search(lowered):
            return data
        masked = bytearray(data)
        for found in self._any.finditer(lowered):
            masked[found.start() : found.end()] = MASK * len(found[0])
        return bytes(masked)

    def is_in(self, data: bytes) -> bool:
        """Whether one of them is there."""
        return self._any is not None and self._any.search(data.lower()) is not None


def scrub(home: Path, person: Person, left_out: Sequence[Path], own_sql: bytes = b"") -> Scrubbed:
    """Go through every file below the home, but for those that others look after. ``own_sql``: what
    the project says itself: a text of it is no secret of a person.
    """
    texts = Texts(one for one in person.parts() if is_maskable(one, person, own_sql))
    done = Scrubbed()
    for path in files_of(home, left_out):
        head = _head(path)
        if head[DUCKDB_AT : DUCKDB_AT + 4] == DUCKDB:
            done.warehouses.append(path)
        elif _scrub_one(path, head, person, texts):
            place = path.relative_to(home).parts
            name = place[0] if len(place) > 1 else place[-1]
            done.files[name] = done.files.get(name, 0) + 1
    return done


def is_maskable(text: str, person: Person, own_sql: bytes) -> bool:
    """An identifier always; another text unless the project's own files have it."""
    return text in {value for _, value in person.identifiers} or text.encode() not in own_sql


def files_of(home: Path, left_out: Sequence[Path]) -> Iterator[Path]:
    """The files of the home; links are not followed."""
    for folder, _, names in os.walk(home):
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_symlink() or not path.is_file() or path in left_out:
                continue
            if (
                path.suffix in {".wal", ".lock"}
                or name in NOT_OURS
                or name.endswith(("-wal", "-shm"))
            ):
                continue
            yield path


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _scrub_one(path: Path, head: bytes, person: Person, texts: Texts) -> bool:
    if head == SQLITE:
        return scrub_sqlite(path, texts, person if path.name.startswith("sandbox") else None)
    if head[:4] == PARQUET:
        return _scrub_parquet(path, person)
    data = path.read_bytes()
    if head[:2] == GZIP:
        whole = gzip.decompress(data)
        masked = texts.mask(whole)
        if masked == whole:
            return False
        write_private(path, gzip.compress(masked))
        return True
    masked = texts.mask(data)
    if masked == data:
        return False
    write_private(path, masked)
    return True


def _scrub_parquet(path: Path, person: Person) -> bool:
    with duckdb.connect() as connection:
        source = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
        described = connection.execute(f"describe select * from {source}").fetchall()
        columns = {str(row[0]): str(row[1]).lower() for row in described}
        theirs = " or ".join(conditions(columns, person)) or "1 = 0"
        masks = ", ".join(
            f"{_masking(name, person)} as {quoted(name)}" if kind == "varchar" else quoted(name)
            for name, kind in columns.items()
        )
        ((count, masked),) = connection.execute(
            f"select count(*) filter (where {theirs}), count(*) filter (where"
            f" {_is_mentioned(columns, person)}) from {source}"
        ).fetchall()
        if not count and not masked:
            return False
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        connection.sql(
            f"select {masks} from {source} where not coalesce(({theirs}), false)"
        ).write_parquet(str(aside))
    aside.chmod(0o600)
    os.replace(aside, path)
    return True


def _masking(name: str, person: Person) -> str:
    sql = quoted(name)
    for part in person.parts():
        written = part.replace("'", "''")
        sql = f"replace({sql}, '{written}', '{'*' * len(part)}')"
    return sql


def _is_mentioned(columns: dict[str, str], person: Person) -> str:
    looked = [
        f"position('{part.replace(chr(39), chr(39) * 2)}' in {quoted(name)}) > 0"
        for name, kind in columns.items()
        if kind == "varchar"
        for part in person.parts()
    ]
    return " or ".join(looked) or "false"


def scrub_sqlite(path: Path, texts: Texts, person: Person | None = None) -> bool:
    """Mask the cells of a SQLite file, blobs that are compressed too; with a ``person``, delete the
    rows that name them instead, as what a simulated vendor received. What was deleted is
    overwritten.
    """
    with closing(sqlite3.connect(path, timeout=30.0)) as connection:
        connection.execute("pragma secure_delete = on")
        connection.execute("begin immediate")
        names = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        changed = sum(
            _scrub_table(connection, str(name), texts, person is not None)
            for (name,) in connection.execute(names).fetchall()
        )
        connection.commit()
        if changed:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
    return changed > 0


def _scrub_table(connection: sqlite3.Connection, table: str, texts: Texts, is_deleted: bool) -> int:
    name, count = quoted(table), 0
    for row in connection.execute(f"select rowid, * from {name}").fetchall():
        masked = [_masked_cell(value, texts) for value in row[1:]]
        if tuple(masked) == row[1:]:
            continue
        count += 1
        if is_deleted:
            connection.execute(f"delete from {name} where rowid = ?", (row[0],))
            continue
        columns = [one[1] for one in connection.execute(f"pragma table_info({name})")]
        sets = ", ".join(f"{quoted(one)} = ?" for one in columns)
        connection.execute(f"update {name} set {sets} where rowid = ?", (*masked, row[0]))
    return count


def _masked_cell(value: object, texts: Texts) -> object:
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        masked = texts.mask(data)
        return value if masked == data else masked.decode("utf-8", "replace")
    if not isinstance(value, bytes):
        return value
    masked = texts.mask(value)
    if masked != value:
        return masked
    try:
        whole = zlib.decompress(value)
    except zlib.error:
        return value
    masked = texts.mask(whole)
    return value if masked == whole else zlib.compress(masked)


def search(home: Path, person: Person, left_out: Sequence[Path], own_sql: bytes = b"") -> list[str]:
    """The files that still hold a text of the person, by their place in the home: none, unless
    something writes to the home meanwhile.
    """
    texts = Texts(one for one in person.parts() if is_maskable(one, person, own_sql))
    return [
        str(path.relative_to(home))
        for path in files_of(home, left_out)
        if any(texts.is_in(data) for data in contents(path))
    ]


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and what they are once decompressed."""
    data = path.read_bytes()
    yield data
    if data[:2] == GZIP:
        yield gzip.decompress(data)
    elif data[:4] == PARQUET:
        with duckdb.connect() as connection:
            source = str(path).replace("'", "''")
            yield repr(connection.execute(f"from read_parquet('{source}')").fetchall()).encode()
