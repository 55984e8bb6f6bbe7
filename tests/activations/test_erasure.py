"""Whoever was erased is known again, however their address is written; nobody else is."""

from __future__ import annotations

import pytest

from sluice.activations.erasure import (
    EMAIL,
    ID,
    PHONE,
    RECORD,
    ErasedKeys,
    hashes_of,
    record_key,
)

SECRET = b"k" * 32
ERASED = ErasedKeys(
    SECRET,
    frozenset(
        [
            *hashes_of(SECRET, EMAIL, "ann.lee@gmail.com"),
            *hashes_of(SECRET, EMAIL, "bo@müller.example"),
            *hashes_of(SECRET, PHONE, "+8613912345876"),
            *hashes_of(SECRET, PHONE, "+447911123456"),
            *hashes_of(SECRET, ID, "oA_0f2e4d6c8b1a3957"),
            *hashes_of(SECRET, RECORD, record_key("crm", "12")),
        ]
    ),
)


@pytest.mark.parametrize(
    "written",
    [
        "ann.lee@gmail.com",
        "Ann.Lee+shop@GoogleMail.com",
        " annlee@gmail.com ",
        "mailto:ann.lee@gmail.com",
        "Ann Lee <ann.lee@gmail.com>",
        "ann.lee @gmail.com",
        "bo@xn--mller-kva.example",
        "+86 139-1234-5876",
        "13912345876",
        "(+86)13912345876",
        "008613912345876",
        "+44 7911 123456",
        "oA_0f2e4d6c8b1a3957",
    ],
)
def test_a_person_is_known_again(written: str) -> None:
    assert ERASED.is_one(written.strip())


@pytest.mark.parametrize(
    "written",
    [
        "",
        "12",
        "ann.lee@gmail.org",
        "nann.lee@gmail.com",
        "13912345877",
        "15912345876",  # the same last seven digits
        "2345876",
        "oA_0f2e4d6c8b1a3958",
        "@",
        "a@b@c",
        "x" * 100_000,
        "😀@😀",
    ],
)
def test_nobody_else_is(written: str) -> None:
    assert not ERASED.is_one(written)
    assert not ERASED.names(written)


@pytest.mark.parametrize(
    "text",
    [
        "please call ann.lee@gmail.com.",
        "tel:13912345876; tomorrow",
        "sent to <oA_0f2e4d6c8b1a3957>",
    ],
)
def test_a_mention_is_found(text: str) -> None:
    assert ERASED.names(text)
    assert not ERASED.is_one(text)


def test_an_id_counts_in_its_own_source_alone() -> None:
    assert ERASED.has_record("crm", "12")
    assert not ERASED.has_record("shop", "12")


def test_another_key_knows_nobody() -> None:
    assert not ErasedKeys(b"j" * 32, ERASED.hashes).is_one("ann.lee@gmail.com")
    assert "ann" not in repr(ERASED)
    assert "kkk" not in repr(ERASED)
