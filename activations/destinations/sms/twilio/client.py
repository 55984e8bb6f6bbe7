"""Twilio Programmable Messaging, 2010-04-01: one message a call, free bodies.

Twilio has no idempotency for messages: an unknown outcome is held, until a status callback names
the delivery.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import partial

from sluice.activations.destinations.sms.outcomes import prepare
from sluice.activations.destinations.sms.twilio.config import TwilioConfig
from sluice.activations.destinations.sms.twilio.mapping import to_form, to_result
from sluice.activations.http.client import HttpClient
from sluice.models.delivery import Capabilities, ItemResult, Message


class Twilio:
    """A destination for SMS with bodies of ours."""

    def __init__(self, config: TwilioConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            batch_size=config.batch_size,
            on_unknown="hold",
            receipts=bool(config.callback_url),
            is_call_per_item=True,
        )
        login = b64encode(
            f"{config.account_sid}:{config.auth_token.get_secret_value()}".encode()
        ).decode()
        self.http = HttpClient(
            config.url, {"Authorization": f"Basic {login}"}, config.timeout_seconds
        )

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """One call a message."""
        ready, results = prepare(items, partial(_ready, config=self.config))
        path = f"/2010-04-01/Accounts/{self.config.account_sid}/Messages.json"
        for delivery_id, form in ready:
            results.append(to_result(delivery_id, self.http.call("POST", path, data=form)))
        return results

    def close(self) -> None:
        """Give the connection back."""
        self.http.close()


def _ready(message: Message, config: TwilioConfig) -> tuple[int, dict[str, str]]:
    return message.delivery_id, to_form(message, config)
