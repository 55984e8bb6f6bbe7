"""A person in the warehouse: their raw rows, and every row of every table that is of them.

Tables are known by the names of their columns, which keep their promise: ``contact_id`` is a
contact in any table, of a company's own models too. Views have no rows, and the tables of others
that are read in place are not ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sluice.activations.erasure import ErasedKeys
from sluice.orchestration.rights.cells import (
    MASK,
    CellKind,
    Theirs,
    find_theirs,
    literal,
    masked,
    reading,
)
from sluice.orchestration.rights.person import Person
from sluice.orchestration.warehouse.base import Session, Warehouse, quoted
from sluice.orchestration.warehouse.translation import SCHEMAS

CONTACTS = frozenset({
    "contact_id", "retired_contact_id", "from_contact_id", "to_contact_id", "recipient_id",
    "subject_id", "sync_key", "contact_id_a", "contact_id_b", "match_id",
})  # fmt: skip
RECORDS = frozenset({
    "record_key", "record_key_a", "record_key_b", "name_record_key", "node_id", "component_id",
})  # fmt: skip
DELIVERIES = frozenset({"delivery_id", "message_id", "operation_id"})
OWNERS = ("contact_id", "record_key")  # whose the row is, where it is anybody's
OF_RECORDS = (("source", "record_id"), ("record_source", "record_id"))
BOOKS = frozenset({"landings", "quarantine"})  # what the landing keeps of itself in the schema raw
COLUMNS = """
select c.table_schema, c.table_name, c.column_name, c.data_type
from information_schema.columns as c
inner join information_schema.tables as t
    on c.table_catalog = t.table_catalog and c.table_schema = t.table_schema
    and c.table_name = t.table_name
where t.table_type = 'BASE TABLE' and c.table_catalog = current_database()
order by c.table_schema, c.table_name, c.ordinal_position"""
TEXTS = ("char", "text", "json", "string")
Table = tuple[str, str]  # real schema, name


@dataclass
class Erased:
    """Rows that went, and cells in rows of others in which a mention was masked; by table."""

    rows: dict[str, int] = field(default_factory=dict)
    mentions: dict[str, int] = field(default_factory=dict)


def tables_of(session: Session, more: Iterable[str] = ()) -> dict[Table, dict[str, str]]:
    """Our tables with their columns and types; ``more``: real schemas of a company's own models."""
    ours = {f"{session.prefix}{one}" for one in SCHEMAS - {"seeds"}} | set(more)
    found: dict[Table, dict[str, str]] = {}
    for schema, table, column, kind in session.native(COLUMNS).rows:
        if schema in ours:
            found.setdefault((schema, table), {})[column] = str(kind).lower()
    return found


def model_schemas(target: Path, prefix: str) -> set[str]:
    """The schemas that a project's models are built in."""
    try:
        nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    except (OSError, ValueError, KeyError):
        return set()
    kinds = {"model", "snapshot"}
    return {str(one["schema"]) for one in nodes.values() if one["resource_type"] in kinds} - {
        f"{prefix}seeds"
    }


def raw_tables_of(
    session: Session, tables: Mapping[Table, Mapping[str, str]]
) -> Iterator[tuple[Table, Mapping[str, str]]]:
    """The tables that files were landed in."""
    for (schema, name), columns in tables.items():
        if schema == f"{session.prefix}raw" and name not in BOOKS:
            yield (schema, name), columns


def theirs_in(
    session: Session, table: Table, columns: Mapping[str, str], erased: ErasedKeys
) -> Theirs:
    """What of a raw table is of the people whose hashes are given."""
    known = {name: (quoted(name), kind) for name, kind in columns.items()}
    return find_theirs(
        lambda sql: session.native(sql).rows, relation(table), table[1], known, erased
    )


def take_raw_texts(
    session: Session, tables: Mapping[Table, Mapping[str, str]], erased: ErasedKeys
) -> list[str]:
    """The free texts of their raw rows that no other row of the table has."""
    found: dict[str, None] = {}
    for table, columns in raw_tables_of(session, tables):
        theirs = theirs_in(session, table, columns, erased)
        if not (theirs.cells or theirs.pairs):
            continue
        condition = theirs.condition({name: quoted(name) for name in columns})
        for name in (one for one, kind in columns.items() if is_text(kind)):
            sql = (
                f"select distinct {quoted(name)} from {relation(table)} where ({condition})"
                f" and length({quoted(name)}) > 1 and {quoted(name)} not in (select {quoted(name)}"
                f" from {relation(table)} where not ({_never_null(condition)})"
                f" and {quoted(name)} is not null)"
            )
            found |= dict.fromkeys(str(row[0]) for row in session.native(sql).rows)
    return list(found)


def erase_people(
    session: Session, person: Person, erased: ErasedKeys, schemas: Iterable[str] = ()
) -> Erased:
    """Take a person out of all tables, each in a transaction of its own: what is done stays done
    when it is repeated.
    """
    tables, done = tables_of(session, schemas), Erased()
    for table, columns in raw_tables_of(session, tables):
        _erase_raw(session, table, columns, erased, done)
    quarantine = (f"{session.prefix}raw", "quarantine")
    if quarantine in tables:
        _erase_quarantine(session, quarantine, person, erased, done)
    raw = dict(raw_tables_of(session, tables))
    for table, columns in tables.items():
        if table not in raw:
            _erase_rows(session, table, columns, person, done)
        _mask(session, table, columns, person.parts(), done)
    return done


