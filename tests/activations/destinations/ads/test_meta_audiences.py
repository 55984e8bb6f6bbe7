"""Meta Custom Audiences: the conformance suite, hashes of the vendor's own examples, members that
enter and leave.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sluice.activations.destinations.ads import graph_api, hashing
from sluice.activations.destinations.ads.meta_audiences import mapping
from sluice.activations.destinations.ads.meta_audiences.client import MetaAudiences
from sluice.activations.destinations.ads.meta_audiences.config import MetaAudiencesConfig
from sluice.activations.destinations.testing import Conformance
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.meta_audiences import MetaAudiencesVendor
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, Outcome, SyncOperation
from tests.activations.destinations.http_faults import HttpFaults, sha

LIST = "120330000000000001"


def member(
    key: int, operation: Any = "entered", list_name: str = LIST, **properties: Any
) -> SyncOperation:
    return SyncOperation(key, key, operation, key * 7, properties, list_name=list_name)


def members(sandbox: Sandbox) -> dict[str, dict[str, str]]:
    vendor = sandbox.servers["meta_audiences"].vendor
    assert isinstance(vendor, MetaAudiencesVendor)
    return vendor.members(LIST)


class TestMetaAudiences(HttpFaults, Conformance):
    name, kind = "meta_audiences", "sync"
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {
        "oversized_item": "a hash is as long as any other, whatever it is made of",
        "arrived": "hashes arrive, and no text",
    }

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            member(number, email=f"u{number}@shop.example", first_name=text)
            for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return member(999, email="no address", first_name="王芳")

    def unwritable_item(self) -> Item:
        return member(997, email="a@b.cn\r\nvictim@shop.example", first_name="王芳")

    def received(self, sandbox: Sandbox) -> int:
        return len(members(sandbox))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=["meta_audiences"]) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MetaAudiences]:
    made = MetaAudiences(MetaAudiencesConfig(**sandbox.endpoints()["meta_audiences"]))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("rule", "value", "normal"),
    [
        (hashing.email, "  John_Smith@Gmail.com ", "john_smith@gmail.com"),
        (hashing.email, "no address", ""),
        (hashing.phone, "+1 (616) 954-78 88", "16169547888"),
        (hashing.phone, "+86 138 0013 8000", "8613800138000"),
        (hashing.phone, "0086 13800138000", "8613800138000"),
        (hashing.phone, "13800138000", ""),
        (hashing.word, "Mary-Ann O'Brien", "maryannobrien"),
        (hashing.word, " 정 ", "정"),
        (hashing.word, "王 芳", "王芳"),
        (hashing.word, "Valéry", "valéry"),
        (hashing.code, "CN", "cn"),
        (hashing.code, "China", ""),
    ],
)
def test_a_value_is_normalised_before_it_is_hashed(rule: Any, value: str, normal: str) -> None:
    assert hashing.hashed(value, rule) == (sha(normal) if normal else "")


def test_a_hash_is_not_hashed_again() -> None:
    assert hashing.hashed(sha("a@x.example").upper(), hashing.email) == sha("a@x.example")


def test_nothing_but_hashes_and_our_key_leaves_the_house(
    sandbox: Sandbox, client: MetaAudiences
) -> None:
    person = member(
        12,
        email="Fang@Shop.example",
        phone="+8613800138000",
        first_name="芳",
        city="上海",
        country="CN",
        job_title="Director",
    )
    body = json.dumps(mapping.body_of([person]), ensure_ascii=False)
    assert [
        word
        for word in ("fang", "Fang", "138", "芳", "上海", "Director")
        if word in body.replace(sha("芳"), "")
    ] == []
    assert [r.outcome for r in client.send([person])] == [Outcome.ACCEPTED]
    assert members(sandbox)["12"]["EMAIL"] == sha("fang@shop.example")
    assert members(sandbox)["12"]["PHONE"] == sha("8613800138000")


def test_who_leaves_is_removed_by_our_key(sandbox: Sandbox, client: MetaAudiences) -> None:
    client.send([member(1, email="a@x.example"), member(2, email="b@x.example")])
    results = client.send([member(1, "exited"), member(3, email="c@x.example")])
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert set(members(sandbox)) == {"2", "3"}


def test_a_repeat_is_the_same_session(sandbox: Sandbox) -> None:
    first, again = (mapping.body_of([member(1, email="a@x.example")]) for _ in range(2))
    assert first == again
    assert (
        first["session"]["session_id"]
        != mapping.body_of([member(2, email="a@x.example")])["session"]["session_id"]
    )


def test_a_row_that_only_meta_cannot_read_is_found_by_halving(
    sandbox: Sandbox, client: MetaAudiences, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = mapping.row_of
    monkeypatch.setattr(
        mapping,
        "row_of",
        lambda item: ["5", "NO HASH", *sound(item)[2:]] if item.key == 5 else sound(item),
    )
    results = {
        r.delivery_id: r
        for r in client.send([member(n, email=f"u{n}@x.example") for n in range(1, 9)])
    }
    assert [n for n, result in results.items() if result.outcome is Outcome.FAILED] == [5]
    assert results[5].reason == "invalid_entry"
    assert set(members(sandbox)) == {"1", "2", "3", "4", "6", "7", "8"}


@pytest.mark.parametrize("list_name", ["", "../act_1/ads", "vip"])
def test_a_list_that_is_no_audience_id_is_refused(client: MetaAudiences, list_name: str) -> None:
    (result,) = client.send([member(1, list_name=list_name, email="a@x.example")])
    assert (result.outcome, result.reason) == (Outcome.FAILED, "no_list")


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        (400, {"code": 190}, Outcome.RETRY),
        (400, {"code": 200}, Outcome.RETRY),
        (400, {"code": 80003}, Outcome.RETRY),
        (400, {"code": 9999, "is_transient": True}, Outcome.RETRY),
        (400, {"code": 100}, Outcome.FAILED),
        (500, {"code": 1}, Outcome.RETRY),
    ],
)
def test_errors_are_told_apart_by_their_code(
    status: int, error: dict[str, Any], outcome: Outcome
) -> None:
    found = graph_api.call_result(
        Answer(
            Outcome.RETRY if status >= 500 else Outcome.FAILED,
            f"http_{status}",
            status,
            {"error": error},
        )
    )
    assert (found.outcome, found.reason) == (outcome, f"meta_{error['code']}")


def test_the_token_is_signed_where_there_is_a_secret() -> None:
    assert graph_api.proof("token", "") == {}
    assert (
        graph_api.proof("token", "secret")["appsecret_proof"]
        == "e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a"
    )
