"""How long rows are kept, as an asset of its own: the landing applies it in each run, and the job
``sluice_retention`` without one.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from sluice.orchestration.assets.decide import DECIDED
from sluice.orchestration.code_location.groups import describe, group_of
from sluice.orchestration.rights.keeping import apply, rules_of
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.state import RESOURCES, step

RETENTION = dg.AssetKey(["runs", "retention"])


def build_retention_asset(
    manifest: Mapping[str, Any], days: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """Deletes the rows that are older than ``retention.tables`` allows."""

    @dg.asset(
        key=RETENTION,
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[DECIDED],
        group_name=group_of("runs"),
        metadata=describe("runs", "Rows that are too old", "过期数据清理"),
        description="Rows that are older than sluice.yml allows are deleted; how many, by table.",
    )
    def retention(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            rules = rules_of(state.settings, manifest)
            counts = apply(state.settings, state.ledger, rules, state.as_of)
            if counts:
                tell("report", f"{sum(counts.values()):,} rows older than retention.tables allows")
            return dg.MaterializeResult(metadata={"deleted": sum(counts.values()), **counts})

    return retention
