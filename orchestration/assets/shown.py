"""What Dagster shows of an asset already: where nothing changed, a run does not say it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

import dagster as dg

from sluice.orchestration.code_location.translator import Translator
from sluice.orchestration.dbt.results import NodeResult


def shown_already(
    context: dg.AssetExecutionContext,
    manifest: Mapping[str, Any],
    results: Iterable[NodeResult],
    pages: Mapping[str, Any],
) -> Set[dg.AssetKey]:
    """The assets that this run left as they are and that are materialized in its partition. Not
    those with a page, whose figures are new, nor those that another step waits for: Dagster skips
    a step without them.
    """
    translator, layer = Translator(), context.job_def.asset_layer
    here = context.assets_def.keys
    unchanged = [
        translator.get_asset_key(manifest["nodes"][one.unique_id])
        for one in results
        if one.is_unchanged and not one.unique_id.startswith("test.") and one.unique_id not in pages
    ]
    alone = [key for key in unchanged if layer.has(key) and layer.get(key).child_keys <= here]
    last = context.instance.get_latest_materialization_events(alone)
    made = {key: event.asset_materialization for key, event in last.items() if event}
    return {key for key, one in made.items() if one and one.partition == context.partition_key}
