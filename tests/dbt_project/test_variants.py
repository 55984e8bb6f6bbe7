"""Variants of a campaign, run after run: each arm gets its own words at its own time, an arm is
kept, and no change of weights sends anybody a second message.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sluice.activations.sandbox.server import STORE_FILE
from sluice.activations.sandbox.store import Store
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.dbt_project.message_project import MessageProject

pytestmark = pytest.mark.slow
EVENING = datetime(2026, 6, 29, 13, tzinfo=UTC)  # 21:00 in Shanghai
DAY = timedelta(days=1)
# dbt fills in a yml: what a mail is to fill in stands between raw and endraw
QUESTION = {
    "en": "{% raw %}Any questions on prices, {{ company }}?{% endraw %}",
    "zh": "价格有疑问吗？",
}
HALVES = {"plain": {"weight": 50}, "question": {"weight": 50, "subject": QUESTION}}


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[MessageProject]:
    made = MessageProject(tmp_path / "project", home)
    yield made
    made.ledger.engine.dispose()


def arms(project: MessageProject) -> dict[int, str]:
    """The variant that today's decisions have of each contact."""
    return dict(project.query("select contact_id, variant from activation.message_decisions"))


def logged(project: MessageProject) -> dict[int, str]:
    return dict(project.query("select contact_id, variant from activation.variant_assignments"))


def subjects(project: MessageProject) -> dict[int, str]:
    store = Store(project.home / STORE_FILE)
    try:
        rows = store.rows("select recipient, subject from mails")
        return {int(row[0].split("@")[0][1:]): row[1] for row in rows}
    finally:
        store.close()


def test_each_arm_gets_its_subject(project: MessageProject) -> None:
    people = range(1, 31)
    project.add_contacts(people)
    project.write_campaign("news", people, variants=HALVES)
    assert set(project.run(EVENING).values()) == {"due"}
    given, written = logged(project), subjects(project)
    assert set(given.values()) == {"plain", "question"}
    assert written.keys() == given.keys() == set(people)
    own = {who for who, subject in written.items() if subject == "Any questions on prices, Shop?"}
    assert own == {who for who, arm in given.items() if arm == "question"}
    assert arms(project) == given


def test_changed_weights_send_nobody_twice(project: MessageProject) -> None:
    """Property: whatever the weights become, whoever comes in, one mail each, and arms are kept."""
    draw = random.Random(7)
    known: dict[int, str] = {}
    people: list[int] = []
    for day in range(5):
        first = draw.choice([0, 10, 50, 90, 100])
        new = range(len(people) + 1, len(people) + 13)
        people.extend(new)
        project.add_contacts(new)
        changed = {
            "plain": {"weight": first},
            "question": {**HALVES["question"], "weight": 100 - first},
        }
        names = draw.sample(sorted(changed), 2)  # their order changes what the hash draws
        project.write_campaign("news", people, variants={name: changed[name] for name in names})
        project.run(EVENING + day * DAY)
        given = logged(project)
        assert known.items() <= given.items()
        assert arms(project) == given
        known = given
    assert project.received() == sorted(people)
    rows = project.query("select count(*) from activation.variant_assignments")
    assert rows == [(len(people),)]


def test_a_merge_keeps_the_first_arm_and_sends_nothing_twice(project: MessageProject) -> None:
    people = range(1, 21)
    project.add_contacts(people)
    project.write_campaign("news", people, variants=HALVES)
    project.run(EVENING)
    given = logged(project)
    plain, other = (
        min(who for who, arm in given.items() if arm == name) for name in ("plain", "question")
    )
    # the same person, whose mail of the earlier id counts; a later occurrence has one arm of two
    project.set_rows("contact_aliases", [(plain, other, EVENING.replace(tzinfo=None) + DAY / 2)])
    project.write_campaign(
        "news",
        sql=(
            f"select cast({other} as bigint) as contact_id, occurrence,"
            """ '{"company": "Shop", "visits": 1, "last_visit_date": "2026-06-28"}' as context"""
            " from (values ('once'), ('again')) as o (occurrence)"
        ),
        variants=HALVES,
    )
    project.run(EVENING + DAY)
    rows = project.query(
        "select occurrence, reason, variant from activation.message_decisions order by occurrence"
    )
    assert [row[:2] for row in rows] == [("again", "due"), ("once", "already_sent")]
    assert {row[2] for row in rows} == {"plain"}  # of one time, that which sorts first
    assert Counter(project.received())[other] == 2


def test_a_variant_waits_for_its_time(project: MessageProject) -> None:
    """At 21:00 in Shanghai: one arm goes at once, one at 9 to 12, one a day later; all are logged
    on the first day, so that they are compared over the same days.
    """
    people = range(1, 31)
    project.add_contacts(people)
    variants = {
        "now": {"weight": 34},
        "morning": {"weight": 33, "send_hours": [9, 12]},
        "later": {"weight": 33, "wait_hours": 24},
    }
    project.write_campaign("news", people, variants=variants)
    reasons = project.run(EVENING)
    given = logged(project)
    assert given.keys() == set(people)
    assert reasons == {who: "due" if arm == "now" else "variant_time" for who, arm in given.items()}
    morning = project.run(EVENING + timedelta(hours=13))  # 10:00 in Shanghai
    assert {who for who, reason in morning.items() if reason == "due"} == {
        who for who, arm in given.items() if arm == "morning"
    }
    evening = project.run(EVENING + DAY)
    assert {who for who, reason in evening.items() if reason == "due"} == {
        who for who, arm in given.items() if arm == "later"
    }
    assert project.received() == sorted(people)
    assert logged(project) == given


def test_who_comes_after_the_decision_gets_the_winner(project: MessageProject) -> None:
    experiment = {
        "hypothesis": "A question is read.",
        "control": "plain",
        "metric": {"event": "order_placed", "within_days": 7},
        "baseline": 0.1,
        "minimum_effect": 0.05,
        "horizon": {"ends_on": "2026-07-01"},
        "on_win": "roll_out",
    }
    first, second, third = range(1, 21), range(21, 41), range(41, 61)
    project.add_contacts([*first, *second, *third])
    project.write_campaign("news", first, variants=HALVES, experiments={"words": experiment})
    project.run(EVENING)
    known = logged(project)
    with open_warehouse(project.settings.warehouse, read_only=False) as session:
        session.execute(
            "insert into ledger.experiment_decisions values ('words', 'variants of campaign news',"
            " 'question', 'adopt question', timestamp '2026-06-30 13:00:00')"
        )
    people = [*first, *second]
    project.write_campaign("news", people, variants=HALVES, experiments={"words": experiment})
    project.run(EVENING + DAY)  # the run of the decision decides before it
    assert {logged(project)[who] for who in second} == {"plain", "question"}
    people.extend(third)
    project.write_campaign("news", people, variants=HALVES, experiments={"words": experiment})
    project.run(EVENING + 2 * DAY)
    given = logged(project)
    assert {given[who] for who in third} == {"question"}
    assert known.items() <= given.items()
    assert project.received() == sorted(people)
    # a day that is replayed knows what was known on it
    project.run(EVENING + DAY)
    assert {arm for who, arm in arms(project).items() if who in third} == {"plain", "question"}
