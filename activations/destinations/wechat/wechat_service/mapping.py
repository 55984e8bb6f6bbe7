"""A message as the body of ``message/custom/send``."""

from __future__ import annotations

from typing import Any

from sluice.activations.destinations.wechat.content import render
from sluice.activations.destinations.wechat.wechat_service.config import WeChatServiceConfig
from sluice.models.delivery import Message
from sluice.models.errors import ContentError


def service_body(message: Message, config: WeChatServiceConfig) -> dict[str, Any]:
    """Recipient, kind and content.

    Raises ContentError, also for a text that is too long: half an answer is none.
    """
    content = render(message.template, message.language, "message", message.values, config.content)
    size = len(str((content.get("text") or {}).get("content", "")).encode())
    if size > config.service_text_bytes:
        raise ContentError(
            f"a text has {size} bytes of {config.service_text_bytes}",
            "shorten it in content/wechat/",
        )
    agent = {"customservice": {"kf_account": config.service_agent}} if config.service_agent else {}
    return {"touser": message.address, **content, **agent}
