"""Mails through a real Postfix: what it bounces comes back to a Maildir, and becomes receipts of
the right mails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.email.smtp.client import Smtp
from sluice.activations.destinations.email.smtp.config import SmtpConfig
from sluice.models.delivery import DeliveryState, Outcome, Receipt
from tests.activations.destinations.test_conformance import message
from tests.counterparts.postfix import (
    REFUSED,
    count_mails,
    missing,
    private_postfix,
    sink,
    wait_for_mails,
)

pytestmark = [
    pytest.mark.counterparts,
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]


@pytest.fixture(scope="module")
def postfix() -> Iterator[tuple[int, Path]]:
    """Postfix with an unknown user at hard.example, a full mailbox at soft.example, a policy at
    spam.example.
    """
    with ExitStack() as stack:
        hard = stack.enter_context(sink("-f", "RCPT", "-B", "550 5.1.1 User unknown"))
        soft = stack.enter_context(sink("-r", "RCPT", "-b", "452 4.2.2 Mailbox full"))
        spam = stack.enter_context(sink("-f", ".", "-B", "554 5.7.1 Message looks like spam"))
        routes = {
            "hard.example": hard,
            "soft.example": soft,
            "spam.example": spam,
            "good.example": stack.enter_context(sink()),
        }
        yield stack.enter_context(private_postfix(routes))


def client(postfix: tuple[int, Path], **settings: Any) -> Smtp:
    port, maildir = postfix
    given = {
        "host": "127.0.0.1",
        "port": port,
        "starttls": False,
        "sender": "Shop <news@shop.example>",
        "secret": "s" * 16,
    }
    return Smtp(
        SmtpConfig(
            **{
                **given,
                "bounce_address": "bounces@bounce.shop.example",
                "bounce_maildir": maildir,
                **settings,
            }
        )
    )


def test_bounces_become_receipts(postfix: tuple[int, Path]) -> None:
    since = datetime.now(UTC) - timedelta(seconds=2)
    smtp = client(postfix)
    addresses = {
        -1: "gone@hard.example",
        2: "full@soft.example",
        3: "u@spam.example",
        4: "u@good.example",
    }
    results = smtp.send([message(number, address) for number, address in addresses.items()])
    smtp.close()
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert wait_for_mails(postfix[1], 3) == 3
    receipts = {
        receipt.delivery_id: receipt
        for receipt in smtp.fetch_receipts(since)
        if isinstance(receipt, Receipt)
    }
    found = {
        number: (receipt.state, receipt.reason, receipt.suppress)
        for number, receipt in receipts.items()
    }
    assert found == {
        -1: (DeliveryState.BOUNCED, "hard_5.1.1", True),
        2: (DeliveryState.BOUNCED, "soft_4.2.2", False),
        3: (DeliveryState.BOUNCED, "policy_5.7.1", False),
    }
    assert all(since <= receipt.occurred_at <= datetime.now(UTC) for receipt in receipts.values())


def test_delivery_is_told_when_it_is_asked_for(postfix: tuple[int, Path]) -> None:
    """The mail is delivered by Postfix itself, beside the notification that says so."""
    before = count_mails(postfix[1])
    smtp = client(postfix, notify="SUCCESS,FAILURE")
    assert smtp.send([message(77, "someone@bounce.shop.example")])[0].outcome is Outcome.ACCEPTED
    smtp.close()
    assert wait_for_mails(postfix[1], before + 2) == before + 2
    reported = smtp.fetch_receipts(datetime.now(UTC) - timedelta(minutes=1))
    stated = [
        receipt.state
        for receipt in reported
        if isinstance(receipt, Receipt) and receipt.delivery_id == 77
    ]
    assert stated == [DeliveryState.DELIVERED]


def test_recipient_that_postfix_refuses_is_checked_at_once(postfix: tuple[int, Path]) -> None:
    """MAIL, RCPT and DATA were sent together: the two others go through on the same connection."""
    smtp = client(postfix)
    results = smtp.send(
        [
            message(number, address)
            for number, address in enumerate(["a@good.example", REFUSED, "b@good.example"])
        ]
    )
    smtp.close()
    assert [result.outcome for result in results] == [
        Outcome.ACCEPTED,
        Outcome.FAILED,
        Outcome.ACCEPTED,
    ]
    assert (results[1].reason, results[1].suppress) == ("smtp_550_5.1.1", True)


def test_mail_over_the_limit_of_postfix_is_not_sent(postfix: tuple[int, Path]) -> None:
    smtp = client(postfix)
    large, good = smtp.send(
        [message(201, "u@good.example", "王芳" * 50_000), message(202, "u@good.example")]
    )
    smtp.close()
    assert (large.outcome, large.reason, good.outcome) == (
        Outcome.FAILED,
        "too_large",
        Outcome.ACCEPTED,
    )


def test_many_mails_go_through_one_connection(postfix: tuple[int, Path]) -> None:
    smtp = client(postfix)
    results = smtp.send([message(number, f"u{number}@good.example") for number in range(100, 150)])
    smtp.close()
    assert [result.outcome for result in results] == [Outcome.ACCEPTED] * 50