def _erase_raw(
    session: Session, table: Table, columns: Mapping[str, str], erased: ErasedKeys, done: Erased
) -> None:
    theirs = theirs_in(session, table, columns, erased)
    count = _delete(session, table, theirs.condition({one: quoted(one) for one in columns}), done)
    landings = f'"{session.prefix}raw"."landings"'
    if count and session.has_table("raw", "landings"):
        session.native(
            f"update {landings} set row_count = row_count - {count} where table_name ="
            f" {literal(table[1])}"
        )
    for name, texts in theirs.mentions.items():
        for text in texts:
            _replace(session, table, name, text, masked(text, erased), done)


def quarantined_of(
    session: Session, table: Table, person: Person, erased: ErasedKeys
) -> list[dict[str, object]]:
    """The rows of files that could not be read and are of a person."""
    kinds = [one for kind, _ in erased.hashes if (one := CellKind.read(kind)) is not None]
    parts = [one.lower() for one in person.parts()]
    sql = f"select table_name, row_number, reason, row_text from {relation(table)}"
    return [
        row
        for row in session.native(sql).records()
        if reading(str(row["row_text"] or ""), erased, str(row["table_name"]), kinds)
        or any(one in str(row["row_text"]).lower() for one in parts)
    ]


def _erase_quarantine(
    session: Session, table: Table, person: Person, erased: ErasedKeys, done: Erased
) -> None:
    for row in quarantined_of(session, table, person, erased):
        name = literal(str(row["table_name"]))
        condition = f"table_name = {name} and row_number = {row['row_number']}"
        if _delete(session, table, condition, done) and session.has_table("raw", "landings"):
            session.native(
                f'update "{session.prefix}raw"."landings" set quarantined = quarantined - 1'
                f" where table_name = {name}"
            )


def _erase_rows(
    session: Session, table: Table, columns: Mapping[str, str], person: Person, done: Erased
) -> None:
    _delete(session, table, " or ".join(conditions(columns, person)) or "1 = 0", done)


def conditions(columns: Mapping[str, str], person: Person) -> list[str]:
    """SQL of the rows of a table that are of a person; a row that says that it is of somebody else
    is not, whatever its texts are.
    """
    found = []
    for name, kind in columns.items():
        if "int" in kind and (ids := _ids_of(name, person)):
            found.append(f"{quoted(name)} in ({', '.join(map(str, ids))})")
    for source, record_id in OF_RECORDS:
        if source in columns and record_id in columns:
            found += [
                f"({quoted(source)} = {literal(one)} and {quoted(record_id)} = {literal(two)})"
                for one, two in person.records
            ]
    by_text = list(_by_text(columns, person))
    owners = [name for name in OWNERS if name in columns]
    if by_text:
        ownerless = "".join(f"{quoted(name)} is null and " for name in owners)
        found.append(f"({ownerless}({' or '.join(by_text)}))")
    return found


def _by_text(columns: Mapping[str, str], person: Person) -> Iterator[str]:
    whole, parts = [*person.whole(), *person.hashes()], person.parts()
    for name, kind in columns.items():
        if is_text(kind):
            if whole:
                yield f"cast({quoted(name)} as varchar) in ({', '.join(map(literal, whole))})"
            lowered = f"lower(cast({quoted(name)} as varchar))"
            yield from (f"position({literal(one.lower())} in {lowered}) > 0" for one in parts)


def _ids_of(name: str, person: Person) -> Sequence[int]:
    if name in CONTACTS:
        return person.contact_ids
    if name in RECORDS:
        return person.record_keys
    if name in DELIVERIES:
        return person.delivery_ids
    return person.identifier_keys if name == "identifier_key" else ()


def _delete(session: Session, table: Table, condition: str, done: Erased) -> int:
    sql = f"select count(*) from {relation(table)} where {condition}"
    count = int(session.native(sql).rows[0][0])
    if count:
        session.native(f"delete from {relation(table)} where {condition}")
        name = f"{table[0]}.{table[1]}"
        done.rows[name] = done.rows.get(name, 0) + count
    return count


def _mask(
    session: Session, table: Table, columns: Mapping[str, str], parts: Sequence[str], done: Erased
) -> None:
    for name in (one for one, kind in columns.items() if is_text(kind)):
        if not parts:
            return
        among = " or ".join(f"position({literal(one)} in {quoted(name)}) > 0" for one in parts)
        sql = f"select distinct {quoted(name)} from {relation(table)} where {among}"
        for (text,) in session.native(sql).rows if "json" not in columns[name] else ():
            _replace(session, table, name, str(text), without(str(text), parts), done)


def _replace(
    session: Session, table: Table, name: str, text: str, instead: str, done: Erased
) -> None:
    session.native(
        f"update {relation(table)} set {quoted(name)} = {literal(instead)} where"
        f" {quoted(name)} = {literal(text)}"
    )
    place = f"{table[0]}.{table[1]}"
    done.mentions[place] = done.mentions.get(place, 0) + 1


def without(text: str, parts: Iterable[str]) -> str:
    """A text with these texts masked, as long as it was."""
    for part in parts:
        text = text.replace(part, MASK * len(part))
    return text


def compact(warehouse: Warehouse) -> bool:
    """Have the bytes of what was deleted gone. Returns False where whoever keeps the warehouse has
    to do it.
    """
    return warehouse.compact()


def is_text(kind: str) -> bool:
    """Whether a column holds texts."""
    return any(one in kind for one in TEXTS) and "[]" not in kind


def relation(table: Table) -> str:
    """A table in SQL."""
    return f"{quoted(table[0])}.{quoted(table[1])}"


def _never_null(condition: str) -> str:
    return f"coalesce(({condition}), false)"
