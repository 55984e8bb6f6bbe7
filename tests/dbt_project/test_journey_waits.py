"""Waits until a date of the contact's and until its active hours, by examples."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.journey_runs import BARE, compiled, fill, run_day

pytestmark = pytest.mark.slow
UNTIL = {"attribute": "renewal", "minus": "14 days"}
DONE = {"exit": "finished"}
JOURNEY = {**BARE, "trigger": {"event": "signed_up"}, "enters_within": "52 weeks"}
JOURNEYS = {
    "renewal": {**JOURNEY, "nodes": {"stay": {"wait_until": UNTIL, "next": "done"}, "done": DONE}},
    "strict": {**JOURNEY, "nodes": {"stay": {"wait_until": UNTIL, "if_missing": "exit"}}},
    "hours": {**JOURNEY, "nodes": {"stay": {"wait_until": "active_hours"}}},
    "clock": {
        **JOURNEY,
        "starts_on": "2026-01-01",
        "reentry": "each",
        "trigger": {"event": "clocks_change"},
        "nodes": {"stay": {"wait_until": "21:00", "time_zone": "America/New_York"}},
    },
}
CHANGES = [datetime(2026, 3, 8, 12), datetime(2026, 11, 1, 12)]  # days on which clocks change


def test_a_wait_ends_on_the_contacts_own_date_and_hours(tmp_path: Path, home: Path) -> None:
    """1 renews in three weeks, 2 renewed long ago, of 3 no date is known. A time of the day is that
    of the zone on the day, also when summer time begins and ends.
    """
    noon = datetime(2026, 7, 1, 4)
    for connection, sql, _ in compiled(tmp_path, home, JOURNEYS):
        rows: dict[str, list[Any]] = {
            "dim_contacts": [[one, False, None] for one in (1, 2, 3)],
            "contact_events": [
                *([one, one, "signed_up", False, noon, None] for one in (1, 2, 3)),
                *([4 + n, 1, "clocks_change", False, at, None] for n, at in enumerate(CHANGES)),
            ],
            "contact_attributes": [[1, "renewal", "2026-07-22"], [2, "renewal", "2025-07-22"]],
            "contact_channels": [[1, 11, 13, True], [2, 8, 10, True]],
        }
        fill(connection, rows)
        for day in (noon, datetime(2026, 7, 20), datetime(2026, 11, 3)):
            run_day(connection, sql, day)
        left = connection.execute(
            "select journey, contact_id, to_node, reason, moved_at from"
            " journeys.journey_transitions where from_node = 'stay' order by 1, 2, 5"
        ).fetchall()
        assert left == [
            ("clock", 1, None, "waited", datetime(2026, 3, 9, 1)),
            ("clock", 1, None, "waited", datetime(2026, 11, 2, 2)),
            ("hours", 1, None, "waited", noon),
            ("hours", 2, None, "waited", datetime(2026, 7, 2)),
            ("hours", 3, None, "waited", datetime(2026, 7, 1, 11)),
            ("renewal", 1, "done", "waited", datetime(2026, 7, 7, 16)),
            ("renewal", 2, "done", "past", noon),
            ("renewal", 3, "done", "missing", noon),
            ("strict", 1, None, "waited", datetime(2026, 7, 7, 16)),
            ("strict", 2, None, "past", noon),
            ("strict", 3, None, "missing", noon),
        ]
