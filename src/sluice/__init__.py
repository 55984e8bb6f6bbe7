"""Sluice: marketing automation that runs in the data warehouse.

The public surface for authors of destinations and for a company's own code. Everything else may
change between versions. The folders beside this file are links to those at the top of the
repository (docs/decisions/0043); a wheel carries them as ordinary folders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sluice._version import __version__ as __version__

if TYPE_CHECKING:
    from sluice.activations.destinations.base import (
        CallbackAnswer as CallbackAnswer,
        CallbackRequest as CallbackRequest,
        Destination as Destination,
        Reconciler as Reconciler,
        Reporter as Reporter,
    )
    from sluice.activations.destinations.registry import Entry as Entry
    from sluice.activations.destinations.testing import Conformance as Conformance
    from sluice.activations.settings import DestinationSettings as DestinationSettings
    from sluice.models.delivery import (
        Capabilities as Capabilities,
        DeliveryState as DeliveryState,
        ItemResult as ItemResult,
        Message as Message,
        Outcome as Outcome,
        Receipt as Receipt,
        SyncOperation as SyncOperation,
        Withdrawal as Withdrawal,
    )
    from sluice.orchestration.code_location.building import definitions as definitions

# name -> its module, imported when the name is first asked for: `import sluice` stays cheap
_PUBLIC = {
    "CallbackAnswer": "sluice.activations.destinations.base",
    "CallbackRequest": "sluice.activations.destinations.base",
    "Capabilities": "sluice.models.delivery",
    "Conformance": "sluice.activations.destinations.testing",
    "DeliveryState": "sluice.models.delivery",
    "Destination": "sluice.activations.destinations.base",
    "DestinationSettings": "sluice.activations.settings",
    "Entry": "sluice.activations.destinations.registry",
    "ItemResult": "sluice.models.delivery",
    "Message": "sluice.models.delivery",
    "Outcome": "sluice.models.delivery",
    "Receipt": "sluice.models.delivery",
    "Reconciler": "sluice.activations.destinations.base",
    "Reporter": "sluice.activations.destinations.base",
    "SyncOperation": "sluice.models.delivery",
    "Withdrawal": "sluice.models.delivery",
    "definitions": "sluice.orchestration.code_location.building",
}
__all__ = ["__version__", *sorted(_PUBLIC)]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'sluice' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
