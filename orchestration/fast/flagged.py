"""What the fast lane sends: the campaigns and journeys whose yml says ``fast: true``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sluice.models.config import CampaignConfig
from sluice.models.journey import PREFIX, journey_name
from sluice.orchestration.plan.activation_registry import Activation, find_activations


@dataclass(frozen=True)
class Flagged:
    """The fast activations, and the journeys among them by name."""

    activations: Sequence[Activation]

    @property
    def campaigns(self) -> list[str]:
        """Their names in the ledger."""
        return [one.name for one in self.activations]

    @property
    def journeys(self) -> list[str]:
        """The fast journeys."""
        models = {one.model for one in self.activations if one.model.startswith(PREFIX)}
        return sorted({journey_name(model) for model in models})


def find_flagged(manifest: Mapping[str, Any]) -> Flagged:
    """What is fast in a project; what is wrong with a yml, a run says."""
    problems: list[str] = []
    found = find_activations(manifest, problems)
    return Flagged(
        [one for one in found if isinstance(one.config, CampaignConfig) and one.config.fast]
    )
