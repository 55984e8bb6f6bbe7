"""Actions of journeys: the run after knows the tag, the points and the other journey."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from tests.dbt_project.journey_project import CONTEXT, MESSAGE, JourneyProject
from tests.dbt_project.journey_runs import BARE
from tests.dbt_project.test_journeys import DAY, EVENING, naive

pytestmark = pytest.mark.slow
INPUTS = {
    "identity_map": "select 'crm' as source, '1' as record_id, cast(1 as bigint) as contact_id",
    "int_rule_tags": (
        "select cast(1 as bigint) as contact_id, 'old' as tag, '' as reason_en, '' as reason_zh"
    ),
}
MODELS = {"tags": "contact_tags", "scoring": "int_manual_points"}
STEPS = {
    "tag": {"action": {"add_tag": "vip"}, "next": "untag"},
    "untag": {"action": {"remove_tag": "old"}, "next": "give"},
    "give": {"action": {"points": {"score": "nurture", "points": 10}}, "next": "invite"},
    "invite": {"action": {"enter": "second"}, "next": "list"},
    "list": {"action": {"add_to": "ads"}, "next": "off"},
    "off": {"action": {"remove_from": "ads"}, "next": "on"},
    "on": {"action": {"add_to": "calls"}, "next": "call"},
    "call": {"action": {"call": "sales"}, "next": "end"},
    "end": {"action": {"leave": "third"}},
}
STAY = {"stay": {"wait": "9 days"}}


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    """With the models of tags and of points that are no rule's, over inputs of the test's own."""
    made = JourneyProject(tmp_path / "project", home)
    for folder, name in MODELS.items():
        (made.folder / f"models/inputs/{name}.sql").unlink(missing_ok=True)
        (made.folder / f"models/{folder}").mkdir(parents=True, exist_ok=True)
        source = PACKAGE_PROJECT / "models" / folder / f"{name}.sql"
        shutil.copyfile(source, made.folder / f"models/{folder}/{name}.sql")
    for seed in ("manual_tags", "score_adjustments"):
        shutil.copyfile(
            PACKAGE_PROJECT / "seeds" / f"{seed}.csv", made.folder / "seeds" / f"{seed}.csv"
        )
    for name, sql in INPUTS.items():
        (made.folder / f"models/inputs/{name}.sql").write_text(sql, encoding="utf-8")
    yield made
    made.ledger.engine.dispose()


def test_the_run_after_knows_what_a_journey_did(project: JourneyProject) -> None:
    project.add_contacts([1])
    signed = naive(EVENING - timedelta(hours=1))
    looked = signed - timedelta(hours=1)
    events = [(1, 1, "signed_up", False, signed, None), (2, 1, "looked", False, looked, None)]
    project.set_rows("contact_events", events)
    first = {"trigger": {"event": "signed_up"}, "start": "tag", "nodes": STEPS}
    project.write_journey("first", **{**BARE, **first})
    project.write_journey("second", **{**BARE, "trigger": {"by_hand": True}, "nodes": STAY})
    third = {"trigger": {"event": "looked"}, "nodes": STAY}
    project.write_journey("third", **{**BARE, **third})
    give = {
        "give": {"action": {"give_coupon": "autumn"}, "next": "assign"},
        "assign": {"action": {"assign": "desk"}, "next": "mail"},
        "mail": {**MESSAGE},
    }
    fourth = {"trigger": {"event": "signed_up"}, "start": "give", "nodes": give}
    project.write_journey("fourth", **{**BARE, **fourth})
    tags = "select tag, origin from tags.contact_tags"
    points = "select rule, points from scoring.int_manual_points"

    project.run(EVENING)
    assert project.query("select list_name, added_at from journeys.journey_lists") == [
        ("calls", signed)
    ]
    assert project.query("select call_name, node, called_at from journeys.journey_calls") == [
        ("sales", "call", signed)
    ]
    assert (project.query(tags), project.query(points)) == ([("old", "rule")], [])
    codes = "select pool, code, contact_id from journeys.journey_coupons"
    owners = "select owner_id, team from journeys.contact_owners"
    assert project.query(codes) == [("autumn", "A1", 1)]
    assert project.query("select given, free, waiting from journeys.coupon_pools") == [(1, 1, 0)]
    assert project.query(owners) == [("sun", "desk")]
    ((context,),) = project.query("select context from activation.out_messages")
    assert json.loads(context) == {**CONTEXT, "coupon": "A1"}
    project.run(EVENING + DAY)
    assert project.query(tags) == [("vip", "journey")]
    assert project.query(points) == [("journey_first_give", 10)]
    entered = "select journey, entered_at, end_reason from journeys.journey_enrolments order by 1"
    assert project.query(entered) == [
        ("first", signed, "leave"),
        ("fourth", signed, "sent"),
        ("second", signed, None),
        ("third", looked, "left_by_journey"),
    ]

    project.run(EVENING)
    assert project.query(tags) == [("old", "rule")]
    assert project.query(codes) == [("autumn", "A1", 1)]
    assert project.query(owners) == [("sun", "desk")]

    pool = project.folder / "models/journeys/coupons_autumn.sql"
    pool.write_text(
        "select code from (values ('A1'), ('B'), (' B ')) as c (code)", encoding="utf-8"
    )
    results = Dbt(project.settings).build(EVENING + 2 * DAY, select=["resource_type:model"])
    failed = [str(one.message) for one in results if one.status == "error"]
    assert len(failed) == 1
    assert "the pool coupons_autumn holds a code more than once: B" in failed[0]
