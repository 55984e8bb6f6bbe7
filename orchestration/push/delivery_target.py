"""Where deliveries go: to the sandbox by default (one that runs for this home, or one for the
moment), or to the real vendors.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sluice.activations.destinations.registry import Endpoints
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.server import running_endpoints as running_endpoints
from sluice.orchestration.installation.settings import Settings


@contextmanager
def endpoints(settings: Settings) -> Iterator[Endpoints | None]:
    """Addresses of the sandbox, or None when SLUICE_DELIVERY=live: then each destination reads its
    own settings.
    """
    if settings.delivery == "live":
        yield None
        return
    running = running_endpoints(settings.home)
    if running is not None:
        yield running
        return
    with Sandbox(settings.home, content=settings.project.content) as sandbox:
        yield sandbox.endpoints()
