"""What the compiled project says of its relations: columns, keys, marks of personal data, and each
query as a qualified tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

Node = Mapping[str, Any]
READABLE = {
    "table",
    "view",
    "incremental",
    "ephemeral",
}  # other materializations may add columns to what their SQL gives
PER_CONTACT = "one row per contact."
UNIQUE_TESTS = {  # where each names its columns: the first that is there
    "primary_key": ("columns", "column_name"),
    "unique": ("column_name",),
    "unique_combination": ("columns",),
    "unique_combination_of_columns": ("combination_of_columns",),
}


class Catalog:
    """The relations of a manifest, with the compiled SQL of those that were compiled."""

    def __init__(self, manifest: Mapping[str, Any], code: Mapping[str, str]) -> None:
        self.manifest = manifest
        self.code = dict(code)
        # dbt's name of the engine is sqlglot's name of its SQL
        self.dialect = str(manifest.get("metadata", {}).get("adapter_type") or "duckdb")
        self._trees: dict[str, exp.Query | None] = {}
        self.origins: dict[
            tuple[str, str], frozenset[tuple[str, bool]]
        ] = {}  # what lineage found of a column of a model

    @cached_property
    def relations(self) -> dict[tuple[str, str], Node]:
        """Models, seeds and sources by schema and name."""
        nodes = [
            node
            for node in self.manifest["nodes"].values()
            if node["resource_type"] in {"model", "seed", "snapshot"}
        ]
        found = [*nodes, *self.manifest["sources"].values()]
        return {
            (
                node["schema"].lower(),
                (node.get("alias") or node.get("identifier") or node["name"]).lower(),
            ): node
            for node in found
        }

    def relation(self, table: exp.Table) -> Node | None:
        """The relation that a table of a query is, if any."""
        return self.relations.get((table.db.lower(), table.name.lower()))

    def parents(self, node: Node) -> list[Node]:
        """The models, seeds and sources that a model is built from."""
        found = (
            self.manifest["nodes"].get(key) or self.manifest["sources"].get(key)
            for key in node.get("depends_on", {}).get("nodes", ())
        )
        return [parent for parent in found if parent is not None]

    @cached_property
    def keys(self) -> dict[str, list[frozenset[str]]]:
        """The unique keys of each relation by unique_id: of its tests, or of a description that
        ends in one row per contact.
        """
        found: dict[str, list[frozenset[str]]] = {}
        for node in self.manifest["nodes"].values():
            test = node.get("test_metadata") or {}
            if (
                test.get("name") in UNIQUE_TESTS
                and node["resource_type"] == "test"
                and not node["config"].get("where")
            ):
                named = (test["kwargs"].get(key) for key in UNIQUE_TESTS[test["name"]])
                columns = next(filter(None, named), None)
                given = [columns] if isinstance(columns, str) else columns or []
                found.setdefault(str(node.get("attached_node")), []).append(
                    frozenset(str(name).lower() for name in given)
                )
        for node in self.relations.values():
            if node.get("description", "").lower().rstrip().endswith(PER_CONTACT):
                found.setdefault(node["unique_id"], []).append(frozenset({"contact_id"}))
        return found

    def tree(self, node: Node) -> exp.Query | None:
        """The query of a model, qualified: every column with its table, no star. None where it has
        no SQL that can be read so.
        """
        key = node["unique_id"]
        if key not in self._trees:
            self._trees[key] = None  # a circle ends here
            self._trees[key] = self._read(node)
        return self._trees[key]

    def columns(self, node: Node) -> list[str]:
        """The columns of a relation: those of its query, else those its yml describes."""
        tree = self.tree(node)
        return (
            tree.named_selects
            if tree is not None
            else [str(name).lower() for name in node["columns"]]
        )

    def is_personal(self, node: Node, column: str) -> bool | None:
        """The mark ``personal_data`` of a column; None when its yml says nothing."""
        marks = {
            name.lower(): {**about.get("meta", {}), **about.get("config", {}).get("meta", {})}
            for name, about in node["columns"].items()
        }
        mark = marks.get(column.lower(), {}).get("personal_data")
        return None if mark is None else bool(mark)

    def qualified(self, sql: exp.Query) -> exp.Query:
        """A copy of the query with stars and names resolved. Raises SqlglotError for names that
        cannot be.
        """
        tree = sql.copy()
        schema: dict[str, dict[str, dict[str, str]]] = {}
        for table in tree.find_all(exp.Table):
            table.set("catalog", None)
            node = self.relation(table)
            if node is not None:
                columns = dict.fromkeys(self.columns(node), "unknown")
                schema.setdefault(table.db, {})[table.name] = columns
        found = qualify(
            tree,
            schema=schema,
            dialect=self.dialect,
            validate_qualify_columns=False,
            quote_identifiers=False,
        )
        if not isinstance(found, exp.Query):
            raise SqlglotError("no query")
        return found

    def _read(self, node: Node) -> exp.Query | None:
        code = self.code.get(node["unique_id"], "")
        if (
            not code
            or node.get("language") == "python"
            or node["config"].get("materialized") not in READABLE
        ):
            return None
        try:
            tree = sqlglot.parse_one(code, dialect=self.dialect)
            return self.qualified(tree) if isinstance(tree, exp.Query) else None
        except SqlglotError:
            return None


def tables_of(tree: exp.Expression) -> Iterator[exp.Table]:
    """Tables that a query reads, CTEs left out."""
    for table in tree.find_all(exp.Table):
        if table.db or table.name.lower() not in _ctes_around(table):
            yield table


def _ctes_around(table: exp.Table) -> set[str]:
    names: set[str] = set()
    node: exp.Expression | None = table
    while node is not None:
        with_ = node.args.get("with_") or node.args.get("with")
        names |= {cte.alias.lower() for cte in with_.expressions} if with_ is not None else set()
        node = node.parent
    return names
