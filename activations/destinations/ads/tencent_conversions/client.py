"""Conversions written back to Tencent Ads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sluice.activations.destinations.ads import tencent_api
from sluice.activations.destinations.ads.tencent_conversions import mapping
from sluice.activations.destinations.ads.tencent_conversions.config import TencentConversionsConfig
from sluice.activations.destinations.base import same_result
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Outcome, SyncOperation


class TencentConversions:
    """A destination for rows that are added, one a conversion: Tencent takes none back."""

    def __init__(
        self,
        config: TencentConversionsConfig,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.config, self.clock = config, clock
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="resend",  # the vendor drops an outer_action_id that came before
            per_item_results=False,
            dedupes=True,
            dedupes_for=timedelta(hours=config.dedupe_hours),
            objects=frozenset({"conversions"}),
            modes=frozenset({"add"}),
        )
        self.http = HttpClient(config.url, {}, config.timeout_seconds)
        self.head = {
            "account_id": config.account_id,
            "user_action_set_id": config.user_action_set_id,
        }

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """One call, or several where it is too large; what Tencent would refuse it for is refused
        here, by item.
        """
        now, app_id = self.clock(), self.config.wechat_app_id
        reasons = {one.delivery_id: mapping.problem(one, now, app_id) for one in items}
        results = [
            ItemResult(number, Outcome.FAILED, reason)
            for number, reason in reasons.items()
            if reason
        ]
        due = {one.delivery_id: one for one in items if not reasons[one.delivery_id]}
        return results + self._calls(list(due.values()))

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _calls(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        path = f"/{self.config.version}/user_actions/add"
        results: list[ItemResult] = []
        for group, body in mapping.bodies(items, self.head, self.config.wechat_app_id):
            query = tencent_api.query(self.config.token.get_secret_value())
            result = mapping.call_result(self.http.call("POST", path, params=query, json=body))
            if result.outcome is Outcome.FAILED and len(group) > 1:  # find the one it refuses
                half = len(group) // 2
                results += self._calls(group[:half]) + self._calls(group[half:])
            else:
                results += same_result(group, result)
        return results
