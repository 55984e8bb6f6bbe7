"""Settings of tags: SLUICE_WECHAT_*, those of the official account."""

from __future__ import annotations

from sluice.activations.destinations.wechat.config import OfficialAccountConfig


class WeChatTagsConfig(OfficialAccountConfig):
    """One official account.

    ``openid_property``: the column of the sync that holds the openid; ``tag_property``: the one
    that names the tag, in a mirror, where each row has a tag of its own.
    """

    openid_property: str = "openid"
    tag_property: str = "tag"
