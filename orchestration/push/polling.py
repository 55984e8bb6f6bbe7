"""Fetching what vendors say that do not call: bounces in a mailbox, tasks that employees
confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

from sluice.activations.destinations import registry
from sluice.activations.destinations.base import Reporter
from sluice.activations.ledger.store import Ledger
from sluice.activations.settings import Declared
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.push.delivery_target import running_endpoints
from sluice.orchestration.runs.progress import tell

FIRST_LOOK = timedelta(days=7)
OVERLAP = timedelta(
    hours=1
)  # what was about to arrive when it was fetched last; repeats do no harm


def collect_receipts(settings: Settings, ledger: Ledger, destinations: Iterable[str]) -> int:
    """Fetch from every destination in use that has a mailbox or an interface for it.

    Returns how many were new.

    One that cannot be read is reported and stops nothing: the same is fetched in the next run. In
    the sandbox only one that is kept up can have something to tell.
    """
    sandbox = running_endpoints(settings.home) if settings.delivery == "sandbox" else None
    if settings.delivery == "sandbox" and sandbox is None:
        return 0
    reporters = [
        name
        for name in sorted(set(destinations))
        if hasattr(registry.entry(name).client, "fetch_receipts")
    ]
    said = declared(settings)
    return sum(_collect(ledger, name, sandbox, said) for name in reporters)


def _collect(ledger: Ledger, name: str, sandbox: registry.Endpoints | None, said: Declared) -> int:
    now = datetime.now(UTC)
    since = ledger.receipts_fetched_until(name, now - FIRST_LOOK)
    try:
        client = registry.build(name, sandbox, said)
    except ConfigurationError:
        return 0  # not set up: what it is to be sent says so
    try:
        new = ledger.receive(cast("Reporter", client).fetch_receipts(since), now)
    except Exception as error:  # whatever a mailbox holds
        tell(
            "land",
            f"receipts of {name} could not be fetched ({type(error).__name__}); they are fetched in"
            " the next run",
        )
        return 0
    finally:
        client.close()
    ledger.note_receipts_fetched(name, now - OVERLAP)
    return new
