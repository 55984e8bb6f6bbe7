"""Whole runs over many destinations: all that is due arrives once, who leaves is taken out, what vendors call with is heard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from activations.sandbox.file_drop import FOLDER, whole_files
from activations.sandbox.meta_audiences import MetaAudiencesVendor
from activations.sandbox.server import Sandbox
from activations.sandbox.wechat.vendor import WeChatVendor
from tests.conftest import Outcome
from tests.orchestration.channel_project import AUDIENCE, CAMPAIGNS, SYNCS, TAG, ChannelProject

pytestmark = pytest.mark.slow
TODAY, TOMORROW = "2026-06-30T15:00:00+08:00", "2026-07-01T15:30:00+08:00"
AT_ADS = (
    "from t union all by name"
    " select distinct source, record_id, 'ads' as channel, 'granted' as status, '2026-01-01 00:00:00' as changed_at from t"
)
SAY_NO = (
    "from t union all by name"
    " select source, record_id, channel, 'withdrawn' as status, '2026-06-30 16:00:00' as changed_at from t"
)
# what arrived of each activation, in all runs together
RECEIVED = {
    "coupon": "select count(*) from received where vendor = 'aliyun'",
    "shipped": "select count(*) from received where vendor = 'kannel'",
    "members_day": "select count(*) from received where vendor = 'wechat'",
    "case_studies": "select count(*) from received where vendor = 'sendgrid'",
    "webinar": "select count(*) from received where vendor = 'ses'",
    "price_page_follow_up": "select count(*) from mails",
    "followers": "select sum(accepted) from calls where operation in ('batchtagging', 'batchuntagging')",
    "sales_alert": "select count(*) from received where vendor = 'wecom_robot'",
    "leads": "select sum(accepted) from calls where vendor = 'salesforce'",
    "lookalikes": "select count(*) from received where vendor = 'meta_audiences'",
    "stages": "select count(*) from received where vendor = 'webhook'",
    "crm_contacts": "select sum(accepted) from calls where vendor = 'hubspot'",
}


@dataclass
class Week:
    """A plan, two runs of one day, what vendors called with, and a run of the next day after people left."""

    project: ChannelProject
    sandbox: Sandbox
    lint: Outcome = field(init=False)
    plan: dict[str, Any] = field(init=False)
    before: dict[str, int] = field(init=False)
    first: dict[str, Any] = field(init=False)
    again: dict[str, Any] = field(init=False)
    after_again: tuple[dict[str, int], dict[str, int]] = field(init=False)
    people: dict[str, list[Any]] = field(init=False)
    answers: list[int] = field(default_factory=list)
    next: dict[str, Any] = field(init=False)

    @property
    def home(self) -> Path:
        """SLUICE_HOME."""
        return self.sandbox.home

    def sluice(self, *arguments: str) -> Outcome:
        """Run a command of the copy."""
        command = [sys.executable, "-m", "orchestration.cli.main", *arguments]
        done = subprocess.run(command, cwd=self.project.code, env=self.environment(), capture_output=True, text=True)
        return Outcome(done.returncode, done.stdout, done.stderr)

    def environment(self) -> dict[str, str]:
        """Variables of a command."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        return {**kept, "SLUICE_HOME": str(self.home), "SLUICE_RAW": str(self.project.raw), "PYTHONUNBUFFERED": "1"}

    def summary(self, *arguments: str) -> dict[str, Any]:
        """The summary of a plan or run that went well."""
        outcome = self.sluice(*arguments, "--json")
        assert outcome.code == 0, outcome.stderr
        found: dict[str, Any] = outcome.json
        return found

    def accepted(self) -> dict[str, int]:
        """The ledger's accepted deliveries by activation, delivered ones included."""
        counted: dict[str, int] = {}
        for row in self.sluice("ledger", "status", "--json").json["deliveries"]:
            if row["state"] in {"accepted", "delivered"}:
                counted[row["activation"]] = counted.get(row["activation"], 0) + row["count"]
        return counted

    def received(self) -> dict[str, int]:
        """What the sandbox received, by activation."""
        counted = {name: self.sandbox.store.value(f"select coalesce(({sql}), 0)") for name, sql in RECEIVED.items()}
        dropped = sum(manifest["rows"] for _, manifest in whole_files(self.home / FOLDER))
        return {name: count for name, count in {**counted, "call_list": dropped}.items() if count}

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql, list(values)).fetchall()

    def contact(self, address: str) -> int:
        """Whose address it is, as the campaigns saw it."""
        (row,) = self.query("select distinct contact_id from activation.message_decisions where address = $1", address)
        return int(row[0])

    def wechat(self) -> WeChatVendor:
        """The simulated official account."""
        vendor = self.sandbox.servers["wechat_mass"].vendor
        assert isinstance(vendor, WeChatVendor)
        return vendor


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    """All of it, once."""
    folder = tmp_path_factory.mktemp("channels")
    (folder / "home").mkdir()
    project = ChannelProject(folder)
    project.change_raw("consent", AT_ADS)
    with Sandbox(folder / "home") as sandbox:
        found = Week(project, sandbox)
        found.plan = found.summary("plan", "--as-of", TODAY)
        found.before = found.received()
        found.first = found.summary("run", "--as-of", TODAY)
        found.again = found.summary("run", "--as-of", TODAY)
        found.after_again = (found.accepted(), found.received())
        found.people = {"sms": numbers_of(found, 2), "wechat": openids_of(found, 2)}
        call(found)
        leave(found)
        found.next = found.summary("run", "--as-of", TOMORROW)
        yield found


