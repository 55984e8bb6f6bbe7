"""Members of customer file audiences of Tencent Ads, added and removed by files of hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sluice.activations.destinations.ads import tencent_api
from sluice.activations.destinations.ads.memberships import audience_capabilities
from sluice.activations.destinations.ads.tencent_audiences import mapping
from sluice.activations.destinations.ads.tencent_audiences.config import TencentAudiencesConfig
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import ItemResult, Outcome, SyncOperation


class TencentAudiences:
    """A destination for memberships; the list of a sync is the id of an audience."""

    def __init__(self, config: TencentAudiencesConfig) -> None:
        self.config = config
        self.capabilities = audience_capabilities(config.batch_size)
        self.http = HttpClient(config.url, {}, config.timeout_seconds)

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """One file for who enters a list, and one for who leaves it."""
        results: list[ItemResult] = []
        groups: dict[tuple[str, str], list[SyncOperation]] = {}
        for item in items:
            reason = self._refused(item)
            if reason:
                results.append(ItemResult(item.delivery_id, Outcome.FAILED, reason))
            elif item.operation == "exited" and not mapping.identifier(item):
                results.append(ItemResult(item.delivery_id, Outcome.ACCEPTED, "never_was_there"))
            else:
                operation = "REDUCE" if item.operation == "exited" else "APPEND"
                groups.setdefault((operation, str(item.list_name)), []).append(item)
        for (operation, audience), group in groups.items():
            results += self._upload(operation, audience, group)
        return results

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _refused(self, item: SyncOperation) -> str:
        if not (item.list_name or "").isdecimal():
            return "no_list"
        return (
            "no_identifier" if item.operation != "exited" and not mapping.identifier(item) else ""
        )

    def _upload(
        self, operation: str, audience: str, items: Sequence[SyncOperation]
    ) -> list[ItemResult]:
        hashes = {item.delivery_id: mapping.identifier(item) for item in items}
        form = {
            "account_id": str(self.config.account_id), "audience_id": audience,
            "user_id_type": mapping.ID_TYPE,
            "operation_type": operation,
        }  # fmt: skip
        query = tencent_api.query(self.config.token.get_secret_value())
        file = {"file": ("members.zip", mapping.to_zip(list(hashes.values())), "application/zip")}
        path = f"/{self.config.version}/custom_audience_files/add"
        result = mapping.call_result(
            self.http.call("POST", path, params=query, data=form, files=file)
        )
        is_done = result.outcome is Outcome.ACCEPTED
        return [
            replace(result, delivery_id=number, vendor_id=found if is_done else None)
            for number, found in hashes.items()
        ]
