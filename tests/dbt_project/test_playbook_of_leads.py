"""The playbook prospect_to_mql, evening after evening: each contact takes the branch of the rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.orchestration.authoring.playbooks.library import find_playbook
from tests.dbt_project.journey_runs import compiled, fill, run_day
from tests.dbt_project.journey_triggers import number_of

pytestmark = pytest.mark.slow
EVENING, DAY = datetime(2026, 6, 29, 13), timedelta(days=1)  # 21:00 in Shanghai
FORM = EVENING - timedelta(hours=1)
HANDOVER = {"journey_handover": {"score": ["nurture", 90], "event": "talk_requested"}}
TWICE, ONCE, NEVER, ASKED, HOT, LATE, HELD_BACK, WROTE, WROTE_ONLY = range(1, 10)
EVENTS = {
    TWICE: [("email_clicked", 1), ("email_clicked", 2)],
    ONCE: [("email_clicked", 1)],
    NEVER: [],
    ASKED: [("talk_requested", 3)],
    HOT: [],
    LATE: [("email_clicked", 4), ("email_clicked", 7)],
    HELD_BACK: [("email_clicked", 1), ("email_clicked", 1)],
    WROTE: [("email_clicked", 1), ("email_clicked", 2), ("wechat_text_reply", 1)],
    WROTE_ONLY: [("wechat_text_reply", 6)],
}
# the score from an evening on, as the scorecard nurture gives it after those clicks; of HELD_BACK
# a rule of the project took points away
SCORES = {
    TWICE: (80, 2),
    NEVER: (65, 7),
    HOT: (90, 2),
    LATE: (80, 7),
    HELD_BACK: (70, 1),
    WROTE: (80, 2),
    WROTE_ONLY: (65, 7),
}
ENDS = [
    (TWICE, "mql", "2026-07-02"),
    (ONCE, "one_click", "2026-07-06"),
    (NEVER, "not_yet", "2026-07-07"),
    (ASKED, "handed_over", "2026-07-02"),
    (HOT, "handed_over", "2026-07-01"),
    (LATE, "mql", "2026-07-07"),
    (HELD_BACK, "not_yet", "2026-07-01"),
    (WROTE, "mql", "2026-07-02"),
    (WROTE_ONLY, "not_yet", "2026-07-07"),
]
NODES = ("thanks", "cases", "video", "cases_by_wechat", "video_by_wechat")
MESSAGES = [
    *((contact, "thanks") for contact in EVENTS),
    *((contact, "cases") for contact in (TWICE, LATE, HELD_BACK)),
    (NEVER, "video"),
    (WROTE, "cases_by_wechat"),
    (WROTE_ONLY, "video_by_wechat"),
]


def leads() -> dict[str, Any]:
    """The journey as `sluice journeys new --from prospect_to_mql leads` writes it."""
    files = dict(find_playbook("prospect_to_mql").files("leads", "2026-06-29"))
    written = yaml.safe_load(files["models/journeys/steps_leads.yml"])
    journey: dict[str, Any] = written["models"][0]["config"]["meta"]["journey"]
    return journey


def set_day(connection: Any, day: int) -> None:
    """What is known on the evening of a day: events, and the totals of the score."""
    found = [(contact, "form_submitted", FORM) for contact in EVENTS]
    for contact, events in EVENTS.items():
        found += [(contact, kind, FORM + at * DAY - DAY / 2) for kind, at in events if at <= day]
    totals = {contact: score for contact, (score, at) in SCORES.items() if at <= day}
    connection.execute("delete from input.contact_events; delete from input.contact_scores")
    rows = [[n, who, kind, False, at, None] for n, (who, kind, at) in enumerate(sorted(found))]
    scores = [[contact, "nurture", totals.get(contact, 60)] for contact in EVENTS]
    fill(connection, {"contact_events": rows, "contact_scores": scores})


def send_all(connection: Any, now: datetime, sent: set[tuple[int, str]]) -> None:
    """The messages that contacts stand at go out in this run."""
    standing = connection.execute(
        "select enrolment_id, contact_id, to_node from journeys.journey_transitions"
        " qualify row_number() over (partition by enrolment_id order by step desc) = 1"
    ).fetchall()
    for enrolment, contact, node in standing:
        if node in NODES and (contact, node) not in sent:
            sent.add((contact, node))
            campaign = f"leads_v1_{node}"
            delivery = number_of("message", campaign, contact, enrolment)
            row = [delivery, "message", "accepted", campaign, delivery, contact, now]
            connection.execute("insert into ledger.receipts values (?, ?, ?, ?, ?, ?, ?)", row)


@pytest.mark.parametrize("variables", [{}, HANDOVER], ids=["by itself", "with the handover"])
def test_each_contact_takes_the_branch_of_the_rule(
    tmp_path: Path, home: Path, variables: dict[str, Any]
) -> None:
    sent: set[tuple[int, str]] = set()
    for connection, sql, _ in compiled(tmp_path, home, {"leads": leads()}, variables):
        fill(connection, {"dim_contacts": [[contact, False, None] for contact in EVENTS]})
        for day in range(11):
            set_day(connection, day)
            run_day(connection, sql, EVENING + day * DAY)
            send_all(connection, EVENING + day * DAY, sent)
        ends = connection.execute(
            "select contact_id, reason, cast(recorded_at as date)::varchar from"
            " journeys.journey_transitions where to_node is null order by 1"
        ).fetchall()
        tagged = connection.execute(
            "select contact_id, action, subject from journeys.journey_actions order by 1"
        ).fetchall()
    assert ends == ENDS
    assert sent == set(MESSAGES)
    assert tagged == [(one, "add_tag", "mql") for one in (TWICE, LATE, WROTE)]