def numbers_of(week: Week, count: int) -> list[Any]:
    return [row[0] for row in week.sandbox.store.rows("select recipient from received where vendor = 'aliyun' limit ?", (count,))]


def openids_of(week: Week, count: int) -> list[Any]:
    return [row[0] for row in week.sandbox.store.rows("select recipient from received where vendor = 'wechat' limit ?", (count,))]


def call(week: Week) -> None:
    """An SMS arrived, its neighbour wants no more; on WeChat one writes that, one unfollows, and the mass message is done."""
    (reached, refuses), (writes, unfollows) = week.people["sms"], week.people["wechat"]
    account, token = week.wechat(), {"token": "sandbox-callback-token"}
    account.account.unfollows(unfollows)
    said = {"ToUserName": "gh_sandbox", "FromUserName": writes, "CreateTime": 1, "MsgType": "text", "Content": "退订", "MsgId": 7}
    told = [*account.callbacks(), account.caller.tell(said, int(account.clock.now().timestamp()))]
    (source,) = week.sandbox.store.rows("select source from received where vendor = 'aliyun' and recipient = ?", (reached,))[0]
    ids = {name: json.loads(source)[name] for name in ("out_id", "biz_id")}
    report = {"phone_number": reached[3:], "success": True, "err_code": "DELIVERED", "report_time": "2026-06-30 15:01:00", **ids}
    reply = {"phone_number": refuses[3:], "content": "退订", "send_time": "2026-06-30 15:05:00", "dest_code": "1"}
    (key,) = week.sandbox.store.rows("select key from received where vendor = 'kannel' limit 1")[0]
    at_kannel = {**token, "kind": "report", "delivery": key, "status": "1", "at": "1782802860"}
    with receiving(week) as url:
        sent = [
            requests.post(url("aliyun"), params=token, json=[report], timeout=30),
            requests.post(url("aliyun"), params=token, json=[reply], timeout=30),
            requests.get(url("kannel"), params=at_kannel, timeout=30),
            *(requests.post(f"{url('wechat_mass')}?{one.query}", data=one.body, timeout=30) for one in told),
        ]
    week.answers = [answer.status_code for answer in sent]
    week.people["delivered"] = [key]


