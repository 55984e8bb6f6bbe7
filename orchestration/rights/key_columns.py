"""Which columns of raw tables hold ids of people's records: read from the SQL of the staging
models, as dbt compiled it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

from sluice.orchestration.rights.cells import CellKind

RECORDS = {"contacts": ("source", "record_id"), "events": ("record_source", "record_id")}
RECORDS |= {"consents": RECORDS["events"]}
DIALECTS = {"duckdb": "duckdb", "postgres": "postgres", "spark": "spark"}
Columns = Mapping[tuple[str, str], Mapping[str, str]]  # (real schema, table) -> name -> type


@dataclass(frozen=True)
class KeyColumn:
    """A column of a table whose cells are ids of records: of these sources, or of the source that
    ``source_column`` of the row names.
    """

    schema: str
    table: str
    column: str
    sources: frozenset[str] = frozenset()
    source_column: str = ""

    def kind(self, source: str) -> CellKind:
        """How a hash of an id of this source is kept apart from others."""
        return CellKind(self.table, self.column, self.source_column, source)


def key_columns(target: Path, columns: Columns) -> list[KeyColumn]:
    """Those of all staging models that were compiled; ``target``: dbt's folder. A model whose SQL
    cannot be followed has none: its rows are still found by addresses and long ids.
    """
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    dialect = DIALECTS.get(str(manifest["metadata"].get("adapter_type")), "duckdb")
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for (one, table), named in columns.items():
        schema.setdefault(one, {})[table] = dict(named)
    found: dict[KeyColumn, None] = {}
    for node, ends in _staging_models(manifest):
        sql = _compiled(node, target)
        for one in _of_model(sql, RECORDS[ends], schema, dialect) if sql else ():
            found[one] = None
    return list(found)


def _staging_models(manifest: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    for node in manifest["nodes"].values():
        kind = str(node["name"]).rpartition("__")[2]
        is_staging = node["resource_type"] == "model" and str(node["name"]).startswith("stg_")
        if is_staging and kind in RECORDS:
            yield node, kind


def _compiled(node: Mapping[str, Any], target: Path) -> str:
    if node.get("compiled_code"):
        return str(node["compiled_code"])
    path = target / "compiled" / node["package_name"] / node["original_file_path"]
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _of_model(
    sql: str, names: tuple[str, str], schema: Mapping[str, Any], dialect: str
) -> Iterator[KeyColumn]:
    source_name, id_name = names
    try:
        tree = parse_one(sql, dialect=dialect)
        ids = list(_leaves(id_name, _without_database(tree), schema, dialect))
        of_source = list(_leaves(source_name, _without_database(tree), schema, dialect))
    except (SqlglotError, ValueError, KeyError):
        return
    literals = frozenset(_literals(tree, source_name))
    for database, table, column in ids:
        beside = [name for one, other, name in of_source if (one, other) == (database, table)]
        if literals:
            yield KeyColumn(database, table, column, literals)
        elif beside:
            yield KeyColumn(database, table, column, source_column=beside[0])


def _without_database(tree: exp.Expression) -> exp.Expression:
    copy = tree.copy()
    for table in copy.find_all(exp.Table):
        table.set("catalog", None)
    return copy


def _leaves(
    name: str, tree: exp.Expression, schema: Mapping[str, Any], dialect: str
) -> Iterator[tuple[str, str, str]]:
    root: Node = lineage(name, tree, dict(schema), dialect=dialect)
    for node in root.walk():
        if isinstance(node.source, exp.Table) and node.source.db and "*" not in node.name:
            column = node.name.rpartition(".")[2].strip('"')
            yield node.source.db, node.source.name, column


def _literals(tree: exp.Expression, name: str) -> Iterator[str]:
    """The texts that a column may be, where the query writes them itself."""
    for select in tree.find_all(exp.Select):
        for one in select.expressions:
            if one.alias_or_name != name:
                continue
            for literal in one.find_all(exp.Literal):
                decides = literal.find_ancestor(exp.Predicate, exp.Select)
                if literal.is_string and literal.this and not isinstance(decides, exp.Predicate):
                    yield literal.this
