"""The fast lane as an asset: a pass, and a check that it keeps up."""

from collections.abc import Iterator

import dagster as dg

from sluice.orchestration.code_location.groups import describe, group_of
from sluice.orchestration.fast.lane import run_pass
from sluice.orchestration.fast.waiting import minutes_behind
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.runs import lock
from sluice.orchestration.runs.dead_runs import alive_file
from sluice.orchestration.runs.state import RESOURCES, open_ledger, require_release

LANE = dg.AssetKey(["runs", "fast_lane"])
KEEPS_UP = "keeps_up"


def build_fast_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The lane of a project, where it is on: no run of the days has it."""
    return [_lane_asset()] if settings.project.config.fast_lane.enabled else []


def _lane_asset() -> dg.AssetsDefinition:
    @dg.asset(
        key=LANE,
        group_name=group_of("fast"),
        metadata=describe("fast", "The fast lane", "快速通道"),
        required_resource_keys=RESOURCES,
        check_specs=[
            dg.AssetCheckSpec(KEEPS_UP, asset=LANE, description="Nothing waits for too long.")
        ],
        description="What a contact just did, answered before the daily run (docs/fast_lane.md).",
    )
    def fast_lane(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        settings: Settings = context.resources.sluice.settings()
        require_release(settings)
        lock.hold(alive_file(settings.home, context.run.run_id))
        try:
            behind = minutes_behind(settings, open_ledger(settings))
            yield _check(behind, settings.project.config.fast_lane.behind_minutes)
            done = run_pass(settings)
            figures = {} if done is None else {"sent": done.accepted, "contacts": done.contacts}
            yield dg.MaterializeResult(asset_key=LANE, metadata=figures)
        finally:
            lock.let_go(alive_file(settings.home, context.run.run_id))

    return fast_lane


def _check(behind: float, limit: float) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=LANE,
        check_name=KEEPS_UP,
        passed=behind <= limit,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"minutes_waiting": round(behind, 1), "limit": limit},
    )
