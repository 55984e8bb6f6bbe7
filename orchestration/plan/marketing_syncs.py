"""Which syncs carry people to a marketing vendor: their people are asked for at the claim too."""

from __future__ import annotations

from sluice.activations.destinations import registry
from sluice.models.config import SyncConfig
from sluice.orchestration.plan.activation_registry import Activation


def carries_people(activation: Activation) -> bool:
    """Whether it puts people on a list, or goes to a vendor that asks for a consent of its own.

    Raises ConfigurationError for a destination that there is none of.
    """
    config = activation.config
    if not isinstance(config, SyncConfig):
        return False
    return config.mode == "membership" or registry.entry(config.destination).consent is not None
