"""Whether the warehouse and the ledger are whole and belong together, and when they were backed
up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sluice.activations.ledger.store import Ledger
from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.recovery.files import (
    ledger_file,
    require_whole_ledger,
    require_whole_warehouse,
)
from sluice.orchestration.recovery.standing import FIX, standing
from sluice.orchestration.recovery.witness import read_note

FILES, LEDGER, BACKUP = "files", "ledger", "backup"
OLDEST_DAYS = 7
HOW = "sluice backup DIR"


def check_files(settings: Settings) -> Iterator[Finding]:
    """Reads both files through: a damaged one is raised, with how to fix it."""
    require_whole_ledger(settings.ledger)
    if not settings.warehouse.exists():
        yield Finding(check=FILES, state="ok", words="there is no warehouse yet")
        return
    require_whole_warehouse(settings.warehouse)
    yield Finding(check=FILES, state="ok", words="the warehouse and the ledger are whole")


def check_ledger(settings: Settings) -> Iterator[Finding]:
    """The ledger is the one this home has always used, and as far as it was."""
    path = ledger_file(settings.ledger)
    if path is not None and not path.exists() and not settings.warehouse.exists():
        yield Finding(check=LEDGER, state="ok", words="there is no ledger yet")
        return
    found = standing(settings, Ledger(settings.ledger))
    if found.state == "same":
        yield Finding(
            check=LEDGER,
            state="ok",
            words=f"receipts up to {found.held:,}, landed up to {found.landed:,}",
        )
    else:
        yield Finding(check=LEDGER, state="failed", words=found.words(), fix=FIX)


def check_backup(settings: Settings) -> Iterator[Finding]:
    """When the parts were last backed up; a ledger on a server has its own backup."""
    note = read_note(settings.home)
    parts = ["warehouse"] if settings.warehouse.home_file is not None else []
    parts += ["ledger"] if ledger_file(settings.ledger) is not None else []
    times = [note.get(f"{part}_backup") for part in parts]
    if not parts or not settings.warehouse.exists():
        return
    if None in times:
        yield Finding(
            check=BACKUP, state="warning", words="there is no backup of this home", fix=HOW
        )
        return
    oldest = min(datetime.fromisoformat(str(one)) for one in times)
    days = (datetime.now(UTC) - oldest).days
    state, fix = ("warning", HOW) if days > OLDEST_DAYS else ("ok", "")
    yield Finding(
        check=BACKUP,
        state=state,
        words=f"the last backup is of {oldest:%Y-%m-%d %H:%M} UTC",
        fix=fix,
    )
