"""After the reports: winners of experiments are recorded, the report of the day is published, and
the pages of segments, journeys, campaigns and syncs get their results.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from sluice.orchestration.asset_pages.decided import describe_decided
from sluice.orchestration.asset_pages.links import links_to, published_copies
from sluice.orchestration.asset_pages.results import describe_results
from sluice.orchestration.assets.alerts import ALERTS
from sluice.orchestration.assets.decide import REPORTED, STOPPED
from sluice.orchestration.code_location.groups import describe, group_of
from sluice.orchestration.code_location.translator import Translator
from sluice.orchestration.experiments.rolling_out import roll_out
from sluice.orchestration.recovery.past import is_replay
from sluice.orchestration.report.daily import publish
from sluice.orchestration.runs.notes import BuildNote
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.state import RESOURCES, RunState, step

KEPT = ("seconds", "dagster/row_count")  # of the materialization when it was built
CHARTS = ("results", "chart", "chart_of_people")
UNITS = "experiment_units"  # nothing is decided of experiments that this run did not build
PUBLISHED = dg.AssetKey(["runs", "published"])


def build_published_asset(
    manifest: Mapping[str, Any], days: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    """Nothing of it fails a run."""

    @dg.asset(
        key=PUBLISHED,
        partitions_def=days,
        required_resource_keys=RESOURCES,
        deps=[REPORTED, ALERTS],
        group_name=group_of("runs"),
        metadata=describe("runs", "The report of the day", "每日报告"),
        kinds={"html"},
        description="The report of the day as one file, kept; every asset page gets its results.",
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with step(context) as state:
            if UNITS not in state.notes.find(BuildNote, "reports").stopped:
                roll_out(state.settings, manifest, state.as_of)
            found = {} if is_replay(state.settings.home) else publish(state.settings, manifest)
            try:
                count = _show(context, state, manifest)
            except Exception as error:  # its text may name values
                count = 0
                tell("report", f"Dagster's pages have no results: {type(error).__name__}")
            copies = {f"report_{name}": value for name, value in found.items()}
            return dg.MaterializeResult(metadata={**copies, "pages": count})

    return published


def _show(context: dg.AssetExecutionContext, state: RunState, manifest: Mapping[str, Any]) -> int:
    """The results of each model, on its page; how many. Where it was built in this run, they are
    materialized with all it shows, in the same version of its data, so that nothing below looks
    out of date; else they are observed.
    """
    translator, results = Translator(), describe_results(state.settings, manifest)
    nodes = {
        translator.get_asset_key(node): node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] in results
    }
    decided = describe_decided(state.settings, manifest, state.as_of)
    latest = context.instance.get_latest_materialization_events(list(nodes))
    copies, url = published_copies(state.settings), state.settings.project.config.report.url
    partition = context.partition_key if context.has_partition_key else None
    for key, node in nodes.items():
        name = str(node["name"])
        page = {**results[name], **links_to(name, copies, url)}
        event, built = latest.get(key), decided.get(str(node["unique_id"]), {})
        made = event.asset_materialization if event and event.run_id == context.run_id else None
        if made is None or made.metadata.get("stopped") == dg.MetadataValue.text(STOPPED):
            context.log_event(dg.AssetObservation(key, partition=partition, metadata=page))
        else:
            context.log_event(_with_results(made, built, page))
    return len(nodes)


def _with_results(
    made: dg.AssetMaterialization, built: Mapping[str, Any], page: Mapping[str, Any]
) -> dg.AssetMaterialization:
    """What was materialized, with its results: the charts first."""
    every = {**page, **built}
    charts = {name: every[name] for name in CHARTS if name in every}
    kept = {name: value for name, value in made.metadata.items() if name in KEPT}
    tags = {name: value for name, value in (made.tags or {}).items() if _is_version(name)}
    return dg.AssetMaterialization(
        made.asset_key,
        partition=made.partition,
        metadata={**charts, **built, **every, **kept},
        tags=tags,
    )


def _is_version(tag: str) -> bool:
    return tag.startswith("dagster/") and "version" in tag
