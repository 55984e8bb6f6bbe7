"""What Dagster is given: keys, groups, job, schedule, executor, checks."""

from __future__ import annotations

import dagster as dg
import pytest

from sluice.orchestration.code_location.building import build_definitions
from sluice.orchestration.code_location.jobs import PLAN_JOB, RECEIPTS_JOB, RUN_JOB
from sluice.orchestration.installation.settings import load_settings
from tests.conftest import ROOT

GROUPS = {
    "raw", "seeds", "staging", "identity", "contacts", "scoring", "lifecycle", "tags", "segments", "journeys", "activation", "plan", "push",
    "ledger", "receipts", "reports", "runs",
}  # fmt: skip


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(tmp_path_factory.mktemp("home")))
        return build_definitions(load_settings())


def test_definitions_module_only_collects() -> None:
    assert len((ROOT / "orchestration" / "definitions.py").read_text().splitlines()) < 60


def test_every_asset_has_a_group_and_a_description(defs: dg.Definitions) -> None:
    specs = defs.resolve_all_asset_specs()
    assert {str(spec.group_name)[3:] for spec in specs} == GROUPS
    assert [spec.key for spec in specs if not spec.description] == []


def test_lineage_runs_from_raw_tables_to_deliveries(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for name in ("price_page_follow_up", "crm_contacts"):
        above, frontier = set(), {dg.AssetKey(["push", name])}
        while frontier:
            above |= frontier
            frontier = {parent for key in frontier for parent in graph.get(key).parent_keys} - above
        assert dg.AssetKey(["crm", "src_crm"]) in above
        assert dg.AssetKey(["ledger", "receipts"]) in above
    assert (
        dg.AssetKey(["push", "crm_contacts"])
        in graph.get(dg.AssetKey(["receipts", "receipts"])).parent_keys
    )


def test_schedule_is_nine_in_the_evening_in_shanghai(defs: dg.Definitions) -> None:
    schedule = defs.resolve_schedule_def("daily_run")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 21 * * *", "Asia/Shanghai")


def test_owners_and_destinations_show_in_the_catalog(defs: dg.Definitions) -> None:
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    for key in ("activation/campaign_price_page_follow_up", "push/price_page_follow_up"):
        assert list(specs[key].owners) == ["team:marketing"]
        assert specs[key].tags["sluice/destination"] == "smtp"
        assert specs[key].tags["sluice/channel"] == "email"
    assert list(specs["segments/seg_birthdays"].owners) == ["team:marketing"]


def test_every_asset_is_partitioned_by_day(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    found = {graph.get(key).partitions_def for key in graph.executable_asset_keys}
    assert len(found) == 1
    (days,) = found
    assert isinstance(days, dg.DailyPartitionsDefinition)
    assert days.timezone == "Asia/Shanghai"


def test_all_steps_of_a_run_are_done_in_one_process_without_pools(defs: dg.Definitions) -> None:
    """The process holds the run lock; a pool of Dagster would keep the slot of a killed one for
    ever.
    """
    assert {
        node.pool for assets in defs.resolve_asset_graph().assets_defs for node in [assets.op]
    } == {None}
    assert defs.executor is dg.in_process_executor
    assert {
        defs.resolve_job_def(name).executor_def.name for name in (RUN_JOB, PLAN_JOB, RECEIPTS_JOB)
    } == {dg.in_process_executor.name}


def test_dbt_tests_are_asset_checks(defs: dg.Definitions) -> None:
    checks = {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    assert {"primary_key_out_messages_message_id", "primary_key_dim_contacts_contact_id"} <= checks


def test_the_monitor_of_fitted_scores_is_an_asset_check(defs: dg.Definitions) -> None:
    monitor = dg.AssetCheckKey(dg.AssetKey(["reports", "rpt_score_monitor"]), "fitted_scores_hold")
    assert monitor in defs.resolve_asset_graph().asset_check_keys