@contextmanager
def receiving(week: Week) -> Iterator[Callable[[str], str]]:
    """`sluice receive` at work; gives the address of a destination."""
    command = [sys.executable, "-m", "orchestration.cli.main", "receive", "aliyun", "kannel", "wechat_mass", "--port", "0"]
    with subprocess.Popen(command, cwd=week.project.code, env=week.environment(), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        urls = [server.stdout.readline().strip() for _ in range(3)]
        try:
            yield lambda name: next(url for url in urls if url.endswith(f"/{name}"))
        finally:
            server.terminate()


def leave(week: Week) -> None:
    """Two leads withdraw their consent to ads and to mails, two followers and one of the call list are gone from the sources."""
    leads = [row[0] for row in week.query("select contact_id from activation.sync_lookalikes order by 1 limit 2")]
    followers = week.query(
        "select openid from activation.sync_followers where openid <> all($1) order by 1 limit 2", week.people["wechat"]
    )
    gone = week.query(
        "select contact_id from activation.sync_call_list join activation.sync_stages using (contact_id) order by 1 limit 1"
    )
    week.people |= {"leads": leads, "followers": [row[0] for row in followers], "gone": [row[0] for row in gone]}
    week.project.change_raw("consent", f"{SAY_NO} where channel in ('ads', 'email') and {records(week, leads)}")
    week.project.change_raw("src_wechat", f"from t where openid not in {listed(week.people['followers'])}")
    for name, key in (("crm", "crm_id"), ("shop", "shop_user_id"), ("webform", "submission_id"), ("attendee", "attendee_id")):
        kept = records(week, week.people["gone"], f"'{name}'", key)
        week.project.change_raw(f"src_{name}", f"from t where not ({kept})")


def records(week: Week, contacts: list[Any], source: str = "source", record_id: str = "record_id") -> str:
    """A condition: the row is a record of one of these contacts."""
    rows = week.query(
        "select source || ':' || record_id from identity.identity_map where contact_id in (select unnest($1))", contacts
    )
    return f"{source} || ':' || {record_id} in {listed([row[0] for row in rows])}"


def listed(values: list[Any]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


def test_the_linter_finds_nothing(week: Week) -> None:
    models = week.project.code / "dbt_project" / "models" / "activation"
    written = [*(f"campaign_{name}" for name in CAMPAIGNS), *(f"sync_{name}" for name in SYNCS)]
    outcome = week.sluice("lint", "--json", *(str(models / f"{name}.{kind}") for name in written for kind in ("sql", "yml")))
    assert outcome.json["findings"] == []


def test_a_plan_has_no_effect_and_says_what_the_run_does(week: Week) -> None:
    due = {plan["activation"]: sum(plan["operations"].values()) for plan in week.plan["activations"]}
    assert week.before == {}
    assert set(due) == {*CAMPAIGNS, *SYNCS, "crm_contacts", "price_page_follow_up"}
    assert due == week.after_again[0]
    assert min(due.values()) > 0


def test_all_that_is_due_arrives_and_a_second_run_sends_nothing(week: Week) -> None:
    accepted, received = week.after_again
    assert received == accepted
    assert (week.first["messages"]["failed"], week.first["messages"]["unknown"]) == (0, 0)
    assert (week.again["messages"]["due"], week.again["messages"]["sent"]) == (0, 0)
    assert {sync[kind] for sync in week.again["syncs"] for kind in ("entered", "changed", "exited", "accepted", "failed")} == {0}


def test_nothing_arrives_twice(week: Week) -> None:
    """The coupon and the members' day are a message a day."""
    sql = (
        "select vendor, recipient from received where channel <> 'audience' group by vendor, recipient, key having count(*) > $1"
    )
    daily = {"aliyun", "wechat"}
    assert [row for row in week.sandbox.store.rows(sql, (2,))] == []
    assert [row for row in week.sandbox.store.rows(sql, (1,)) if row[0] not in daily] == []


def test_the_next_day_arrives_as_the_ledger_has_it(week: Week) -> None:
    assert week.received() == week.accepted()
    assert week.next["messages"]["sent"] > 0


def test_who_leaves_is_taken_out_everywhere(week: Week) -> None:
    leads, followers, (gone,) = (week.people[name] for name in ("leads", "followers", "gone"))
    audiences = week.sandbox.servers["meta_audiences"].vendor
    assert isinstance(audiences, MetaAudiencesVendor)
    account = week.wechat().account
    tagged = account.holders[next(number for number, name in account.tags.items() if name == TAG)]
    in_salesforce = {
        row[0] for row in week.sandbox.store.rows("select key from records where vendor = 'salesforce' and is_deleted = 0")
    }
    members = audiences.members(AUDIENCE).keys()
    assert tagged
    assert members
    assert not {str(one) for one in leads} & members
    assert not set(followers) & tagged
    assert not {str(one) for one in leads} & in_salesforce
    posted = week.sandbox.store.rows(
        "select 1 from received where vendor = 'webhook' and title = 'contacts.exited' and recipient = ?", (str(gone),)
    )
    assert len(posted) == 1
    assert (str(gone), "exited") in dropped(week)


def dropped(week: Week) -> list[tuple[str, str]]:
    """Key and operation of each row in the folder of files."""
    with duckdb.connect() as connection:
        files = [str(path) for path, _ in whole_files(week.home / FOLDER)]
        return connection.execute(
            "select key, operation from read_csv($1, all_varchar = true, union_by_name = true)", [files]
        ).fetchall()


def test_a_receipt_settles_a_message_and_its_history_is_one_command(week: Week) -> None:
    contact = week.contact(week.people["sms"][0])
    story = week.sluice("ledger", "history", f"coupon:{contact}", "--json").json[0]
    assert (story["state"], [event["state"] for event in story["events"]]) == (
        "delivered",
        ["due", "claimed", "accepted", "delivered"],
    )
    shown = week.sluice("ledger", "history", week.people["delivered"][0]).stdout
    places = [shown.index(word) for word in (" due ", " claimed ", " accepted ", " delivered ")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("channel", "index", "campaign", "reason"),
    [
        pytest.param("sms", 1, "coupon", "replied_stop", id="a reply by SMS"),
        pytest.param("wechat", 0, "members_day", "unsubscribed", id="a reply on WeChat"),
        pytest.param("wechat", 1, "members_day", "unfollowed", id="an unfollow"),
    ],
)
def test_who_says_no_gets_no_more(week: Week, channel: str, index: int, campaign: str, reason: str) -> None:
    address = week.people[channel][index]
    sql = "select decision, reason from activation.message_decisions where campaign = $1 and address = $2"
    assert set(week.answers) == {200}
    assert week.query(sql, campaign, address) == [("suppress", reason)]
    assert week.sandbox.store.rows("select count(*) from received where recipient = ?", (address,)) == [(1,)]
