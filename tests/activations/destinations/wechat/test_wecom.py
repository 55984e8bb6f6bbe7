"""WeCom: a task is no delivery before an employee sent it; the robot alerts colleagues."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from sluice.activations.destinations.wechat.wecom_mass.client import WeComMass
from sluice.activations.destinations.wechat.wecom_mass.mapping import part_id
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import DeliveryState, Message, Outcome, Receipt
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import alert, customer, message, received, wecom

ADD, WEBHOOK = "/cgi-bin/externalcontact/add_msg_template", "/cgi-bin/webhook/send"


def receipts(mass: WeComMass) -> dict[str | None, tuple[DeliveryState, str | None]]:
    found = list(mass.fetch_receipts(datetime.now(UTC)))
    assert all(isinstance(one, Receipt) for one in found)
    return {one.vendor_id: (one.state, one.reason) for one in found if isinstance(one, Receipt)}


@pytest.fixture
def mass(client: Client) -> WeComMass:
    made: WeComMass = client("wecom_mass")
    return made


def test_a_task_is_no_delivery_until_the_employee_confirms_it(
    sandbox: Sandbox, mass: WeComMass
) -> None:
    results = mass.send([customer(1, ""), customer(2, ""), customer(3, "")])
    assert {(result.outcome, result.reason) for result in results} == {
        (Outcome.ACCEPTED, "awaits_confirmation")
    }
    assert len({result.vendor_id for result in results}) == 3
    assert (receipts(mass), received(sandbox, "wecom")) == ({}, 0)
    (task,) = wecom(sandbox).tasks.values()
    wecom(sandbox).lost.add("wm000002")
    wecom(sandbox).had["wm000003", f"{sandbox.clock.now() + timedelta(hours=8):%Y-%m}"] = 4
    wecom(sandbox).confirm(task.msgid)
    assert receipts(mass) == {
        results[0].vendor_id: (DeliveryState.DELIVERED, None),
        results[1].vendor_id: (DeliveryState.FAILED, "not_friend"),
        results[2].vendor_id: (DeliveryState.FAILED, "limit_reached"),
    }
    assert received(sandbox, "wecom") == 1


def test_each_employee_and_content_has_a_task(sandbox: Sandbox, mass: WeComMass) -> None:
    mass.send(
        [customer(1, ""), customer(2, "", sender="lisi"), customer(3, ""), customer(4, "王芳")]
    )
    found = [(task.sender, sorted(task.customers)) for task in wecom(sandbox).tasks.values()]
    assert found == [
        ("zhangsan", ["wm000001", "wm000003"]),
        ("lisi", ["wm000002"]),
        ("zhangsan", ["wm000004"]),
    ]


def test_who_the_vendor_leaves_out_has_failed(sandbox: Sandbox, mass: WeComMass) -> None:
    wecom(sandbox).lost.add("wm000002")
    one, two = mass.send([customer(1, ""), customer(2, "")])
    assert (one.outcome, two.outcome, two.reason) == (
        Outcome.ACCEPTED,
        Outcome.FAILED,
        "left_out_by_vendor",
    )


@pytest.mark.parametrize("values", [{"external_userid": ""}, {"sender": ""}])
def test_without_a_customer_or_an_employee_nothing_is_asked(
    sandbox: Sandbox, client: Client, values: dict[str, str]
) -> None:
    (result,) = client("wecom_mass", sender="").send(
        [customer(1, "", **{"sender": "zhangsan", **values})]
    )
    assert (result.outcome, result.reason) == (Outcome.FAILED, "no_external_userid_or_sender")
    assert not wecom(sandbox).tasks


def test_an_unknown_task_is_found_by_customer_and_words(sandbox: Sandbox, mass: WeComMass) -> None:
    sandbox.faults.http_at[ADD] = deque(["drop_after_accept"])
    made, never = customer(1, ""), customer(2, "")
    other: Message = message(1, "members_day", {"external_userid": "wm000001"})
    began = datetime.now(UTC)
    assert mass.send([made])[0].outcome is Outcome.UNKNOWN
    answers = mass.reconcile([made, never, other], dict.fromkeys([1, 2], began))
    assert [answer.outcome for answer in answers] == [
        Outcome.ACCEPTED,
        Outcome.UNKNOWN,
        Outcome.UNKNOWN,
    ]
    (task,) = wecom(sandbox).tasks.values()
    assert answers[0].vendor_id == part_id(task.msgid, "wm000001")
    wecom(sandbox).confirm(task.msgid)
    assert set(receipts(mass)) == {answers[0].vendor_id}


def test_a_task_of_long_ago_is_not_the_one(sandbox: Sandbox, mass: WeComMass) -> None:
    mass.send([customer(1, "")])
    (task,) = wecom(sandbox).tasks.values()
    task.made_at -= timedelta(hours=3)
    (answer,) = mass.reconcile([customer(1, "")], {1: datetime.now(UTC)})
    assert answer.outcome is Outcome.UNKNOWN


def test_outcomes_are_read_page_by_page(sandbox: Sandbox, mass: WeComMass) -> None:
    results = mass.send([customer(number, "") for number in range(1, 1_151)][:1_000])
    (task,) = wecom(sandbox).tasks.values()
    wecom(sandbox).confirm(task.msgid)
    assert set(receipts(mass)) == {result.vendor_id for result in results}


def test_the_ledger_knows_no_customer_by_name(mass: WeComMass) -> None:
    (result,) = mass.send([customer(1, "")])
    assert "wm000001" not in str(result)


def test_an_alert_is_read_by_colleagues(sandbox: Sandbox, client: Client) -> None:
    client("wecom_robot").send([alert(7, company="阿里")])
    ((kind, body),) = sandbox.store.rows("select title, body from received")
    assert kind == "markdown"
    assert all(word in body for word in ("阿里", "客户编号：7", ">80<"))


def test_a_row_mentions_nobody_and_links_nowhere(sandbox: Sandbox, client: Client) -> None:
    client("wecom_robot").send([alert(7, company="<@all>\n\n[win](https://bad.example)")])
    ((body,),) = sandbox.store.rows("select body from received")
    assert "<@all>" not in body
    assert "[win](" not in body
    assert len(body.splitlines()) == 5


def test_a_long_alert_is_cut_to_what_the_vendor_takes(sandbox: Sandbox, client: Client) -> None:
    (result,) = client("wecom_robot").send([alert(7, company="芳" * 2_000)])
    assert result.outcome is Outcome.ACCEPTED
    ((body,),) = sandbox.store.rows("select body from received")
    assert 4_090 <= len(body.encode()) <= 4_096
    assert body.endswith("…")


def test_twenty_alerts_a_minute_and_the_rest_waits(sandbox: Sandbox, client: Client) -> None:
    robot = client("wecom_robot")
    results = robot.send([alert(number) for number in range(1, 26)])
    assert [result.outcome for result in results] == [Outcome.ACCEPTED] * 20 + [Outcome.RETRY] * 5
    assert {result.retry_after_seconds for result in results[20:]} == {60.0}
    assert sum(request.path == WEBHOOK for request in wecom(sandbox).calls) == 21
    assert received(sandbox, "wecom_robot") == 20


def test_the_robot_keeps_its_pace_by_default(client: Client) -> None:
    assert client("wecom_robot").config.calls_per_second * 60 == 20
    assert client("wecom_robot").capabilities.modes == {"add"}
    assert client("wecom_robot").capabilities.objects == {"sales_alert", "alert"}
