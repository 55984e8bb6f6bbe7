"""One token for all who send: fetched once, replaced once, forced seldom."""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import requests

from sluice.activations.destinations.wechat.tokens import Account, forget_accounts
from sluice.activations.http.client import Answer
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Outcome
from tests.activations.destinations.wechat.conftest import Client
from tests.activations.destinations.wechat.items import (
    ORDER,
    customer,
    message,
    received,
    wechat,
    wecom,
)

WORKERS, EACH = 8, 5
STABLE, SEND = "/cgi-bin/stable_token", "/cgi-bin/message/template/send"


def calls(sandbox: Sandbox, path: str) -> int:
    return sum(request.path == path for request in wechat(sandbox).calls)


def send_at_once(client: Client, first: int) -> Counter[Outcome]:
    """Workers, each with a client of its own, that begin in the same moment."""
    barrier = Barrier(WORKERS)

    def work(worker: int) -> list[Outcome]:
        destination = client("wechat_template")
        batch = [
            message(first + worker * EACH + number, "order_shipped", ORDER)
            for number in range(EACH)
        ]
        barrier.wait()
        return [result.outcome for result in destination.send(batch)]

    with ThreadPoolExecutor(WORKERS) as pool:
        return Counter(
            outcome for outcomes in pool.map(work, range(WORKERS)) for outcome in outcomes
        )


def test_workers_share_one_token(sandbox: Sandbox, client: Client) -> None:
    assert send_at_once(client, 1) == {Outcome.ACCEPTED: WORKERS * EACH}
    assert (calls(sandbox, STABLE), received(sandbox)) == (1, WORKERS * EACH)


def test_a_dead_token_is_replaced_once_for_all_workers(sandbox: Sandbox, client: Client) -> None:
    send_at_once(client, 1)
    wechat(sandbox).tokens.kill()
    assert send_at_once(client, 1_000) == {Outcome.ACCEPTED: WORKERS * EACH}
    assert (calls(sandbox, STABLE), received(sandbox)) == (2, 2 * WORKERS * EACH)


def test_an_expired_token_is_replaced_and_the_call_made_again(
    sandbox: Sandbox, client: Client
) -> None:
    template = client("wechat_template")
    template.send([message(1, "order_shipped", ORDER)])
    sandbox.clock.set(sandbox.clock.now() + timedelta(hours=3))  # 42001
    (result,) = template.send([message(2, "order_shipped", ORDER)])
    assert result.outcome is Outcome.ACCEPTED
    assert (calls(sandbox, SEND), calls(sandbox, STABLE)) == (3, 2)


def test_another_process_gets_the_same_token(sandbox: Sandbox, client: Client) -> None:
    for number in (1, 2):
        forget_accounts()  # as a process that begins
        client("wechat_template").send([message(number, "order_shipped", ORDER)])
    assert (calls(sandbox, STABLE), wechat(sandbox).tokens.given) == (2, 1)


def test_a_token_that_the_vendor_gives_on_though_it_refuses_it_is_forced_out(
    sandbox: Sandbox, client: Client
) -> None:
    template = client("wechat_template")
    template.send([message(1, "order_shipped", ORDER)])
    wechat(sandbox).tokens.spoil()
    assert template.send([message(2, "order_shipped", ORDER)])[0].outcome is Outcome.ACCEPTED
    wechat(
        sandbox
    ).tokens.spoil()  # again, at once: forced tokens lie 30 s apart, so the message waits
    (result,) = template.send([message(3, "order_shipped", ORDER)])
    assert (result.outcome, result.reason) == (Outcome.RETRY, "token_refused")
    assert 0 < (result.retry_after_seconds or 0) <= 30


def test_no_more_than_twenty_tokens_a_day_are_forced() -> None:
    now, forced = [0.0], []
    account = Account(clock=lambda: now[0])

    def fetch(by_force: bool) -> tuple[str, float] | Answer:
        forced.extend([now[0]] if by_force else [])
        return f"token-{len(forced)}", 7200.0

    for _ in range(300):
        token = account.fetched(fetch)
        account.fetched(fetch, refused=token if isinstance(token, str) else f"token-{len(forced)}")
        now[0] += 60
    assert len(forced) == 20
    now[0] = 86_400.0
    account.fetched(fetch, refused=f"token-{len(forced)}")
    assert len(forced) == 21


def test_the_older_token_call_of_another_program_does_not_disturb(
    sandbox: Sandbox, client: Client
) -> None:
    template, settings = client("wechat_template"), sandbox.endpoints()["wechat_template"]
    template.send([message(1, "order_shipped", ORDER)])
    query = {
        "grant_type": "client_credential",
        "appid": settings["appid"],
        "secret": settings["secret"],
    }
    assert requests.get(settings["url"] + "/cgi-bin/token", params=query, timeout=5).json()[
        "access_token"
    ]
    template.send([message(2, "order_shipped", ORDER)])
    assert calls(sandbox, STABLE) == 1


def test_a_wecom_token_is_replaced_once(sandbox: Sandbox, client: Client) -> None:
    mass = client("wecom_mass")
    mass.send([customer(1)])
    wecom(sandbox).tokens.kill()
    assert mass.send([customer(2)])[0].outcome is Outcome.ACCEPTED
    assert wecom(sandbox).tokens.given == 2


@pytest.mark.parametrize(
    ("path", "fault"),
    [(STABLE, "500"), (STABLE, "drop_after_accept"), (STABLE, "invalid_json"), (SEND, "401")],
)
def test_no_message_is_lost_or_repeated_by_trouble_with_tokens(
    sandbox: Sandbox, client: Client, path: str, fault: str
) -> None:
    sandbox.faults.http_at[path] = deque([fault])  # type: ignore[list-item]
    template, item = client("wechat_template"), message(1, "order_shipped", ORDER)
    first = template.send([item])[0].outcome
    assert first is (Outcome.ACCEPTED if path == SEND else Outcome.RETRY)
    assert first is Outcome.ACCEPTED or template.send([item])[0].outcome is Outcome.ACCEPTED
    assert received(sandbox) == 1


def test_the_token_and_the_secret_are_in_no_text(sandbox: Sandbox, client: Client) -> None:
    template = client("wechat_template", secret="very-secret")
    (result,) = template.send([message(1, "order_shipped", ORDER)])
    assert "very-secret" not in repr(template.config) + str(template.config) + repr(result)
    assert (result.outcome, result.reason) == (Outcome.RETRY, "secret_refused")
