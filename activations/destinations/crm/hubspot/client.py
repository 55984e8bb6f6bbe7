"""HubSpot contacts in batches: ``batch/upsert`` for who entered or changed, ``batch/archive`` for who left.

Protocol: HubSpot CRM API v3, objects/contacts. An upsert by a unique property may be repeated without harm.
"""

from __future__ import annotations

from collections.abc import Sequence

from activations.destinations.base import same_result
from activations.destinations.crm.hubspot.config import HubSpotConfig
from activations.destinations.crm.hubspot.mapping import archive_body, upsert_body, upsert_results
from activations.http import Answer, HttpClient
from models.delivery import Capabilities, ItemResult, SyncOperation, Verdict


class HubSpot:
    """A destination for syncs of contacts."""

    def __init__(self, config: HubSpotConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(batch_size=config.batch_size, on_unknown="resend", dedupes=True)
        headers = {"Authorization": f"Bearer {config.token.get_secret_value()}"}
        self.http = HttpClient(config.url, headers, config.timeout_seconds)

    def send(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        """Upsert and archive; two calls at most."""
        exits = [item for item in items if item.operation == "exited"]
        return self._upsert([item for item in items if item.operation != "exited"]) + self._archive(exits)

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _upsert(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        if not items:
            return []
        answer = self.http.post(f"{self.config.path}/batch/upsert", upsert_body(items, self.config.id_property))
        if answer.verdict is Verdict.ACCEPTED:
            return upsert_results(items, answer.body, self.config.id_property)
        if answer.status == 400 and len(items) > 1:  # one bad input fails the whole call: find it
            half = len(items) // 2
            return self._upsert(items[:half]) + self._upsert(items[half:])
        return same_result(items, _shared(answer))

    def _archive(self, items: Sequence[SyncOperation]) -> list[ItemResult]:
        known = [item for item in items if item.vendor_id]
        gone = [ItemResult(i.delivery_id, Verdict.ACCEPTED, "never_was_there") for i in items if not i.vendor_id]
        if not known:
            return gone
        answer = self.http.post(f"{self.config.path}/batch/archive", archive_body(known))
        return gone + same_result(known, _shared(answer))


def _shared(answer: Answer) -> ItemResult:
    """The fate of a whole call. A refused token (401, 403) is the account's fault, not the row's: it is tried again."""
    verdict = Verdict.RETRY if answer.status in {401, 403} else answer.verdict
    return ItemResult(0, verdict, answer.reason, retry_after_seconds=answer.retry_after_seconds)
