"""What other packages bring, found by their entry points: destinations, and the vendors that stand
in for them in the sandbox.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from sluice.models.errors import ConfigurationError

DESTINATIONS = "sluice.destinations"
VENDORS = "sluice.sandbox_vendors"


def names(group: str) -> list[str]:
    """The names that installed packages give in a group, sorted. Nothing of them is imported."""
    return sorted({point.name for point in entry_points(group=group)})


def load(group: str, name: str) -> Any:
    """What a name stands for.

    Raises ConfigurationError when two packages give it, or when its package cannot be imported.
    """
    found = list(
        {
            (point.value, _package(point)): point for point in entry_points(group=group, name=name)
        }.values()
    )
    if len(found) > 1:
        packages = " and ".join(sorted(_package(point) for point in found))
        raise ConfigurationError(
            f"'{name}' is given by {packages}", "uninstall one of the packages"
        )
    try:
        return found[0].load()
    except Exception as error:  # whatever a package does when it is imported, the others work on
        cause = f": {error}" if isinstance(error, ImportError | AttributeError) else ""
        raise ConfigurationError(
            f"'{name}' of the package {_package(found[0])} cannot be loaded"
            f" ({type(error).__name__}{cause})",
            f"fix or uninstall the package, whose entry point is {found[0].value}",
        ) from error


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown package"
