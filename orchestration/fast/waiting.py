"""What waits for the fast lane: the events of the inbox that no run and no pass has decided about.

How far the lane got is a file of its folder. Losing it costs a pass over what the last run did not
land, and sends nothing twice: the ledger knows what was sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sluice.activations.inbox.store import Inbox
from sluice.activations.ledger.store import Ledger
from sluice.activations.private_files import write_private
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.inbox import open_inbox

FOLDER, PLACE = "fast", "place.json"


@dataclass(frozen=True)
class Waiting:
    """Events that came after ``after``, up to the event ``last`` with its key; ``oldest``: when the
    first of them came, aware UTC.
    """

    after: int
    last: int
    key: str
    count: int
    oldest: datetime


def folder_of(settings: Settings) -> Path:
    """The lane's folder in the home."""
    return settings.home / FOLDER


def find_waiting(settings: Settings, ledger: Ledger, until: datetime) -> Waiting | None:
    """The events that wait, of those that came by ``until`` (aware UTC); None where none does. Of
    what came before the last run, that run decided.
    """
    limit = until.astimezone(UTC).replace(tzinfo=None)
    run = next((one.as_of for one in ledger.past_runs(until)), datetime(1, 1, 1))
    with open_inbox(settings) as inbox:
        after = _place(settings, inbox)
        rows = [
            row
            for batch in inbox.events_after(after)
            for row in batch
            if run < row["received_at"] <= limit
        ]
    if not rows:
        return None
    oldest = min(row["received_at"] for row in rows).replace(tzinfo=UTC)
    return Waiting(
        rows[0]["event_id"] - 1, rows[-1]["event_id"], rows[-1]["event_key"], len(rows), oldest
    )


def minutes_behind(settings: Settings, ledger: Ledger) -> float:
    """For how many minutes the first of the events that wait has waited; 0 where none does."""
    now = datetime.now(UTC)
    found = find_waiting(settings, ledger, now)
    return 0.0 if found is None else (now - found.oldest).total_seconds() / 60


def note_place(settings: Settings, event_id: int, event_key: str) -> None:
    """Note that everything up to this event is decided about."""
    folder_of(settings).mkdir(mode=0o700, exist_ok=True)
    write_private(folder_of(settings) / PLACE, json.dumps([event_id, event_key]))


def _place(settings: Settings, inbox: Inbox) -> int:
    """0 for an inbox that is new since."""
    for event_id, event_key in _read(folder_of(settings) / PLACE):
        return event_id if inbox.has(event_id, event_key) else 0
    return 0


def _read(path: Path) -> Iterator[tuple[int, str]]:
    try:
        event_id, event_key = json.loads(path.read_text(encoding="utf-8"))
        yield int(event_id), str(event_key)
    except (OSError, ValueError, TypeError):
        return
