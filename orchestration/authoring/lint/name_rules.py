"""Rule ``columns``, the names that a query reads: each is a column of a relation that it reads
from.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.query import Query

FIX = "use a column that the relation's yml describes"


def check_names(query: Query) -> Iterator[Finding]:
    """``columns``: no name is read that no relation has."""
    if query.trouble:
        name = query.trouble.rsplit(" ", 1)[-1].strip("\"'")
        yield query.finding(
            "columns", f"reads a name that cannot be resolved: {query.trouble}", FIX, name
        )
    if query.qualified is None:
        return
    unknown = {}
    for scope in traverse_scope(query.qualified):
        unknown |= {
            (column.table, column.name): known for column, known in _unknown(scope, query.catalog)
        }
    for (table, name), known in sorted(unknown.items()):
        shown = f"{table}.{name}" if table else name
        yield query.finding(
            "columns", f"there is no column {shown}{near(name, known)}", FIX, shown, name
        )


def _unknown(scope: Scope, catalog: Catalog) -> Iterator[tuple[exp.Column, set[str]]]:
    """Columns that none of their relations has, with those there are; where a relation is not
    known, nothing can be said.
    """
    around: list[Scope] = [scope]
    while around[-1].parent is not None:
        around.append(around[-1].parent)
    relations = {
        name: _columns(source, catalog)
        for each in reversed(around)
        for name, source in each.sources.items()
    }
    aliases = {name.lower() for each in around for name in each.expression.named_selects}
    for column in scope.columns:
        known = relations.get(column.table) if column.table else _all(list(relations.values()))
        if known is not None and column.name.lower() not in known | (
            aliases if not column.table else set()
        ):
            yield column, known


def _columns(source: Scope | exp.Expression, catalog: Catalog) -> set[str] | None:
    if isinstance(source, Scope):
        tree = source.expression
        names = (
            {name.lower() for name in tree.named_selects} if isinstance(tree, exp.Query) else set()
        )
        return names if names and "*" not in names else None
    node = catalog.relation(source) if isinstance(source, exp.Table) else None
    return {name.lower() for name in catalog.columns(node)} if node is not None else None


def _all(relations: list[set[str] | None]) -> set[str] | None:
    known = [columns for columns in relations if columns is not None]
    return set().union(*known) if known and len(known) == len(relations) else None
