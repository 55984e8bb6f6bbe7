"""When a pass may look at its contacts alone: the last run decided all, by the same code."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sluice.orchestration.dbt.touched_alone import can_be_made
from sluice.orchestration.fast.decided import forget_decided, is_decided, note_decided
from sluice.orchestration.fast.touched import are_touched, mark_known
from sluice.orchestration.fast.waiting import Waiting
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


def test_what_waits_is_not_known_though_a_run_landed_it(warehouse: DuckDBFile) -> None:
    """A run lands events that are later than its logical time, and decides about none of them."""
    waiting = Waiting(1, 3, "c", 2, datetime(2026, 6, 30, tzinfo=UTC))
    with open_warehouse(warehouse, read_only=False) as session:
        for sql in (
            "create schema inbox",
            "create schema identity",
            "create table inbox.events as select * from (values (1, 'a'), (2, 'b'), (3, 'c'),"
            " (4, 'd')) as t(event_id, event_key)",
            "create table identity.identity_map (record_key bigint, contact_id bigint)",
            "create table identity.contact_aliases (retired_contact_id bigint, contact_id bigint)",
        ):
            session.execute(sql)
        mark_known(session, waiting)
        known = session.execute("select event_key from landing.known_events order by 1").rows
    assert known == [("a",), ("d",)]


@pytest.mark.parametrize(
    ("config", "can_be"),
    [
        ({"materialized": "table", "pre-hook": [{"sql": "{{ sluice.pin_time_zone() }}"}]}, True),
        ({"materialized": "view"}, False),
        ({"materialized": "table", "post-hook": [{"sql": "grant select on x to y"}]}, False),
    ],
)
def test_a_project_may_make_something_else_of_the_models(
    config: dict[str, Any], can_be: bool
) -> None:
    node = {"raw_code": "select * from {{ sluice.of_touched(ref('x')) }}", "config": config}
    assert can_be_made({"nodes": {"model.sluice.x": node}}) is can_be


def test_a_contact_that_no_model_was_made_for_is_seen(warehouse: DuckDBFile) -> None:
    with open_warehouse(warehouse, read_only=False) as session:
        assert are_touched(session, [1])  # all were made
        session.execute("create table landing.touched_contacts as select 1::bigint as contact_id")
        assert are_touched(session, [1])
        assert are_touched(session, [])
        assert not are_touched(session, [1, 2])
