"""Kannel, an SMS gateway of your own, by its sendsms interface: one message a call, free bodies
(User's Guide 1.4.5).

It has no idempotency and its answer no id: an unknown outcome is held, until a report names the
delivery.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sluice.activations.destinations.sms.kannel.config import KannelConfig
from sluice.activations.destinations.sms.kannel.mapping import to_query, to_result
from sluice.activations.destinations.sms.outcomes import prepare
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Message


class Kannel:
    """A destination for SMS with bodies of ours."""

    def __init__(self, config: KannelConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="hold",
            receipts=bool(config.callback_url),
            is_call_per_item=True,
        )
        self.http = HttpClient(config.url, {}, config.timeout_seconds)

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """One call a message, on one kept connection."""
        ready, results = prepare(items, partial(_ready, config=self.config))
        for delivery_id, query in ready:
            results.append(
                to_result(delivery_id, self.http.call("GET", self.config.path, params=query))
            )
        return results

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()


def _ready(message: Message, config: KannelConfig) -> tuple[int, dict[str, str]]:
    return message.delivery_id, to_query(message, config)
