"""What Dagster shows of the sample company after a run, beside the marts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
import pytest

from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.runs.in_process import dagster_instance
from tests.conftest import WorldRun

CAMPAIGN = dg.AssetKey(["activation", "campaign_price_page_follow_up"])
SYNC = dg.AssetKey(["activation", "sync_crm_contacts"])
Metadata = Mapping[str, Any]


@pytest.fixture
def instance(world: WorldRun) -> Iterator[dg.DagsterInstance]:
    with dagster_instance(Settings(home=world.home)) as found:
        yield found


def rows(world: WorldRun, sql: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(world.home / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute(sql)
        names = [one[0] for one in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def built(instance: dg.DagsterInstance, key: dg.AssetKey) -> Metadata:
    event = instance.get_latest_materialization_event(key)
    assert event is not None
    assert event.asset_materialization is not None
    return event.asset_materialization.metadata


def test_every_segment_has_its_size_of_the_mart(
    world: WorldRun, instance: dg.DagsterInstance
) -> None:
    sizes = rows(world, "select * from reports.rpt_segment_sizes")
    assert sizes
    for row in sizes:
        key = dg.AssetKey(["segments", f"seg_{row['segment']}"])
        page = built(instance, key)
        assert page["size"].value == row["contact_count"]
        assert page["entered_7_days"].value == row["entered_7_days_count"]
        assert ("chart" in page) == (row["contact_count"] > 0)


def test_a_campaign_has_its_funnel_and_its_reasons(
    world: WorldRun, instance: dg.DagsterInstance
) -> None:
    sql = "select sum(sent_count) as sent, sum(delivered_count) as delivered from reports.rpt_message_funnel where campaign = 'price_page_follow_up'"  # fmt: skip
    (mart,) = rows(world, sql)
    page = built(instance, CAMPAIGN)
    assert {name: page[name].value for name in mart} == mart
    held = rows(world, "select reason, message_count as messages from reports.rpt_held_back where campaign = 'price_page_follow_up'")  # fmt: skip
    shown = page["held_back_by_reason"].records
    assert {one.data["reason"]: one.data["messages"] for one in shown} == {
        row["reason"]: row["messages"] for row in held
    }
    decided = rows(world, "select decision, count(*) as messages from activation.message_decisions where campaign = 'price_page_follow_up' group by 1")  # fmt: skip
    counts = {row["decision"]: row["messages"] for row in decided}
    assert page["suppressed"].value == counts["suppress"]
    assert (page["due"].value, page["held"].value) == (counts.get("send", 0), counts.get("hold", 0))


def test_a_sync_has_what_its_destination_accepted(
    world: WorldRun, instance: dg.DagsterInstance
) -> None:
    (mart,) = rows(world, "select sum(item_count) as accepted from reports.rpt_activation_results where activation = 'crm_contacts' and outcome = 'accepted'")  # fmt: skip
    assert built(instance, SYNC)["accepted"].value == mart["accepted"]
    assert built(instance, SYNC)["size"].value == mart["accepted"]


def test_nobody_is_named_in_a_sample(world: WorldRun, instance: dg.DagsterInstance) -> None:
    people = rows(world, "select email, phone, full_name from contacts.dim_contacts")
    known = {str(value) for row in people for value in row.values() if value}
    seen = 0
    for key in instance.all_asset_keys():
        event = instance.get_latest_materialization_event(key)
        page = event.asset_materialization.metadata if event and event.asset_materialization else {}
        if "sample" in page:
            values = [str(one) for row in page["sample"].records for one in row.data.values()]  # type: ignore[union-attr]
            assert not known & set(values), key
            seen += len(values)
    assert seen > 100


def test_columns_are_followed_to_where_they_come_from(instance: dg.DagsterInstance) -> None:
    lineage = built(instance, SYNC)["dagster/column_lineage"].value.deps_by_column
    (email,) = lineage["email"]
    assert (email.asset_key, email.column_name) == (
        dg.AssetKey(["contacts", "dim_contacts"]),
        "email",
    )


def test_the_report_of_the_day_is_published_and_linked(
    world: WorldRun, instance: dg.DagsterInstance
) -> None:
    (copy,) = (world.home / "reports").glob("report-*.html")
    link = built(instance, CAMPAIGN)["report_en"].value
    assert link == f"{copy.as_uri()}#campaign-price_page_follow_up"
    part = re.escape(link.partition("#")[2])
    assert re.search(f'id="{part}"', copy.read_text(encoding="utf-8"))


def test_results_make_nothing_below_look_out_of_date(
    world: WorldRun, instance: dg.DagsterInstance
) -> None:
    records = instance.fetch_materializations(CAMPAIGN, limit=2).records
    with_results, when_built = (one.asset_materialization for one in records)
    assert with_results is not None
    assert when_built is not None
    assert "sent" in with_results.metadata
    assert "sent" not in when_built.metadata
    version = "dagster/data_version"
    assert (with_results.tags or {})[version] == (when_built.tags or {})[version]
