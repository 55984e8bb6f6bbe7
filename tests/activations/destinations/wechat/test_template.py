"""Template messages: never marketing, never twice, and nobody's value stops another message."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

import pytest

from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Outcome
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import ORDER, message, received, wechat

SEND = "/cgi-bin/message/template/send"


def calls(sandbox: Sandbox) -> int:
    return sum(request.path == SEND for request in wechat(sandbox).calls)


def test_marketing_is_refused_before_any_call(sandbox: Sandbox, client: Client) -> None:
    (result,) = client("wechat_template").send(
        [message(1, "order_shipped", ORDER, purpose="marketing")]
    )
    assert (result.outcome, result.reason, result.suppress) == (
        Outcome.FAILED,
        "marketing_not_allowed",
        False,
    )
    assert len(wechat(sandbox).calls) == 0


@pytest.mark.parametrize("fault", ["drop_after_accept", "invalid_json", "drop"])
def test_a_lost_answer_is_asked_for_once_more_and_reaches_nobody_twice(
    sandbox: Sandbox, client: Client, fault: str
) -> None:
    sandbox.faults.http_at[SEND] = deque([fault])  # type: ignore[list-item]
    (result,) = client("wechat_template").send([message(1, "order_shipped", ORDER)])
    assert (result.outcome, result.vendor_id) == (
        Outcome.ACCEPTED,
        str(wechat(sandbox).account.last_id),
    )
    assert received(sandbox) == 1


def test_the_vendor_knows_an_id_for_ten_minutes_only(sandbox: Sandbox, client: Client) -> None:
    """Why an unknown outcome is held, and not sent again by a later run."""
    template, item = client("wechat_template"), message(1, "order_shipped", ORDER)
    template.send([item])
    sandbox.clock.set(sandbox.clock.now() + timedelta(minutes=9))
    template.send([item])
    assert received(sandbox) == 1
    sandbox.clock.set(sandbox.clock.now() + timedelta(minutes=2))
    template.send([item])
    assert received(sandbox) == 2
    assert template.capabilities.on_unknown == "hold"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"order_number": "1" * 33}, "template_error"),
        ({"order_number": ""}, "template_value_refused"),
        ({"product": ""}, "template_value_refused"),
    ],
)
def test_one_value_at_fault_stops_no_other_message(
    sandbox: Sandbox, client: Client, values: dict[str, str], reason: str
) -> None:
    batch = [message(1, "order_shipped", {**ORDER, **values}), message(2, "order_shipped", ORDER)]
    one, two = client("wechat_template").send(batch)
    assert (one.outcome, one.reason, two.outcome) == (Outcome.FAILED, reason, Outcome.ACCEPTED)


def test_a_long_product_is_cut_and_arrives(sandbox: Sandbox, client: Client) -> None:
    client("wechat_template").send(
        [message(1, "order_shipped", {**ORDER, "product": "咖啡豆" * 20})]
    )
    ((body,),) = sandbox.store.rows("select body from received")
    assert "咖啡豆咖啡豆咖啡豆咖啡豆咖啡豆咖啡豆咖…" in body


def test_without_an_openid_no_call_is_made(sandbox: Sandbox, client: Client) -> None:
    (result,) = client("wechat_template").send([message(1, "order_shipped", ORDER, address="")])
    assert (result.outcome, result.reason, calls(sandbox)) == (Outcome.FAILED, "no_openid", 0)


def test_no_reason_echoes_a_value(sandbox: Sandbox, client: Client) -> None:
    batch = [
        message(1, "order_shipped", {**ORDER, "product": ""}),
        message(2, "order_shipped", ORDER, address="wang@shop.example"),
    ]
    shown = repr(client("wechat_template").send(batch))
    assert "wang" not in shown
    assert "SO-1" not in shown
