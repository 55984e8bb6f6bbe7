"""Raw tables as dbt declares them: which there are, the types they may have, and what may not be
empty.
"""

from __future__ import annotations

from typing import Any

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.landing.tables import TYPES, raw_tables


def source(name: str, columns: dict[str, Any], schema: str = "raw") -> dict[str, Any]:
    return {
        "unique_id": f"source.sluice.shop.{name}",
        "source_name": "shop",
        "name": name,
        "schema": schema,
        "columns": columns,
        "original_file_path": "models/staging/shop/_shop__sources.yml",
    }


def manifest(*sources: dict[str, Any]) -> dict[str, Any]:
    return {"sources": {node["unique_id"]: node for node in sources}}


def test_only_raw_sources_are_landed_and_in_a_fixed_order() -> None:
    receipts = source("receipts", {"state": {"data_type": "varchar"}}, schema="ledger")
    found = raw_tables(manifest(source("orders", {}), receipts, source("accounts", {})))
    assert [(table.source, table.name) for table in found] == [
        ("shop", "accounts"),
        ("shop", "orders"),
    ]


@pytest.mark.parametrize(
    "meta",
    [
        pytest.param({"meta": {"required": True}}, id="meta"),
        pytest.param({"config": {"meta": {"required": True}}}, id="config.meta"),
        pytest.param(
            {"meta": {"required": False}, "config": {"meta": {"required": True}}}, id="config wins"
        ),
    ],
)
def test_required_column_is_marked_in_either_place(meta: dict[str, Any]) -> None:
    columns = {"order_id": {"data_type": "varchar", **meta}, "coupon": {"data_type": "varchar"}}
    assert raw_tables(manifest(source("orders", columns)))[0].required == {"order_id"}


@pytest.mark.parametrize("data_type", sorted(TYPES))
def test_known_type_is_taken_in_any_case(data_type: str) -> None:
    table = raw_tables(manifest(source("orders", {"amount": {"data_type": data_type.upper()}})))[0]
    assert table.columns == {"amount": data_type}


@pytest.mark.parametrize("data_type", ["struct(a int)", "varchar[]", "money", "", None])
def test_unknown_type_is_refused_with_the_file_the_column_and_what_to_use(
    data_type: str | None,
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        raw_tables(manifest(source("orders", {"amount": {"data_type": data_type}})))
    assert refused.value.exit_code == 2
    assert "_shop__sources.yml" in refused.value.message
    assert "amount of orders" in refused.value.message
    assert "varchar" in refused.value.fix
