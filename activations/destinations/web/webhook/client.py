"""Signed webhooks: what is due is posted as JSON, one item a call or many.

Protocol: Standard Webhooks. 2xx is done; 400, 413 and 422 refuse what was posted; whatever else a
receiver answers is about the receiver, and the items are tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sluice.activations.destinations.base import same_result
from sluice.activations.destinations.web.webhook import mapping
from sluice.activations.destinations.web.webhook.config import WebhookConfig
from sluice.activations.http.address_guard import GuardedHttpClient
from sluice.activations.http.client import Answer
from sluice.models.delivery import Capabilities, Item, ItemResult, Outcome
from sluice.models.errors import ContentError

REFUSALS = {400, 413, 422}


class Webhook:
    """A destination for campaigns and syncs."""

    def __init__(self, config: WebhookConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend" if config.receiver_dedupes else "hold",
            per_item_results=config.batch_size == 1,
            dedupes=config.receiver_dedupes,
            modes=frozenset({"mirror", "upsert", "add", "membership"}),
            if_empty=True,
        )
        self.http = GuardedHttpClient(
            config.url, config.allow_private_addresses, config.timeout_seconds
        )

    def send(self, items: Sequence[Item]) -> list[ItemResult]:
        """Post the items: each alone, or all in one call, which is split while the receiver refuses
        it.
        """
        bodies, results = self._bodies(items)
        good = [item for item in items if item.delivery_id in bodies]
        groups = [[item] for item in good] if self.config.batch_size == 1 else [good]
        for group in groups:
            results += self._post(group, bodies) if group else []
        return results

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _bodies(self, items: Sequence[Item]) -> tuple[dict[int, Any], list[ItemResult]]:
        bodies: dict[int, Any] = {}
        failed = []
        for item in items:
            try:
                bodies[item.delivery_id] = mapping.body_of(
                    item, self.config.template, self.config.content
                )
            except ContentError as error:
                failed.append(ItemResult(item.delivery_id, Outcome.FAILED, error.reason))
        return bodies, failed

    def _post(self, items: Sequence[Item], bodies: dict[int, Any]) -> list[ItemResult]:
        body = mapping.encode(
            [bodies[item.delivery_id] for item in items], self.config.batch_size > 1
        )
        headers = mapping.headers(
            self.config.keys, mapping.webhook_id(items), datetime.now(UTC), body
        )
        answer = self.http.call("POST", "", data=body, headers=headers)
        if answer.status in REFUSALS and len(items) > 1:  # find the one it does not take
            half = len(items) // 2
            return self._post(items[:half], bodies) + self._post(items[half:], bodies)
        return same_result(items, call_result(answer))


def call_result(answer: Answer) -> ItemResult:
    """The outcome of a call.

    A body that says nothing is fine after 2xx; a redirect, a refused signature or a receiver that
    is gone is no fault of the item.
    """
    status = answer.status
    if status is not None and 200 <= status < 300:
        return ItemResult(0, Outcome.ACCEPTED)
    if status is not None and 300 <= status < 400:
        return ItemResult(0, Outcome.RETRY, "redirects_are_not_followed")
    if status is not None and status not in REFUSALS:
        return ItemResult(
            0, Outcome.RETRY, answer.reason, retry_after_seconds=answer.retry_after_seconds
        )
    return ItemResult(0, answer.outcome, answer.reason)
