"""Addresses are written, and hashed, as the warehouse does it."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import duckdb
import pytest

from sluice.activations.addresses import address_hash, ascii_domain, e164, mailbox, silencing_hashes
from tests.conftest import ROOT


def cases(name: str) -> list[tuple[str, str]]:
    """The cases of a macro of the warehouse; '' for null."""
    text = (ROOT / "dbt_project" / "tests" / "normalise" / f"{name}_cases.sql").read_text(
        encoding="utf-8"
    )
    return re.findall(r"\('([^']*)', (?:'([^']*)'|none)\)", text)


PAIRS = cases("normalise_phone")
MAILBOXES = [
    (given, wanted)
    for given, wanted in cases("email_mailbox")
    if re.fullmatch(r"[\w.+-]+@[\w.-]+\w", given, re.A) and wanted
]
# as a provider writes a number that gets SMS: digits, +, separators; no Chinese landline
PLAIN = [
    (given, wanted)
    for given, wanted in PAIRS
    if re.fullmatch(r"[+]?[0-9][0-9 -]{6,}", given) and re.fullmatch(r"\+(861|(?!86)).*", wanted)
]


@pytest.mark.parametrize(("given", "wanted"), PLAIN)
def test_number_is_written_as_the_warehouse_writes_it(given: str, wanted: str) -> None:
    assert e164(given) == wanted


def test_there_are_cases_to_compare() -> None:
    assert len(PLAIN) > 10


@pytest.mark.parametrize(
    "wanted", [*sorted({wanted for _, wanted in PAIRS if wanted}), "+4402079460958", "+3906123456"]
)
def test_number_of_the_warehouse_stays_as_it_is(wanted: str) -> None:
    assert e164(wanted) == wanted
    assert address_hash("sms", wanted) == hashlib.sha256(wanted.encode()).hexdigest()


@pytest.mark.parametrize(
    ("given", "region", "wanted"),
    [
        ("8613800000001", "CN", "+8613800000001"),
        ("008613800000001", "CN", "+8613800000001"),
        ("85251234567", "CN", "+85251234567"),
        ("4155550100", "US", "+14155550100"),
        ("0912345678", "TW", "+886912345678"),
        ("hello", "CN", None),
        ("", "CN", None),
    ],
)
def test_number_without_country_code_is_of_the_region(
    given: str, region: str, wanted: str | None
) -> None:
    assert e164(given, region) == wanted


@pytest.mark.parametrize("channel", ["email", "sms", "wechat"])
def test_hash_is_that_of_the_warehouse(channel: str) -> None:
    address = {"email": "wang.fang@shop.example", "sms": "+8613800000001", "wechat": "oUnionId_1"}[
        channel
    ]
    found: Any = duckdb.connect().sql(f"select sha256('{address}')").fetchall()
    assert address_hash(channel, address) == found[0][0]


@pytest.mark.parametrize(
    "given", ["13800000001", "+86 138 0000 0001", "0086-13800000001", " 8613800000001 "]
)
def test_one_number_has_one_hash(given: str) -> None:
    assert address_hash("sms", given) == address_hash("sms", "+8613800000001")


def test_what_is_no_number_has_a_hash_too() -> None:
    assert address_hash("sms", " 10086 ") == hashlib.sha256(b"10086").hexdigest()


@pytest.mark.parametrize(("given", "wanted"), MAILBOXES)
def test_mailbox_is_that_of_the_warehouse(given: str, wanted: str) -> None:
    assert mailbox(given) == wanted


def test_there_are_mailboxes_to_compare() -> None:
    assert len(MAILBOXES) > 8


@pytest.mark.parametrize(
    ("given", "wanted"),
    [pair for pair in cases("ascii_domains") if pair[1]],
    ids=lambda value: str(value)[:20],
)
def test_domain_is_encoded_as_the_warehouse_does_it(given: str, wanted: str) -> None:
    assert ascii_domain(given) == wanted


def test_every_way_to_write_a_domain_has_one_hash() -> None:
    hashes = {
        address_hash("email", f"Info@{domain}")
        for domain in ("例子.中国", "xn--fsqu00a.xn--fiqs8s", "XN--FSQU00A.xn--fiqs8s")
    }
    assert hashes == {hashlib.sha256(b"info@xn--fsqu00a.xn--fiqs8s").hexdigest()}


@pytest.mark.parametrize(
    ("channel", "address", "wanted"),
    [
        ("email", "Berta+News@firm.example", ["berta+news@firm.example", "berta@firm.example"]),
        ("email", "f.l@googlemail.com", ["f.l@googlemail.com", "fl@gmail.com"]),
        ("email", "berta@firm.example", ["berta@firm.example"]),
        ("sms", "+8613800000001", ["+8613800000001"]),
        ("wechat", "o+x@Y", ["o+x@Y"]),
    ],
)
def test_an_address_is_silenced_by_itself_and_by_its_mailbox(
    channel: str, address: str, wanted: list[str]
) -> None:
    found = silencing_hashes(channel, address, address_hash(channel, address))
    assert list(found) == [hashlib.sha256(text.encode()).hexdigest() for text in wanted]
