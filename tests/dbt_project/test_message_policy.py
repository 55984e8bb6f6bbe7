"""Pauses, tests, pilots, ramps, approvals and hours, run after run: what is held goes out later,
once, or never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sluice.activations.ledger import pauses
from sluice.activations.ledger.approvals import approve
from sluice.activations.ledger.receiving import receive
from sluice.models.delivery import DeliveryState, Receipt
from tests.dbt_project.message_project import MessageProject

pytestmark = pytest.mark.slow
EVENING = datetime(2026, 6, 29, 13, tzinfo=UTC)  # 21:00 in Shanghai
DAY = timedelta(days=1)
MANY = range(1, 121)


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[MessageProject]:
    made = MessageProject(tmp_path / "project", home)
    yield made
    made.ledger.engine.dispose()


def test_what_a_pause_held_is_sent_once_after_it(project: MessageProject) -> None:
    project.add_contacts([1, 2, 3])
    project.write_campaign("news", [1, 2, 3])
    pauses.pause(
        project.ledger.engine,
        pauses.DESTINATION,
        "smtp",
        "the mailer is being fixed",
        "ann",
        EVENING,
    )
    assert project.run(EVENING) == {1: "paused", 2: "paused", 3: "paused"}
    assert project.received() == []
    pauses.resume(project.ledger.engine, "smtp")
    assert project.run(EVENING + DAY) == {1: "due", 2: "due", 3: "due"}
    assert project.run(EVENING + 2 * DAY) == dict.fromkeys([1, 2, 3], "already_sent")
    assert project.received() == [1, 2, 3]


def test_a_campaign_goes_from_test_to_pilot_to_all(project: MessageProject) -> None:
    """Contact 1 is one of our own; 2 never consented: the pilot of 3 is drawn among the others, and
    stays who it was.
    """
    contacts = range(1, 9)
    project.add_contacts(contacts)
    project.set_rows("contact_tags", [(1, "internal"), (3, "student")])
    project.set_rows(
        "contact_consents",
        [(contact, "email", "marketing", "granted") for contact in contacts if contact != 2],
    )
    project.write_campaign("news", contacts, stage="test")
    assert Counter(project.run(EVENING).values()) == {"due": 1, "no_consent": 1, "test_mode": 6}
    assert project.received() == [1]

    project.write_campaign("news", contacts, stage="pilot", pilot_size=3)
    tried = project.run(EVENING + DAY)
    assert Counter(tried.values()) == {"already_sent": 1, "no_consent": 1, "due": 3, "pilot": 3}
    sample = {contact for contact, reason in tried.items() if reason == "due"}
    again = project.run(EVENING + 2 * DAY)
    assert {contact for contact, reason in again.items() if reason == "already_sent"} == {
        1,
        *sample,
    }
    project.write_campaign(
        "news",
        [contact for contact in contacts if contact not in sample],
        stage="pilot",
        pilot_size=3,
    )
    assert (
        "due" not in project.run(EVENING + 3 * DAY).values()
    )  # who left the audience is in the sample all the same

    project.write_campaign("news", contacts)
    project.run(EVENING + 4 * DAY)
    assert project.received() == [1, 3, 4, 5, 6, 7, 8]


def test_a_ramp_grows_by_the_day_and_ends_with_all(project: MessageProject) -> None:
    project.add_contacts(MANY)
    project.write_campaign("news", MANY, stage="ramp")
    received = []
    for day in range(4):
        project.run(EVENING + day * DAY)
        received.append(len(project.received()))
    assert 0 < received[0] <= 0.2 * len(MANY) < 0.35 * len(MANY) < received[1] < 0.65 * len(MANY)
    assert received[2:] == [len(MANY)] * 2
    assert sorted(project.received()) == list(MANY)


def test_a_ramp_halts_above_its_rates_until_it_begins_anew(project: MessageProject) -> None:
    project.add_contacts(MANY)
    project.write_campaign("news", MANY, stage="ramp", max_bounce_rate=0.05)
    for day in range(2):
        project.run(EVENING + day * DAY)
    sent = len(project.received())
    bounce(project, sent // 20)  # at the rate, not above it
    assert "ramp_halted" not in project.run(EVENING + DAY).values()
    bounce(project, sent // 20 + 1)
    assert Counter(project.run(EVENING + 2 * DAY).values()) == {
        "already_sent": sent,
        "ramp_halted": len(MANY) - sent,
    }
    assert len(project.received()) == sent
    project.write_campaign("news", MANY, stage="test")
    project.run(EVENING + 3 * DAY)
    project.write_campaign("news", MANY, stage="ramp", max_bounce_rate=0.05)
    assert set(project.run(EVENING + 4 * DAY).values()) == {
        "already_sent",
        "ramp",
    }  # its first day: whom it reaches, it had


def bounce(project: MessageProject, count: int) -> None:
    """The mailer says that the first so many of the messages that were sent bounced."""
    sql = (
        "select message_id from activation.message_decisions where reason in ('due',"
        f" 'already_sent') order by 1 limit {count}"
    )
    receive(
        project.ledger.engine,
        [Receipt(DeliveryState.BOUNCED, EVENING, row[0]) for row in project.query(sql)],
        EVENING,
    )


def test_a_large_campaign_waits_for_its_approval(project: MessageProject) -> None:
    """Up to a size: a larger run waits again. The small campaign beside it goes out."""
    project.add_contacts(range(1, 9))
    project.write_campaign("large", [1, 2, 3], approval_above=2)
    project.write_campaign("small", [6], approval_above=2)
    assert project.run(EVENING) == {**dict.fromkeys([1, 2, 3], "not_approved"), 6: "due"}
    assert project.received() == [6]
    approve(project.ledger.engine, "large", "approval", "ann", "the text was read", EVENING, size=3)
    assert project.run(EVENING + DAY) == {**dict.fromkeys([1, 2, 3], "due"), 6: "already_sent"}
    project.write_campaign("large", [1, 2, 3, 4, 5, 7, 8], approval_above=2)
    assert Counter(project.run(EVENING + 2 * DAY).values()) == {
        "already_sent": 4,
        "not_approved": 4,
    }
    assert project.received() == [1, 2, 3, 6]


def test_active_hours_hold_the_run_of_21_00_until_they_open(project: MessageProject) -> None:
    """From 19:00 to 21:00; contact 2 entered the segment long ago when they open, and is too
    late.
    """
    project.add_contacts([1, 2, 3])
    project.set_rows("contact_channels", [(1, 19, 21, True), (2, 19, 21, True), (3, 20, 22, True)])
    entered = EVENING.replace(tzinfo=None)
    project.set_rows(
        "int_audience_members",
        [("new", 1, entered), ("new", 2, entered - 2 * DAY), ("new", 3, entered)],
    )
    project.write_campaign(
        "news", [1, 2, 3], segment="new", send_at="active_hours", expires_after_hours=60
    )
    assert project.run(EVENING) == {1: "active_hours", 2: "active_hours", 3: "due"}
    assert project.run(EVENING + timedelta(hours=22, minutes=30)) == {
        1: "due",
        2: "expired",
        3: "already_sent",
    }
    assert project.received() == [1, 3]


def test_a_quiet_hour_of_the_recipients_country_holds_until_it_ends(
    project: MessageProject,
) -> None:
    """21:00 in Shanghai is 14:00 in London and 03:00 in Honolulu, where the United States begin."""
    project.add_contacts([1])
    project.add_contacts([2], country="United Kingdom")
    project.add_contacts([3], country="usa")
    project.write_campaign("news", [1, 2, 3])
    assert project.run(EVENING) == {1: "due", 2: "due", 3: "quiet_hours"}
    assert project.query("select country from activation.out_messages order by contact_id") == [
        (None,),
        ("GB",),
    ]
    ((opens_at,),) = project.query(
        "select sendable_from from activation.message_decisions where contact_id = 3"
    )
    assert opens_at == datetime(2026, 6, 29, 18)
    assert project.run(opens_at.replace(tzinfo=UTC) - timedelta(minutes=1))[3] == "quiet_hours"
    assert project.run(opens_at.replace(tzinfo=UTC))[3] == "due"
    assert project.received() == [1, 2, 3]


def test_who_is_held_out_stays_so_after_leaving_and_after_a_merge(project: MessageProject) -> None:
    """No contact is a member any more; the half that the segment holds out gets nothing. Then one
    of that half turns out to be somebody of the other: neither id gets a message after that.
    """
    project.write_segment("new", holdout=0.5)
    project.add_contacts(MANY)
    project.write_campaign("news", MANY, segment="new")
    first = project.run(EVENING)
    held = [contact for contact, reason in first.items() if reason == "held_out"]
    due = [contact for contact, reason in first.items() if reason == "due"]
    assert len(held) + len(due) == len(MANY)
    assert 35 <= len(held) <= 85
    survivor, gone = due[0], held[0]
    project.set_rows("contact_aliases", [(gone, survivor), (due[1], held[1])])
    project.write_campaign("more", [*(set(MANY) - {gone, due[1]})], segment="new")
    project.write_campaign("news", [1], segment="new")
    project.run(EVENING + DAY)
    sql = "select contact_id, reason from activation.message_decisions where campaign = 'more'"
    found = dict(project.query(sql))
    assert found == {
        contact: "held_out" if contact in {*held, survivor} else "due"
        for contact in set(MANY) - {gone, due[1]}
    }
