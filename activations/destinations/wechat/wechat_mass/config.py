"""Settings of mass messages: SLUICE_WECHAT_*, those of the official account."""

from __future__ import annotations

from pydantic import Field

from sluice.activations.destinations.wechat.config import OfficialAccountConfig


class WeChatMassConfig(OfficialAccountConfig):
    """One official account.

    ``mass_by_tag``: reach people by a tag made for the send, not by a list of openids (accounts of
    kind subscription know no lists). ``mass_batch_size``: people a send; the vendor allows 10,000.
    """

    mass_by_tag: bool = False
    mass_batch_size: int = Field(5_000, ge=1, le=10_000)
