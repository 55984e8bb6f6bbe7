"""Members of Meta Custom Audiences, added and removed by hashes."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.activations.destinations.ads import graph_api
from sluice.activations.destinations.ads.memberships import audience_capabilities
from sluice.activations.destinations.ads.meta_audiences import mapping
from sluice.activations.destinations.ads.meta_audiences.config import MetaAudiencesConfig
from sluice.activations.destinations.base import same_result
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import ItemResult, Outcome, SyncOperation


class MetaAudiences:
    """A destination for memberships; the list of a sync is the id of an audience."""

    def __init__(self, config: MetaAudiencesConfig) -> None:
        self.config = config
        self.capabilities = audience_capabilities(config.batch_size)
        token = config.token.get_secret_value()
        self.proof = graph_api.proof(token, config.app_secret.get_secret_value())
        self.http = HttpClient(
            config.url, {"Authorization": f"Bearer {token}"}, config.timeout_seconds
        )

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """One call for who enters a list, and one for who leaves it.

        Somebody without an e-mail address and phone number is refused here: Meta would count the
        row and tell nobody which it was.
        """
        results = [
            ItemResult(i.delivery_id, Outcome.FAILED, "no_identifier")
            for i in items
            if not mapping.names_somebody(i)
        ]
        results += [
            ItemResult(i.delivery_id, Outcome.FAILED, "no_list")
            for i in items
            if not (i.list_name or "").isdecimal()
        ]
        refused = {result.delivery_id for result in results}
        groups: dict[tuple[str, str], list[SyncOperation]] = {}
        for item in items:
            if item.delivery_id not in refused:
                method = "DELETE" if item.operation == "exited" else "POST"
                groups.setdefault((method, str(item.list_name)), []).append(item)
        for (method, audience), group in groups.items():
            results += self._call(method, audience, group)
        return list({result.delivery_id: result for result in results}.values())

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _call(self, method: str, audience: str, items: Sequence[SyncOperation]) -> list[ItemResult]:
        path = f"/{self.config.version}/{audience}/users"
        answer = self.http.call(method, path, json=mapping.body_of(items), params=self.proof)
        result = graph_api.call_result(answer)
        is_partial = result.outcome is Outcome.ACCEPTED and mapping.invalid_count(answer) > 0
        if is_partial and len(items) == 1:
            return same_result(items, ItemResult(0, Outcome.FAILED, "invalid_entry"))
        if is_partial or (
            result.outcome is Outcome.FAILED and len(items) > 1
        ):  # find the row it does not take
            half = len(items) // 2
            return self._call(method, audience, items[:half]) + self._call(
                method, audience, items[half:]
            )
        return same_result(items, result)
