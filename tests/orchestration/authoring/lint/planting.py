"""A project with one model more, compiled once and without dbt: ``ref()`` is all the Jinja that
planted SQL needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sluice.orchestration.authoring.lint.catalog import Catalog, Node
from sluice.orchestration.authoring.lint.compiled_rules import lint_queries
from sluice.orchestration.authoring.lint.findings import Finding
from sluice.orchestration.authoring.lint.raw_project import RawProject

REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")
FOLDERS = {"seg_": "segments", "sync_": "activation", "campaign_": "activation"}


def describe(name: str, columns: str = "", meta: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a yml says: ``columns`` are names, ``!`` in front of those marked as personal data."""
    marked = {"meta": {"personal_data": True}}
    listed = [
        {"name": c.lstrip("!"), "description": "A column.", "config": marked if c[0] == "!" else {}}
        for c in columns.split()
    ]
    return {
        "name": name,
        "description": "Planted. One row per contact.",
        "config": {"meta": dict(meta or {})},
        "columns": listed,
    }


def plant(
    catalog: Catalog, name: str, sql: str, described: Mapping[str, Any], schema: str | None = None
) -> Catalog:
    """The catalog with one model more. References without ``ref()`` are no edges, as with dbt."""
    models = {node["name"]: node for node in catalog.manifest["nodes"].values()}
    node = {
        "unique_id": f"model.sluice.{name}",
        "resource_type": "model",
        "package_name": "world",
        "name": name,
        "alias": name,
        "schema": (
            schema or next(folder for prefix, folder in FOLDERS.items() if name.startswith(prefix))
        ),
        "language": "sql",
        "description": "Planted.",
        "config": {"materialized": "table", **described["config"]},
        "columns": {column["name"]: column for column in described["columns"]},
        "depends_on": {"nodes": [models[ref]["unique_id"] for ref in REF.findall(sql)]},
    }
    compiled = REF.sub(
        lambda match: f'"warehouse"."{models[match[1]]["schema"]}"."{match[1]}"', sql
    )
    return with_model(catalog, node, compiled)


def with_model(catalog: Catalog, node: Node, sql: str) -> Catalog:
    """The same project with one model more. What was found of the others is kept, so that nothing
    is read twice.
    """
    manifest = {**catalog.manifest, "nodes": {**catalog.manifest["nodes"], node["unique_id"]: node}}
    found = Catalog(manifest, {**catalog.code, node["unique_id"]: sql})
    found._trees, found.origins = dict(catalog._trees), dict(catalog.origins)
    return found


def lint_planted(
    folder: Path, catalog: Catalog, name: str, sql: str, described: Mapping[str, Any]
) -> list[Finding]:
    """The findings on the SQL of one planted model, whose files are written below ``folder``."""
    models = (
        folder
        / "dbt_project"
        / "models"
        / next(kind for prefix, kind in FOLDERS.items() if name.startswith(prefix))
    )
    models.mkdir(parents=True)
    (models / f"{name}.sql").write_text(sql)
    (models / f"{name}.yml").write_text(
        yaml.safe_dump({"models": [dict(described)]}, sort_keys=False)
    )
    return list(
        lint_queries(RawProject(folder / "dbt_project"), plant(catalog, name, sql, described))
    )
