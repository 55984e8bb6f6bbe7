"""Databases that the project's dbt profile attaches to the warehouse file: a view of ours over a
table of theirs can be read only where they are attached too.

Kept beside dbt's own files, as the statements that dbt ran: they may hold a login, so the file is
its owner's alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb

from sluice.activations.private_files import write_private
from sluice.models.errors import ConfigurationError

FILE = Path("dbt") / "attached.json"


def keep_attached(home: Path, statements: Sequence[str]) -> None:
    """Keep what dbt attached last."""
    path = home / FILE
    if list(statements) != _kept(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, json.dumps(list(statements)))


def attach(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    """Attach the same to a connection of ours. Raises duckdb.IOException where another process has
    such a file open, and ConfigurationError for one that is not there.
    """
    for statement in _kept(warehouse.parent / FILE):
        try:
            connection.execute(statement)
        except duckdb.Error as error:
            if isinstance(error, duckdb.IOException) and "lock" in str(error):
                raise
            raise ConfigurationError(
                f"a database that profiles.yml attaches cannot be opened: {type(error).__name__}",
                "correct `attach` in profiles.yml, and run `sluice run`",
            ) from error


def _kept(path: Path) -> list[str]:
    try:
        return [str(one) for one in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError):
        return []
