"""Items of each destination, and what its vendor saw."""

from __future__ import annotations

from typing import Any

from sluice.activations.addresses import address_hash
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sandbox.wechat.vendor import WeChatVendor
from sluice.activations.sandbox.wechat.wecom import WeComVendor
from sluice.models.delivery import Message, SyncOperation

TEMPLATE = "order-shipped-0000000000000000000000000000"
NOTICE = "points-expire-0000000000000000000000000000"
ORDER = {"order_number": "SO-1", "product": "咖啡豆", "shipped_at": "2026-06-29 10:00"}
POINTS = {"points": "120", "expires_at": "2026-07-31"}


def openid(number: int) -> str:
    """A follower."""
    return f"oA_{number:025d}"


def message(number: int, template: str, values: dict[str, Any], **more: Any) -> Message:
    """A message to follower ``number``."""
    address = str(more.pop("address", openid(number)))
    purpose = more.pop("purpose", "transactional")
    filled = {"full_name": "", **values}
    return Message(
        number,
        number,
        address,
        address_hash("wechat", address),
        "wechat",
        template,
        "zh",
        filled,
        purpose,
        **more,
    )


def member(
    number: int, operation: Any = "entered", tag: str | None = "birthdays", **properties: Any
) -> SyncOperation:
    """A member of a segment that is mirrored as a tag."""
    properties = {"openid": openid(number), **properties}
    return SyncOperation(10_000 + number, number, operation, number * 7, properties, list_name=tag)


def alert(number: int, **properties: Any) -> SyncOperation:
    """A lead that entered the sync of alerts."""
    return SyncOperation(
        20_000 + number, number, "entered", 1, {"score": 80, **properties}, object="sales_alert"
    )


def customer(number: int, text: str = "王芳", **values: Any) -> Message:
    """A message to a customer of an employee."""
    return message(
        number,
        "price_question",
        {"full_name": text, "external_userid": f"wm{number:06d}", **values},
    )


def wechat(sandbox: Sandbox) -> WeChatVendor:
    """The simulated official account."""
    vendor = sandbox.servers["wechat_template"].vendor
    assert isinstance(vendor, WeChatVendor)
    return vendor


def wecom(sandbox: Sandbox) -> WeComVendor:
    """The simulated company."""
    vendor = sandbox.servers["wecom_mass"].vendor
    assert isinstance(vendor, WeComVendor)
    return vendor


def received(sandbox: Sandbox, vendor: str = "wechat") -> int:
    """How many messages people got."""
    return len(sandbox.store.rows("select 1 from received where vendor = ?", (vendor,)))
