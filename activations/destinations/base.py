"""What every destination promises the dispatcher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from models.delivery import Capabilities, Item, ItemResult


class Destination(Protocol):
    """One account at one vendor."""

    @property
    def capabilities(self) -> Capabilities:
        """Batch size, and what to do when the outcome of a call is unknown."""

    def send(self, items: Sequence[Any]) -> list[ItemResult]:
        """Send a batch (at most ``capabilities.batch_size`` items). One result an item; items left out are unknown.

        Raises nothing for what the network or the vendor does: that is a verdict.
        """

    def close(self) -> None:
        """Give connections back."""


def same_result(items: Sequence[Item], template: ItemResult) -> list[ItemResult]:
    """One result for every item of a batch that shares its fate."""
    return [
        ItemResult(item.delivery_id, template.verdict, template.reason, None, False, template.retry_after_seconds)
        for item in items
    ]
