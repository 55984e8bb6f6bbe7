"""Settings of customer-service messages: SLUICE_WECHAT_*, those of the official account."""

from __future__ import annotations

from pydantic import Field

from sluice.activations.destinations.wechat.config import OfficialAccountConfig


class WeChatServiceConfig(OfficialAccountConfig):
    """One official account.

    ``service_agent``: the customer-service agent in whose name is written; none is the account
    itself. ``service_text_bytes``: the longest text.
    """

    service_agent: str = ""
    service_text_bytes: int = Field(2048, ge=1)
