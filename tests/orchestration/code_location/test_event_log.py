"""Our event log keeps what Dagster's own keeps, a transaction an event."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from sluice.orchestration.code_location.event_log import EventLog

OWN = {"module": "dagster._core.storage.event_log", "class": "ConsolidatedSqliteEventLogStorage"}
OURS = {"module": "sluice.orchestration.code_location.event_log", "class": "EventLog"}
TABLES = {
    "event_logs": "dagster_event_type, asset_key, step_key, partition",
    "asset_keys": "asset_key, last_materialization is not null, last_run_id is not null",
    "asset_check_executions": "asset_key, check_name, execution_status, evaluation_event_storage_id is not null",
    "asset_event_tags": "asset_key, key",
}


@dg.multi_asset(
    specs=[dg.AssetSpec("a", skippable=True), dg.AssetSpec("b"), dg.AssetSpec("c", skippable=True)],
    check_specs=[dg.AssetCheckSpec("right", asset="a"), dg.AssetCheckSpec("wrong", asset="b")],
    partitions_def=dg.StaticPartitionsDefinition(["x"]),
)
def some() -> Any:
    yield dg.MaterializeResult("a", metadata={"rows": 1}, tags={"kind": "t"})
    yield dg.AssetCheckResult(asset_key="a", check_name="right", passed=True)
    yield dg.MaterializeResult("b")
    yield dg.AssetCheckResult(asset_key="b", check_name="wrong", passed=False)


def rows_of(folder: Path, storage: dict[str, str]) -> dict[str, list[tuple[Any, ...]]]:
    folder.mkdir()
    with dg.DagsterInstance.local_temp(
        str(folder),
        overrides={"event_log_storage": {**storage, "config": {"base_dir": str(folder)}}},
    ) as instance:
        for _ in range(2):
            assert dg.materialize([some], instance=instance, partition_key="x").success
    (file,) = folder.glob("event_log*.db")
    with sqlite3.connect(file) as connection:
        return {
            table: sorted(connection.execute(f"select {columns} from {table}"), key=str)
            for table, columns in TABLES.items()
        }


@pytest.mark.parametrize("size", ["0", "1000"])
def test_the_same_events_are_kept(
    tmp_path: Path, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", size)
    ours = rows_of(tmp_path / "ours", OURS)
    assert ours == rows_of(tmp_path / "own", OWN)
    assert len(ours["asset_check_executions"]) == 4
    assert {key for key, *_ in ours["asset_keys"]} == {'["a"]', '["b"]', '["c"]'}


def test_an_event_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(EventLog, "_store_asset_event", full)
    with dg.DagsterInstance.local_temp(
        str(tmp_path),
        overrides={"event_log_storage": {**OURS, "config": {"base_dir": str(tmp_path)}}},
    ) as instance:
        with pytest.raises(OSError, match="no space"):
            instance.report_runless_asset_event(dg.AssetMaterialization("a"))
        assert instance.get_event_records(
            dg.EventRecordsFilter(dg.DagsterEventType.ASSET_MATERIALIZATION)
        ) == []  # fmt: skip
