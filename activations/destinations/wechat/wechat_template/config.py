"""Settings of template messages: SLUICE_WECHAT_*, those of the official account."""

from __future__ import annotations

from sluice.activations.destinations.wechat.config import OfficialAccountConfig


class WeChatTemplateConfig(OfficialAccountConfig):
    """One official account (a verified service account)."""
