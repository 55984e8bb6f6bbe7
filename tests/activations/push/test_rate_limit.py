"""The limit of a channel that sends messages counts messages, that of a sync counts calls; both let
through an even stream.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations import registry
from sluice.activations.http.client import HttpClient
from sluice.activations.ledger.store import Ledger
from sluice.activations.plan.tariff import tariff_of
from sluice.activations.push.dispatcher import Pace, Pusher
from sluice.activations.push.rate_limit import RateLimit, SharedLimits
from sluice.activations.sandbox.loopback import LoopbackServer
from sluice.models.delivery import Item, ItemResult, Message, Outcome
from sluice.models.errors import ConfigurationError
from sluice.models.run import Run
from sluice.orchestration.push.activation_push import pace_of
from tests.activations.destinations.test_conformance import message
from tests.activations.ledger.ledger_steps import CRM, NOW
from tests.activations.push.destination_doubles import Double, batches
from tests.activations.push.fake_clock import FakeClock

OF_MESSAGES = sorted(
    name for name, entry in registry.REGISTRY.items() if entry.to_item is registry.to_message
)  # of campaigns; a webhook takes both
BURST = 1.25  # of the limit, in any second


def most_in_a_second(times: Sequence[float]) -> int:
    return max(sum(1 for other in times if one <= other < one + 1) for one in times)


class Noting:
    """A destination with the capabilities of another, that notes when each item was sent and how
    many at once.
    """

    def __init__(self, real: Any, clock: FakeClock) -> None:
        self.capabilities, self.clock = real.capabilities, clock
        self.times: list[float] = []
        self.batches: list[int] = []
        self.lock = threading.Lock()

    def send(self, items: Sequence[Item]) -> list[ItemResult]:
        with self.lock:
            self.times += [self.clock.monotonic()] * len(items)
            self.batches.append(len(items))
        return [ItemResult(item.delivery_id, Outcome.ACCEPTED) for item in items]

    def close(self) -> None: ...


def config_of(name: str) -> Any:
    made = registry.entry(name).config
    return made(
        **{f: made.example(f) for f, info in made.model_fields.items() if info.is_required()}
    )


def push(
    tmp_path: Path, destination: Any, pace: Pace, items: list[list[Message]], clock: FakeClock
) -> int:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    campaign = ("message", "price_page_follow_up", "any")
    pusher = Pusher(
        *campaign, destination, ledger, Run("run-1", NOW), pace, lambda: destination, clock=clock
    )
    return pusher.push(items).counts()["accepted"]


@pytest.mark.parametrize("name", OF_MESSAGES)
def test_the_limit_of_a_channel_counts_messages(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_of(name)
    prefix = config.model_config["env_prefix"]
    monkeypatch.setenv(f"{prefix}MESSAGES_PER_SECOND", "6")
    config, clock = config_of(name), FakeClock()
    sending = Noting(registry.entry(name).client(config), clock)
    pace = pace_of(config, "message")
    assert pace.per_second == 6
    mails = [
        [message(n, f"u{n}@shop.example") for n in range(start, start + 31)] for start in (0, 31)
    ]
    assert push(tmp_path, sending, Pace(1, messages_per_second=pace.per_second), mails, clock) == 62
    assert most_in_a_second(sending.times) <= 6 * BURST
    assert 62 / 6 - 1 <= sending.times[-1] - sending.times[0] <= 62 / 6 + 2  # and it is used up
    assert max(sending.batches) == 1  # a crash leaves few unknown


@pytest.mark.parametrize("name", [*OF_MESSAGES, "webhook"])
def test_a_campaign_limited_in_calls_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = config_of(name).model_config["env_prefix"]
    monkeypatch.setenv(f"{prefix}CALLS_PER_SECOND", "6")
    with pytest.raises(
        ConfigurationError, match=f"{prefix}CALLS_PER_SECOND limits the calls of syncs"
    ) as refused:
        pace_of(config_of(name), "message")
    assert f"{prefix}MESSAGES_PER_SECOND" in refused.value.fix
    with pytest.raises(ConfigurationError, match="counts messages"):  # already when it is planned
        tariff_of(registry.entry(name).config, registry.entry(name).client, "message")


def test_a_larger_limit_sends_batches_of_a_quarter_second(tmp_path: Path) -> None:
    clock = FakeClock()
    sending = Noting(Double(batch_size=50), clock)
    mails = [
        [message(n, f"u{n}@shop.example") for n in range(start, start + 50)]
        for start in range(0, 400, 50)
    ]
    assert push(tmp_path, sending, Pace(1, messages_per_second=100.0), mails, clock) == 400
    assert max(sending.batches) == 25
    assert most_in_a_second(sending.times) <= 100 * BURST


def test_pushes_that_follow_each_other_share_the_limit_of_their_account(tmp_path: Path) -> None:
    """Ten campaigns of three messages are no way around it."""
    clock, limits = FakeClock(), SharedLimits()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sluice.activations.push.pacing.SHARED", limits)
        sending = Noting(Double(batch_size=50), clock)
        pace = Pace(1, messages_per_second=6.0, account="SLUICE_SMTP_")
        for campaign in range(10):
            push(
                tmp_path,
                sending,
                pace,
                [[message(campaign * 10 + n, f"u{campaign}-{n}@shop.example") for n in range(3)]],
                clock,
            )
    assert len(sending.times) == 30
    assert most_in_a_second(sending.times) <= 6 * BURST


def test_what_was_paid_for_and_not_sent_is_given_back(tmp_path: Path) -> None:
    clock = FakeClock()
    sending = Noting(Double(batch_size=50), clock)
    mails = [message(n, f"u{n}@shop.example") for n in range(100)]
    push(tmp_path, sending, Pace(1, messages_per_second=1000.0), [mails], clock)
    before = clock.seconds
    push(
        tmp_path, sending, Pace(1, messages_per_second=2.0), [mails], clock
    )  # all of them were sent
    assert clock.seconds - before < 1.0


class Counting(http.server.BaseHTTPRequestHandler):
    """Answers all, and notes when by the test's clock."""

    times: list[float]
    clock: FakeClock

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.times.append(self.clock.monotonic())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture
def vendor() -> Iterator[tuple[LoopbackServer, list[float], FakeClock]]:
    times: list[float] = []
    clock = FakeClock()
    server = LoopbackServer(type("Handler", (Counting,), {"times": times, "clock": clock}))
    server.start()
    yield server, times, clock
    server.stop()


