"""Which campaigns and syncs there are: read from the manifest, so a new .sql and .yml is all it
takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sluice.models.config import CampaignConfig, SyncConfig
from sluice.models.errors import ConfigurationError
from sluice.models.journey import PREFIX, JourneyConfig, journey_name
from sluice.models.validation import problems_of
from sluice.orchestration.landing.tables import RAW_SCHEMA, is_existing, schema_name
from sluice.orchestration.plan.audience import check_audience
from sluice.orchestration.plan.engagement import is_served, untold_events

HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0}


@dataclass(frozen=True)
class Source:
    """A raw table that an activation reads, however far below; ``relation``: of one that somebody
    else keeps in the warehouse, where it is.

    ``loaded_at``: SQL for the time of a row, UTC, or empty: then it is as new as its landing.
    ``limit_hours``: what ``freshness.error_after`` of its yml allows; None where it says nothing.
    """

    table: str
    loaded_at: str
    limit_hours: float | None
    relation: str = ""

    @property
    def sql(self) -> str:
        """The table, for a query."""
        return self.relation or f'{RAW_SCHEMA}."{self.table}"'


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
    def folder(self) -> str:
        """Where its dbt model is: 'activation', or 'journeys' of a message of a journey."""
        return "journeys" if self.model.startswith(PREFIX) else "activation"

    @property
    def outbox_model(self) -> str:
        """The dbt model that says what is due."""
        return "out_messages" if self.kind == "message" else "out_sync_operations"


def find_activations(
    manifest: Mapping[str, Any], problems: list[str] | None = None
) -> list[Activation]:
    """Every ``campaign_*`` and ``sync_*`` model of the manifest, and every message of a journey, by
    name.

    What is wrong with a yml is added to ``problems``, and its activation is left out; without them,
    raises ConfigurationError.
    """
    found: list[Activation] = []
    for _, activation in _read_each(manifest):
        if isinstance(activation, Activation):
            found.append(activation)
        elif problems is None:
            raise activation
        else:
            problems.append(f"{activation.message}; nothing of it is sent -> {activation.fix}")
    return found


def refused_activations(manifest: Mapping[str, Any]) -> list[str]:
    """Names of the models of campaigns and syncs that are left out of a run: what is wrong with
    their ymls, or in doubt, ``find_activations`` says.
    """
    return [name for name, one in _read_each(manifest) if not isinstance(one, Activation)]


def _read_each(
    manifest: Mapping[str, Any],
) -> Iterator[tuple[str, Activation | ConfigurationError]]:
    models = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "activation"
    ]
    for node in sorted(models, key=lambda one: str(one["name"])):
        try:
            activation = _activation(node, manifest)
        except ConfigurationError as error:
            yield str(node["name"]), error
        else:
            if activation is not None:
                yield activation.model, activation
    yield from _read_journeys(manifest)


def _read_journeys(
    manifest: Mapping[str, Any],
) -> Iterator[tuple[str, Activation | ConfigurationError]]:
    """Each message of a journey is an activation; one that cannot be read stops its journey."""
    for node in journey_nodes(manifest):
        name = str(node["name"])
        try:
            journey = JourneyConfig.model_validate(node["config"].get("meta", {}).get("journey"))
        except ValidationError as error:
            yield name, _refused(name, error)
            continue
        sources = _sources(node, manifest)
        for campaign, config in journey.campaigns(journey_name(name)).items():
            yield name, Activation(campaign, name, "message", config, sources)


def journey_nodes(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The models of journeys, every version of each, by name."""
    found = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["fqn"][1] == "journeys"
        and str(node["name"]).startswith(PREFIX)
    ]
    return sorted(found, key=lambda one: str(one["name"]))


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
        raise _refused(name, error) from error
    return None


def _refused(model: str, error: ValidationError) -> ConfigurationError:
    message = f"config.meta of {model} is wrong: {'; '.join(problems_of(error))}"
    return ConfigurationError(message, f"correct it in {model}.yml")


def _sources(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> tuple[Source, ...]:
    above, frontier = set(), {str(node["unique_id"])}
    while frontier:
        above |= frontier
        frontier = {
            parent for key in frontier for parent in manifest["parent_map"].get(key, [])
        } - above
    read = [source for key, source in sorted(manifest["sources"].items()) if key in above]
    return tuple(
        source_of(one, manifest)
        for one in read
        if one["schema"] == schema_name(RAW_SCHEMA, manifest) or is_existing(one, manifest)
    )


def source_of(source: Mapping[str, Any], manifest: Mapping[str, Any]) -> Source:
    """The age that a source may have, and where it is read. Raises ConfigurationError for a limit
    of a table that says nothing of when it was loaded.
    """
    loaded_at, limit = str(source.get("loaded_at_field") or ""), _limit_hours(source)
    if not is_existing(source, manifest):
        return Source(str(source["name"]), loaded_at, limit)
    if limit is not None and not loaded_at:
        place = f"{source['source_name']}.{source['name']}"
        raise ConfigurationError(
            f"{source['original_file_path']} limits the age of {place}, and does not say when its"
            " rows were loaded",
            "name the column: loaded_at_field",
        )
    return Source(str(source["name"]), loaded_at, limit, str(source["relation_name"]))


def _untold(campaign: str, manifest: Mapping[str, Any]) -> list[str]:
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    texts = {str(node["name"]): str(node.get("raw_code") or "") for node in models}
    metas = {
        name: node["config"].get("meta", {}).get("campaign", {})
        for node in models
        if (name := str(node["name"])) in texts
    }
    campaigns = {name: meta for name, meta in metas.items() if meta}
    return [one.describe() for one in untold_events(campaign, texts, campaigns, is_served())]


def _limit_hours(source: Mapping[str, Any]) -> float | None:
    after = (source.get("freshness") or {}).get("error_after") or {}
    count, period = after.get("count"), after.get("period")
    return float(count) * HOURS[period] if count and period else None
