"""A segment as a tag: who enters is tagged, who leaves is not any more, and one person at fault
disturbs nobody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.outbox import to_operation
from sluice.activations.push.dispatcher import Pusher
from sluice.activations.sandbox.server import Sandbox
from sluice.models.config import SyncConfig
from sluice.models.delivery import Outcome, SyncOperation
from sluice.models.run import Run
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import member, openid, wechat

BATCH, CREATE = "/cgi-bin/tags/members/batchtagging", "/cgi-bin/tags/create"
RUN = Run("run-1", datetime(2026, 6, 29, 13, tzinfo=UTC))


def holders(sandbox: Sandbox) -> dict[str, set[str]]:
    account = wechat(sandbox).account
    return {name: set(account.holders[number]) for number, name in account.tags.items()}


def calls(sandbox: Sandbox, path: str) -> int:
    return sum(request.path == path for request in wechat(sandbox).calls)


def test_a_membership_follows_its_segment(sandbox: Sandbox, client: Client, tmp_path: Path) -> None:
    pusher = Pusher(
        "sync",
        "birthdays",
        "wechat_tags",
        client("wechat_tags"),
        Ledger(f"sqlite:///{tmp_path / 'l.sqlite'}"),
        RUN,
    )
    pusher.push([[member(number) for number in range(1, 4)]])
    assert holders(sandbox) == {"birthdays": {openid(1), openid(2), openid(3)}}
    gone, new = replace(member(2, "exited"), delivery_id=1), replace(member(4), delivery_id=2)
    pusher.push([[gone, new]])
    assert holders(sandbox) == {"birthdays": {openid(1), openid(3), openid(4)}}
    pusher.push([[replace(member(2), delivery_id=3)]])  # back again
    assert openid(2) in holders(sandbox)["birthdays"]


def test_a_mirror_changes_the_tag_of_a_row_and_takes_it_off(
    sandbox: Sandbox, client: Client
) -> None:
    tags, band = client("wechat_tags"), {"openid": openid(1)}
    (warm,) = tags.send([SyncOperation(1, 1, "entered", 1, {**band, "tag": "warm"})])
    (hot,) = tags.send(
        [SyncOperation(2, 1, "changed", 2, {**band, "tag": "hot"}, vendor_id=warm.vendor_id)]
    )
    assert holders(sandbox) == {"warm": set(), "hot": {openid(1)}}
    tags.send(
        [SyncOperation(3, 1, "exited", None, {}, vendor_id=hot.vendor_id)]
    )  # of a mirror the row is gone: its id says it
    assert holders(sandbox) == {"warm": set(), "hot": set()}


def test_a_changed_openid_takes_the_tag_off_the_old_one(sandbox: Sandbox, client: Client) -> None:
    tags = client("wechat_tags")
    (before,) = tags.send([member(1)])
    tags.send(
        [replace(member(1, "changed", openid=openid(9)), delivery_id=5, vendor_id=before.vendor_id)]
    )
    assert holders(sandbox) == {"birthdays": {openid(9)}}


def test_rows_of_the_outbox_are_put_on_and_taken_off(sandbox: Sandbox, client: Client) -> None:
    config = SyncConfig(
        destination="wechat_tags", key="contact_id", mode="membership", list="birthdays"
    )
    row = {"delivery_id": 1, "sync_key": 7, "row_hash": 3, "contact_id": 7, "openid": openid(7)}
    tags = client("wechat_tags")
    (entered,) = tags.send([to_operation({**row, "operation": "entered"}, config)])
    assert (entered.outcome, holders(sandbox)) == (Outcome.ACCEPTED, {"birthdays": {openid(7)}})
    gone = {
        "delivery_id": 2,
        "sync_key": 7,
        "row_hash": 3,
        "openid": None,
        "operation": "exited",
        "_vendor_id": entered.vendor_id,
    }
    (exited,) = tags.send([to_operation(gone, config)])
    assert (exited.outcome, exited.reason, holders(sandbox)) == (
        Outcome.ACCEPTED,
        None,
        {"birthdays": set()},
    )
    (never,) = tags.send([to_operation({**gone, "_vendor_id": None}, config)])
    assert (never.outcome, never.reason) == (Outcome.ACCEPTED, "never_was_there")


def test_who_has_no_openid_fails_alone(sandbox: Sandbox, client: Client) -> None:
    one, two = client("wechat_tags").send([member(1, openid=None), member(2)])
    assert (one.outcome, one.reason, two.outcome) == (
        Outcome.FAILED,
        "no_openid_or_tag",
        Outcome.ACCEPTED,
    )


def test_fifty_a_call(sandbox: Sandbox, client: Client) -> None:
    client("wechat_tags").send([member(number) for number in range(1, 121)])
    assert (calls(sandbox, CREATE), calls(sandbox, BATCH)) == (1, 3)
    assert len(holders(sandbox)["birthdays"]) == 120


def test_one_at_fault_is_found_by_halving(sandbox: Sandbox, client: Client) -> None:
    account = wechat(sandbox).account
    account.foreign.add(openid(13))
    account.left.add(openid(40))
    results = {
        r.delivery_id - 10_000: r
        for r in client("wechat_tags").send([member(number) for number in range(1, 51)])
    }
    failed = {
        number: result.reason
        for number, result in results.items()
        if result.outcome is not Outcome.ACCEPTED
    }
    assert failed == {13: "openid_of_another_account", 40: "not_a_follower"}
    assert len(holders(sandbox)["birthdays"]) == 48
    assert calls(sandbox, BATCH) <= 25


def test_a_follower_with_twenty_tags_fails_alone(sandbox: Sandbox, client: Client) -> None:
    account = wechat(sandbox).account
    for number in range(100, 120):
        account.tags[number], account.holders[number] = f"tag {number}", {openid(1)}
    one, two = client("wechat_tags").send([member(1), member(2)])
    assert (one.outcome, one.reason, two.outcome) == (
        Outcome.FAILED,
        "too_many_tags_of_one_user",
        Outcome.ACCEPTED,
    )


def test_an_account_that_is_full_of_tags_fails_no_row_for_good(
    sandbox: Sandbox, client: Client
) -> None:
    account = wechat(sandbox).account
    for number in range(100, 200):
        account.tags[number], account.holders[number] = f"tag {number}", set()
    (result,) = client("wechat_tags").send([member(1)])
    assert (result.outcome, result.reason) == (Outcome.RETRY, "too_many_tags")


def test_a_name_that_is_too_long_is_told(sandbox: Sandbox, client: Client) -> None:
    (result,) = client("wechat_tags").send([member(1, tag="会员" * 6)])
    assert (result.outcome, result.reason) == (Outcome.FAILED, "tag_name_too_long")


def test_a_tag_that_somebody_deleted_is_made_again(sandbox: Sandbox, client: Client) -> None:
    tags, account = client("wechat_tags"), wechat(sandbox).account
    tags.send([member(1)])
    account.tags.clear()
    account.holders.clear()
    assert tags.send([member(2)])[0].outcome is Outcome.RETRY
    assert tags.send([member(2)])[0].outcome is Outcome.ACCEPTED
    assert holders(sandbox) == {"birthdays": {openid(2)}}


def test_two_workers_make_one_tag(sandbox: Sandbox, client: Client) -> None:
    one, other = client("wechat_tags"), client("wechat_tags")
    other.tags.names()  # reads the tags before the first makes its own
    one.send([member(1)])
    assert other.send([member(2)])[0].outcome is Outcome.ACCEPTED
    assert holders(sandbox) == {"birthdays": {openid(1), openid(2)}}


def test_who_left_needs_no_tag_taken_off(sandbox: Sandbox, client: Client) -> None:
    tags = client("wechat_tags")
    (before,) = tags.send([member(1)])
    wechat(sandbox).account.unfollows(openid(1))
    (result,) = tags.send([replace(member(1, "exited"), vendor_id=before.vendor_id)])
    assert result.outcome is Outcome.ACCEPTED
