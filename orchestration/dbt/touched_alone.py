"""In a pass of the fast lane, a model that hangs on one contact after the other is made anew for
the contacts the pass is about, and holds for the others what the last run found
(docs/decisions/0088).

Such a model reads by ``sluice.of_touched``, so its SQL names the tables of whom the pass is about.
A table of which they then read little says so, ``meta: {in_a_pass: view}``, and is not written.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from sluice.orchestration.dbt.executing import result_without
from sluice.orchestration.dbt.unchanged import HARMLESS_HOOKS

CONTACTS, RECORDS = "touched_contacts", "touched_records"  # tables, as the macro names them
NEW_ROWS = "touched_rows"  # of each cursor its own
MADE = "made for the contacts that the pass is about"
IN_A_PASS = "in_a_pass"  # of a model's meta
READS_BY = re.compile(r"of_touched\(|sluice\.scorecard\(")
PINNED = "set TimeZone = 'UTC'"  # as in each session of the profile
REPLACE = (
    "create or replace temp table {new} as {sql}",
    "begin",
    "delete from {relation} where contact_id in (select contact_id from {contacts})",
    "insert into {relation} by name select * from {new}"
    " where contact_id in (select contact_id from {contacts})",
    "commit",
    "drop table {new}",
)


class TouchedAlone:
    """``find``: statements that make the tables of whom the pass is about, of the identity that the
    pass has built; ``contacts``: the name of that of contacts.
    """

    def __init__(self, find: Sequence[str], contacts: str) -> None:
        self.find, self.contacts = find, contacts
        self._lock, self._is_found = threading.Lock(), False

    def compile(self, runner: Any, node: Any, compile_node: Callable[[], Any]) -> Any:
        """As dbt does."""
        return compile_node()

    def run(self, runner: Any, node: Any, execute: Callable[[], Any]) -> Any:
        """The result of a node: of ``execute`` where it is no such model."""
        is_table = node.config.materialized == "table"
        if is_table and node.config.meta.get(IN_A_PASS) == "view":
            with _cursor(runner) as cursor:
                self._look(cursor, node)
            return result_without(node, MADE)
        sql = getattr(node, "compiled_code", None) or ""
        if CONTACTS not in sql and RECORDS not in sql:
            return execute()
        with _cursor(runner) as cursor:
            self._find(cursor)
            if is_table:
                self._replace(cursor, node, sql)
                return result_without(node, MADE)
        return execute()

    def write(self) -> None:
        """The warehouse is thrown away."""

    def _find(self, cursor: Any) -> None:
        with self._lock:
            if not self._is_found:
                for statement in self.find:
                    cursor.execute(statement)
                self._is_found = True

    def _look(self, cursor: Any, node: Any) -> None:
        cursor.execute(f"drop table if exists {node.relation_name}")
        cursor.execute(f"create or replace view {node.relation_name} as {node.compiled_code}")

    def _replace(self, cursor: Any, node: Any, sql: str) -> None:
        names = {"new": NEW_ROWS, "contacts": self.contacts}
        for statement in REPLACE:
            cursor.execute(statement.format(sql=sql, relation=node.relation_name, **names))


@contextmanager
def _cursor(runner: Any) -> Iterator[Any]:
    """One of its own: dbt may have a transaction open."""
    of_dbt = runner.adapter.connections.get_thread_connection().handle.cursor()
    with closing(of_dbt.cursor()) as cursor:
        cursor.execute(PINNED)
        yield cursor


def can_be_made(manifest: Mapping[str, Any]) -> bool:
    """Whether all such models are plain tables. A project may have made views of them, which would
    hold nobody else, or given them hooks of its own.
    """
    nodes = manifest["nodes"].values()
    of_contacts = [node for node in nodes if READS_BY.search(node.get("raw_code") or "")]
    return all(_is_plain(node["config"]) for node in of_contacts)


def _is_plain(config: Mapping[str, Any]) -> bool:
    hooks = [*(config.get("pre-hook") or ()), *(config.get("post-hook") or ())]
    is_harmless = all(hook["sql"].strip() in HARMLESS_HOOKS for hook in hooks)
    return config["materialized"] == "table" and is_harmless
