"""What is looked at before the first step of a run, once the files are known to be whole."""

from __future__ import annotations

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.histories import catch_up
from sluice.orchestration.recovery.standing import require_same_ledger
from sluice.orchestration.rights.secret import require_none_begun


def guard_home(settings: Settings, ledger: Ledger) -> None:
    """Raises BlockedError for another ledger than this home has used, or an older copy of it, and
    for an erasure that was cut off.

    A warehouse that was lost, or is an older copy, is given the histories that the journal holds.
    """
    require_none_begun(ledger)
    require_same_ledger(settings, ledger)
    catch_up(settings)
