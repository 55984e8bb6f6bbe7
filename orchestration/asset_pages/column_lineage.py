"""Which columns of other assets each column of a segment, journey, campaign or sync is made of.

It is read from the SQL that dbt compiled, and kept by what the model's file says: a run that finds
nothing edited reads nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from sluice.activations.private_files import write_private
from sluice.orchestration.asset_pages.charts import SHOWN_INLINE
from sluice.orchestration.asset_pages.tables import Metadata
from sluice.orchestration.authoring.lint.catalog import Catalog
from sluice.orchestration.installation.settings import Settings

FILE = "column_lineage.json"
NAMED = {"segments": "seg_", "journeys": "steps_", "activation": ("campaign_", "sync_")}
HEAD = "| column | made of |\n|---|---|"
MOST_NAMED = 3
Node = Mapping[str, Any]
Columns = dict[str, list[tuple[str, str]]]  # of a model: column -> (unique_id, column) of others


def describe_columns(settings: Settings, manifest: Mapping[str, Any]) -> dict[str, Metadata]:
    """{unique_id: where its columns come from}, of the models that a marketer writes."""
    path = settings.home / "dbt" / FILE
    kept, nodes = _read(path), {str(one["unique_id"]): one for one in _nodes(manifest)}
    found = {
        key: kept[key]
        for key, node in nodes.items()
        if kept.get(key, {}).get("checksum") == node["checksum"]["checksum"]
    }
    edited = [node for key, node in nodes.items() if key not in found]
    code = {str(one["unique_id"]): _compiled(settings.home / "dbt", one) for one in edited}
    catalog = Catalog(manifest, code)
    for node in edited:
        columns = read_columns(catalog, node)
        found[node["unique_id"]] = {"checksum": node["checksum"]["checksum"], "columns": columns}
    if found != kept:
        with suppress(OSError):  # a saving, and no run fails for it
            write_private(path, json.dumps(found))
    return {key: _shown(one["columns"], manifest) for key, one in found.items() if one["columns"]}


def read_columns(catalog: Catalog, node: Node) -> Columns:
    """The columns of other relations that each column of a model's query is made of. What only
    decides, in a join or a filter, is not among them.
    """
    tree = catalog.tree(node)
    scope = build_scope(tree) if tree is not None else None
    if tree is None or scope is None:  # not compiled, or in no SQL that can be read so
        return {}
    origins = Origins(catalog)
    return {name: sorted(origins.of(scope, name)) for name in tree.named_selects}


class Origins:
    """Where columns of a query come from. Each column of each part of it is followed once: a part
    that many others read would be followed anew by each way to it.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[tuple[int, str], Set[tuple[str, str]]] = {}
        self._scopes: list[Scope] = []  # alive, or another one might get the same id

    def of(self, scope: Scope, name: str) -> Set[tuple[str, str]]:
        """Columns of relations, ``(unique_id, column)``, that a column of a part is made of."""
        key = (id(scope), name)
        if key not in self._known:
            self._scopes.append(scope)
            self._known[key] = frozenset()  # of a part that reads itself
            self._known[key] = frozenset(self._find(scope, name))
        return self._known[key]

    def _find(self, scope: Scope, name: str) -> Iterator[tuple[str, str]]:
        tree = scope.expression
        if isinstance(tree, exp.SetOperation):
            place = tree.named_selects.index(name) if name in tree.named_selects else -1
            for side in scope.set_operation_scopes:
                names = side.expression.named_selects
                yield from self.of(side, names[place]) if 0 <= place < len(names) else ()
            return
        for one in tree.expressions if isinstance(tree, exp.Select) else ():
            if one.alias_or_name == name:
                for column in one.find_all(exp.Column):
                    yield from self._of_column(column, scope)

    def _of_column(self, column: exp.Column, scope: Scope) -> Iterator[tuple[str, str]]:
        source = scope.sources.get(column.table)
        if isinstance(source, Scope) and not source.is_udtf:
            yield from self.of(source, column.name)
        elif isinstance(source, exp.Table) and (node := self._catalog.relation(source)) is not None:
            yield str(node["unique_id"]), column.name.lower()


def _compiled(folder: Path, node: Node) -> str:
    path = folder / "compiled" / str(node["package_name"]) / str(node["original_file_path"])
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # not compiled
        return ""


def _nodes(manifest: Mapping[str, Any]) -> Iterator[Node]:
    for node in manifest["nodes"].values():
        is_model = node["resource_type"] == "model"
        if is_model and str(node["name"]).startswith(NAMED.get(node["fqn"][1], ())):
            yield node


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _shown(columns: Columns, manifest: Mapping[str, Any]) -> Metadata:
    from sluice.orchestration.code_location.translator import Translator

    known = {**manifest["nodes"], **manifest["sources"]}
    key_of = Translator().get_asset_key
    deps = {
        name: [
            dg.TableColumnDep(asset_key=key_of(known[key]), column_name=column)
            for key, column in origins
            if key in known
        ]
        for name, origins in columns.items()
    }
    lines = [f"| {name} | {_named(found)} |" for name, found in deps.items()]
    while len(text := "\n".join([HEAD, *lines])) >= SHOWN_INLINE:
        lines.pop()
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps),
        "columns": dg.MetadataValue.md(text),
    }


def _named(origins: Sequence[dg.TableColumnDep]) -> str:
    names = [f"{one.asset_key.path[-1]}.{one.column_name}" for one in origins]
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
