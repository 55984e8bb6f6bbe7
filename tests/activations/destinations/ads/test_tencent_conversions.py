"""Conversions to Tencent Ads: the conformance suite, what leaves, and what is refused before it
leaves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sluice.activations.destinations.ads.tencent_conversions import mapping
from sluice.activations.destinations.ads.tencent_conversions.client import TencentConversions
from sluice.activations.destinations.ads.tencent_conversions.config import TencentConversionsConfig
from sluice.activations.destinations.testing import Conformance
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.tencent_conversions import APP_ID, TencentConversionsVendor
from sluice.models.delivery import Item, Outcome, SyncOperation
from tests.activations.destinations.http_faults import HttpFaults, sha

NOW = datetime.now(UTC)
ORDER = {"action_type": "PURCHASE", "occurred_at": NOW, "amount": 49.9, "currency": "CNY"}


def order(key: int | str, **properties: Any) -> SyncOperation:
    number = key if isinstance(key, int) else 1
    values = {**ORDER, "phone": f"+86138{abs(number):08}", **properties}
    return SyncOperation(abs(number), key, "entered", 7, values, object="conversions")


def actions(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    vendor = sandbox.servers["tencent_conversions"].vendor
    assert isinstance(vendor, TencentConversionsVendor)
    return vendor.actions()


class TestTencentConversions(HttpFaults, Conformance):
    name, kind = "tencent_conversions", "sync"
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {
        "arrived": "hashes and codes arrive, and no text",
    }

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [order(number, full_name=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return order(999, phone="+14155550100")

    def oversized_item(self) -> Item:
        return order(998, url="https://shop.example/" + "a" * 3_000)

    def unwritable_item(self) -> Item:
        return order(997, phone="+8613800000997\r\n+8613800000998")

    def received(self, sandbox: Sandbox) -> int:
        return len(actions(sandbox))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["tencent_conversions"]) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[TencentConversions]:
    made = TencentConversions(
        TencentConversionsConfig(**sandbox.endpoints()["tencent_conversions"])
    )
    yield made
    made.close()


def test_an_order_leaves_as_a_hash_a_time_and_an_amount_in_fen(
    sandbox: Sandbox, client: TencentConversions
) -> None:
    bought = order(
        7, phone="+8613800138000", openid="oABC", click_id="wx0abc", job_title="Director"
    )
    assert [one.outcome for one in client.send([bought])] == [Outcome.ACCEPTED]
    assert actions(sandbox) == {
        "7": {
            "outer_action_id": "7",
            "action_time": int(NOW.timestamp()),
            "action_type": "PURCHASE",
            "user_id": {
                "sha256_phone": sha("13800138000"),
                "wechat_openid": "oABC",
                "wechat_app_id": APP_ID,
            },
            "trace": {"click_id": "wx0abc"},
            "action_param": {"value": 4990},
        }
    }
    assert "Director" not in json.dumps(mapping.action_of(bought, APP_ID))


@pytest.mark.parametrize(
    ("values", "app_id", "reason"),
    [
        ({"occurred_at": None}, "", "no_time"),
        ({"occurred_at": "0001-01-01T00:00:00+08:00"}, "", "no_time"),
        ({"occurred_at": NOW + timedelta(hours=1)}, "", "in_the_future"),
        ({"action_type": ""}, "", "no_action_type"),
        ({"action_type": "Purchase"}, "", "no_action_type"),
        ({"action_type": "CUSTOM"}, "", "no_action_type"),
        ({"action_type": "CUSTOM", "custom_action": "signed"}, "", None),
        ({"phone": None}, "", "no_identifier"),
        ({"phone": "+14155550100"}, "", "no_identifier"),
        ({"phone": None, "unionid": "oU"}, "", "no_identifier"),
        ({"phone": None, "unionid": "oU"}, "wx1", None),
        ({"phone": None, "click_id": "wx0abc"}, "", None),
        ({"url": "x" * 2_049}, "", "url_too_long"),
        ({"amount": "much"}, "", "no_amount"),
        ({"currency": None}, "", "no_currency"),
        ({"currency": "USD"}, "", "other_currency"),
        ({"amount": None, "currency": None}, "", None),
        ({"occurred_at": NOW - timedelta(days=30)}, "", None),
    ],
)
def test_what_tencent_would_refuse_the_call_for(
    values: dict[str, Any], app_id: str, reason: str | None
) -> None:
    assert mapping.problem(order(1, **values), NOW, app_id) == reason


@pytest.mark.parametrize(
    ("key", "sent"), [(42, "42"), ("K_1", "K_1"), (-42, sha("-42")), ("K-1/ü", sha("K-1/ü"))]
)
def test_a_key_is_an_id_of_letters_digits_and_underscores(key: int | str, sent: str) -> None:
    assert mapping.action_of(order(key), "")["outer_action_id"] == sent


def test_one_that_only_tencent_cannot_read_is_found_by_halving(
    sandbox: Sandbox, client: TencentConversions, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = mapping.action_of
    monkeypatch.setattr(
        mapping,
        "action_of",
        lambda one, app: {**sound(one, app), **({"action_type": ""} if one.key == 5 else {})},
    )
    results = client.send([order(number) for number in range(1, 9)])
    failed = [(one.delivery_id, one.reason) for one in results if one.outcome is Outcome.FAILED]
    assert failed == [(5, "tencent_ads_18002")]
    assert sorted(actions(sandbox), key=int) == ["1", "2", "3", "4", "6", "7", "8"]


def test_a_call_is_no_larger_than_tencent_takes(
    sandbox: Sandbox, client: TencentConversions
) -> None:
    url = "https://shop.example/" + "a" * 2_000
    results = client.send([order(number, url=url) for number in range(1, 51)])
    assert {one.outcome for one in results} == {Outcome.ACCEPTED}
    assert len(actions(sandbox)) == 50


def test_a_repeat_is_dropped_by_its_id(sandbox: Sandbox, client: TencentConversions) -> None:
    client.send([order(1), order(2)])
    assert {one.outcome for one in client.send([order(1), order(3)])} == {Outcome.ACCEPTED}
    assert sorted(actions(sandbox)) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(Outcome.ACCEPTED, None, 200, {"code": 0}), Outcome.ACCEPTED),
        (Answer(Outcome.ACCEPTED, None, 200, {"code": 18002}), Outcome.FAILED),
        (Answer(Outcome.ACCEPTED, None, 200, {"code": 11000}), Outcome.RETRY),
        (Answer(Outcome.ACCEPTED, None, 200, {"code": 12203}), Outcome.RETRY),
        (Answer(Outcome.ACCEPTED, None, 200, ["no object"]), Outcome.UNKNOWN),
        (Answer(Outcome.UNKNOWN, "timeout"), Outcome.UNKNOWN),
        (Answer(Outcome.FAILED, "http_403", 403), Outcome.RETRY),
    ],
    ids=str,
)
def test_the_code_in_the_answer_is_what_counts(answer: Answer, outcome: Outcome) -> None:
    assert mapping.call_result(answer).outcome is outcome
