"""The items of a plan, read by columns, are those that its rows give one by one."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sluice.activations.plan.due_rows import count_items, read_items
from sluice.activations.plan.outbox import to_operation
from sluice.models.config import SyncConfig

ROWS = [
    {"delivery_id": n, "sync_key": n + 100, "operation": operation, "row_hash": n or None, "_vendor_id": vendor_id, "email": email,
     "city": city, "score": score, "since": since}
    for n, (operation, vendor_id, email, city, score, since) in enumerate(
        [
            ("entered", None, "a@b.cn", "上海市", 7, "2026-01-01"),
            ("changed", "v1", None, None, None, None),
            ("changed", "v2", "c@d.cn", None, 0, ""),
            ("exited", "v3", None, None, None, None),
            ("exited", None, "left@b.cn", "Paris", 1, "x"),
        ]
    )
]  # fmt: skip
COLUMNS = {
    "city": {"write": "overwrite", "to": "town"},
    "score": {"write": "if_empty"},
    "since": {"to": "member_since"},
}
CONFIGS = {
    "plain": None,
    "mapped": SyncConfig(destination="hubspot", key="id", mode="mirror", columns=COLUMNS),
    "a list": SyncConfig(destination="hubspot", key="id", mode="membership", list="vip"),
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path)
    return path


@pytest.mark.parametrize("config", CONFIGS.values(), ids=list(CONFIGS))
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_columns_give_what_rows_give(plan: Path, config: SyncConfig | None, size: int) -> None:
    batches = list(read_items(plan, size, to_operation, config))
    assert [item for batch in batches for item in batch] == [
        to_operation(row, config) for row in ROWS
    ]
    assert max(map(len, batches)) <= size
    assert count_items(plan) == len(ROWS)


def test_what_a_mapping_does_with_nulls_and_exits() -> None:
    operations = [to_operation(row, CONFIGS["mapped"]) for row in ROWS]
    assert operations[0].properties == {
        "email": "a@b.cn",
        "town": "上海市",
        "score": 7,
        "member_since": "2026-01-01",
    }
    assert operations[1].properties == {"town": None}
    assert operations[2].properties == {
        "email": "c@d.cn",
        "town": None,
        "score": 0,
        "member_since": "",
    }
    assert [one.properties for one in operations[3:]] == [{}, {}]
    assert [set(one.if_empty) for one in operations] == [{"score"}, set(), {"score"}, set(), set()]
