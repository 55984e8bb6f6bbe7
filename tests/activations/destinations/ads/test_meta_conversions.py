"""Conversions to Meta: the conformance suite, what leaves, and what is refused before it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sluice.activations.destinations.ads.meta_conversions import mapping
from sluice.activations.destinations.ads.meta_conversions.client import MetaConversions
from sluice.activations.destinations.ads.meta_conversions.config import MetaConversionsConfig
from sluice.activations.destinations.testing import Conformance
from sluice.activations.sandbox.meta_conversions import MetaConversionsVendor
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, Outcome, SyncOperation
from tests.activations.destinations.http_faults import HttpFaults, sha

NOW = datetime.now(UTC)
ORDER = {"event_name": "Purchase", "occurred_at": NOW, "amount": 49.9, "currency": "CNY"}


def order(key: int, **properties: Any) -> SyncOperation:
    values = {**ORDER, "email": f"u{key}@shop.example", **properties}
    return SyncOperation(key, key, "entered", key * 7, values, object="conversions")


def events(sandbox: Sandbox) -> dict[str, dict[str, Any]]:
    vendor = sandbox.servers["meta_conversions"].vendor
    assert isinstance(vendor, MetaConversionsVendor)
    return vendor.events()


class TestMetaConversions(HttpFaults, Conformance):
    name, kind = "meta_conversions", "sync"
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {
        "oversized_item": "a hash is as long as any other, whatever it is made of",
        "arrived": "hashes arrive, and no text",
    }

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [order(number, first_name=text) for number in range(1, count + 1)]

    def bad_item(self) -> Item:
        return order(999, email="no address")

    def unwritable_item(self) -> Item:
        return order(997, email="a@b.cn\r\nvictim@shop.example")

    def received(self, sandbox: Sandbox) -> int:
        return len(events(sandbox))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["meta_conversions"]) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MetaConversions]:
    made = MetaConversions(MetaConversionsConfig(**sandbox.endpoints()["meta_conversions"]))
    yield made
    made.close()


def test_an_order_leaves_as_hashes_a_time_and_a_value(
    sandbox: Sandbox, client: MetaConversions
) -> None:
    bought = order(
        7, email="Fang@Shop.example", phone="+8613800138000", order_id="O-1", job_title="Director"
    )
    assert [one.outcome for one in client.send([bought])] == [Outcome.ACCEPTED]
    assert events(sandbox) == {
        "7": {
            "event_name": "Purchase",
            "event_time": int(NOW.timestamp()),
            "event_id": "7",
            "action_source": "system_generated",
            "user_data": {"em": [sha("fang@shop.example")], "ph": [sha("8613800138000")]},
            "custom_data": {"value": 49.9, "currency": "CNY", "order_id": "O-1"},
        }
    }
    assert "Director" not in json.dumps(mapping.body_of([bought]))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"occurred_at": None}, "no_time"),
        ({"occurred_at": "soon"}, "no_time"),
        ({"occurred_at": NOW - timedelta(days=8)}, "too_old"),
        ({"occurred_at": NOW + timedelta(hours=1)}, "in_the_future"),
        ({"event_name": ""}, "no_event_name"),
        ({"email": None}, "no_identifier"),
        ({"currency": None}, "no_currency"),
        ({"currency": "yuan"}, "no_currency"),
        ({"amount": "49,90"}, "no_amount"),
        ({"amount": float("nan")}, "no_amount"),
        ({"amount": "Infinity"}, "no_amount"),
        ({"amount": "49.90"}, None),
        ({"amount": None, "currency": None}, None),
        ({"occurred_at": NOW.replace(tzinfo=None)}, None),
        ({"occurred_at": (NOW - timedelta(days=6)).isoformat()}, None),
    ],
)
def test_what_meta_would_refuse_the_call_for(values: dict[str, Any], reason: str | None) -> None:
    assert mapping.problem(order(1, **values), NOW) == reason


def test_one_that_only_meta_cannot_read_is_found_by_halving(
    sandbox: Sandbox, client: MetaConversions, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = mapping.event_of
    monkeypatch.setattr(
        mapping,
        "event_of",
        lambda one: {**sound(one), **({"user_data": {"em": ["x"]}} if one.key == 5 else {})},
    )
    results = client.send([order(number) for number in range(1, 9)])
    assert [one.delivery_id for one in results if one.outcome is Outcome.FAILED] == [5]
    assert sorted(events(sandbox), key=int) == ["1", "2", "3", "4", "6", "7", "8"]


def test_a_repeat_is_dropped_by_its_id(sandbox: Sandbox, client: MetaConversions) -> None:
    client.send([order(1), order(2)])
    assert {one.outcome for one in client.send([order(1), order(3)])} == {Outcome.ACCEPTED}
    assert sorted(events(sandbox)) == ["1", "2", "3"]
