"""When a pass may look at its contacts alone: the last run decided all, by the same code."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.orchestration.fast.decided import forget_decided, is_decided, note_decided
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.reader import open_warehouse

MANIFEST = {
    "nodes": {
        name: {"name": name, "fqn": ["sluice", folder, name]}
        for name, folder in (("dim_contacts", "contacts"), ("seg_x", "segments"))
    }
}


@pytest.fixture
def warehouse(tmp_path: Path) -> DuckDBFile:
    found = DuckDBFile(tmp_path / "warehouse.duckdb", tmp_path)
    with open_warehouse(found, read_only=False) as session:
        session.execute("create schema landing")
    return found


def holds(warehouse: DuckDBFile, code: str = "a") -> bool:
    with open_warehouse(warehouse) as session:
        return is_decided(session, code)


@pytest.mark.parametrize(
    ("stopped", "is_whole", "is_noted"),
    [
        ([], True, True),
        (["seg_x"], True, True),
        (["dim_contacts"], True, False),
        ([], False, False),
    ],
    ids=["all", "without a segment", "without contacts", "a part"],
)
def test_it_is_noted_of_a_run_that_made_what_a_pass_keeps(
    warehouse: DuckDBFile, stopped: list[str], is_whole: bool, is_noted: bool
) -> None:
    note_decided(warehouse, "a", MANIFEST, stopped, is_whole)
    assert holds(warehouse) is is_noted


def test_it_is_of_one_code_until_something_is_decided(warehouse: DuckDBFile) -> None:
    assert not holds(warehouse)
    note_decided(warehouse, "a", MANIFEST, [])
    assert holds(warehouse)
    assert not holds(warehouse, "b")
    forget_decided(warehouse, is_decide=False)
    assert holds(warehouse)
    forget_decided(warehouse)
    assert not holds(warehouse)
