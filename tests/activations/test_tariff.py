"""What a plan counts with: price, pace and calls of a destination, without its login."""

from __future__ import annotations

import pytest

from activations.destinations import registry
from activations.destinations.base import Destination
from activations.tariff import Tariff, tariff_of
from models.errors import ConfigurationError


def tariff(name: str) -> Tariff:
    entry = registry.entry(name)
    return tariff_of(entry.config, entry.client)


def test_a_tariff_is_read_without_a_login(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PRICE": "0.05", "CURRENCY": "USD", "CALLS_PER_SECOND": "2", "BATCH_SIZE": "10"}.items():
        monkeypatch.setenv(f"SLUICE_HUBSPOT_{name}", value)
    found = tariff("hubspot")
    assert (found.cost(25), found.currency) == (1.25, "USD")
    assert found.seconds(1_000) == 50.0  # 100 calls at 2 a second
    assert found.seconds(0) == 0.0


def test_without_a_rate_the_workers_are_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_HUBSPOT_WORKERS", "8")
    assert tariff("hubspot").seconds(80_000) == 20.0  # 800 calls of 100 over 8 workers, 0.2 s each


@pytest.mark.parametrize("name", sorted(registry.REGISTRY))
def test_every_client_says_how_it_calls(name: str) -> None:
    assert 1 <= tariff(name).items_per_call <= 10_000


def test_a_client_that_cannot_be_made_from_examples_is_counted_call_by_call() -> None:
    def refuse(config: object) -> Destination:
        raise ValueError(config)

    assert tariff_of(registry.entry("hubspot").config, refuse).items_per_call == 1
    assert tariff("hubspot").items_per_call == 100


def test_a_wrong_price_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_SMTP_PRICE", "-1")
    with pytest.raises(ConfigurationError, match="SLUICE_SMTP_PRICE"):
        tariff("smtp")
