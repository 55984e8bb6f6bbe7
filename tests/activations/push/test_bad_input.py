"""Rows that nobody can deliver: each fails or waits with a reason in words, shows nothing of
itself, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sluice.activations.ledger.store import Ledger
from sluice.activations.sandbox.hubspot import UNMADE
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, SyncOperation
from tests.activations.destinations.test_conformance import message, operation
from tests.activations.push.pushing import Pushes, contacts, cut, mails

COUNT = 40


@pytest.fixture
def pushes(tmp_path: Path) -> Iterator[Pushes]:
    with Sandbox(tmp_path, names=["hubspot", "sendgrid"]) as sandbox:
        yield Pushes(sandbox, Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}"))


def with_bad(good: list[list[Item]], *bad: Item) -> list[list[Item]]:
    """Bad items in the middle of the first batch."""
    return [[*good[0][:5], *bad, *good[0][5:]], *good[1:]]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a b@shop.example",
        "a@b.cn, c@d.cn",
        "a@b.cn\r\nRCPT TO:<c@d.cn>",
        "a@b.cn\0",
        "<a@b.cn>",
        "a@",
    ],
)
def test_address_that_cannot_be_written_to_fails_alone(pushes: Pushes, address: str) -> None:
    pushes.name = "smtp"
    assert (
        pushes.push(with_bad(mails(COUNT), message(999, address))).describe()
        == f"{COUNT} accepted, 1 failed"
    )
    assert pushes.reasons()["failed", "bad_address"] == 1
    assert pushes.mails() == (COUNT, 0)


def test_address_the_server_refuses_fails_alone_and_is_written_to_no_more(pushes: Pushes) -> None:
    pushes.name = "smtp"
    pushes.sandbox.faults.mail["gone@"] = "550 5.1.1 <gone@shop.example>: User unknown"
    assert (
        pushes.push(with_bad(mails(COUNT), message(999, "gone@shop.example"))).describe()
        == f"{COUNT} accepted, 1 failed"
    )
    assert pushes.reasons()["failed", "smtp_550_5.1.1"] == 1
    assert pushes.push([[message(1000, "gone@shop.example")]]).describe() == "1 failed"
    assert pushes.reasons()["failed", "suppressed_bounced"] == 1


def test_value_the_vendor_refuses_fails_its_row_and_names_the_property(pushes: Pushes) -> None:
    bad = operation(999, email="王芳 has no address")
    assert pushes.push(with_bad(contacts(COUNT), bad)).describe() == f"{COUNT} accepted, 1 failed"
    assert pushes.reasons()["failed", "validation_error:email"] == 1
    assert pushes.contacts() == COUNT


def test_mapping_to_a_property_nobody_made_names_it_fails_no_row_and_the_rest_goes_on(
    pushes: Pushes,
) -> None:
    """It is the mapping's fault: the rows wait for a person to make the property, and are sent
    then.
    """
    mapped = [operation(990 + n, **{"email": f"m{n}@b.cn", UNMADE: "gold"}) for n in range(3)]
    assert (
        pushes.push(with_bad(contacts(COUNT), *mapped)).describe() == f"{COUNT} accepted, 3 retry"
    )
    assert pushes.reasons()["retry", f"property_does_not_exist:{UNMADE}"] == 3
    assert pushes.contacts() == COUNT
    pushes.let_time_pass()
    fixed = [operation(990 + n, email=f"m{n}@b.cn", level="gold") for n in range(3)]
    assert pushes.push([fixed]).describe() == "3 accepted"


def test_one_operation_twice_is_sent_once(pushes: Pushes) -> None:
    twice = contacts(COUNT)
    pushes.push([[*twice[0], *twice[0]], *twice[1:], twice[1]])
    assert (pushes.states(), pushes.contacts()) == ({"accepted": COUNT}, COUNT)


def test_two_rows_with_one_key_make_one_record_and_do_not_refuse_their_batch(
    pushes: Pushes,
) -> None:
    second = SyncOperation(77_777, 3, "changed", 1, {"email": "u3@b.cn", "city": "上海市"})
    assert pushes.push(with_bad(contacts(COUNT), second)).describe() == f"{COUNT + 1} accepted"
    assert pushes.contacts() == COUNT


def test_value_no_template_can_hold_fails_alone(pushes: Pushes) -> None:
    pushes.name = "smtp"
    bad = message(999, "a@b.cn")
    object.__setattr__(bad, "template", "no_such_template")
    assert pushes.push(with_bad(mails(COUNT), bad)).describe() == f"{COUNT} accepted, 1 failed"
    assert pushes.reasons()["failed", "template_error"] == 1


def test_payload_over_the_vendors_limit_fails_alone(pushes: Pushes) -> None:
    pushes.name = "sendgrid"
    good = [message(n, f"u{n}@b.cn") for n in range(1, COUNT + 1)]
    large = message(999, "large@shop.example", "王芳" * 10_000)
    assert pushes.push(with_bad(cut(good), large)).describe() == f"{COUNT} accepted, 1 failed"
    assert pushes.reasons()["failed", "too_large"] == 1
    assert (
        pushes.sandbox.store.value("select count(*) from received where vendor = 'sendgrid'")
        == COUNT
    )


def test_no_reason_shows_a_value(pushes: Pushes) -> None:
    pushes.push(with_bad(contacts(COUNT), operation(999, email="王芳 wang fang")))
    pushes.name = "smtp"
    pushes.push(with_bad(mails(COUNT), message(999, "wang fang@shop.example")))
    shown = " ".join(str(reason) for _, reason in pushes.reasons())
    assert not any(word in shown for word in ("@", "wang", "王", "shop"))
