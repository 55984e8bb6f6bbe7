"""Subscription notices: ``POST /cgi-bin/message/subscribe/bizsend``, one person a call, to who
allowed this very template.

The vendor recognises no repeats: an unknown outcome is held for a person.
"""

from __future__ import annotations

from typing import Any

from sluice.activations.destinations.wechat.one_by_one import OneByOne
from sluice.activations.destinations.wechat.wechat_subscribe.mapping import notice_body
from sluice.models.delivery import Message


class WeChatSubscribe(OneByOne):
    """A destination for messages. Results come by the event subscribe_msg_sent_event."""

    path = "/cgi-bin/message/subscribe/bizsend"
    receipts = True

    def body(self, message: Message) -> dict[str, Any]:
        """Recipient, template and values."""
        return notice_body(message, self.config)
