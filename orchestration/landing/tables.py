"""Which raw tables there are, and their columns: read from the sources that dbt declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import ConfigurationError

RAW_SCHEMA = "raw"
# the types a source may declare: standard names that every warehouse knows
LOADS = {"", "full", "append"}  # whether a load is the whole table, so that a record that is not in it is gone
TYPES = {"varchar", "integer", "bigint", "double", "boolean", "date", "timestamp"}


@dataclass(frozen=True)
class RawTable:
    """A table to land: its source system, its name (also the file's), its columns with types, which may not be null, and which
    the file may lack."""

    source: str
    name: str
    columns: Mapping[str, str]
    required: frozenset[str]
    optional: frozenset[str] = frozenset()


def raw_tables(manifest: Mapping[str, Any]) -> list[RawTable]:
    """The raw tables of the sources that are on. Raises ConfigurationError for a type that is not known."""
    sources = [node for node in manifest["sources"].values() if node["schema"] == RAW_SCHEMA]
    return [_table(node) for node in sorted(sources, key=lambda node: str(node["unique_id"]))]


def _table(node: Mapping[str, Any]) -> RawTable:
    columns = {name: str(column.get("data_type") or "").lower() for name, column in node["columns"].items()}
    for name, data_type in columns.items():
        if data_type not in TYPES:
            raise ConfigurationError(
                f"{node['original_file_path']}: column {name} of {node['name']} has the type '{data_type}', which is not known",
                f"use one of {', '.join(sorted(TYPES))}",
            )
    loads = str(_meta(node).get("loads") or "").strip().lower()
    if loads not in LOADS:
        raise ConfigurationError(
            f"{node['original_file_path']}: {node['name']} declares loads: {loads}, which is not known",
            "declare loads: full where each file holds all records, loads: append where it holds new ones",
        )
    return RawTable(node["source_name"], node["name"], columns, _marked(node, "required"), _marked(node, "optional"))


def _marked(node: Mapping[str, Any], mark: str) -> frozenset[str]:
    return frozenset(name for name, column in node["columns"].items() if _meta(column).get(mark))


def _meta(column: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