def test_a_sync_pays_for_every_call_its_batch_takes(
    ledger: Ledger, vendor: tuple[LoopbackServer, list[float], FakeClock]
) -> None:
    """A client that makes a call a row, whatever it says of itself, and some more for a token."""
    server, times, clock = vendor
    double = Double(batch_size=5)
    client = HttpClient(server.url, {})
    answer = double.send

    def send(items: Sequence[Item]) -> list[ItemResult]:
        for _ in items:
            assert client.post("/", {}).outcome is Outcome.ACCEPTED
        return answer(items)

    double.send = send  # type: ignore[method-assign]
    pace = Pace(1, calls_per_second=4.0)
    pushed = Pusher(
        *CRM, double, ledger, Run("run-1", NOW), pace, lambda: double, clock=clock
    ).push(batches(40))
    client.close()
    assert (pushed.counts()["accepted"], len(times)) == (40, 40)
    assert most_in_a_second(times) <= 4 * BURST


@pytest.mark.parametrize(("rate", "burst"), [(0.2, 1), (6.0, 1), (8.0, 2), (100.0, 25)])
def test_a_limit_is_even(rate: float, burst: int) -> None:
    clock = FakeClock()
    limit = RateLimit(rate, clock)
    assert limit.burst == burst
    assert limit.try_take(burst)
    assert not limit.try_take()
    clock.seconds += 1 / rate
    assert limit.try_take()
    limit.give_back(1)
    assert limit.try_take()
    assert not limit.try_take()
