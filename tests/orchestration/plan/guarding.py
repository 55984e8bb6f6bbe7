"""What the tests of guardrails share: a campaign, its rows, and the figures gathered from them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sluice.activations.plan.guardrails import Facts
from sluice.models.config import CampaignConfig
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.plan.guardrail_figures import gather_facts
from sluice.orchestration.runs.state import RunState

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
CAMPAIGN = Activation(
    "welcome",
    "campaign_welcome",
    "message",
    CampaignConfig(
        channel="email",
        destination="smtp",
        purpose="marketing",
        template="price_page_follow_up",
        segment="new",
    ),
)


def message(number: int, address: str = "", **change: Any) -> dict[str, Any]:
    address = address or f"hash{number}"
    row = {
        "delivery_id": number,
        "contact_id": number,
        "address": f"a{number}@b.cn",
        "address_hash": address,
        "channel": "email",
    }
    row |= {
        "template": "price_page_follow_up",
        "variant": None,
        "subjects": None,
        "language": "en",
        "country": "CN",
        "purpose": "marketing",
        "full_name": "Li Lei",
    }
    values = {"company": "", "visits": 2, "last_visit_date": "2026-06-28"}
    return {**row, "context": json.dumps(values), **change}


def facts(
    state: RunState, activation: Activation, rows: list[dict[str, Any]], operations: dict[str, int]
) -> Facts:
    plan = state.settings.home / "plan.parquet"
    pq.write_table(
        pa.Table.from_pylist(rows) if rows else pa.table({"operation": pa.array([], pa.string())}),
        plan,
    )
    return gather_facts(state, activation, plan, operations)
