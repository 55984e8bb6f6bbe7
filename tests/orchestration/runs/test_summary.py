"""The summary of a run whose decisions were never made tells the errors; it does not fail for want
of a table.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from sluice.orchestration.runs import summary


def test_decisions_that_were_never_made_are_none(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    duckdb.connect(str(warehouse)).close()
    state: Any = SimpleNamespace(settings=SimpleNamespace(warehouse=warehouse))
    assert summary._decisions(state) == []
