"""Every errcode, met by a real call: what becomes of the item, of the address, and of the items
behind it.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

import pytest

from sluice.activations.destinations.wechat.api import api_answer
from sluice.activations.destinations.wechat.outcomes import (
    OFFICIAL_ACCOUNT,
    WECOM,
    seconds_to_midnight,
)
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Outcome
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import (
    ORDER,
    alert,
    message,
    received,
    wechat,
    wecom,
)

ACCEPTED, FAILED, RETRY = Outcome.ACCEPTED, Outcome.FAILED, Outcome.RETRY
SEND = "/cgi-bin/message/template/send"
# errcode: outcome, reason, whether the address is suppressed, and what becomes of the next item of
# the batch
CASES = {
    -1: (RETRY, "vendor_busy", False, ACCEPTED),
    40002: (RETRY, "login_refused", False, RETRY),
    40003: (FAILED, "openid_not_valid", True, ACCEPTED),
    40013: (RETRY, "appid_refused", False, RETRY),
    40031: (FAILED, "openid_list_not_valid", False, ACCEPTED),
    40032: (FAILED, "openid_list_too_long", False, ACCEPTED),
    40033: (FAILED, "characters_refused", False, ACCEPTED),
    40037: (RETRY, "template_not_valid", False, RETRY),
    40125: (RETRY, "secret_refused", False, RETRY),
    40164: (RETRY, "ip_not_in_whitelist", False, RETRY),
    43004: (FAILED, "not_a_follower", True, ACCEPTED),
    43019: (FAILED, "blacklisted", True, ACCEPTED),
    43101: (FAILED, "not_subscribed", False, ACCEPTED),
    45002: (FAILED, "content_too_long", False, ACCEPTED),
    45009: (RETRY, "daily_quota_used_up", False, RETRY),
    45011: (RETRY, "minute_quota_used_up", False, RETRY),
    45015: (FAILED, "outside_reply_window", False, ACCEPTED),
    45047: (FAILED, "reply_window_used_up", False, ACCEPTED),
    45056: (RETRY, "too_many_tags", False, RETRY),
    45058: (FAILED, "tag_of_the_system", False, ACCEPTED),
    45059: (FAILED, "too_many_tags_of_one_user", False, ACCEPTED),
    45065: (ACCEPTED, "already_sent", False, ACCEPTED),
    45157: (FAILED, "tag_name_taken", False, ACCEPTED),
    45158: (FAILED, "tag_name_too_long", False, ACCEPTED),
    45159: (FAILED, "tag_not_there", False, ACCEPTED),
    47001: (FAILED, "body_refused", False, ACCEPTED),
    47003: (FAILED, "template_value_refused", False, ACCEPTED),
    48001: (RETRY, "no_permission", False, RETRY),
    48002: (FAILED, "messages_blocked", True, ACCEPTED),
    48004: (RETRY, "interface_banned", False, RETRY),
    49003: (FAILED, "openid_of_another_account", True, ACCEPTED),
    50002: (RETRY, "account_limited", False, RETRY),
    77777: (RETRY, "errcode_77777", False, ACCEPTED),
}
SAID_NO = {43004, 48002}
REFRESHED = {40001, 40014, 42001}


def test_no_errcode_of_the_table_is_untested() -> None:
    assert set(OFFICIAL_ACCOUNT) == {*CASES, *REFRESHED} - {77777}
    assert set(WECOM) == {*WECOM_CASES, *WECOM_REFRESHED} - {77777}


@pytest.mark.parametrize("errcode", CASES)
def test_an_errcode_becomes_an_outcome(sandbox: Sandbox, client: Client, errcode: int) -> None:
    outcome, reason, suppress, of_the_next = CASES[errcode]
    wechat(sandbox).script.add(SEND, errcode)
    first, second = client("wechat_template").send(
        [message(number, "order_shipped", ORDER) for number in (1, 2)]
    )
    assert (first.outcome, first.reason, first.suppress) == (outcome, reason, suppress)
    assert first.suppress_reason == ("unsubscribed" if errcode in SAID_NO else "bounced")
    assert second.outcome is of_the_next
    assert received(sandbox) == (of_the_next is ACCEPTED)


@pytest.mark.parametrize("errcode", sorted(REFRESHED))
def test_a_refused_token_is_replaced_once_and_then_the_item_waits(
    sandbox: Sandbox, client: Client, errcode: int
) -> None:
    template, item = client("wechat_template"), message(1, "order_shipped", ORDER)
    wechat(sandbox).script.add(SEND, errcode)
    assert template.send([item])[0].outcome is ACCEPTED
    wechat(sandbox).script.add(SEND, errcode, errcode)
    assert template.send([message(2, "order_shipped", ORDER)])[0].outcome is RETRY
    assert received(sandbox) == 1


def test_a_template_at_fault_stops_its_own_messages_alone(sandbox: Sandbox, client: Client) -> None:
    wechat(sandbox).script.add(SEND, 40037)
    batch = [
        message(1, "order_shipped", ORDER),
        message(2, "members_day", {}),
        message(3, "order_shipped", ORDER),
    ]
    assert [r.outcome for r in client("wechat_template").send(batch)] == [RETRY, FAILED, RETRY]
    assert sum(request.path == SEND for request in wechat(sandbox).calls) == 1


@pytest.mark.parametrize("errcode", [45009, 45011])
def test_a_used_up_quota_lets_no_client_of_the_account_call(
    sandbox: Sandbox, client: Client, errcode: int
) -> None:
    wechat(sandbox).script.add(SEND, errcode)
    one, other = client("wechat_template"), client("wechat_template")
    assert one.send([message(1, "order_shipped", ORDER)])[0].outcome is RETRY
    (result,) = other.send([message(2, "order_shipped", ORDER)])
    assert sum(request.path == SEND for request in wechat(sandbox).calls) == 1
    longest = 86_400 if errcode == 45009 else 60
    assert result.outcome is RETRY
    assert 0 < (result.retry_after_seconds or 0) <= longest


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        (datetime(2026, 6, 29, 15, 59, 30, tzinfo=UTC), 30),
        (datetime(2026, 6, 29, 16, tzinfo=UTC), 86_400),
        (datetime(2026, 6, 29, 4, tzinfo=UTC), 12 * 3600),
    ],
)
def test_the_day_of_the_vendor_ends_at_midnight_in_beijing(now: datetime, seconds: float) -> None:
    assert seconds_to_midnight(now) == seconds


WEBHOOK = "/cgi-bin/webhook/send"
WECOM_REFRESHED = {40014, 42001}
WECOM_CASES = {
    -1: (RETRY, "vendor_busy", ACCEPTED),
    40001: (RETRY, "secret_refused", RETRY),
    40003: (FAILED, "user_not_valid", ACCEPTED),
    40013: (RETRY, "corpid_refused", RETRY),
    40058: (FAILED, "content_too_long", ACCEPTED),
    40096: (FAILED, "external_userid_not_valid", ACCEPTED),
    41048: (FAILED, "no_valid_recipient", ACCEPTED),
    45002: (FAILED, "content_too_long", ACCEPTED),
    45009: (RETRY, "minute_quota_used_up", RETRY),
    45033: (RETRY, "too_many_calls_at_once", RETRY),
    47001: (FAILED, "body_refused", ACCEPTED),
    48001: (RETRY, "no_permission", RETRY),
    48002: (RETRY, "no_permission", RETRY),
    50002: (RETRY, "account_limited", RETRY),
    60020: (RETRY, "ip_not_in_whitelist", RETRY),
    84061: (FAILED, "not_a_customer_of_the_sender", ACCEPTED),
    93000: (RETRY, "robot_key_refused", RETRY),
    77777: (RETRY, "errcode_77777", ACCEPTED),
}


@pytest.mark.parametrize("errcode", WECOM_CASES)
def test_an_errcode_of_wecom_becomes_an_outcome(
    sandbox: Sandbox, client: Client, errcode: int
) -> None:
    outcome, reason, of_the_next = WECOM_CASES[errcode]
    wecom(sandbox).script.add(WEBHOOK, errcode)
    first, second = client("wecom_robot").send([alert(1), alert(2)])
    assert (first.outcome, first.reason, second.outcome) == (outcome, reason, of_the_next)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("500", RETRY),
        ("429", RETRY),
        ("drop", Outcome.UNKNOWN),
        ("slow_after_accept", Outcome.UNKNOWN),
        ("invalid_json", Outcome.UNKNOWN),
    ],
)
def test_what_the_network_does_becomes_an_outcome(
    sandbox: Sandbox, client: Client, fault: str, outcome: Outcome
) -> None:
    sandbox.faults.http_at["/cgi-bin/message/custom/send"] = deque([fault])  # type: ignore[list-item]
    wechat(sandbox).account.happens(message(1, "", {}).address, "message")
    (result,) = client("wechat_service", timeout_seconds=0.3).send(
        [message(1, "price_question", {})]
    )
    assert result.outcome is outcome


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_what_stands_in_between_fails_no_item_for_good(status: int) -> None:
    """The vendor itself answers 200: any other status is a proxy's, or a wrong
    SLUICE_WECHAT_URL.
    """
    answer = api_answer(Answer(Outcome.FAILED, f"http_{status}", status), OFFICIAL_ACCOUNT)
    assert (answer.outcome, answer.reason, answer.result(1).suppress) == (
        RETRY,
        f"http_{status}",
        False,
    )


@pytest.mark.parametrize("body", [[], "ok", 5])
def test_an_answer_that_is_no_object_is_unknown(body: object) -> None:
    assert (
        api_answer(Answer(Outcome.ACCEPTED, None, 200, body), OFFICIAL_ACCOUNT).outcome
        is Outcome.UNKNOWN
    )
