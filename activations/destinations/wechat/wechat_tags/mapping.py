"""Operations of a sync as tags to put on and to take off, by tag and openid."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.activations.destinations.wechat.wechat_tags.config import WeChatTagsConfig
from sluice.models.delivery import SyncOperation


@dataclass(frozen=True, slots=True)
class Held:
    """What a follower holds after the vendor said yes: kept as the row's vendor_id, so that it can
    be taken off again.
    """

    tag_id: int
    openid: str

    def vendor_id(self) -> str:
        """As the ledger keeps it."""
        return f"{self.tag_id}:{self.openid}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The tag, by name, that a follower shall hold."""

    tag: str
    openid: str


def held_before(operation: SyncOperation) -> Held | None:
    """What the last accepted operation of the row put on."""
    number, _, openid = (operation.vendor_id or "").partition(":")
    return Held(int(number), openid) if number.isdigit() and openid else None


def named(operation: SyncOperation, config: WeChatTagsConfig) -> Wanted | None:
    """Who the row is about, and the tag: of a membership its list, of a mirror the row's own.

    None when one is missing.
    """
    tag = operation.list_name or operation.properties.get(config.tag_property)
    openid = operation.properties.get(config.openid_property)
    return Wanted(str(tag), str(openid)) if tag and openid else None
