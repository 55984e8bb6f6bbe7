"""Which columns of a query tell its rows apart, proved from the SQL and the keys of the models it
reads.

A set of columns is a key when it determines the row of every relation that is joined. What is
determined grows: by equalities, by the keys of the relations, until nothing is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlglot import exp

from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.authoring.lint.join_rules import parts_of

Column = tuple[str, str]
Fact = tuple[frozenset[Column], Column]  # whoever knows these columns knows this one


class Rows(Protocol):
    """Rows of a relation or a query."""

    def is_key(self, names: Iterable[str]) -> bool:
        """True when no two rows are equal in these columns."""


@dataclass(frozen=True)
class KeyedRows:
    """Rows of a model with known keys; without one, nothing can be proved."""

    keys: tuple[frozenset[str], ...] = ()

    def is_key(self, names: Iterable[str]) -> bool:
        """True when the columns hold a key."""
        given = {name.lower() for name in names}
        return any(key <= given for key in self.keys)


@dataclass(frozen=True)
class SetRows:
    """Rows of union, intersect or except."""

    tree: exp.SetOperation
    left: Rows

    def is_key(self, names: Iterable[str]) -> bool:
        """True for all columns of what is made distinct, and for the keys of the left side where
        rows are only taken away.
        """
        given = {name.lower() for name in names}
        if (
            self.tree.args.get("distinct")
            and {name.lower() for name in self.tree.named_selects} <= given
        ):
            return True
        return isinstance(self.tree, exp.Except | exp.Intersect) and self.left.is_key(given)


@dataclass
class SelectRows:
    """Rows of one select over some relations."""

    tree: exp.Select
    sources: dict[str, Rows]
    facts: list[Fact] = field(default_factory=list)

    def is_key(self, names: Iterable[str]) -> bool:
        """True when the columns determine the row of each relation, or the group, or the first of
        its partition.
        """
        given = {name.lower() for name in names}
        known, rows = self._closure(self._seeds(given))
        return (
            _is_single_row(self.tree)
            or set(self.sources) <= rows
            or any(
                all(self._is_known(part, given, known) for part in parts)
                for parts in self._deciding(given)
            )
        )

    def undetermined(self, names: Iterable[str]) -> list[str]:
        """The relations that may have several rows for one value of the columns."""
        return sorted(
            set(self.sources) - self._closure(self._seeds({name.lower() for name in names}))[1]
        )

    def _deciding(self, given: set[str]) -> Iterable[list[exp.Expression]]:
        """Lists of expressions, each of which tells the rows apart: groups, what is distinct,
        partitions with one row each.
        """
        group, distinct = self.tree.args.get("group"), self.tree.args.get("distinct")
        if group is not None and not any(
            group.args.get(kind) for kind in ("grouping_sets", "cube", "rollup")
        ):
            plain = [one.unalias() for one in self.tree.expressions if not one.find(exp.AggFunc)]
            yield plain if group.args.get("all") else group.expressions
        if distinct is not None:
            on = distinct.args.get("on")
            yield (
                on.expressions
                if on is not None
                else [one.unalias() for one in self.tree.expressions]
            )
        qualify = self.tree.args.get("qualify")
        for part in parts_of(qualify.this) if qualify is not None else ():
            for side, other in (
                (part.args.get("this"), part.args.get("expression")),
                (part.args.get("expression"), part.args.get("this")),
            ):
                if (
                    isinstance(part, exp.EQ)
                    and other.sql() == "1"
                    and _is_row_number(self._projected(side))
                ):
                    yield self._projected(side).args.get("partition_by") or []
        for one in self.tree.expressions:
            if one.alias_or_name.lower() in given and _is_row_number(one.unalias()):
                yield one.unalias().args.get("partition_by") or []

    def _projected(self, expression: exp.Expression) -> exp.Expression:
        """The expression behind an alias of this select."""
        if isinstance(expression, exp.Column) and not expression.table:
            found = [
                one.unalias()
                for one in self.tree.expressions
                if one.alias_or_name == expression.name
            ]
            return found[0] if found else expression
        return expression

    def _is_known(self, expression: exp.Expression, given: set[str], known: set[Column]) -> bool:
        if expression.find(exp.Query, exp.Window):
            return False
        outputs = {
            one.unalias().sql()
            for one in self.tree.expressions
            if one.alias_or_name.lower() in given
        }
        return (
            self._projected(expression).sql() in outputs
            or _columns(self._projected(expression)) <= known
        )

    def _seeds(self, given: set[str]) -> set[Column]:
        found: set[Column] = set()
        for one in self.tree.expressions:
            if one.alias_or_name.lower() in given:
                value = _plain(one.unalias())
                if isinstance(value, exp.Column) or (
                    isinstance(value, exp.Coalesce) and self._is_merged(value)
                ):
                    found |= _columns(value)
        return found

    def _is_merged(self, value: exp.Coalesce) -> bool:
        """True for the one column that ``using`` makes of two."""
        first, *others = [_column(part) for part in (value.this, *value.expressions)]
        return first is not None and all(
            other is not None and (frozenset({first}), other) in self.facts for other in others
        )

    def _closure(self, known: set[Column]) -> tuple[set[Column], set[str]]:
        rows: set[str] = set()
        while True:
            before = len(known) + len(rows)
            known |= {
                column
                for needed, column in self.facts
                if all(one in known or one[0] in rows for one in needed)
            }
            rows |= {
                name
                for name, source in self.sources.items()
                if source.is_key(column for table, column in known if table == name)
            }
            known |= {column for needed, _ in self.facts for column in needed if column[0] in rows}
            known |= {column for column in self._used() if column[0] in rows}
            if len(known) + len(rows) == before:
                return known, rows

    def _used(self) -> set[Column]:
        parts = [
            *self.tree.expressions,
            *(
                self.tree.args[key]
                for key in ("group", "distinct", "qualify")
                if self.tree.args.get(key)
            ),
        ]
        return {column for part in parts for column in _columns(part)}


def rows_of(tree: exp.Expression, catalog: Catalog, ctes: Mapping[str, Rows] | None = None) -> Rows:
    """The rows of a qualified query."""
    known = dict(ctes or {})
    with_ = tree.args.get("with_")
    for cte in with_.expressions if with_ is not None else ():
        known[cte.alias] = KeyedRows() if with_.recursive else rows_of(cte.this, catalog, known)
    if isinstance(tree, exp.Subquery):
        return rows_of(tree.this, catalog, known)
    if isinstance(tree, exp.SetOperation):
        return SetRows(tree, rows_of(tree.left, catalog, known))
    return _select_rows(tree, catalog, known) if isinstance(tree, exp.Select) else KeyedRows()


def _select_rows(tree: exp.Select, catalog: Catalog, ctes: Mapping[str, Rows]) -> SelectRows:
    found = SelectRows(tree, {})
    from_, where = tree.args.get("from_"), tree.args.get("where")
    if from_ is not None:
        found.sources[from_.this.alias_or_name] = _source_rows(from_.this, catalog, ctes)
    for join in tree.args.get("joins") or ():
        if join.kind not in {"SEMI", "ANTI"} and join.method != "ASOF":
            found.sources[join.this.alias_or_name] = _source_rows(join.this, catalog, ctes)
            found.facts += _join_facts(join)
    for lateral in tree.args.get("laterals") or ():
        found.sources[lateral.alias_or_name] = KeyedRows()
    for part in parts_of(where.this) if where is not None else ():
        found.facts += _facts(part)
    return found


def _source_rows(source: exp.Expression, catalog: Catalog, ctes: Mapping[str, Rows]) -> Rows:
    if isinstance(source, exp.Subquery):
        return rows_of(source, catalog, ctes)
    if not isinstance(source, exp.Table):
        return KeyedRows()
    if not source.db and source.name in ctes:
        return ctes[source.name]
    node = catalog.relation(source)
    return (
        KeyedRows(tuple(catalog.keys.get(node["unique_id"], ())))
        if node is not None
        else KeyedRows()
    )


def _join_facts(join: exp.Join) -> list[Fact]:
    """Of a left join only what the left side says of the right one; of a right or full join
    nothing.
    """
    on = join.args.get("on")
    if on is None or join.side in {"RIGHT", "FULL"}:
        return []
    found = [fact for part in parts_of(on) for fact in _facts(part)]
    return (
        [fact for fact in found if fact[1][0] == join.alias_or_name]
        if join.side == "LEFT"
        else found
    )


def _facts(part: exp.Expression) -> list[Fact]:
    """What an equality lets one know: a column from a value, a column from another."""
    if isinstance(part, exp.In) and len(part.expressions) == 1 and not part.args.get("query"):
        sides = [part.this, part.expressions[0]]
    elif isinstance(part, exp.EQ | exp.NullSafeEQ):
        sides = [part.this, part.expression]
    else:
        return []
    pairs = [(sides[0], sides[1]), (sides[1], sides[0])]
    facts = [
        (frozenset(_columns(value)), _column(one))
        for one, value in pairs
        if not value.find(exp.Query)
    ]
    return [
        (needed, column) for needed, column in facts if column is not None and column not in needed
    ]


def _column(expression: exp.Expression) -> Column | None:
    inner = _plain(expression)
    return (inner.table, inner.name.lower()) if isinstance(inner, exp.Column) else None


def _plain(expression: exp.Expression) -> exp.Expression:
    """The expression without brackets and without casts that keep different keys different."""
    inner = expression.unnest()
    is_kept = isinstance(inner, exp.Cast) and inner.to.is_type(
        "bigint", "hugeint", "text", "varchar"
    )
    return _plain(inner.this) if is_kept else inner


def _columns(expression: exp.Expression) -> set[Column]:
    return {(column.table, column.name.lower()) for column in expression.find_all(exp.Column)}


def _is_row_number(expression: exp.Expression) -> bool:
    return isinstance(expression, exp.Window) and isinstance(expression.this, exp.RowNumber)


def _is_single_row(tree: exp.Select) -> bool:
    limit = tree.args.get("limit")
    if limit is not None and limit.expression is not None and limit.expression.sql() == "1":
        return True
    aggregates = [
        one
        for part in tree.expressions
        for one in part.find_all(exp.AggFunc)
        if one.find_ancestor(exp.Window) is None
    ]
    return tree.args.get("group") is None and any(
        one.find_ancestor(exp.Query) is tree for one in aggregates
    )
