"""The source tables that dbt declares and the warehouse does not have, with the names that are like
theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from sluice.orchestration.warehouse.base import Warehouse
from sluice.orchestration.warehouse.reader import query

LIKENESS = 0.6


def missing_sources(manifest: Mapping[str, Any], warehouse: Warehouse) -> list[str]:
    """One line for each, naming the yml. What is made of such a table fails by itself; this says
    why.
    """
    rows = query(
        warehouse,
        "select table_schema || '.' || table_name, table_catalog || '.' || table_schema || '.' ||"
        " table_name, table_catalog = current_database() from information_schema.tables"
        " order by 1, 2",
    )
    there = [str(short if is_own else whole) for short, whole, is_own in rows]
    own = warehouse.database
    known = {name.lower() for name in there}
    words = []
    for source in manifest["sources"].values():
        name = f"{source['schema']}.{source.get('identifier') or source['name']}"
        name = f"{source['database']}.{name}" if source["database"] != own else name
        if name.lower() not in known:
            near = ", ".join(get_close_matches(name, there, 5, LIKENESS))
            hint = f"near names: {near}" if near else "no table of the warehouse has a name like it"
            words.append(
                f"{source['original_file_path']}: the source {source['source_name']} has no table"
                f" {name} in the warehouse; {hint} -> correct schema and name of the table there"
            )
    return words
