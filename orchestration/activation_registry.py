"""Which campaigns and syncs there are: read from the manifest, so a new .sql and .yml is all it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from models.config import CampaignConfig, SyncConfig
from models.errors import ConfigurationError


@dataclass(frozen=True)
class Activation:
    """One campaign or sync: its name, its dbt model, its kind ('message' or 'sync') and its checked configuration."""

    name: str
    model: str
    kind: str
    config: CampaignConfig | SyncConfig

    @property
    def destination(self) -> str:
        """Name of the destination in the registry."""
        return self.config.destination

    @property
    def outbox_model(self) -> str:
        """The dbt model that says what is due."""
        return "out_messages" if self.kind == "message" else "out_sync_operations"


def find_activations(manifest: Mapping[str, Any]) -> list[Activation]:
    """Every ``campaign_*`` and ``sync_*`` model of the manifest, by name. Raises ConfigurationError for a bad yml."""
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model" and n["fqn"][1] == "activation"]
    found = [_activation(node) for node in sorted(models, key=lambda n: str(n["name"]))]
    return [activation for activation in found if activation is not None]


def _activation(node: Mapping[str, Any]) -> Activation | None:
    name, meta = str(node["name"]), node["config"].get("meta", {})
    try:
        if name.startswith("campaign_"):
            return Activation(name.removeprefix("campaign_"), name, "message", CampaignConfig(**meta["campaign"]))
        if name.startswith("sync_"):
            return Activation(name.removeprefix("sync_"), name, "sync", SyncConfig(**meta["sync"]))
    except KeyError as error:
        raise ConfigurationError(
            f"{node['original_file_path']} has no config.meta.{error.args[0]}", "add it to its yml"
        ) from error
    except ValidationError as error:
        details = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(f"config.meta of {name} is wrong: {details}", f"correct it in {name}.yml") from error
    return None
