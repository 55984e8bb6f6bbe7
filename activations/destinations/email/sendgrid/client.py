"""SendGrid: Mail Send of API v3, up to 1,000 mails a call.

It has no idempotency: unknown is held.
"""

from __future__ import annotations

from collections.abc import Sequence

from sluice.activations.destinations.email.rendering import RenderedMail, render
from sluice.activations.destinations.email.sendgrid.config import SendGridConfig
from sluice.activations.destinations.email.sendgrid.mapping import (
    MAIL_BYTES,
    PATH,
    calls,
    send_body,
)
from sluice.activations.destinations.email.sendgrid.outcomes import call_result, is_of_an_entry
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Message


class SendGrid:
    """A destination for e-mail."""

    def __init__(self, config: SendGridConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            config.batch_size, on_unknown="hold", per_item_results=False, receipts=True
        )
        headers = {"Authorization": f"Bearer {config.api_key.get_secret_value()}"}
        self.http = HttpClient(config.url, headers, config.timeout_seconds)

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """Render and send: one call, and more where an address is repeated or SendGrid refuses the
        call for one mail.
        """
        made = [render(message, self.config, MAIL_BYTES) for message in items]
        results = [result for result in made if isinstance(result, ItemResult)]
        for mails in calls([mail for mail in made if isinstance(mail, RenderedMail)]):
            results += self._send(mails)
        return results

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()

    def _send(self, mails: Sequence[RenderedMail]) -> list[ItemResult]:
        answer = self.http.post(PATH, send_body(mails, self.config))
        if (
            is_of_an_entry(answer) and len(mails) > 1
        ):  # nothing of a refused call is sent: find the mail at fault
            half = len(mails) // 2
            return self._send(mails[:half]) + self._send(mails[half:])
        result, vendor_id = (
            call_result(answer),
            str(answer.headers.get("X-Message-Id") or "") or None,
        )
        return [
            ItemResult(
                mail.message.delivery_id,
                result.outcome,
                result.reason,
                vendor_id,
                False,
                result.retry_after_seconds,
            )
            for mail in mails
        ]
