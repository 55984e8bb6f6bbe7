"""A pause stops a push within one batch, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from sluice.activations.ledger import pauses
from sluice.activations.ledger.store import Ledger
from sluice.activations.push.dispatcher import Pusher
from sluice.models.delivery import Capabilities, Item, ItemResult, Outcome
from sluice.models.errors import ConfigurationError
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import operation

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)


class Accepting:
    """A destination that takes all, and counts."""

    capabilities = Capabilities(5, "hold")

    def __init__(self) -> None:
        self.received: list[int] = []

    def send(self, items: Sequence[Item]) -> list[ItemResult]:
        self.received += [item.subject_id for item in items]
        return [ItemResult(item.delivery_id, Outcome.ACCEPTED) for item in items]

    def close(self) -> None: ...


def pusher(ledger: Ledger, destination: Accepting) -> Pusher:
    return Pusher("sync", "crm_contacts", "hubspot", destination, ledger, Run("run", NOW))


def batches() -> Iterator[list[Item]]:
    return ([operation(number) for number in range(start, start + 5)] for start in range(0, 30, 5))


@pytest.mark.parametrize(
    ("scope", "name", "is_paused"),
    [
        (pauses.ALL, "all", True),
        (pauses.DESTINATION, "hubspot", True),
        (pauses.CAMPAIGN, "crm_contacts", True),
        (pauses.DESTINATION, "smtp", False),
        (pauses.CAMPAIGN, "price_page_follow_up", False),
        (pauses.DESTINATION, "crm_contacts", False),
    ],
)
def test_what_a_pause_stops(ledger: Ledger, scope: str, name: str, is_paused: bool) -> None:
    pauses.pause(ledger.engine, scope, name, None, "ann", NOW)
    destination = Accepting()
    result = pusher(ledger, destination).push(batches())
    assert (result.paused, len(destination.received)) == ((name, 0) if is_paused else (None, 30))
    assert ("paused" in result.describe()) is is_paused


def test_a_pause_stops_within_one_batch_and_the_rest_is_sent_after_it(ledger: Ledger) -> None:
    destination = Accepting()

    def paused_in_the_second_batch() -> Iterator[list[Item]]:
        for number, batch in enumerate(batches()):
            if number == 2:
                pauses.pause(ledger.engine, pauses.ALL, "all", "wrong text", "ann", NOW)
            yield batch

    result = pusher(ledger, destination).push(paused_in_the_second_batch())
    assert result.describe() == "10 accepted (paused; the rest is due after `sluice resume all`)"
    assert ledger.recover(NOW) == 0
    pauses.resume(ledger.engine, "all")
    assert pusher(ledger, destination).push(batches()).counts()["accepted"] == 20
    assert sorted(destination.received) == list(range(30))


def test_a_second_pause_keeps_the_first_ones_reason(ledger: Ledger) -> None:
    assert pauses.pause(ledger.engine, pauses.DESTINATION, "smtp", "bounces rise", "ann", NOW)
    assert not pauses.pause(ledger.engine, pauses.DESTINATION, "smtp", "another", "bob", NOW)
    assert [
        (row["name"], row["reason"], row["paused_by"]) for row in pauses.list_pauses(ledger.engine)
    ] == [("smtp", "bounces rise", "ann")]


def test_what_is_not_paused_cannot_be_resumed(ledger: Ledger) -> None:
    with pytest.raises(ConfigurationError, match="nothing is paused"):
        pauses.resume(ledger.engine, "smtp")
    pauses.pause(ledger.engine, pauses.ALL, "all", None, "ann", NOW)
    with pytest.raises(ConfigurationError, match="name what is: all"):
        pauses.resume(ledger.engine, "smtp")
