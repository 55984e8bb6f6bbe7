"""What the name in ``sluice pause NAME`` means, and who is at the keyboard."""

from __future__ import annotations

import getpass
import os

from sluice.activations.destinations import registry
from sluice.activations.ledger.pauses import ALL, CAMPAIGN, DESTINATION
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings


def scope_of(settings: Settings, name: str) -> str:
    """The scope of a name: all, destination or campaign (also a sync).

    Raises ConfigurationError with the names there are.

    The project is read only for the name of a campaign or sync: all, and a destination, can be
    paused when it is broken.
    """
    if name == ALL:
        return ALL
    if name in registry.names():
        return DESTINATION
    names = activation_names(settings)
    if name in names:
        return CAMPAIGN
    raise ConfigurationError(
        f"nothing is named '{name}'", f"use one of {', '.join([ALL, *registry.names(), *names])}"
    )


def activation_names(settings: Settings) -> list[str]:
    """The campaigns and syncs of the project."""
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.plan.activation_registry import find_activations

    return [activation.name for activation in find_activations(Dbt(settings).manifest)]


def person() -> str:
    """The name under which what a person does is recorded: SLUICE_USER, else the login name."""
    if named := os.environ.get("SLUICE_USER", "").strip():
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
