"""What is handed to a destination, and what comes back: one result per item, never one per
batch.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, Protocol


class Outcome(StrEnum):
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


class MessageTracker(Protocol):
    """What has the opens and clicks of a message come back to us."""

    def html(self, html: str, delivery_id: int, ways_out: Collection[str] = ()) -> str:
        """The HTML with its links, but for the ``ways_out``, and a pixel by way of our service."""

    def text(self, text: str, delivery_id: int) -> str:
        """The text of an SMS with short links by way of our service."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message due: who, where, which template and the values for it.

    ``country``: ISO 3166 alpha-2, or empty; what the law asks of a message (a mark in its subject,
    the way to say no) hangs on it and on ``purpose``. ``address_key``: a hash of campaign,
    occurrence and address, under which the address gets one message whatever the contact's id;
    None: not asked. ``tracker``: None where nobody is to know whether it was opened. ``subjects``:
    of a variant, by language: Liquid that stands for the subject of the template.
    """

    delivery_id: int
    contact_id: int
    address: str
    address_hash: str
    channel: str
    template: str
    language: str
    values: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = "marketing"
    country: str = ""
    address_key: int | None = None
    tracker: MessageTracker | None = None
    subjects: Mapping[str, str] = field(default_factory=dict)

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


Operation = Literal["entered", "changed", "exited"]


@dataclass(slots=True)
class SyncOperation:
    """One change a destination must make: a row entered, changed or exited (then ``properties`` is
    empty).

    ``object``: what it is there (contacts, deals, a list). ``list_name``: of a membership, the
    list, tag or audience that the key enters or leaves; else None. ``if_empty``: names of
    properties that are written only where the destination has none. ``sync_key``: of a ``key`` that
    is a text, the number that stands for it in the warehouse and the ledger. ``contact_id``: whose
    row it is, where the sync carries people to a marketing vendor and names the contact. (Not
    frozen, nor are results: there are millions, and a frozen one takes three times as long to make.
    Nobody changes them.)
    """

    delivery_id: int
    key: int | str
    operation: Operation
    row_hash: int | None
    properties: Mapping[str, Any] = field(default_factory=dict)
    vendor_id: str | None = None
    object: str = "contacts"
    list_name: str | None = None
    if_empty: frozenset[str] = frozenset()
    sync_key: int | None = None
    contact_id: int | None = None

    @property
    def subject_id(self) -> int:
        """The key of the row, as a number."""
        return self.sync_key if self.sync_key is not None else int(self.key)


Item = Message | SyncOperation
# why a row of an audience was not sent; after a colon, how the person said no
REFUSED_SINCE = "refused_since_decided"


@dataclass(frozen=True)
class Audience:
    """A sync that carries people to a marketing vendor. ``weighed``: consent statements of the
    ledger up to this id were known to the decisions. ``consent``: the channel and purpose that the
    vendor asks for; whoever withdrew it does not go there, whenever they said so.
    """

    weighed: int
    consent: tuple[str, str] | None = None


SuppressReason = Literal["bounced", "unsubscribed"]


@dataclass(slots=True)
class ItemResult:
    """The result of one item. ``reason`` is a category, never the vendor's echo of a value.

    ``suppress``: nothing may be sent to the address again, because of ``suppress_reason``: it is at
    fault itself (bounced), or somebody said no at the vendor, or left (unsubscribed).
    """

    delivery_id: int
    outcome: Outcome
    reason: str | None = None
    vendor_id: str | None = None
    suppress: bool = False
    retry_after_seconds: float | None = None
    suppress_reason: SuppressReason = "bounced"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a vendor said of a delivery after it was accepted: delivered, bounced, complained or
    failed.

    It names the delivery by our ``delivery_id`` or by the ``vendor_id`` the vendor gave (with
    ``address_hash`` where one id covers a batch). ``suppress``: nothing may be sent to the address
    again. ``occurred_at``: aware UTC, the vendor's time.
    """

    state: DeliveryState
    occurred_at: datetime
    delivery_id: int | None = None
    vendor_id: str | None = None
    address_hash: str | None = None
    reason: str | None = None
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Somebody said no on a channel, in a reply or at the vendor: the address is suppressed at
    once.
    """

    channel: str
    address_hash: str
    occurred_at: datetime
    reason: str = "unsubscribed"


@dataclass(frozen=True, slots=True)
class Return:
    """Somebody came back to a channel that they had left: what their leaving silenced is lifted,
    and nothing else.
    """

    channel: str
    address_hash: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """What happened to a message and changes no state: opened, clicked, delayed, processed.

    ``event_type``: as in contact_events (``email_opened``). ``event_key``: one for each event, so
    that a repeat is kept once. ``link``: host and path of what was clicked. ``agent``: the category
    of the program that fetched it. ``is_machine``: no person did it. ``occurred_at``: aware UTC,
    the vendor's time.
    """

    event_type: str
    occurred_at: datetime
    event_key: str
    delivery_id: int | None = None
    vendor_id: str | None = None
    link: str | None = None
    agent: str | None = None
    is_machine: bool = False


VendorEvent = Receipt | Withdrawal | Return | MessageEvent


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a destination can do; the engine asks this, never "is it X?".

    ``on_unknown``: what to do when it is unknown whether the vendor acted. ``resend`` where a
    repeat does no harm (an upsert), ``reconcile`` where the vendor can be asked (then the client is
    a ``Reconciler``), ``hold`` where a repeat would reach a person twice. ``dedupes_for``: how long
    the vendor knows a repeat for one; what may have arrived longer ago is not sent again but waits
    for a person (None: a repeat never does harm). ``objects``: what syncs
    may name (empty: it takes messages alone); ``modes``: of syncs; ``if_empty``: whether it can
    leave a filled property alone. ``is_one_at_a_time``: calls must not overlap, not even for
    different items. ``erases``: what an exit does to the record of a person who is to be erased;
    empty where no call takes it away. ``is_call_per_item``: a batch is that many calls at the
    vendor, which counts them so.
    """

    batch_size: int
    on_unknown: Literal["resend", "reconcile", "hold"]
    per_item_results: bool = True
    dedupes: bool = False
    dedupes_for: timedelta | None = None
    receipts: bool = False
    objects: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset({"mirror", "upsert", "add"})
    if_empty: bool = False
    is_one_at_a_time: bool = False
    erases: Literal["", "deleted", "archived", "invalidated", "removed"] = ""
    is_call_per_item: bool = False
