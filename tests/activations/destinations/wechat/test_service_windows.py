"""Customer-service messages: what the person did opens a window, which counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Outcome
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import message, openid, received, wechat

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("act", "later", "arrive", "reason"),
    [
        ("message", 0 * SECOND, 5, "reply_window_used_up"),
        ("message", 47 * HOUR, 5, "reply_window_used_up"),
        ("message", 48 * HOUR, 0, "outside_reply_window"),
        ("click", 0 * SECOND, 3, "reply_window_used_up"),
        ("subscribe", 50 * SECOND, 3, "reply_window_used_up"),
        ("scan", 60 * SECOND, 0, "outside_reply_window"),
        ("subscribe", 47 * HOUR, 0, "outside_reply_window"),
    ],
)
def test_a_window_is_as_long_and_wide_as_its_act(
    sandbox: Sandbox, client: Client, act: Any, later: timedelta, arrive: int, reason: str
) -> None:
    wechat(sandbox).account.happens(openid(1), act)
    sandbox.clock.set(sandbox.clock.now() + later)
    batch = [message(number, "price_question", {}, address=openid(1)) for number in range(1, 8)]
    results = client("wechat_service").send(batch)
    assert [result.outcome for result in results] == [Outcome.ACCEPTED] * arrive + [
        Outcome.FAILED
    ] * (7 - arrive)
    assert {result.reason for result in results[arrive:]} == {reason}
    assert not any(result.suppress for result in results)
    assert received(sandbox) == arrive


def test_windows_of_two_acts_add_up(sandbox: Sandbox, client: Client) -> None:
    for act in ("message", "click"):
        wechat(sandbox).account.happens(openid(1), act)  # type: ignore[arg-type]
    batch = [message(number, "price_question", {}, address=openid(1)) for number in range(1, 10)]
    assert [r.outcome for r in client("wechat_service").send(batch)].count(Outcome.ACCEPTED) == 8


def test_the_agent_in_whose_name_is_written_is_named(sandbox: Sandbox, client: Client) -> None:
    wechat(sandbox).account.happens(openid(1), "message")
    client("wechat_service", service_agent="kf1@shop").send([message(1, "price_question", {})])
    assert wechat(sandbox).calls[-1].json()["customservice"] == {"kf_account": "kf1@shop"}


def test_a_text_that_is_too_long_goes_nowhere(sandbox: Sandbox, client: Client) -> None:
    wechat(sandbox).account.happens(openid(1), "message")
    (result,) = client("wechat_service").send(
        [message(1, "price_question", {"full_name": "芳" * 700})]
    )
    assert (result.outcome, result.reason) == (Outcome.FAILED, "template_error")
    assert received(sandbox) == 0
