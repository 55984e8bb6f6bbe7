"""Conversions written back to Meta, by hashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sluice.activations.destinations.ads import graph_api
from sluice.activations.destinations.ads.meta_conversions import mapping
from sluice.activations.destinations.ads.meta_conversions.config import MetaConversionsConfig
from sluice.activations.destinations.base import same_result
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Outcome, SyncOperation

DEDUPES_FOR = timedelta(hours=48)  # so long an event_id that came before is dropped


class MetaConversions:
    """A destination for rows that are added, one a conversion: Meta takes none back."""

    def __init__(
        self,
        config: MetaConversionsConfig,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.config, self.clock = config, clock
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",
            per_item_results=False,
            dedupes=True,
            dedupes_for=DEDUPES_FOR,
            objects=frozenset({"conversions"}),
            modes=frozenset({"add"}),
        )
        token = config.token.get_secret_value()
        self.proof = graph_api.proof(token, config.app_secret.get_secret_value())
        self.http = HttpClient(
            config.url, {"Authorization": f"Bearer {token}"}, config.timeout_seconds
        )

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """One call; what Meta would refuse it for is refused here, by item."""
        now = self.clock()
        refused = {
            item.delivery_id: reason for item in items if (reason := mapping.problem(item, now))
        }
        results = [ItemResult(number, Outcome.FAILED, reason) for number, reason in refused.items()]
        due = {item.delivery_id: item for item in items if item.delivery_id not in refused}
        return results + (self._call(list(due.values())) if due else [])

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _call(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        path = f"/{self.config.version}/{self.config.dataset_id}/events"
        body = mapping.body_of(items, self.config.test_event_code)
        result = graph_api.call_result(self.http.call("POST", path, json=body, params=self.proof))
        if result.outcome is Outcome.FAILED and len(items) > 1:  # find the one it does not take
            half = len(items) // 2
            return self._call(items[:half]) + self._call(items[half:])
        return same_result(items, result)
