"""Customer-service messages: ``POST /cgi-bin/message/custom/send``, one person a call.

The vendor lets an account write only to who did something lately: 5 messages within 48 hours after
a message of theirs, 3 within one minute after a menu click, a follow or a scan. It alone knows the
window: outside (45015) or with all used (45047) the message fails. The vendor recognises no
repeats: an unknown outcome is held for a person.
"""

from __future__ import annotations

from typing import Any

from sluice.activations.destinations.wechat.one_by_one import OneByOne
from sluice.activations.destinations.wechat.wechat_service.config import WeChatServiceConfig
from sluice.activations.destinations.wechat.wechat_service.mapping import service_body
from sluice.models.delivery import Message


class WeChatService(OneByOne):
    """A destination for messages."""

    path = "/cgi-bin/message/custom/send"
    config: WeChatServiceConfig

    def body(self, message: Message) -> dict[str, Any]:
        """Recipient, kind and content."""
        return service_body(message, self.config)
