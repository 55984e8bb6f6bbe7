"""Mass messages: four a month for each person, one send a content, never twice, and only to who was
chosen.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from sluice.activations.destinations.wechat.callback import read_callback
from sluice.activations.destinations.wechat.wechat_mass.mapping import made_at
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import DeliveryState, Message, Outcome, Receipt
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import member, message, openid, received, wechat

LIST, BY_TAG = "/cgi-bin/message/mass/send", "/cgi-bin/message/mass/sendall"
MONTH = datetime(2027, 3, 10, 4, tzinfo=UTC)


def batch(occurrence: int, people: range = range(1, 4)) -> list[Message]:
    """The same words for some people, as messages of one occurrence."""
    rows = [message(number, "members_day", {}, purpose="marketing") for number in people]
    return [Message(occurrence * 1000 + m.delivery_id, *_rest(m)) for m in rows]


def _rest(m: Message) -> tuple[object, ...]:
    return (
        m.contact_id,
        m.address,
        m.address_hash,
        m.channel,
        m.template,
        m.language,
        m.values,
        m.purpose,
    )


def reported(sandbox: Sandbox, client: Client) -> list[Receipt]:
    config = client("wechat_mass", callback_max_age_seconds=0).config
    return [
        one
        for call in wechat(sandbox).callbacks()
        for one in read_callback(config, call).reported
        if isinstance(one, Receipt)
    ]


def calls(sandbox: Sandbox, path: str) -> int:
    return sum(request.path == path for request in wechat(sandbox).calls)


@pytest.mark.parametrize("by_tag", [False, True], ids=["to a list", "by tag"])
def test_the_fifth_of_a_month_reaches_nobody_and_is_no_delivery(
    sandbox: Sandbox, client: Client, by_tag: bool
) -> None:
    sandbox.clock.set(MONTH)
    mass = client("wechat_mass", mass_by_tag=by_tag)
    for occurrence in range(1, 6):
        results = mass.send(batch(occurrence))
        assert {result.outcome for result in results} == {Outcome.ACCEPTED}
        (receipt,) = reported(sandbox, client)
        assert receipt.vendor_id == results[0].vendor_id
        assert (receipt.state, receipt.reason) == (
            (DeliveryState.DELIVERED, None)
            if occurrence < 5
            else (DeliveryState.FAILED, "all_left_out")
        )
    assert received(sandbox) == 12
    sandbox.clock.set(datetime(2027, 3, 31, 16, tzinfo=UTC))  # midnight in Beijing: another month
    mass.send(batch(6))
    assert received(sandbox) == 15


def test_where_some_were_left_out_nobody_in_particular_is_delivered(
    sandbox: Sandbox, client: Client
) -> None:
    sandbox.clock.set(MONTH)
    mass = client("wechat_mass")
    for occurrence in range(1, 5):
        mass.send(batch(occurrence))
    reported(sandbox, client)
    mass.send(batch(5, range(1, 7)))
    assert received(sandbox) == 12 + 3
    assert reported(sandbox, client) == []


@pytest.mark.parametrize("by_tag", [False, True], ids=["to a list", "by tag"])
def test_a_lost_answer_is_found_again_under_its_clientmsgid(
    sandbox: Sandbox, client: Client, by_tag: bool
) -> None:
    sandbox.faults.http_at[BY_TAG if by_tag else LIST] = deque(["drop_after_accept"])
    results = client("wechat_mass", mass_by_tag=by_tag).send(batch(1))
    assert [(result.outcome, result.reason) for result in results] == [
        (Outcome.ACCEPTED, "already_sent")
    ] * 3
    assert received(sandbox) == 3
    assert {result.vendor_id for result in results} == {reported(sandbox, client)[0].vendor_id}


def test_each_content_is_one_send(sandbox: Sandbox, client: Client) -> None:
    english = [
        Message(m.delivery_id + 500, *_rest(m)[:5], "en", m.values, m.purpose)
        for m in batch(1, range(4, 9))
    ]  # type: ignore[arg-type]
    results = client("wechat_mass").send([*batch(1), *english])
    assert len({result.vendor_id for result in results}) == calls(sandbox, LIST) == 2
    assert received(sandbox) == 8


def test_one_alone_is_reached_by_a_tag_of_its_own(sandbox: Sandbox, client: Client) -> None:
    client("wechat_mass").send(batch(1, range(1, 2)))
    assert (calls(sandbox, LIST), calls(sandbox, BY_TAG), received(sandbox)) == (0, 1, 1)


def test_a_tag_that_a_sync_keeps_is_never_sent_to(sandbox: Sandbox, client: Client) -> None:
    client("wechat_tags").send([member(number) for number in range(1, 30)])
    client("wechat_mass", mass_by_tag=True).send(batch(1))
    assert sandbox.store.rows("select recipient from received order by 1") == [
        (openid(number),) for number in range(1, 4)
    ]


def test_tags_of_yesterdays_sends_are_taken_away_and_no_others(
    sandbox: Sandbox, client: Client
) -> None:
    account = wechat(sandbox).account
    today = int(datetime.now(UTC).timestamp())
    names = [
        f"sluice-{today - 90_000}-0123abcd",
        f"sluice-{today - 60}-0123abcd",
        "birthdays",
        "sluice-friends",
    ]
    for number, name in enumerate(names, start=100):
        account.tags[number], account.holders[number] = name, set()
    client("wechat_mass", mass_by_tag=True).send(batch(1))
    kept = set(account.tags.values())
    assert names[0] not in kept
    assert set(names[1:]) < kept
    (new,) = kept - set(names)
    assert made_at(new) is not None
    assert len(new.encode()) <= 30


def test_nothing_is_sent_when_who_holds_the_tag_is_not_known(
    sandbox: Sandbox, client: Client
) -> None:
    sandbox.faults.http_at["/cgi-bin/tags/members/batchtagging"] = deque(["drop_after_accept"])
    results = client("wechat_mass", mass_by_tag=True).send(batch(1))
    assert {result.outcome for result in results} == {Outcome.RETRY}
    assert (calls(sandbox, BY_TAG), received(sandbox), wechat(sandbox).account.tags) == (0, 0, {})


def test_who_left_and_who_is_no_follower_do_not_disturb_the_rest(
    sandbox: Sandbox, client: Client
) -> None:
    people = batch(1, range(1, 60))
    wechat(sandbox).account.unfollows(openid(7))
    results = {r.delivery_id: r for r in client("wechat_mass", mass_by_tag=True).send(people)}
    assert (results[1007].outcome, results[1007].reason, results[1007].suppress) == (
        Outcome.FAILED,
        "not_a_follower",
        True,
    )
    assert (
        sum(result.outcome is Outcome.ACCEPTED for result in results.values())
        == received(sandbox)
        == 58
    )


def test_more_than_sixty_sends_a_minute_wait(sandbox: Sandbox, client: Client) -> None:
    account = wechat(sandbox).account
    account.mass_calls.extend([sandbox.clock.now() - timedelta(seconds=1)] * 60)
    results = client("wechat_mass").send(batch(1))
    assert {(r.outcome, r.reason, r.retry_after_seconds) for r in results} == {
        (Outcome.RETRY, "minute_quota_used_up", 60.0)
    }
