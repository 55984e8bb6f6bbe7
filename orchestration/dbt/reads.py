"""What a query reads, as DuckDB itself parses it: the relations by name, and whether its result
hangs on nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Relation = tuple[str, str]  # schema and name, in lower case: DuckDB knows no other

# functions of one statement that hang on its time or its session; all other of their kind are of
# dates in the time zone of the session, which each model pins
OF_THE_MOMENT = frozenset(
    {"now", "today", "age", "transaction_timestamp", "getvariable", "getenv", "in_search_path"}
    | {"error", "stats", "version", "user", "reservoir_quantile", "query", "query_table"}
)
BEGIN = ("current_", "get_current_", "localtime", "txid_", "pg_", "has_", "session_", "inet_")
VALUES = frozenset(  # written without brackets
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
    | {"current_user", "current_role", "session_user", "user", "current_schema", "current_catalog"}
)
FUNCTIONS = """
    select distinct lower(function_name)
    from duckdb_functions()
    where internal and function_type in ('scalar', 'aggregate', 'window', 'macro')
        and stability is distinct from 'VOLATILE'
    except
    select lower(function_name) from duckdb_functions() where stability = 'VOLATILE' or not internal
"""
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree"})


@dataclass(frozen=True)
class Reads:
    """``relations``: of this database. ``is_pure``: false where the same relations may give other
    rows another time: it reads files, the clock, or what is not named by its schema.
    """

    relations: frozenset[Relation]
    is_pure: bool


NOTHING_KNOWN = Reads(frozenset(), is_pure=False)


def known_functions(cursor: Any) -> frozenset[str]:
    """The names of functions whose result hangs on their arguments alone."""
    names = {str(name) for (name,) in cursor.execute(FUNCTIONS).fetchall()}
    return frozenset(name for name in names if not _is_of_the_moment(name))


def read_query(cursor: Any, sql: str, database: str, functions: frozenset[str]) -> Reads:
    """What ``sql`` reads, where its tables without a database are those of ``database``. Nothing is
    known of what is no query.
    """
    row = cursor.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()
    tree = json.loads(row[0])
    if tree.get("error") or len(tree["statements"]) != 1:
        return NOTHING_KNOWN
    nodes = list(_nodes(tree["statements"][0]))
    found = {_relation(node) for node in nodes if node.get("type") == "BASE_TABLE"}
    named = frozenset(one for one in found if one[0])
    of_with = {str(one["key"]).lower() for node in nodes for one in _entries(node)}
    is_pure = all(_is_pure(node, database, functions) for node in nodes)
    return Reads(named, is_pure=is_pure and {name for _, name in found - named} <= of_with)


def _relation(node: dict[str, Any]) -> Relation:
    return (str(node["schema_name"]).lower(), str(node["table_name"]).lower())


def _entries(node: dict[str, Any]) -> list[dict[str, Any]]:
    """The queries of ``with``."""
    return (node.get("cte_map") or {}).get("map") or []


def _is_pure(node: dict[str, Any], database: str, functions: frozenset[str]) -> bool:
    if node.get("sample") is not None or node.get("at_clause") is not None:
        return False
    match node:
        case {"type": "BASE_TABLE", "catalog_name": str(name)}:
            return name.lower() in {"", database.lower()}
        case {"type": "TABLE_FUNCTION", "function": {"function_name": str(name)}}:
            return name.lower() in TABLE_FUNCTIONS
        case {"class": "FUNCTION", "function_name": str(name)}:
            return name.lower() in functions | TABLE_FUNCTIONS
        case {"type": "COLUMN_REF", "column_names": [str(name)]}:
            return name.lower() not in VALUES
        case {"type": "SHOW_REF" | "COLUMN_DATA" | "DELIM_GET" | "INVALID"}:
            return False
    return True


def _is_of_the_moment(name: str) -> bool:
    return name in OF_THE_MOMENT or name.startswith(BEGIN)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
