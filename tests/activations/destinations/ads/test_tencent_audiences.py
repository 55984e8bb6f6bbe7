"""Tencent Ads audiences: the conformance suite, hashes of mainland numbers, members that leave by
the hash that was sent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from sluice.activations.destinations.ads.tencent_audiences import mapping
from sluice.activations.destinations.base import Destination
from sluice.activations.destinations.testing import Conformance
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.tencent_audiences import TencentAudiencesVendor
from sluice.models.delivery import Item, Outcome, SyncOperation
from tests.activations.destinations.http_faults import HttpFaults, sha

LIST = "28373921"


def member(
    key: int, operation: Any = "entered", list_name: str = LIST, **properties: Any
) -> SyncOperation:
    number = key if operation == "entered" else 100_000 + key
    return SyncOperation(number, key, operation, key * 7, properties, list_name=list_name)


def phone(number: int) -> str:
    return f"+86138{number:08}"


def members(sandbox: Sandbox) -> set[str]:
    vendor = sandbox.servers["tencent_audiences"].vendor
    assert isinstance(vendor, TencentAudiencesVendor)
    return vendor.audiences.get(LIST, set())


class TestTencentAudiences(HttpFaults, Conformance):
    name, kind = "tencent_audiences", "sync"
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {
        "oversized_item": "a hash is as long as any other, whatever it is made of",
        "arrived": "hashes arrive, and no text",
    }

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        return [
            member(number, phone=phone(number), full_name=text) for number in range(1, count + 1)
        ]

    def bad_item(self) -> Item:
        return member(999, phone="+14155550100")

    def unwritable_item(self) -> Item:
        return member(997, phone=f"{phone(997)}\r\n{phone(998)}")

    def received(self, sandbox: Sandbox) -> int:
        return len(members(sandbox))

    def test_who_leaves_is_removed_by_the_hash_that_was_sent(
        self, destination: Destination, sandbox: Sandbox
    ) -> None:
        """The row is gone, and the number with it: the ledger has the hash, as the vendor's id of
        the member.
        """
        sent = destination.send([member(1, phone=phone(1)), member(2, phone=phone(2))])
        assert [result.vendor_id for result in sent] == [sha("13800000001"), sha("13800000002")]
        left = [replace(member(1, "exited"), vendor_id=sent[0].vendor_id), member(3, "exited")]
        assert {result.outcome for result in destination.send(left)} == {Outcome.ACCEPTED}
        assert members(sandbox) == {sha("13800000002")}

    def test_a_clock_that_is_off_is_tried_again(
        self, destination: Destination, sandbox: Sandbox
    ) -> None:
        sandbox.clock.set(datetime.now(UTC) + timedelta(minutes=6))
        (result,) = destination.send([member(1, phone=phone(1))])
        assert (result.outcome, result.reason) == (Outcome.RETRY, "tencent_ads_10003")


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("+8613800138000", "13800138000"),
        ("0086 138-0013-8000", "13800138000"),
        ("13800138000", "13800138000"),
        ("+14155550100", ""),
        ("02112345678", ""),
        ("", ""),
    ],
)
def test_a_mainland_number_is_hashed_as_eleven_digits(value: str, normal: str) -> None:
    assert mapping.identifier(member(1, phone=value)) == (sha(normal) if normal else "")


def test_the_same_members_are_the_same_file() -> None:
    assert mapping.to_zip([sha("1"), sha("2")]) == mapping.to_zip([sha("1"), sha("2"), sha("1")])


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(Outcome.ACCEPTED, None, 200, {"code": 0}), Outcome.ACCEPTED),
        (Answer(Outcome.ACCEPTED, None, 200, {"code": 11017}), Outcome.RETRY),
        (Answer(Outcome.ACCEPTED, None, 200, ["no object"]), Outcome.UNKNOWN),
        (Answer(Outcome.UNKNOWN, "unreadable_answer", 200), Outcome.UNKNOWN),
        (Answer(Outcome.FAILED, "http_403", 403), Outcome.RETRY),
    ],
    ids=str,
)
def test_the_code_in_the_answer_is_what_counts(answer: Answer, outcome: Outcome) -> None:
    assert mapping.call_result(answer).outcome is outcome
