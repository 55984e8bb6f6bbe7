"""Destinations of the official account that send one message a call: what they do alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sluice.activations.destinations.wechat.api import ApiAnswer, official_account
from sluice.activations.destinations.wechat.config import OfficialAccountConfig
from sluice.activations.destinations.wechat.outcomes import Action
from sluice.models.delivery import Capabilities, ItemResult, Message, Outcome
from sluice.models.errors import ContentError

NO_ADDRESS = "no_openid"


class OneByOne:
    """Sends messages one by one.

    A fault of the account or of a template is met once, and what hangs on it waits: it is RETRY.
    """

    path: ClassVar[str]
    receipts: ClassVar[bool] = False
    dedupes: ClassVar[bool] = False

    def __init__(self, config: OfficialAccountConfig) -> None:
        self.config = config
        self.capabilities = Capabilities(
            config.batch_size,
            "hold",
            receipts=self.receipts,
            dedupes=self.dedupes,
            is_call_per_item=True,
        )
        self.api = official_account(config)
        self._stops: dict[str, ApiAnswer] = {}

    def send(self, items: Sequence[Message]) -> list[ItemResult]:
        """Send each message; a refused one does not disturb the others."""
        self._stops.clear()  # a batch later a person may have fixed it
        return [self._send_one(message) for message in items]

    def close(self) -> None:
        """Give the connection back."""
        self.api.close()

    def body(self, message: Message) -> dict[str, Any]:
        """The vendor's body. Raises ContentError."""
        raise NotImplementedError

    def refused(self, message: Message) -> str | None:
        """Why the vendor's rules forbid the message, if they do."""
        return None

    def post(self, body: dict[str, Any]) -> ApiAnswer:
        """One call."""
        return self.api.post(self.path, body)

    def _send_one(self, message: Message) -> ItemResult:
        refused = self.refused(message) or (NO_ADDRESS if not message.address else None)
        if refused is not None:
            return ItemResult(message.delivery_id, Outcome.FAILED, refused)
        stop = self._stops.get("") or self._stops.get(message.template)
        if stop is not None:
            return stop.result(message.delivery_id)
        try:
            body = self.body(message)
        except ContentError as error:
            return ItemResult(message.delivery_id, Outcome.FAILED, error.reason)
        answer = self.post(body)
        if answer.stops:
            self._stops[message.template if answer.action is Action.STOP_TEMPLATE else ""] = answer
        return answer.result(message.delivery_id, vendor_id(answer))


def vendor_id(answer: ApiAnswer) -> str | None:
    """The number the vendor gave an accepted message; its event names it again."""
    given = (answer.body or {}).get("msgid") if answer.outcome is Outcome.ACCEPTED else None
    return str(given) if given is not None else None
