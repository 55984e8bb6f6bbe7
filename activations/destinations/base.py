"""What every destination promises the dispatcher."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sluice.activations.inbox.events import Event
from sluice.models.delivery import Capabilities, Item, ItemResult, Receipt, VendorEvent, Withdrawal


class Destination(Protocol):
    """One account at one vendor.

    Each worker has a client of its own: a client need not be safe for threads, what clients of one
    account share (a token) must be.
    """

    @property
    def capabilities(self) -> Capabilities:
        """Batch size, and what to do when the outcome of a call is unknown."""

    def send(self, items: Sequence[Any]) -> list[ItemResult]:
        """Send a batch (at most ``capabilities.batch_size`` items).

        One result an item; items left out are unknown.

        Raises nothing for what the network or the vendor does: that is an outcome.
        """

    def close(self) -> None:
        """Give connections back."""


@runtime_checkable
class Reconciler(Protocol):
    """A destination that can be queried for items whose outcome is unknown."""

    def reconcile(
        self, items: Sequence[Any], claimed_at: Mapping[int, datetime]
    ) -> list[ItemResult]:
        """Ask the vendor.

        ACCEPTED: it acted. FAILED: it refused. RETRY: it surely did not act, and the item may be
        sent again. UNKNOWN, or no result: it cannot say yet. ``claimed_at`` (aware UTC) by
        delivery_id is when the attempt began.
        """


@runtime_checkable
class Reporter(Protocol):
    """A destination whose receipts are fetched.

    Where the vendor calls instead, see ``Callback``.
    """

    def fetch_receipts(self, since: datetime) -> Iterable[Receipt | Withdrawal]:
        """What happened since then (aware UTC); repeats do no harm."""


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """A call of a vendor: header names in lower case; ``query`` and ``body`` as they came; ``url``
    as the vendor called it.
    """

    method: str
    url: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """The events reported, what people did (for the inbox), and what to reply.

    A call whose signature is wrong is answered 401 or 403, and reports nothing.
    """

    reported: Sequence[VendorEvent] = ()
    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    doings: Sequence[Event] = ()


# what a destination does with a call of its vendor: settings and the call give the events reported,
# and the reply
Callback = Callable[[Any, CallbackRequest], CallbackAnswer]


def same_result(items: Sequence[Item], template: ItemResult) -> list[ItemResult]:
    """One result for every item of a batch that shares its outcome."""
    return [
        ItemResult(
            item.delivery_id,
            template.outcome,
            template.reason,
            None,
            False,
            template.retry_after_seconds,
        )
        for item in items
    ]
