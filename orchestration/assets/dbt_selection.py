"""What of the dbt project a step of a run is: its assets and their tests, and what dbt builds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from sluice.orchestration.code_location.translator import Translator
from sluice.orchestration.dbt.isolation import build_around_failures
from sluice.orchestration.dbt.results import NodeResult
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.plan.activation_registry import refused_activations

REPORTS = "fqn:sluice.reports"
# cases of macros, on constants: for `dbt build` and CI, they say nothing of a day's data
CASES = "tag:cases"


def specs_of(
    manifest: Mapping[str, Any], name: str, select: str, exclude: str
) -> tuple[list[dg.AssetSpec], list[dg.AssetCheckSpec]]:
    """The nodes that a selector finds, and their tests. Where reports are off there are none, which
    dbt would say in the output.
    """
    models = [one for one in manifest["nodes"].values() if one["resource_type"] == "model"]
    if select == REPORTS and not any(one["fqn"][:2] == ["sluice", "reports"] for one in models):
        return [], []

    @dbt_assets(
        manifest=manifest,
        select=select,
        exclude=f"{CASES} {exclude}",
        dagster_dbt_translator=Translator(),
        name=f"{name}_specs",
    )
    def described() -> Iterator[Any]:
        yield from ()

    return list(described.specs), list(described.check_specs)


def nodes_of(manifest: Mapping[str, Any], specs: Iterable[dg.AssetSpec]) -> dict[dg.AssetKey, str]:
    """The dbt node of each asset, as its selector: ``acme.segments.seg_x`` names one model."""
    translator, keys = Translator(), {spec.key for spec in specs}
    found = {
        translator.get_asset_key(node): f"fqn:{'.'.join(node['fqn'])}"
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed", "snapshot"}
    }
    return {key: selector for key, selector in found.items() if key in keys}


def wanted_of(nodes: Mapping[dg.AssetKey, str], chosen: Set[dg.AssetKey], whole: str) -> list[str]:
    """What dbt is to build: all of ``whole`` by one selector, else what was chosen by name."""
    names = sorted(nodes[key] for key in chosen & nodes.keys())
    return [whole] if whole and names else names


def build_selected(
    dbt: Dbt,
    manifest: Mapping[str, Any],
    as_of: datetime,
    select: Sequence[str],
    exclude: Sequence[str],
) -> tuple[list[NodeResult], list[str]]:
    """Nothing where there is nothing to build: reports may be off, and dbt would build all."""
    if not select:
        return [], []
    left_out = refused_activations(manifest)  # they take no places of other campaigns
    return build_around_failures(dbt, as_of, select=select, exclude=exclude, left_out=left_out)
