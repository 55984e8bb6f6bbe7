"""Which campaigns and syncs there are: read from the manifest, so a new .sql and .yml is all it
takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sluice.models.config import CampaignConfig, SyncConfig
from sluice.models.errors import ConfigurationError
from sluice.orchestration.landing.tables import RAW_SCHEMA
from sluice.orchestration.plan.audience import check_audience
from sluice.orchestration.plan.engagement import untold_events

HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0}


@dataclass(frozen=True)
class Source:
    """A raw table that an activation reads, however far below.

    ``loaded_at``: SQL for the time of a row, UTC, or empty: then it is as new as its landing.
    ``limit_hours``: what ``freshness.error_after`` of its yml allows; None where it says nothing.
    """

    table: str
    loaded_at: str
    limit_hours: float | None


@dataclass(frozen=True)
class Activation:
    """One campaign or sync: its name, its dbt model, its kind ('message' or 'sync'), its checked
    configuration, what it reads.
    """

    name: str
    model: str
    kind: str
    config: CampaignConfig | SyncConfig
    sources: tuple[Source, ...] = ()
    untold: tuple[
        str, ...
    ] = ()  # opens and clicks that its segments ask for and nobody tells, in words

    @property
    def destination(self) -> str:
        """Name of the destination in the registry."""
        return self.config.destination

    @property
    def outbox_model(self) -> str:
        """The dbt model that says what is due."""
        return "out_messages" if self.kind == "message" else "out_sync_operations"


def find_activations(
    manifest: Mapping[str, Any], problems: list[str] | None = None
) -> list[Activation]:
    """Every ``campaign_*`` and ``sync_*`` model of the manifest, by name.

    What is wrong with a yml is added to ``problems``, and its activation is left out; without them,
    raises ConfigurationError.
    """
    models = [
        n
        for n in manifest["nodes"].values()
        if n["resource_type"] == "model" and n["fqn"][1] == "activation"
    ]
    found: list[Activation] = []
    for node in sorted(models, key=lambda n: str(n["name"])):
        try:
            activation = _activation(node, manifest)
        except ConfigurationError as error:
            if problems is None:
                raise
            problems.append(f"{error.message}; nothing of it is sent -> {error.fix}")
        else:
            found += [activation] if activation is not None else []
    return found


def _activation(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> Activation | None:
    name, meta = str(node["name"]), node["config"].get("meta", {})
    try:
        if name.startswith("campaign_"):
            config = CampaignConfig(**meta["campaign"])
            segment = check_audience(node, config.segment, manifest)
            untold = tuple(_untold(name, manifest))
            return Activation(
                name.removeprefix("campaign_"),
                name,
                "message",
                config.model_copy(update={"segment": segment}),
                _sources(node, manifest),
                untold,
            )
        if name.startswith("sync_"):
            return Activation(
                name.removeprefix("sync_"),
                name,
                "sync",
                SyncConfig(**meta["sync"]),
                _sources(node, manifest),
            )
    except KeyError as error:
        raise ConfigurationError(
            f"{node['original_file_path']} has no config.meta.{error.args[0]}", "add it to its yml"
        ) from error
    except ValidationError as error:
        details = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(
            f"config.meta of {name} is wrong: {details}", f"correct it in {name}.yml"
        ) from error
    return None


def _sources(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> tuple[Source, ...]:
    above, frontier = set(), {str(node["unique_id"])}
    while frontier:
        above |= frontier
        frontier = {
            parent for key in frontier for parent in manifest["parent_map"].get(key, [])
        } - above
    read = [
        source
        for key, source in sorted(manifest["sources"].items())
        if key in above and source["schema"] == RAW_SCHEMA
    ]
    return tuple(
        Source(str(one["name"]), str(one.get("loaded_at_field") or ""), _limit_hours(one))
        for one in read
    )


def _untold(campaign: str, manifest: Mapping[str, Any]) -> list[str]:
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    texts = {str(node["name"]): str(node.get("raw_code") or "") for node in models}
    metas = {
        name: node["config"].get("meta", {}).get("campaign", {})
        for node in models
        if (name := str(node["name"])) in texts
    }
    campaigns = {name: meta for name, meta in metas.items() if meta}
    return [one.describe() for one in untold_events(campaign, texts, campaigns)]


def _limit_hours(source: Mapping[str, Any]) -> float | None:
    after = (source.get("freshness") or {}).get("error_after") or {}
    count, period = after.get("count"), after.get("period")
    return float(count) * HOURS[period] if count and period else None
