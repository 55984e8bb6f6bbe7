"""What is handed to a destination, and what comes back: one result per item, never one per batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal


class Verdict(StrEnum):
    """What a destination said of one item, or did not say."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    RETRY = "retry"
    UNKNOWN = "unknown"


class DeliveryState(StrEnum):
    """Where a delivery stands in the ledger."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    RETRY = "retry"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Message:
    """One message due: who, where, which template and the values for it."""

    delivery_id: int
    contact_id: int
    address: str
    address_hash: str
    channel: str
    template: str
    language: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject_id(self) -> int:
        """The contact."""
        return self.contact_id

    @property
    def operation(self) -> str:
        """A message is always sent."""
        return "send"

    @property
    def row_hash(self) -> int | None:
        """A message has no row."""
        return None


@dataclass(frozen=True, slots=True)
class SyncOperation:
    """One change a destination must make: a row entered, changed or exited (then ``properties`` is empty)."""

    delivery_id: int
    key: int
    operation: Literal["entered", "changed", "exited"]
    row_hash: int | None
    properties: Mapping[str, Any] = field(default_factory=dict)
    vendor_id: str | None = None

    @property
    def subject_id(self) -> int:
        """The key of the row."""
        return self.key


Item = Message | SyncOperation


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item. ``reason`` is a category, never the vendor's echo of a value.

    ``suppress``: the address itself is at fault and nothing may be sent to it again.
    """

    delivery_id: int
    verdict: Verdict
    reason: str | None = None
    vendor_id: str | None = None
    suppress: bool = False
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a destination can do; the engine asks this, never "is it X?".

    ``on_unknown``: what to do when nobody knows whether the vendor acted. ``resend`` where a repeat does no harm (an upsert),
    ``reconcile`` where the vendor can be asked, ``hold`` where a repeat would reach a person twice.
    """

    batch_size: int
    on_unknown: Literal["resend", "reconcile", "hold"]
    per_item_results: bool = True
    dedupes: bool = False
    receipts: bool = False
