"""Amazon SES: SendBulkEmail of API v2, up to 50 mails a call, one result each.

SES has no idempotency: unknown is held.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sluice.activations.destinations.base import same_result
from sluice.activations.destinations.email.rendering import RenderedMail, alike, render
from sluice.activations.destinations.email.ses.config import SesConfig
from sluice.activations.destinations.email.ses.mapping import MAIL_BYTES, PATH, bulk_body, fits
from sluice.activations.destinations.email.ses.outcomes import (
    call_result,
    entry_result,
    is_of_an_entry,
)
from sluice.activations.destinations.email.sigv4 import signed_headers
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Message, Outcome


class Ses:
    """A destination for e-mail."""

    def __init__(self, config: SesConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(config.batch_size, on_unknown="hold", receipts=True)
        self.http = HttpClient(config.base_url, {}, config.timeout_seconds)
        self._host = urlsplit(config.base_url).netloc

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """Render and send, one call, and one for mails that are text alone; more where SES refuses
        the call for one entry.
        """
        made = [render(message, self.config, MAIL_BYTES) for message in items]
        mails = [mail for mail in made if isinstance(mail, RenderedMail) and fits(mail)]
        large = [mail for mail in made if isinstance(mail, RenderedMail) and not fits(mail)]
        failed = [result for result in made if isinstance(result, ItemResult)]
        failed += [
            ItemResult(mail.message.delivery_id, Outcome.FAILED, "too_large") for mail in large
        ]
        return failed + [result for group in alike(mails) for result in self._send(group)]

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _send(self, mails: Sequence[RenderedMail]) -> list[ItemResult]:
        body = json.dumps(bulk_body(mails, self.config), ensure_ascii=False).encode()
        headers = signed_headers(self.config.credentials, self._host, PATH, body, datetime.now(UTC))
        answer = self.http.call("POST", PATH, data=body, headers=headers)
        if answer.outcome is Outcome.ACCEPTED:
            return _results(mails, answer.body)
        if (
            is_of_an_entry(answer) and len(mails) > 1
        ):  # nothing of a refused call is sent: find the entry at fault
            half = len(mails) // 2
            return self._send(mails[:half]) + self._send(mails[half:])
        return same_result([mail.message for mail in mails], call_result(answer))


def _results(mails: Sequence[RenderedMail], body: object) -> list[ItemResult]:
    """By position. An answer of another length cannot be matched: the outcomes are unknown."""
    results = body.get("BulkEmailEntryResults") if isinstance(body, dict) else None
    if not isinstance(results, list) or len(results) != len(mails):
        return same_result(
            [mail.message for mail in mails], ItemResult(0, Outcome.UNKNOWN, "unreadable_answer")
        )
    return [
        entry_result(mail.message.delivery_id, result)
        for mail, result in zip(mails, results, strict=True)
    ]
