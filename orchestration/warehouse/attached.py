"""Databases that the project's dbt profile attaches to the warehouse file: a view of ours over a
table of theirs can be read only where they are attached too.

Kept beside dbt's own files, as the statements that dbt ran: they may hold a login, so the file is
its owner's alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from sluice.activations.private_files import write_private

FILE = Path("dbt") / "attached.json"


def keep_attached(home: Path, statements: Sequence[str]) -> None:
    """Keep what dbt attached last."""
    path = home / FILE
    if list(statements) != _kept(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, json.dumps(list(statements)))


def attach(connection: duckdb.DuckDBPyConnection, home: Path) -> None:
    """Attach the same to a connection of ours. What cannot be attached is left out: the profile may
    have changed since, and dbt, which attaches as it says now, tells what is wrong.
    """
    for statement in _kept(home / FILE):
        with suppress(duckdb.Error):
            connection.execute(statement)


def _kept(path: Path) -> list[str]:
    try:
        return [str(one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError):
        return []
