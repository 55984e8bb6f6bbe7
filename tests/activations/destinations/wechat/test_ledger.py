"""From a send to what the ledger knows: receipts by number, one number for a whole mass send, and
who said no.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from sluice.activations.destinations.registry import REGISTRY
from sluice.activations.ledger.receiving import receive
from sluice.activations.ledger.store import Ledger
from sluice.activations.push.dispatcher import Pusher
from sluice.activations.sandbox.server import Sandbox
from sluice.models.run import Run
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import (
    ORDER,
    customer,
    message,
    openid,
    received,
    wechat,
    wecom,
)

RUN = Run("run-1", datetime(2026, 6, 29, 13, tzinfo=UTC))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


def push(ledger: Ledger, name: str, destination: Any, items: list[Any]) -> None:
    Pusher("message", name, name, destination, ledger, RUN).push([items])


def read_callback(ledger: Ledger, sandbox: Sandbox, destination: Any) -> int:
    callback = REGISTRY["wechat_template"].callback
    assert callback is not None
    reported = [
        one
        for call in wechat(sandbox).callbacks()
        for one in callback(destination.config, call).reported
    ]
    receive(ledger.engine, reported, datetime.now(UTC))
    return receive(
        ledger.engine, reported, datetime.now(UTC)
    )  # the vendor calls again where it got no answer


def states(ledger: Ledger) -> Counter[str]:
    with ledger.engine.connect() as connection:
        return Counter(connection.execute(sa.text("select state from deliveries")).scalars())


def test_a_template_message_is_delivered_or_blocked(
    sandbox: Sandbox, client: Client, ledger: Ledger
) -> None:
    template = client("wechat_template")
    wechat(sandbox).account.blocked.add(openid(2))
    push(
        ledger,
        "shipped",
        template,
        [message(number, "order_shipped", ORDER) for number in (1, 2, 3)],
    )
    assert states(ledger) == {"accepted": 3}
    assert read_callback(ledger, sandbox, template) == 0
    assert states(ledger) == {"delivered": 2, "failed": 1}
    push(
        ledger, "again", template, [message(number, "order_shipped", ORDER) for number in (11, 12)]
    )
    push(ledger, "again", template, [message(22, "order_shipped", ORDER, address=openid(2))])
    assert states(ledger)["failed"] == 2  # who blocked the account is sent nothing more
    assert received(sandbox) == 4


def test_one_number_covers_a_mass_send(sandbox: Sandbox, client: Client, ledger: Ledger) -> None:
    mass = client("wechat_mass")
    push(
        ledger, "members_day", mass, [message(number, "members_day", {}) for number in range(1, 6)]
    )
    read_callback(ledger, sandbox, mass)
    assert states(ledger) == {"delivered": 5}


def test_who_left_gets_nothing_more(sandbox: Sandbox, client: Client, ledger: Ledger) -> None:
    mass = client("wechat_mass")
    wechat(sandbox).account.unfollows(openid(3))
    read_callback(ledger, sandbox, mass)
    push(
        ledger, "members_day", mass, [message(number, "members_day", {}) for number in range(1, 6)]
    )
    assert states(ledger) == {"accepted": 4, "failed": 1}
    assert openid(3) not in str(sandbox.store.rows("select recipient, source from received"))


def test_a_task_counts_as_delivered_only_when_the_employee_sent_it(
    sandbox: Sandbox, client: Client, ledger: Ledger
) -> None:
    mass = client("wecom_mass")
    push(ledger, "question", mass, [customer(number, "") for number in (1, 2)])
    receive(ledger.engine, mass.fetch_receipts(datetime.now(UTC)), datetime.now(UTC))
    assert states(ledger) == {"accepted": 2}
    (task,) = wecom(sandbox).tasks.values()
    wecom(sandbox).lost.add("wm000002")
    wecom(sandbox).confirm(task.msgid)
    receive(ledger.engine, mass.fetch_receipts(datetime.now(UTC)), datetime.now(UTC))
    assert states(ledger) == {"delivered": 1, "failed": 1}
