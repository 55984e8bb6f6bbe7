"""A message as the body of ``message/subscribe/bizsend``."""

from __future__ import annotations

from typing import Any

from sluice.activations.destinations.wechat.config import OfficialAccountConfig
from sluice.activations.destinations.wechat.content import render, template_data
from sluice.models.delivery import Message


def notice_body(message: Message, config: OfficialAccountConfig) -> dict[str, Any]:
    """Recipient, template, values and page. Raises ContentError."""
    content = render(
        message.template, message.language, "subscribe", message.values, config.content
    )
    return {
        "touser": message.address,
        **content,
        "data": template_data(content.pop("data", {}), config.value_caps),
    }
