"""What a plan counts with: price, pace and calls of a destination, without its login."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from sluice.activations.destinations import registry
from sluice.activations.destinations.base import Destination
from sluice.activations.plan.tariff import Tariff, tariff_of
from sluice.models.delivery import Capabilities, ItemResult
from sluice.models.errors import ConfigurationError


def tariff(name: str) -> Tariff:
    entry = registry.entry(name)
    return tariff_of(entry.config, entry.client)


def test_a_tariff_is_read_without_a_login(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PRICE": "0.05",
        "CURRENCY": "USD",
        "CALLS_PER_SECOND": "2",
        "BATCH_SIZE": "10",
    }.items():
        monkeypatch.setenv(f"SLUICE_HUBSPOT_{name}", value)
    found = tariff("hubspot")
    assert (found.cost(25), found.currency) == (1.25, "USD")
    assert found.seconds(1_000) == 50.0  # 100 calls at 2 a second
    assert found.seconds(0) == 0.0


def test_without_a_rate_the_workers_are_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_HUBSPOT_WORKERS", "8")
    assert tariff("hubspot").seconds(80_000) == 20.0  # 800 calls of 100 over 8 workers, 0.2 s each


class Client:
    """A client that says what it can, and is given its settings."""

    def __init__(self, is_call_per_item: bool) -> None:
        self.capabilities = Capabilities(50, "hold", is_call_per_item=is_call_per_item)

    def send(self, items: Sequence[Any]) -> list[ItemResult]:
        raise AssertionError("a plan calls nobody")

    def close(self) -> None: ...


def refuse(config: object) -> Destination:
    raise ValueError(config)


@pytest.mark.parametrize(
    ("client", "items"),
    [
        pytest.param(lambda _: Client(False), 50, id="a batch a call"),
        pytest.param(lambda _: Client(True), 1, id="an item a call"),
        pytest.param(refuse, 1, id="a client that cannot be made from examples"),
    ],
)
def test_calls_are_counted_as_the_client_makes_them(client: Any, items: int) -> None:
    found = tariff_of(registry.entry("smtp").config, client)
    assert found.items_per_call == items
    assert found.model_copy(update={"calls_per_second": 10.0}).seconds(1_000) == 1_000 / items / 10


def test_a_campaign_takes_as_long_as_its_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_SMTP_MESSAGES_PER_SECOND", "4")
    entry = registry.entry("smtp")
    assert tariff_of(entry.config, entry.client, "message").seconds(1_000) == 250.0


def test_a_wrong_price_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_SMTP_PRICE", "-1")
    with pytest.raises(ConfigurationError, match="SLUICE_SMTP_PRICE"):
        tariff("smtp")
