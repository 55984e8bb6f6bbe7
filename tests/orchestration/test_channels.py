"""Whole runs over many destinations: all that is due arrives once, who leaves is taken out, what
vendors call with is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sluice.activations.sandbox.file_drop import FOLDER, whole_files
from sluice.activations.sandbox.meta_audiences import MetaAudiencesVendor
from sluice.activations.sandbox.server import Sandbox
from tests.conftest import sluice
from tests.orchestration.channel_days import AT_ADS, TODAY, TOMORROW, Days, call, leave
from tests.orchestration.channel_project import AUDIENCE, CAMPAIGNS, SYNCS, TAG, ChannelProject

pytestmark = pytest.mark.slow

COLUMNS = {"sms": "phone", "wechat": "openid"}  # of dim_contacts, by channel


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    """All of it, once."""
    folder = tmp_path_factory.mktemp("channels")
    (folder / "home").mkdir()
    project = ChannelProject(folder)
    project.change_raw("consent", AT_ADS)
    with Sandbox(folder / "home") as sandbox:
        found = Days(project, sandbox)
        found.plan = found.summary("plan", "--as-of", TODAY)
        found.before = found.received()
        found.first = found.summary("run", "--as-of", TODAY)
        found.again = found.summary("run", "--as-of", TODAY)
        found.after_again = (found.accepted(), found.received())
        found.people = {
            "sms": found.recipients("aliyun", 2),
            "wechat": found.recipients("wechat", 2),
        }
        call(found)
        leave(found)
        found.next = found.summary("run", "--as-of", TOMORROW)
        yield found


def test_the_linter_finds_nothing(tmp_path: Path) -> None:
    project = ChannelProject(tmp_path, is_lean=False)  # its data tests say what is a key
    models = project.code / "models" / "activation"
    written = [*(f"campaign_{name}" for name in CAMPAIGNS), *(f"sync_{name}" for name in SYNCS)]
    files = [str(models / f"{name}.{kind}") for name in written for kind in ("sql", "yml")]
    outcome = sluice(
        "--project", str(project.code), "lint", "--json", *files, home=tmp_path / "home"
    )
    assert outcome.json["findings"] == []


def test_a_plan_has_no_effect_and_says_what_the_run_does(days: Days) -> None:
    due = {
        plan["activation"]: sum(plan["operations"].values()) for plan in days.plan["activations"]
    }
    assert days.before == {}
    assert set(due) == {*CAMPAIGNS, *SYNCS, "crm_contacts", "price_page_follow_up"}
    assert due == days.after_again[0]
    assert min(due.values()) > 0


def test_all_that_is_due_arrives_and_a_second_run_sends_nothing(days: Days) -> None:
    accepted, received = days.after_again
    assert received == accepted
    assert (days.first["messages"]["failed"], days.first["messages"]["unknown"]) == (0, 0)
    assert (days.again["messages"]["due"], days.again["messages"]["sent"]) == (0, 0)
    assert {
        sync[kind]
        for sync in days.again["syncs"]
        for kind in ("entered", "changed", "exited", "accepted", "failed")
    } == {0}


def test_nothing_arrives_twice(days: Days) -> None:
    """The coupon and the members' day are a message a day; the robot's group and an audience get
    more than one thing.
    """
    sql = (
        "select vendor, recipient from received where vendor not in ('wecom_robot',"
        " 'meta_audiences') group by vendor, recipient having count(*) > case when vendor in"
        " ('aliyun', 'wechat') then 2 else 1 end"
    )
    left = {str(key) for name in ("leads", "buyer") for key in days.people[name]}
    assert [row for row in days.sandbox.store.rows(sql) if row[1] not in left] == []


def test_the_next_day_arrives_as_the_ledger_has_it(days: Days) -> None:
    received, accepted = days.received(), days.accepted()
    # whoever unfollowed the account holds no tag there any more: taking it off is done without the
    # vendor
    assert accepted.pop("followers") == received.pop("followers") + 1
    assert received == accepted
    assert days.next["messages"]["sent"] > 0


def test_who_leaves_is_taken_out_everywhere(days: Days) -> None:
    leads, followers, (buyer,) = (days.people[name] for name in ("leads", "followers", "buyer"))
    audiences = days.sandbox.servers["meta_audiences"].vendor
    assert isinstance(audiences, MetaAudiencesVendor)
    account = days.wechat().account
    tagged = account.holders[next(number for number, name in account.tags.items() if name == TAG)]
    in_salesforce = {
        row[0]
        for row in days.sandbox.store.rows(
            "select key from records where vendor = 'salesforce' and is_deleted = 0"
        )
    }
    members = audiences.members(AUDIENCE).keys()
    assert tagged
    assert members
    assert not {str(one) for one in leads} & members
    assert not set(followers) & tagged
    assert not {str(one) for one in leads} & in_salesforce
    sql = "select recipient from received where vendor = 'webhook' and title = 'contacts.exited'"
    posted = {row[0] for row in days.sandbox.store.rows(sql)}
    assert {str(one) for one in leads} <= posted
    assert (str(buyer), "exited") in dropped(days)


def dropped(days: Days) -> list[tuple[str, str]]:
    """Key and operation of each row in the folder of files."""
    with duckdb.connect() as connection:
        files = [str(path) for path, _ in whole_files(days.home / FOLDER)]
        return connection.execute(
            "select key, operation from read_csv($1, all_varchar = true, union_by_name = true)",
            [files],
        ).fetchall()


def test_a_receipt_settles_a_message_and_its_history_is_one_command(days: Days) -> None:
    contact = days.contact(days.people["sms"][0])
    story = days.sluice("ledger", "history", f"coupon:{contact}", "--json").json[0]
    assert (story["state"], [event["state"] for event in story["events"]]) == (
        "delivered",
        ["due", "claimed", "accepted", "delivered"],
    )
    shown = days.sluice("ledger", "history", days.people["delivered"][0]).stdout
    places = [shown.index(word) for word in (" due ", " claimed ", " accepted ", " delivered ")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("channel", "index", "campaign", "segment"),
    [
        pytest.param("sms", 1, "coupon", "sms_subscribers", id="a reply by SMS"),
        pytest.param("wechat", 0, "members_day", "wechat_followers", id="a reply on WeChat"),
        pytest.param("wechat", 1, "members_day", "wechat_followers", id="an unfollow"),
    ],
)
def test_who_says_no_gets_no_more(
    days: Days, channel: str, index: int, campaign: str, segment: str
) -> None:
    """The consent is withdrawn, so that the person leaves the segment of subscribers, and no
    candidate is left to refuse.
    """
    address = days.people[channel][index]
    assert set(days.answers) == {200}
    (contact,) = days.query(
        f"select contact_id from contacts.dim_contacts where {COLUMNS[channel]} = $1", address
    )[0]
    sql = "select status from contacts.contact_consents where contact_id = $1 and channel = $2"
    assert days.query(sql, contact, channel) == [("withdrawn",)]
    sql = "select count(*) from segments.segment_members where segment = $1 and contact_id = $2"
    assert days.query(sql, segment, contact) == [(0,)]
    sql = (
        "select count(*) from activation.message_decisions where campaign = $1 and contact_id = $2"
        " and decision = 'send'"
    )
    assert days.query(sql, campaign, contact) == [(0,)]
    assert days.sandbox.store.rows(
        "select count(*) from received where recipient = ?", (address,)
    ) == [(1,)]
