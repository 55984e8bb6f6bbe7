"""A message as the body of ``message/template/send``."""

from __future__ import annotations

from typing import Any

from sluice.activations.destinations.wechat.config import OfficialAccountConfig
from sluice.activations.destinations.wechat.content import render, template_data
from sluice.models.delivery import Message


def template_body(message: Message, config: OfficialAccountConfig) -> dict[str, Any]:
    """Recipient, template, values and link.

    ``client_msg_id`` is our delivery: the same on every try. Raises ContentError.
    """
    content = render(message.template, message.language, "template", message.values, config.content)
    data = template_data(content.pop("data", {}), config.value_caps)
    return {
        "touser": message.address,
        **content,
        "data": data,
        "client_msg_id": str(message.delivery_id),
    }
