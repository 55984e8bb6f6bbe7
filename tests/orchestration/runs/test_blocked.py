"""Whoever has to wait, or cannot go on, says by whom within seconds."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from sluice.activations import database
from sluice.activations.ledger.store import Ledger
from sluice.activations.sandbox.server import STATE_FILE, Sandbox, running_endpoints
from sluice.models.errors import BlockedError
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.warehouse.reader import open_warehouse, query


def test_ledger_that_another_process_writes_to_is_waited_for_and_told(
    home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TOLD_SECONDS", 0.2)
    ledger = Ledger(f"sqlite:///{home / 'ledger.sqlite'}")
    other = sqlite3.connect(home / "ledger.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    threading.Timer(1.0, lambda: other.execute("commit")).start()
    with caplog.at_level(logging.WARNING):
        assert (
            ledger.write(lambda connection: connection.execute(sa.text("select 1")).scalar()) == 1
        )
    assert [record.getMessage() for record in caplog.records] == [database.WAITING]
    assert database.BUSY_SECONDS > 5 > database.TOLD_SECONDS
    other.close()


def test_warehouse_that_another_process_has_open_names_it(home: Path) -> None:
    settings = load_settings()
    with open_warehouse(settings.warehouse, read_only=False):
        pass
    hold = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True);"
        " sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(settings.warehouse.path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        began = time.monotonic()
        with pytest.raises(BlockedError, match=f"process {other.pid} has warehouse.duckdb open"):
            query(settings.warehouse, "select 1")
        assert time.monotonic() - began < 5
        other.communicate()
    assert query(settings.warehouse, "select 1") == [(1,)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: "", id="empty"),
        pytest.param(lambda text: text[:40], id="cut off"),
        pytest.param(
            lambda text: text.replace(f'"pid": {os.getpid()}', '"pid": 4194304'),
            id="its process is dead",
        ),
    ],
)
def test_sandbox_that_was_killed_is_not_taken_for_running(home: Path, change: object) -> None:
    assert callable(change)
    with Sandbox(home, names=["smtp"]):
        assert running_endpoints(home) is not None
        path = home / STATE_FILE
        whole = path.read_text()
        path.write_text(change(whole))
        assert json.loads(whole)["pid"] == os.getpid()
        assert running_endpoints(home) is None
