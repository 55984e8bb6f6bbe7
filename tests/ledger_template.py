"""New SQLite ledgers without alembic: the migrations run once, and each new ledger of the tests
gets the tables they made.

Running nine migrations takes 0.04 s of CPU and the tests open some thousand ledgers. A ledger that
holds anything, one on Postgres, and all ledgers of tests/.../test_migrations.py are upgraded by the
migrations themselves, as are those of processes that the tests start.
"""

from __future__ import annotations

import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from sluice.activations.database import open_engine
from sluice.activations.ledger import migrate

upgrade_by_migrations = migrate.upgrade
IS_EMPTY = sa.text("select count(*) = 0 from sqlite_master")
NEW_ID = sa.text("update meta set value = :id where key = 'ledger_id'")


def use_template(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on."""
    monkeypatch.setattr(migrate, "upgrade", upgrade)


def upgrade(engine: sa.Engine, target: str = "head") -> None:
    """As ``migrate.upgrade``, and the same tables."""
    if target == "head" and engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            if connection.execute(IS_EMPTY).scalar():
                for statement in statements():
                    connection.exec_driver_sql(statement)
                connection.execute(NEW_ID, {"id": uuid4().hex})
                return
    upgrade_by_migrations(engine, target)


@cache
def statements() -> list[str]:
    """SQL of the ledger that the migrations make."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        engine = open_engine(f"sqlite:///{path}")
        upgrade_by_migrations(engine)
        engine.dispose()
        connection = sqlite3.connect(path)
        lines = list(connection.iterdump())
        connection.close()
    return [line for line in lines if line not in {"BEGIN TRANSACTION;", "COMMIT;"}]
