"""Why a contact is in a segment, or not: each condition of its SQL, and whether it holds for this
contact.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlglot
from sqlglot import exp

from sluice.orchestration.access.masking import Masking
from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse


@dataclass(frozen=True)
class Condition:
    """A part of the condition: ``depth`` in the tree of and, or and not, its words, and its SQL."""

    depth: int
    words: str
    node: exp.Expression


def explain(
    warehouse: Warehouse, sql: str, contact_id: int, shown: Masking = lambda _, value: value
) -> dict[str, Any]:
    """``is_member`` by the segment's own SQL, and its conditions in order, each with ``holds`` and
    what was found. ``shown``: how a value of a column is shown.

    ``holds`` is None where the answer is unknown: SQL's null, which counts as no.
    """
    with open_warehouse(warehouse) as session:
        query = _Query(session, sql, contact_id, shown)
        return {
            "contact_id": contact_id,
            "is_member": query.is_member(),
            "conditions": query.conditions(),
        }


def count_conditions(session: Session, sql: str) -> list[dict[str, Any]]:
    """For how many contacts each condition of a segment holds by itself, and together with those
    before it at its depth 0: the first that brings it to none says why nobody is in it. Nothing
    where the segment has no ``where``.
    """
    tree = sqlglot.parse_one(sql, dialect=session.dialect)
    select = tree.find(exp.Select) or exp.Select()
    where = select.args.get("where")
    found: list[dict[str, Any]] = []
    before: list[exp.Expression] = []
    for one in _conditions(where.this, 0) if where is not None else ():
        alone = _contacts(session, tree, select, one.node)
        together = None
        if one.depth == 0:
            before.append(one.node)
            together = _contacts(session, tree, select, exp.and_(*before))
        found.append(
            {
                "depth": one.depth,
                "condition": one.words,
                "contacts": alone,
                "with_those_before": together,
            }
        )
    return found


def _contacts(
    session: Session,
    tree: exp.Expression,
    select: exp.Select,
    condition: exp.Expression,
) -> int:
    """How many contacts the tables of a segment give under one condition instead of its own."""
    asked = exp.select(*(part.copy() for part in select.expressions)).where(condition.copy())
    for name in ("from_", "joins", "with_"):
        source = tree if name == "with_" else select
        if source.args.get(name):
            asked.set(name, copy.deepcopy(source.args[name]))
    query = (
        "select count(distinct contact_id) from"
        f" ({asked.sql(dialect=session.dialect, comments=False)}) as asked"
    )
    ((count,),) = session.native(query).rows
    return int(count)


class _Query:
    """A segment's SQL asked about one contact."""

    def __init__(self, session: Session, sql: str, contact_id: int, shown: Masking) -> None:
        self.session, self.sql, self.contact_id = session, sql, int(contact_id)
        self.shown = shown
        self.tree = sqlglot.parse_one(sql, dialect=session.dialect)
        self.select = self.tree.find(exp.Select) or exp.Select()

    def is_member(self) -> bool:
        return self._count(self.sql) > 0

    def conditions(self) -> list[dict[str, Any]]:
        where = self.select.args.get("where")
        return (
            [self._describe(condition) for condition in _conditions(where.this, 0)]
            if where is not None
            else []
        )

    def _describe(self, condition: Condition) -> dict[str, Any]:
        is_group = isinstance(condition.node, exp.Connector)
        found = "" if is_group else self._found(condition.node)
        return {
            "depth": condition.depth,
            "condition": condition.words,
            "holds": self._value(condition.node),
            "found": found,
        }

    def _value(self, node: exp.Expression) -> Any:
        """An expression over the segment's tables, for the contact; None without a row."""
        asked = exp.select(exp.alias_(node.copy(), "value"), "contact_id")
        for name in ("from_", "joins", "with_"):
            source = self.tree if name == "with_" else self.select
            if source.args.get(name):
                asked.set(name, copy.deepcopy(source.args[name]))
        rows = self._rows(
            f"select value from ({self._written(asked)}) as asked where contact_id ="
            f" {self.contact_id}"
        )
        return rows[0][0] if rows else None

    def _found(self, node: exp.Expression) -> str:
        """What the contact has instead: the rows behind an `in (select ...)`, else the values of
        the columns.
        """
        query = node.find(exp.Select)
        if query is None:
            columns = {column.name: column for column in node.find_all(exp.Column)}
            values = {name: self._shown(columns[name]) for name in sorted(columns)}
            return ", ".join(f"{name} = {value}" for name, value in values.items())
        counted = query.copy()
        for part in ("group", "having"):
            counted.set(part, None)
        counted.set(
            "expressions",
            [exp.column("contact_id", table=counted.args["from_"].this.alias or None)],
        )
        return f"{self._count(self._written(counted))} found"

    def _shown(self, column: exp.Column) -> Any:
        """What a query of the segment's own gives a name is a column that no yml describes."""
        value = self._value(exp.column(column.name))
        is_named_here = self._own_queries.get(column.table, any(self._own_queries.values()))
        return self.shown(column.name, self.shown("", value) if is_named_here else value)

    @cached_property
    def _own_queries(self) -> dict[str, bool]:
        """What the segment reads, by its name there; whether it is a query and no table."""
        started, joins = self.select.args.get("from_"), self.select.args.get("joins") or []
        read = [part.this for part in (started, *joins) if part is not None]
        named = {one.alias for one in self.tree.find_all(exp.CTE)}
        return {
            one.alias_or_name: not isinstance(one, exp.Table) or (not one.db and one.name in named)
            for one in read
        }

    def _count(self, sql: str) -> int:
        where = f"where contact_id = {self.contact_id}"
        return int(self._rows(f"select count(*) from ({sql}) as counted {where}")[0][0])

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.session.native(sql).rows

    def _written(self, node: exp.Expression) -> str:
        return node.sql(dialect=self.session.dialect, comments=False)


def _conditions(node: exp.Expression, depth: int) -> Iterator[Condition]:
    """The tree of and, or and not, depth first; the outermost chain of ands needs no line of its
    own.
    """
    inner = node.unnest()
    if isinstance(inner, exp.And) and depth == 0:
        for part in inner.flatten():
            yield from _conditions(part, depth)
    elif isinstance(inner, exp.Connector):
        yield Condition(depth, "all of" if isinstance(inner, exp.And) else "any of", inner)
        for part in inner.flatten():
            yield from _conditions(part, depth + 1)
    else:
        yield Condition(
            depth, _words_of(inner) or inner.sql(dialect="duckdb", comments=False), inner
        )


def _words_of(node: exp.Expression) -> str:
    """The comment in a word of segments, not one inside its query."""
    for part in node.walk(prune=lambda n: isinstance(n, exp.Select)):
        if part.comments:
            return " ".join(part.comments[0].split())
    return ""
