"""Whether the warehouse is as a whole run left it, decided by the code of today: then a pass needs
to look at nobody but whom it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.reader import open_warehouse

SCHEMA, TABLE = "landing", "decided"
# folders of the models that a pass makes for its contacts alone, and of what those are made of
OF_CONTACTS = ("identity", "contacts", "scoring", "lifecycle")


def forget_decided(warehouse: Warehouse, is_decide: bool = True) -> None:
    """Before anything is decided: a run that is killed leaves models of two days. ``is_decide``:
    whether the step does.
    """
    if not is_decide or not isinstance(warehouse, DuckDBFile) or not warehouse.exists():
        return
    with open_warehouse(warehouse, read_only=False) as session:
        session.execute(f"drop table if exists {SCHEMA}.{TABLE}")


def note_decided(
    warehouse: Warehouse,
    code: str,
    manifest: Mapping[str, Any],
    stopped: Sequence[str],
    is_whole: bool = True,
) -> None:
    """After a run that ``is_whole``. ``code``: what it was decided by; ``stopped``: the models that
    it did not make.
    """
    folders = {node["fqn"][1] for node in manifest["nodes"].values() if node["name"] in stopped}
    if not is_whole or not isinstance(warehouse, DuckDBFile) or folders.intersection(OF_CONTACTS):
        return
    with open_warehouse(warehouse, read_only=False) as session, session.transaction():
        session.execute(f"create schema if not exists {SCHEMA}")
        session.execute(f"create or replace table {SCHEMA}.{TABLE} (code varchar)")
        session.execute(f"insert into {SCHEMA}.{TABLE} values ($1)", [code])


def is_decided(session: Session, code: str) -> bool:
    """Whether a whole run by this code was the last to decide."""
    if not session.has_table(SCHEMA, TABLE):
        return False
    return bool(session.execute(f"select code from {SCHEMA}.{TABLE}").rows == [(code,)])
