"""The first page says when costs, or prices of messages, are missing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sluice.orchestration.report.executive import _costs

SENT = {"message_cost": None, "reason": "no_price"}
PRICED = {"message_cost": 3.0, "reason": None}


def table(model: str, y: str, *rows: dict[str, Any]) -> Any:
    meta = SimpleNamespace(page="costs", chart=SimpleNamespace(y=y))
    return SimpleNamespace(section=SimpleNamespace(model=model, meta=meta), rows=rows)


@pytest.mark.parametrize(
    ("row", "sent", "said"),
    [
        pytest.param({"total_cost": 5.0, "reason": None}, PRICED, [], id="all_known"),
        pytest.param(
            {"total_cost": None, "reason": "no_costs"}, PRICED, ["Costs are missing"], id="no_costs"
        ),
        pytest.param(
            {"total_cost": None, "reason": "messages_without_price"},
            SENT,
            ["Messages went out without a price"],
            id="no_prices",
        ),
    ],
)
def test_what_is_missing_is_named(
    row: dict[str, Any], sent: dict[str, Any], said: list[str]
) -> None:
    tables = [
        table("rpt_costs", "total_cost", row),
        table("rpt_message_costs", "message_cost", sent),
    ]
    found = list(_costs(tables, SimpleNamespace(language="en")))  # type: ignore[arg-type]
    assert [one.what.split(":")[0] for one in found] == said
