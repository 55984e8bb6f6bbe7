"""What a relation holds, as one short text: equal where all rows and types are."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from contextlib import suppress
from typing import Any

import duckdb

from sluice.orchestration.dbt.reads import Reads, Relation, known_functions, read_query
from sluice.orchestration.warehouse.base import quoted

CATALOG = """
    select lower(schema_name), lower(table_name), null
    from duckdb_tables() where database_name = $1
    union all
    select lower(schema_name), lower(view_name), sql
    from duckdb_views() where database_name = $1
"""


class Contents:
    """The contents of the relations of a cursor's database, each looked at once until it is made
    anew. Several threads may ask, each with its own cursor.

    The rows are added up as DuckDB's hash of 64 bits of each, whose order is no matter. None is of
    a relation that is not there, or whose rows hang on more than relations of this database. A view
    is its SQL over what that reads, but where ``moment``, the logical time, stands in it: its rows
    may be the same at another.
    """

    def __init__(self, moment: str = "") -> None:
        self._moment, self._database = moment, ""
        self._known: dict[Relation, str | None] = {}
        self._locks: defaultdict[Relation, threading.Lock] = defaultdict(threading.Lock)
        self._functions: frozenset[str] | None = None
        self._reads: dict[str, Reads] = {}
        self._views: dict[Relation, str | None] = {}  # None: of a table

    def of(self, cursor: Any, relation: Relation) -> str | None:
        """What the relation holds."""
        with self._locks[relation]:
            if relation not in self._known:
                self._known[relation] = None
                with suppress(duckdb.Error):  # dropped at this moment
                    self._known[relation] = self._look(cursor, relation)
            return self._known[relation]

    def of_all(self, cursor: Any, reads: Reads) -> str | None:
        """What all relations of a query hold."""
        if not reads.is_pure:
            return None
        found = {one: self.of(cursor, one) for one in sorted(reads.relations)}
        return None if None in found.values() else digest(found)

    def forget(self, relation: Relation) -> None:
        """It is made anew."""
        with self._locks[relation]:
            self._known.pop(relation, None)
            self._views.pop(relation, None)

    def reads(self, cursor: Any, sql: str) -> Reads:
        """What a query reads; a query is parsed once."""
        if self._functions is None:
            self._functions = known_functions(cursor)
        if sql not in self._reads:
            self._reads[sql] = read_query(cursor, sql, self.database(cursor), self._functions)
        return self._reads[sql]

    def database(self, cursor: Any) -> str:
        """The database of names that say none."""
        if not self._database:
            self._database = str(cursor.execute("select current_database()").fetchone()[0])
        return self._database

    def _look(self, cursor: Any, relation: Relation) -> str | None:
        if relation not in self._views:  # one statement for all that is there at the start
            found = cursor.execute(CATALOG, [self.database(cursor)]).fetchall()
            self._views |= {(schema, name): sql for schema, name, sql in found}
        if relation not in self._views:
            return None
        if (sql := self._views[relation]) is not None:
            query = sql[sql.find(" AS ") + len(" AS ") :]
            inside = self.of_all(cursor, self.reads(cursor, query))
            if inside is None or not self._moment or self._moment not in sql:
                return None if inside is None else digest(["view", sql, inside])
        name = ".".join(quoted(part) for part in (self.database(cursor), *relation))
        columns = cursor.execute(f"select * from {name} limit 0").description
        row = "whole_row"
        while row in {str(column).lower() for column, *_ in columns}:  # it would be hashed alone
            row += "_"
        found = cursor.execute(f"select count(*), sum(hash({row})) from {name} as {row}").fetchone()
        return digest(
            ["table", [[column, str(type_)] for column, type_, *_ in columns], str(found)]
        )


def digest(value: Any) -> str:
    """A short text that tells values apart."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:32]
