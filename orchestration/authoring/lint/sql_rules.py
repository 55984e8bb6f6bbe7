"""Rules on compiled SQL that need no more than the query itself and the list of relations."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, TokenError

from sluice.orchestration.authoring.lint.catalog import tables_of
from sluice.orchestration.authoring.lint.clock import SPELLINGS, clock_fix, clocks_of
from sluice.orchestration.authoring.lint.findings import Finding, line_of
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.query import Query
from sluice.orchestration.authoring.lint.raw_project import text_of
from sluice.orchestration.landing.tables import RAW_SCHEMA, schema_name

OF_THE_PROJECT = "{{ sluice.pin_time_zone() }}"  # dbt_project.yml has it run before every model
DIALECTS = ("postgres", "spark", "snowflake", "bigquery")
FILE_FUNCTIONS = re.compile(
    r"^(read_\w+|parquet_\w+|sniff_csv|glob|st_read\w*|\w+_scan|\w+_attach|query|query_table|shapefile_meta|iceberg_\w+)$",
    re.I,
)
FILE_NAME = re.compile(
    r"[/*]|\.(csv|tsv|parquet|json|ndjson|jsonl|xlsx|db|duckdb|sqlite|arrow|gz|zst)$", re.I
)


def check_parses(query: Query) -> Iterator[Finding]:
    """``parses``: DuckDB can read it, and it can be written for the other warehouses."""
    problem = _refused(query.code, query.catalog.dialect)
    if problem is not None:
        message, words = problem
        yield query.finding(
            "parses", f"cannot be read as SQL: {message}", "fix the SQL there", *words
        )
        return
    trees = query.statements
    for dialect in DIALECTS if len(trees) == 1 and isinstance(trees[0], exp.Query) else ():
        text = _problem_in(trees[0], dialect)
        if text:
            fix = "write it with a macro of the package (macros/dialect), or in plainer SQL"
            yield query.finding(
                "parses", f"cannot be written for {dialect}: {text}", fix, *_blamed(trees[0], text)
            )


def _refused(code: str, dialect: str) -> tuple[str, list[str]] | None:
    """What DuckDB, which is strict, or sqlglot cannot read, and words to find its line by. None
    when both can. The SQL of another engine is sqlglot's alone.
    """
    try:
        if dialect == "duckdb":
            duckdb.extract_statements(code)
        sqlglot.parse(code, dialect=dialect)
    except duckdb.Error as error:
        message, _, place = str(error).partition("LINE ")
        line = place.partition("\n")[0].partition(":")[2].strip().strip(".")
        return text_of(message).removeprefix("Parser Error: "), [
            line,
            *re.findall(r'at or near "(.+)"', message),
        ]
    except ParseError as error:
        details = error.errors[0] if error.errors else {}
        line = str(details.get("start_context") or "").rsplit("\n", 1)[-1] + str(
            details.get("highlight") or ""
        )
        return text_of(details.get("description") or error), [
            line.strip(),
            str(details.get("highlight") or ""),
        ]
    except TokenError as error:
        return text_of(error), []
    return None


def _problem_in(tree: exp.Expression, dialect: str) -> str:
    if tree.find(exp.IgnoreNulls):
        tree = tree.transform(_without_needless_words)
    try:
        sqlglot.parse_one(tree.sql(dialect, unsupported_level=ErrorLevel.RAISE), dialect=dialect)
    except SqlglotError as error:
        return text_of(str(error).split("\n")[0])
    return ""


def _without_needless_words(node: exp.Expression) -> exp.Expression:
    """sqlglot reads DuckDB's any_value as one that ignores nulls, which any_value does
    everywhere.
    """
    return (
        node.this
        if isinstance(node, exp.IgnoreNulls) and isinstance(node.this, exp.AnyValue)
        else node
    )


def _blamed(tree: exp.Expression, problem: str) -> list[str]:
    """Words of the query that the problem names, the longest first."""
    named = {word.lower() for word in re.findall(r"\w{3,}", problem)}
    spelled = {
        node.name or node.sql_name()
        for node in tree.find_all(exp.Func)
        if isinstance(node, exp.Func)
    }
    found = {name.lower() for name in spelled} | {node.key for node in tree.walk()}
    return sorted(found & named, key=len, reverse=True)


def check_clock(query: Query) -> Iterator[Finding]:
    """``clock``: the same day gives the same rows."""
    for name in sorted(set(clocks_of(query.tree))) if query.tree is not None else ():
        first = name.removesuffix(")")
        yield query.finding(
            "clock",
            f"reads {name}: another answer each time",
            clock_fix(name),
            first,
            *SPELLINGS,
            name,
        )


def check_write(query: Query) -> Iterator[Finding]:
    """``write``: one SELECT that writes nothing, and reads no file and no network."""
    yield from _check_hooks(query)
    try:
        trees = query.statements
    except SqlglotError:
        return
    if len(trees) != 1:
        yield query.finding(
            "write",
            f"has {len(trees)} statements",
            "leave one select; what must happen elsewhere belongs there",
            ";",
        )
    for tree in trees:
        yield from _check_statement(query, tree)


def _check_hooks(query: Query) -> Iterator[Finding]:
    for kind in ("pre-hook", "post-hook"):
        if [hook for hook in query.node["config"].get(kind) or [] if hook["sql"] != OF_THE_PROJECT]:
            word = kind.replace("-", "_")
            yield query.finding(
                "write",
                f"runs a {kind}",
                "leave the hook out: a model here only selects",
                word,
                kind,
            )


def _check_statement(query: Query, tree: exp.Expression) -> Iterator[Finding]:
    if not isinstance(tree, exp.Query):
        word = tree.name.lower() if isinstance(tree, exp.Command) else tree.key
        yield query.finding(
            "write", f"is no select but {word}", "write one select", word, "truncate", "with"
        )
    writing = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Copy)
    for node in tree.find_all(*writing):
        if node is not tree and not isinstance(node, exp.Query):
            yield query.finding("write", f"writes: {node.key}", "write one select", node.key)
    for table in tree.find_all(exp.Table, exp.ReadCSV, exp.ReadParquet):
        name = _outside(table)
        if name:
            fix = "land the file as a raw table, stage it, and read the model with ref()"
            yield query.finding("write", f"reads files or the network: {name}", fix, name)


def _outside(table: exp.Expression) -> str:
    """The function or file a table is, when it lies outside the warehouse."""
    if isinstance(table, exp.ReadCSV):
        return "read_csv"
    if isinstance(table, exp.ReadParquet):
        return "read_parquet"
    function = table.this
    if isinstance(function, exp.Anonymous):
        return function.name if FILE_FUNCTIONS.match(function.name) else ""
    return table.name if isinstance(table, exp.Table) and FILE_NAME.search(table.name) else ""


def check_raw_source(query: Query) -> Iterator[Finding]:
    """``raw_source``: reads models, through ref(), so that dbt knows what to build first."""
    known = query.node.get("depends_on", {}).get("nodes", [])
    raw = schema_name(RAW_SCHEMA, query.catalog.manifest)
    for table in _distinct_tables(query):
        relation = query.catalog.relation(table)
        shown = ".".join(part for part in (table.db, table.name) if part)
        if relation is None:
            names = {node["name"] for node in query.catalog.relations.values()}
            message = f"reads {shown}, which is no model{near(table.name, names)}"
            yield query.finding(
                "raw_source", message, "read a model: {{ ref('contact_facts') }}", shown, table.name
            )
        elif relation["resource_type"] == "source" and relation["schema"] == raw:
            fix = "read a model; only models/staging reads raw tables"
            yield query.finding(
                "raw_source", f"reads the raw table {shown}", fix, shown, table.name
            )
        elif relation["unique_id"] not in known:
            fix = f"write {{{{ ref('{relation['name']}') }}}}"
            yield query.finding(
                "raw_source",
                f"reads {shown} without ref(): dbt may build it later",
                fix,
                shown,
                table.name,
            )


def check_access(query: Query) -> Iterator[Finding]:
    """``access``: of the package's models, reads those that it promises to keep (`access: public`).
    dbt's own `restrict-access` cannot stand for it: unit tests of a project that give rows of a
    model of a package would be refused.
    """
    for table in _distinct_tables(query):
        relation = query.catalog.relation(table) or {}
        if (
            relation.get("resource_type") == "model"
            and relation.get("package_name") != query.node.get("package_name")
            and relation.get("access") != "public"
        ):
            message = f"reads {relation['name']}, which an upgrade may change or take away"
            fix = "read a public table: docs/tables.md"
            yield query.finding("access", message, fix, str(relation["name"]))


def _distinct_tables(query: Query) -> list[exp.Table]:
    if query.tree is None:
        return []
    found = {
        (table.db, table.name): table
        for table in tables_of(query.tree)
        if isinstance(table.this, exp.Identifier)
    }
    return [table for table in found.values() if not _outside(table)]


def check_columns(query: Query) -> Iterator[Finding]:
    """``columns``: exactly those of the contract."""
    if query.tree is None:
        return
    found = _output_names(query)
    if found is None:
        yield query.finding(
            "columns", "gives columns that cannot be determined: *", "name each column", "*"
        )
        return
    wanted = _wanted(query)
    where = "its yml" if query.contract.columns is None else f"a {query.contract.kind}"
    for name in dict.fromkeys(found):
        if found.count(name) > 1:
            yield query.finding("columns", f"gives {name} more than once", "give it once", name)
        if name not in wanted:
            fix = (
                f"describe {name} in its yml, or leave it out"
                if query.contract.columns is None
                else f"give {', '.join(wanted)} alone"
            )
            yield query.finding(
                "columns",
                f"gives {_spelled(name)}, which is no column of {where}",
                fix,
                f"as {name}",
                name,
            )
    for name in wanted:
        if name not in found:
            yield _missing(query, name)


def _spelled(name: str) -> str:
    return "an expression without a name" if name.startswith("_col_") else name


def _output_names(query: Query) -> list[str] | None:
    tree = query.qualified if query.qualified is not None else query.tree
    names = [name.lower() for name in tree.named_selects] if tree is not None else []
    return None if "*" in names else names


def _wanted(query: Query) -> list[str]:
    if query.contract.columns is not None:
        return list(query.contract.columns)
    return list(dict.fromkeys([*query.key, *(str(name).lower() for name in query.node["columns"])]))


def _missing(query: Query, name: str) -> Finding:
    if query.contract.columns is None and name in query.node["columns"]:
        line = line_of(query.project.text(query.authored.yml), f"name: {name}")
        fix = f"give {name} in its SQL, or take it out of the yml"
        return query.project.finding(
            query.authored.yml,
            line,
            "columns",
            f"describes {name}, which its SQL does not give",
            fix,
        )
    return query.finding("columns", f"does not give {name}", f"select {name} too", "select")
