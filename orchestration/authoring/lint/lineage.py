"""Where the values of a column come from, through queries and models, as far as the nearest column
marked as personal data.

Values flow; conditions only decide. So the branches of a CASE carry a value and its condition does
not, and a count, a comparison or a filter carries none. A hash does.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from sluice.orchestration.authoring.lint.catalog import Catalog, Node

DECIDES = (exp.Predicate, exp.Connector, exp.Not, exp.Count, exp.ApproxDistinct)
Origins = frozenset[
    tuple[str, bool]
]  # model.column, and whether a CASE over another column chose the value
NONE: Origins = frozenset()


class Lineage:
    """The personal data that columns carry; each column of each model is walked once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._scopes: dict[tuple[Scope, str], Origins] = {}
        self._met = {unique_id for unique_id, _ in catalog.origins}
        self._roots: dict[str, Scope | None] = {}

    def of_query(self, tree: exp.Query) -> dict[str, list[str]]:
        """The personal columns of models, ``dim_contacts.email``, that each column of a qualified
        query carries.
        """
        self._walk_ahead(tree)
        scope = build_scope(tree)
        found = (
            {name: self._of_scope(scope, name) for name in tree.named_selects}
            if scope is not None
            else {}
        )
        return {
            name: sorted({origin for origin, _ in origins})
            for name, origins in found.items()
            if origins
        }

    def _walk_ahead(self, tree: exp.Query) -> None:
        """The models under a query from the sources up, so that no walk is deeper than one
        model.
        """
        waiting = [
            (node, False)
            for table in tree.find_all(exp.Table)
            if (node := self.catalog.relation(table)) is not None
        ]
        while waiting:
            node, are_parents_walked = waiting.pop()
            if are_parents_walked:
                for column in self.catalog.columns(node):
                    self.of_column(node, column.lower())
            elif node["unique_id"] not in self._met:
                self._met.add(node["unique_id"])
                waiting += [
                    (node, True),
                    *((parent, False) for parent in self.catalog.parents(node)),
                ]

    def of_column(self, node: Node, column: str) -> Origins:
        """What a column of a model carries. Its own mark ends the walk; so does the yml where it
        cannot be walked.
        """
        key = (node["unique_id"], column)
        if key not in self.catalog.origins:
            self.catalog.origins[key] = NONE  # a circle ends here
            self.catalog.origins[key] = self._walk_model(node, column)
        return self.catalog.origins[key]

    def _walk_model(self, node: Node, column: str) -> Origins:
        mark = self.catalog.is_personal(node, column)
        if mark is not None:
            return frozenset({(f"{node['name']}.{column}", False)}) if mark else NONE
        if node["unique_id"] not in self._roots:
            tree = self.catalog.tree(node)
            self._roots[node["unique_id"]] = build_scope(tree) if tree is not None else None
        scope = self._roots[node["unique_id"]]
        found = self._of_scope(scope, column) if scope is not None else NONE
        # a column of mixed values, such as attribute_value, is marked for the worst of them; of one
        # that a CASE chose out of it, the yml that describes the chosen one knows
        is_described = column in {str(name).lower() for name in node["columns"]}
        return frozenset(origin for origin in found if not (is_described and origin[1]))

    def _of_scope(self, scope: Scope, name: str) -> Origins:
        key = (scope, name)
        if key not in self._scopes:
            self._scopes[key] = NONE
            self._scopes[key] = frozenset(self._walk_scope(scope, name))
        return self._scopes[key]

    def _walk_scope(self, scope: Scope, name: str) -> Iterator[tuple[str, bool]]:
        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            place = tree.named_selects.index(name) if name in tree.named_selects else -1
            for side in scope.set_operation_scopes:
                names = side.expression.named_selects
                yield from self._of_scope(side, names[place]) if 0 <= place < len(names) else NONE
        elif isinstance(tree, exp.Select):
            for one in tree.expressions:
                if one.alias_or_name == name:
                    yield from self._of_value(one.unalias(), scope)
        elif isinstance(tree, exp.Subquery):
            for side in scope.subquery_scopes:
                yield from self._of_scope(side, name)

    def _of_value(self, value: exp.Expression, scope: Scope) -> Iterator[tuple[str, bool]]:
        if isinstance(value, exp.Column | exp.TableColumn | exp.Dot):
            yield from self._of_name(value, scope)
        elif isinstance(value, exp.Query):
            inner = value.unnest()
            for sub in scope.subquery_scopes:
                if sub.expression is inner or sub.expression is value:
                    yield from (
                        one
                        for name in sub.expression.named_selects
                        for one in self._of_scope(sub, name)
                    )
        elif not isinstance(value, DECIDES):
            for part, is_chosen in _carriers(value):
                yield from (
                    (origin, chosen or is_chosen) for origin, chosen in self._of_value(part, scope)
                )

    def _of_name(self, value: exp.Expression, scope: Scope) -> Iterator[tuple[str, bool]]:
        if isinstance(value, exp.Column):
            yield from self._of_reference(value.table, value.name, scope)
        elif isinstance(value, exp.TableColumn):
            yield from self._of_row(value.name, scope)
        else:  # email.lower(): sqlglot leaves the names unresolved
            for name in value.find_all(exp.Identifier):
                yield from self._of_reference("", name.name, scope)

    def _of_reference(self, table: str, column: str, scope: Scope) -> Iterator[tuple[str, bool]]:
        around: Scope | None = scope
        while around is not None and table and table not in around.sources:
            around = around.parent
        for name, source in around.sources.items() if around is not None else ():
            if table in ("", name):
                yield from self._of_source(source, column, around or scope)

    def _of_row(self, table: str, scope: Scope) -> Iterator[tuple[str, bool]]:
        """A whole row used as a value: to_json(c)."""
        source = scope.sources.get(table)
        node = self.catalog.relation(source) if isinstance(source, exp.Table) else None
        columns = self.catalog.columns(node) if node is not None else []
        columns = (
            source.expression.named_selects
            if isinstance(source, Scope) and not source.is_udtf
            else columns
        )
        for column in columns:
            yield from self._of_reference(table, column, scope)

    def _of_source(
        self, source: Scope | exp.Expression, column: str, scope: Scope
    ) -> Iterator[tuple[str, bool]]:
        if (
            isinstance(source, Scope) and source.is_udtf
        ):  # what unnest and lateral make of the columns beside them
            for inner in source.expression.find_all(exp.Column):
                if inner.table in scope.sources and scope.sources[inner.table] is not source:
                    yield from self._of_reference(inner.table, inner.name, scope)
        elif isinstance(source, Scope):
            yield from self._of_scope(source, column)
        elif isinstance(source, exp.Table) and (node := self.catalog.relation(source)) is not None:
            yield from self.of_column(node, column.lower())


def _carriers(value: exp.Expression) -> Iterator[tuple[exp.Expression, bool]]:
    """The parts of an expression that its value is made of, and whether a comparison with a text
    chose that part.
    """
    if isinstance(value, exp.Case):
        yield from ((branch.args["true"], _is_choice(branch.this)) for branch in value.args["ifs"])
        yield from ((part, False) for part in (value.args.get("default"),) if part is not None)
    elif isinstance(value, exp.If):
        yield from (
            (value.args[key], False) for key in ("true", "false") if value.args.get(key) is not None
        )
    elif isinstance(value, exp.Window | exp.Filter):
        yield value.this, False
    else:
        yield from ((part, False) for part in value.iter_expressions())


def _is_choice(condition: exp.Expression) -> bool:
    """True for ``attribute = 'company'``."""
    is_text = (
        isinstance(condition, exp.EQ)
        and isinstance(condition.expression, exp.Literal)
        and condition.expression.is_string
    )
    return is_text and isinstance(condition.this, exp.Column)
