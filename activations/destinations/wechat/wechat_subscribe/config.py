"""Settings of subscription notices: SLUICE_WECHAT_*, those of the official account."""

from __future__ import annotations

from sluice.activations.destinations.wechat.config import OfficialAccountConfig


class WeChatSubscribeConfig(OfficialAccountConfig):
    """One official account (a service account with subscription notices)."""
