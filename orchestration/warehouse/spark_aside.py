"""Tables that change all together where there are no transactions: what a block writes is written
beside them, the list of it is one table, and what the list names is put in its place. A list that
is still there is of a process that died: whoever writes next ends its work.
"""

from __future__ import annotations

import re
from typing import Protocol

from sqlglot import exp

from sluice.orchestration.warehouse.base import Result
from sluice.orchestration.warehouse.spark_sql import literal, quoted
from sluice.orchestration.warehouse.translation import SCHEMAS

LIST = "unfinished_landing"
MARK = re.compile(r"__next\d+$")
GONE = ""  # in place of the name of what was written beside a table that goes
Name = tuple[str, str]


class Tables(Protocol):
    """What is asked of the session."""

    prefix: str

    def run(self, sql: str) -> Result:
        """One statement of Spark's own."""

    def is_table(self, target: Name) -> bool:
        """Whether there is a table of this name."""

    def schemas(self) -> list[str]:
        """Those that are ours."""

    def names(self, schema: str) -> list[str]:
        """The tables of a schema."""


class Aside:
    """What a session has written beside its tables: nothing outside of a block."""

    def __init__(self, session: Tables) -> None:
        self._session = session
        self._schema = f"{session.prefix}ledger"
        self._written: dict[Name, str] = {}
        self._count = 0
        self.is_open = False

    def begin(self) -> None:
        """From here on tables are written aside."""
        self.is_open = True

    def read(self, tree: exp.Expression) -> exp.Expression:
        """A statement that reads what the block has written."""
        copy = tree.copy()
        for table in list(copy.find_all(exp.Table)):
            aside = self._written.get((table.db, table.name))
            if aside:
                alias = table.alias_or_name
                table.set("this", exp.to_identifier(aside, quoted=True))
                table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        return copy

    def has(self, target: Name) -> bool:
        """Whether a table is there, for the block."""
        if target in self._written:
            return self._written[target] != GONE
        return self._session.is_table(target)

    def writable(self, target: Name) -> str:
        """The name of what is appended to: the table itself outside of a block."""
        if not self.is_open or target[0] == "":
            return name_of(target)
        if not self._written.get(target):
            self._make(target, f"select * from {name_of(target)}")
        return name_of((target[0], self._written[target]))

    def delete(self, target: Name, alias: str, condition: str) -> None:
        """Leave out the rows that meet a condition."""
        current = (target[0], self._written.get(target) or target[1])
        rows = f"{name_of(current)} as {quoted(alias)}"
        if self._session.run(f"select 1 from {rows} where {condition} limit 1").rows:
            self._make(target, f"select * from {rows} where not coalesce(({condition}), false)")

    def drop(self, target: Name) -> None:
        """Have a table go."""
        if not self.is_open:
            self._session.run(f"drop table if exists {name_of(target)}")
        elif self.has(target):
            self._forget(target)
            self._written[target] = GONE

    def new(self, target: Name, rest: str) -> None:
        """Make a table, in place of the one there is: ``rest`` is what follows its name."""
        if not self.is_open:
            self._session.run(f"create table {name_of(target)} {rest}")
        else:
            self._make(target, rest, "")

    def end(self) -> None:
        """Put everything in its place: the list is what makes it true."""
        changes = sorted(self._written.items())
        if changes:
            rows = ", ".join(
                f"({literal(schema)}, {literal(name)}, {literal(aside)})"
                for (schema, name), aside in changes
            )
            self._session.run(f"create schema if not exists {quoted(self._schema)}")
            self._session.run(
                f"create table {self._list} using parquet as"
                f" select * from values {rows} as t (place, name, aside)"
            )
            self.finish()
        self._written, self.is_open = {}, False

    def undo(self) -> None:
        """Take away what was written."""
        for target in list(self._written):
            self._forget(target)
        self._written, self.is_open = {}, False

    def finish(self) -> bool:
        """End what the list says, of this process or of one that died. Whether there was one."""
        if not self._session.is_table((self._schema, LIST)):
            return False
        for schema, name, aside in self._session.run(f"select * from {self._list}").rows:
            if aside == GONE:
                self._session.run(f"drop table if exists {name_of((schema, name))}")
            elif self._session.is_table((schema, aside)):
                self._replace((schema, name), (schema, aside))
        self._session.run(f"drop table {self._list}")
        return True

    def take_away(self) -> None:
        """What a process left that died before its list was written."""
        for schema in self._session.schemas():
            for name in self._session.names(schema):
                if MARK.search(name):
                    self._session.run(f"drop table if exists {name_of((schema, name))}")

    def _replace(self, target: Name, aside: Name) -> None:
        """Each step may be done again: the copy goes last."""
        self._session.run(f"drop table if exists {name_of(target)}")
        self._session.run(
            f"create table {name_of(target)} using parquet as select * from {name_of(aside)}"
        )
        self._session.run(f"drop table {name_of(aside)}")

    def _make(self, target: Name, rest: str, using: str = "using parquet as ") -> None:
        self._count += 1
        aside = f"{target[1]}__next{self._count}"
        self._session.run(f"create table {name_of((target[0], aside))} {using}{rest}")
        self._forget(target)
        self._written[target] = aside

    def _forget(self, target: Name) -> None:
        aside = self._written.pop(target, GONE)
        if aside:
            self._session.run(f"drop table if exists {name_of((target[0], aside))}")

    @property
    def _list(self) -> str:
        return name_of((self._schema, LIST))


def name_of(target: Name) -> str:
    """A table's name in SQL."""
    schema, name = target
    return f"{quoted(schema)}.{quoted(name)}" if schema else quoted(name)


def is_ours(schema: str, prefix: str) -> bool:
    """Whether a schema is one that we write to."""
    return schema.startswith(prefix) and schema.removeprefix(prefix) in SCHEMAS
