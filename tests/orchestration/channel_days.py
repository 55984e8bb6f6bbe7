"""Two days of the copied project: its commands, what its sandbox received, and what people and
vendors do between two runs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import requests

from sluice.activations.sandbox.file_drop import FOLDER, whole_files
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.wechat.vendor import WeChatVendor
from tests.conftest import Outcome, run_command, without_settings
from tests.orchestration.channel_project import ChannelProject

TODAY, TOMORROW = "2026-06-30T15:00:00+08:00", "2026-07-01T15:30:00+08:00"
AT_ADS = (
    "from t union all by name select distinct source, record_id, 'ads' as channel, 'granted' as"
    " status, '2026-01-01 00:00:00' as changed_at from t"
)
SAY_NO = (
    "from t union all by name select source, record_id, channel, 'withdrawn' as status, '2026-06-30"
    " 16:00:00' as changed_at from t"
)
# what arrived of each activation, in all runs together
RECEIVED = {
    "coupon": "select count(*) from received where vendor = 'aliyun'",
    "shipped": "select count(*) from received where vendor = 'kannel'",
    "members_day": "select count(*) from received where vendor = 'wechat'",
    "case_studies": "select count(*) from received where vendor = 'sendgrid'",
    "webinar": "select count(*) from received where vendor = 'ses'",
    "price_page_follow_up": "select count(*) from mails",
    "followers": (
        "select sum(accepted) from calls where operation in ('batchtagging', 'batchuntagging')"
    ),
    "sales_alert": "select count(*) from received where vendor = 'wecom_robot'",
    "leads": "select sum(accepted) from calls where vendor = 'salesforce'",
    "lookalikes": "select count(*) from received where vendor = 'meta_audiences'",
    "stages": "select count(*) from received where vendor = 'webhook'",
    "crm_contacts": "select sum(accepted) from calls where vendor = 'hubspot'",
}


@dataclass
class Days:
    """A plan, two runs of one day, what vendors called with, and a run of the next day after people
    left.
    """

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
        return run_command("sluice", arguments, self.project.code, self.environment())

    def environment(self) -> dict[str, str]:
        """Variables of a command."""
        return {
            **without_settings(),
            "SLUICE_HOME": str(self.home),
            "SLUICE_RAW": str(self.project.raw),
            "PYTHONUNBUFFERED": "1",
        }

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
        counted = {
            name: self.sandbox.store.value(f"select coalesce(({sql}), 0)")
            for name, sql in RECEIVED.items()
        }
        dropped = sum(manifest["rows"] for _, manifest in whole_files(self.home / FOLDER))
        return {name: count for name, count in {**counted, "call_list": dropped}.items() if count}

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql, list(values)).fetchall()

    def contact(self, address: str) -> int:
        """Whose address it is, as the campaigns saw it."""
        (row,) = self.query(
            "select distinct contact_id from activation.message_decisions where address = $1",
            address,
        )
        return int(row[0])

    def recipients(self, vendor: str, count: int) -> list[str]:
        """Some whom something of a vendor reached."""
        sql = "select distinct recipient from received where vendor = ? order by recipient limit ?"
        return [str(row[0]) for row in self.sandbox.store.rows(sql, (vendor, count))]

    def wechat(self) -> WeChatVendor:
        """The simulated official account."""
        vendor = self.sandbox.servers["wechat_mass"].vendor
        assert isinstance(vendor, WeChatVendor)
        return vendor


def call(days: Days) -> None:
    """An SMS arrived, its neighbour wants no more; on WeChat one writes that, one unfollows, and
    the mass message is done.
    """
    (reached, refuses), (writes, unfollows) = days.people["sms"], days.people["wechat"]
    account, token = days.wechat(), {"token": "sandbox-callback-token"}
    account.account.unfollows(unfollows)
    said = {
        "ToUserName": "gh_sandbox",
        "FromUserName": writes,
        "CreateTime": 1,
        "MsgType": "text",
        "Content": "退订",
        "MsgId": 7,
    }
    reported = [
        *account.callbacks(),
        account.caller.tell(said, int(account.clock.now().timestamp())),
    ]
    (source,) = days.sandbox.store.rows(
        "select source from received where vendor = 'aliyun' and recipient = ?", (reached,)
    )[0]
    ids = {name: json.loads(source)[name] for name in ("out_id", "biz_id")}
    report = {
        "phone_number": reached[3:],
        "success": True,
        "err_code": "DELIVERED",
        "report_time": "2026-06-30 15:01:00",
        **ids,
    }
    reply = {
        "phone_number": refuses[3:],
        "content": "退订",
        "send_time": "2026-06-30 15:05:00",
        "dest_code": "1",
    }
    (key,) = days.sandbox.store.rows("select key from received where vendor = 'kannel' limit 1")[0]
    at_kannel = {**token, "kind": "report", "delivery": key, "status": "1", "at": "1782802860"}
    with receiving(days) as url:
        sent = [
            requests.post(url("aliyun"), params=token, json=[report], timeout=30),
            requests.post(url("aliyun"), params=token, json=[reply], timeout=30),
            requests.get(url("kannel"), params=at_kannel, timeout=30),
            *(
                requests.post(f"{url('wechat_mass')}?{one.query}", data=one.body, timeout=30)
                for one in reported
            ),
        ]
    days.answers = [answer.status_code for answer in sent]
    days.people["delivered"] = [key]


@contextmanager
def receiving(days: Days) -> Iterator[Callable[[str], str]]:
    """`sluice serve` at work; gives the address of a destination."""
    command = [
        sys.executable,
        "-m",
        "sluice.orchestration.cli.main",
        "serve",
        "aliyun",
        "kannel",
        "wechat_mass",
        "--port",
        "0",
    ]
    with subprocess.Popen(
        command, cwd=days.project.code, env=days.environment(), stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        urls = [server.stdout.readline().strip() for _ in range(3)]
        try:
            yield lambda name: next(url for url in urls if url.endswith(f"/{name}"))
        finally:
            server.terminate()


def leave(days: Days) -> None:
    """Two leads withdraw their consents to ads and to mails, two followers unfollow, one of the
    call list orders again.
    """
    leads = [
        row[0]
        for row in days.query(
            "select contact_id from activation.sync_lookalikes order by 1 limit 2"
        )
    ]
    sql = "select openid from activation.sync_followers where openid <> all($1) order by 1 limit 2"
    followers = [row[0] for row in days.query(sql, days.people["wechat"])]
    sql = (
        "select contact_id, max(record_id) from activation.sync_call_list join"
        " identity.identity_map using (contact_id)"
    )
    buyer, account = days.query(f"{sql} where source = 'shop' group by 1 order by 1 limit 1")[0]
    days.people |= {"leads": leads, "followers": followers, "buyer": [buyer]}
    days.project.change_raw(
        "consent", f"{SAY_NO} where channel in ('ads', 'email') and {records(days, leads)}"
    )
    gone = (
        f"case when openid in {listed(followers)} then '2026-06-30 16:00:00' else unsubscribe_time"
        " end as unsubscribe_time"
    )
    days.project.change_raw("src_wechat", f"select * replace ({gone}) from t")
    order = (
        f"select 'O999999999', '{account}', 99.0, 'completed', '', timestamp '2026-06-30 08:00:00'"
    )
    days.project.change_raw("ev_order", f"from t union all {order}")


def records(days: Days, contacts: list[Any]) -> str:
    """A condition: the row is of a record of one of these contacts."""
    sql = (
        "select source || ':' || record_id from identity.identity_map where contact_id in (select"
        " unnest($1))"
    )
    rows = days.query(sql, contacts)
    return f"source || ':' || record_id in {listed([row[0] for row in rows])}"


def listed(values: list[Any]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"
