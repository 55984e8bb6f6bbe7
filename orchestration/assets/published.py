"""After the reports: the report of the day is published, and the pages of segments, journeys,
campaigns and syncs get their results, as observations.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from sluice.orchestration.asset_pages.links import link_to
from sluice.orchestration.asset_pages.results import describe_results
from sluice.orchestration.assets.decide import REPORTED
from sluice.orchestration.code_location.groups import describe, group_of
from sluice.orchestration.code_location.translator import Translator
from sluice.orchestration.recovery.past import is_replay
from sluice.orchestration.report.daily import publish
from sluice.orchestration.runs.state import RESOURCES, RunState, step

PUBLISHED = dg.AssetKey(["runs", "published"])


def build_published_asset(
    manifest: Mapping[str, Any], days: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """Nothing of it fails a run."""

    @dg.asset(
        key=PUBLISHED,
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[REPORTED],
        group_name=group_of("runs"),
        metadata=describe("runs", "The report of the day", "每日报告"),
        kinds={"html"},
        description="The report of the day as one file, kept; every asset page gets its results.",
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            found = {} if is_replay(state.settings.home) else publish(state.settings, manifest)
            count = _observe(context, state, manifest)
            copies = {f"report_{name}": value for name, value in found.items()}
            return dg.MaterializeResult(metadata={**copies, "pages": count})

    return published


def _observe(
    context: dg.AssetExecutionContext, state: RunState, manifest: Mapping[str, Any]
) -> int:
    """An observation for each model that has results; how many."""
    translator = Translator()
    nodes = {
        str(node["name"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    pages = describe_results(state.settings, manifest)
    for model, page in pages.items():
        link = link_to(state.settings, model)
        context.log_event(
            dg.AssetObservation(
                asset_key=translator.get_asset_key(nodes[model]),
                partition=context.partition_key if context.has_partition_key else None,
                metadata={**page, **link},
            )
        )
    return len(pages)
