"""The product's SQL for another engine, and for schemas with a prefix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

OF_SOURCES = (
    "raw",
    "ledger",
    "landing",
    "crm_api",
    "inbox",
)  # the schemas of sources that we write
# all that are ours: of what is landed, of the models, and of the seeds
SCHEMAS = frozenset(
    {
        *OF_SOURCES,
        *("staging", "identity", "contacts", "scoring", "lifecycle", "tags", "segments"),
        *("journeys", "activation", "reports", "seeds"),
    }
)
DIALECT = "duckdb"
MARK = "sluice_parameter_"
UNPREFIXED = frozenset({"", "main"})  # a target's schema that is no prefix


def prefix_of(schema: object) -> str:
    """What stands before our schemas where the target of the profile names a schema of its own: as
    dbt does it. ``main``, DuckDB's own, is none.
    """
    return "" if str(schema or "") in UNPREFIXED else f"{schema}_"


def plain_name(schema: str, prefix: str) -> str | None:
    """The name of a schema in SQL of ours; None for one of somebody else's that has the name of one
    of ours.
    """
    if prefix and schema in SCHEMAS:
        return None
    return schema.removeprefix(prefix)


@lru_cache(2048)
def translated(sql: str, dialect: str, prefix: str) -> list[str]:
    """The statements of ``sql`` in another dialect; parameters as ``%(p1)s``, where psycopg2 finds
    them.
    """
    return [written(tree, dialect) for tree in named_trees(sql, prefix)]


@lru_cache(2048)
def named_trees(sql: str, prefix: str) -> list[exp.Expression]:
    """The statements of ``sql``, our schemas with their prefix; copy one before it is changed."""
    return [_named(tree, prefix) for tree in sqlglot.parse(sql, read=DIALECT) if tree]


@lru_cache(2048)
def prefixed(sql: str, prefix: str) -> str:
    """The same SQL, our schemas with their prefix."""
    if not prefix:
        return sql
    trees = [tree for tree in sqlglot.parse(sql, read=DIALECT) if tree]
    return "; ".join(_named(tree, prefix).sql(DIALECT) for tree in trees)


def qualified(table: str, prefix: str) -> str:
    """A table's name, ``schema.name``, with the prefix of our schemas; ``name``, of a temporary
    one, as it is.
    """
    schema, dot, name = table.partition(".")
    return f"{prefix if schema in SCHEMAS else ''}{schema}{dot}{name}"


def filled(sql: str, natives: Mapping[str, str]) -> str:
    """The SQL with what stands for its names."""
    for name in sorted(natives, key=len, reverse=True):
        sql = sql.replace(name, natives[name])
    return sql


def written(tree: exp.Expression, dialect: str) -> str:
    """One statement in another dialect, parameters as ``translated`` has them."""
    marked = tree.copy()
    for parameter in list(marked.find_all(exp.Parameter, exp.Placeholder)):
        parameter.replace(exp.column(f"{MARK}{parameter.name}"))
    for number, query in enumerate(marked.find_all(exp.Subquery)):
        if isinstance(query.parent, exp.From | exp.Join) and not query.alias:
            query.set("alias", exp.TableAlias(this=exp.to_identifier(f"q{number}")))
    text = marked.sql(dialect, comments=False).replace("%", "%%")
    return re.sub(f"{MARK}(\\w+)", r"%(p\1)s", text)


def _named(tree: exp.Expression, prefix: str) -> exp.Expression:
    copy = tree.copy()
    if not prefix:
        return copy
    for table in copy.find_all(exp.Table):
        schema = table.args.get("db")
        if schema is not None and schema.name in SCHEMAS and not table.args.get("catalog"):
            schema.set("this", f"{prefix}{schema.name}")
    if isinstance(copy, exp.Create) and copy.kind == "SCHEMA":
        name = copy.this.find(exp.Identifier)
        if name is not None and name.name in SCHEMAS:
            name.set("this", f"{prefix}{name.name}")
    return copy
