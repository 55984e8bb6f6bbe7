"""The source tables that dbt declares and the warehouse does not have, with the names that are like
theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

LIKENESS = 0.6


def missing_sources(manifest: Mapping[str, Any], warehouse: Warehouse) -> list[str]:
    """One line for each, naming the yml. What is made of such a table fails by itself; this says
    why.
    """
    own = warehouse.database
    with open_warehouse(warehouse) as session:
        there = sorted(_name(*one, own) for one in session.listed())
    known = {name.lower() for name in there}
    words = []
    for source in manifest["sources"].values():
        table = source.get("identifier") or source["name"]
        name = _name(source["database"] or "", source["schema"], table, own)
        if name.lower() not in known:
            near = ", ".join(get_close_matches(name, there, 5, LIKENESS))
            hint = f"near names: {near}" if near else "no table of the warehouse has a name like it"
            words.append(
                f"{source['original_file_path']}: the source {source['source_name']} has no table"
                f" {name} in the warehouse; {hint} -> correct schema and name of the table there"
            )
    return words


def _name(database: str, schema: str, table: str, own: str) -> str:
    return f"{schema}.{table}" if database == own else f"{database}.{schema}.{table}"
