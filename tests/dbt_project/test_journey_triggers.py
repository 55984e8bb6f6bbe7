"""What lets a contact in, by examples."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.journey_runs import BARE, compiled, fill, run_day

pytestmark = pytest.mark.slow
JOURNEYS = {
    "birthday": {**BARE, "trigger": {"date": "birth_date"}, "reentry": "each"},
    "renewal": {**BARE, "trigger": {"date": "renewal", "before_days": 14, "yearly": False}},
    "hot": {**BARE, "trigger": {"score": ["nurture", 80]}},
    "sales": {**BARE, "trigger": {"stage": ["b2b", "mql", "sql"]}},
    "friends": {**BARE, "trigger": {"referrals": {"at_least": 3}}},
    "buyers": {**BARE, "trigger": {"referrals": {"at_least": 2, "who": "bought"}}},
    "tagged": {**BARE, "trigger": {"tag": "vip"}},
}


def test_each_trigger_lets_in_at_its_own_moment(tmp_path: Path, home: Path) -> None:
    """The third friend who came lets in, and the second one who bought. A birthday on 29 February is kept on 28 February in other years; a renewal that is near, a
    score that goes up over 80, a stage and a tag let in once.
    """
    for connection, sql, _ in compiled(tmp_path, home, JOURNEYS):
        noon = datetime(2027, 2, 27, 4)
        earlier, later = datetime(2027, 2, 27, 3), datetime(2027, 2, 28, 1)
        rows: dict[str, list[Any]] = {
            "dim_contacts": [[1, False, date(2000, 2, 29)], [2, False, date(1990, 12, 31)]],
            "contact_attributes": [[1, "renewal", "2027年3月14日"], [2, "renewal", "soon"]],
            "score_changes": [[1, "nurture", 70, 85, noon], [2, "nurture", 85, 80, noon]],
            "lifecycle_transitions": [[1, "b2b", "sql", noon], [2, "b2b", "lead", noon]],
            "referrals": [
                [11, 1, noon, later],
                [12, 1, noon, None],
                [13, 1, later, earlier],
                [14, 2, noon, noon],
                [15, 2, noon, None],
            ],
            "tag_changes": [["vip", 1, "exited", noon], ["vip", 2, "entered", noon]],
        }
        fill(connection, rows)
        for day in (datetime(2027, 2, 28, 13), datetime(2028, 2, 28, 13), datetime(2028, 3, 2, 13)):
            run_day(connection, sql, day)
        entered = connection.execute(
            "select journey, contact_id, moved_at from journeys.journey_transitions"
            " where reason = 'entered' order by 1, 3"
        ).fetchall()
        assert entered == [
            ("birthday", 1, datetime(2027, 2, 27, 16)),
            ("birthday", 1, datetime(2028, 2, 28, 16)),
            ("buyers", 1, later),
            ("friends", 1, later),
            ("hot", 1, noon),
            ("renewal", 1, datetime(2027, 2, 27, 16)),
            ("sales", 1, noon),
            ("tagged", 2, noon),
        ]
