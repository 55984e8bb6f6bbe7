"""Why a contact is in a segment, or not: each condition of its SQL, and whether it holds for this contact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from orchestration.warehouse import open_warehouse


@dataclass(frozen=True)
class Condition:
    """A part of the condition: ``depth`` in the tree of and, or and not, its words, and its SQL."""

    depth: int
    words: str
    node: exp.Expression


def explain(warehouse: Path, sql: str, contact_id: int) -> dict[str, Any]:
    """``is_member`` by the segment's own SQL, and its conditions in order, each with ``holds`` and what was found.

    ``holds`` is None where the answer is unknown: SQL's null, which counts as no.
    """
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    select = tree.find(exp.Select)
    where = select.args.get("where") if select is not None else None
    with open_warehouse(warehouse) as connection:
        member = connection.execute(f"select count(*) from ({sql}) where contact_id = $1", [contact_id]).fetchall()[0][0] > 0
        conditions = list(_conditions(where.this, 0)) if where is not None else []
        held = [_describe(connection, tree, select, condition, contact_id) for condition in conditions]
    return {"contact_id": contact_id, "is_member": member, "conditions": held}


def _conditions(node: exp.Expression, depth: int) -> Iterator[Condition]:
    """The tree of and, or and not, depth first; the outermost chain of ands needs no line of its own."""
    inner = node.unnest()
    if isinstance(inner, exp.And) and depth == 0:
        for part in inner.flatten():
            yield from _conditions(part, depth)
    elif isinstance(inner, exp.Connector):
        yield Condition(depth, "all of" if isinstance(inner, exp.And) else "any of", inner)
        for part in inner.flatten():
            yield from _conditions(part, depth + 1)
    else:
        yield Condition(depth, _words_of(inner) or inner.sql(dialect="duckdb", comments=False), inner)


def _words_of(node: exp.Expression) -> str:
    """The comment in a word of segments, not one inside its query."""
    for part in node.walk(prune=lambda n: isinstance(n, exp.Select)):
        if part.comments:
            return " ".join(part.comments[0].split())
    return ""


def _describe(
    connection: duckdb.DuckDBPyConnection, tree: exp.Expression, select: exp.Select, condition: Condition, contact_id: int
) -> dict[str, Any]:
    return {
        "depth": condition.depth,
        "condition": condition.words,
        "holds": _value(connection, tree, select, condition.node, contact_id),
        "found": ""
        if isinstance(condition.node, exp.Connector)
        else _found(connection, tree, select, condition.node, contact_id),
    }


def _value(
    connection: duckdb.DuckDBPyConnection, tree: exp.Expression, select: exp.Select, node: exp.Expression, contact_id: int
) -> Any:
    """An expression over the segment's tables, for one contact; None without a row."""
    asked = exp.select(exp.alias_(node.copy(), "value"), "contact_id")
    for part in ("from_", "joins", "laterals"):
        if select.args.get(part):
            asked.set(part, select.args[part].copy() if part == "from_" else [join.copy() for join in select.args[part]])
    if tree.args.get("with_"):
        asked.set("with_", tree.args["with_"].copy())
    sql = f"select value from ({asked.sql(dialect='duckdb', comments=False)}) where contact_id = $1"
    rows = connection.execute(sql, [contact_id]).fetchall()
    return rows[0][0] if rows else None


def _found(
    connection: duckdb.DuckDBPyConnection, tree: exp.Expression, select: exp.Select, node: exp.Expression, contact_id: int
) -> str:
    """What the contact has instead: the number of rows behind an `in (select ...)`, else the values of the columns."""
    query = node.find(exp.Select)
    if query is not None:
        counted = query.copy()
        for part in ("group", "having"):
            counted.set(part, None)
        counted.set("expressions", [exp.column("contact_id", table=_alias_of(counted))])
        sql = f"select count(*) from ({counted.sql(dialect='duckdb', comments=False)}) where contact_id = $1"
        return f"{connection.execute(sql, [contact_id]).fetchall()[0][0]} found"
    columns = sorted({column.name for column in node.find_all(exp.Column)})
    return ", ".join(f"{name} = {_value(connection, tree, select, exp.column(name), contact_id)}" for name in columns)


def _alias_of(query: exp.Select) -> str | None:
    source = query.args["from_"].this
    return source.alias or None
