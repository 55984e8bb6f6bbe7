"""What vendors say later: a message was delivered, bounced, complained about; somebody said no.

It may come twice, late, or before the answer it is about; each is kept once, and what cannot be
attributed yet waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from sluice.activations.database import lock_until_commit
from sluice.activations.ledger.message_events import keep_event
from sluice.activations.ledger.reading import WITH_PUSH, in_hand
from sluice.activations.ledger.rows import Row, naive
from sluice.activations.ledger.settling import settle
from sluice.activations.ledger.stating import (
    FOLLOWED,
    LIFTED,
    UNFOLLOWED,
    Statement,
    has_left,
    keep_statements,
    statements_by_address,
)
from sluice.activations.ledger.suppressing import lift, suppress
from sluice.activations.ledger.tables import deliveries, early_receipts, pushes
from sluice.activations.ledger.writer import write
from sluice.models.delivery import (
    DeliveryState,
    MessageEvent,
    Receipt,
    Return,
    VendorEvent,
    Withdrawal,
)

# a state never goes back: what comes late, or again, says nothing new
RANKS = {
    state: rank
    for rank, state in enumerate(
        ("accepted", "delivered", "failed", "bounced", "complained"), start=1
    )
}
# reasons of receipts by which a person said to the vendor that they want none
PERSONS_WORDS = frozenset(
    {"messages_blocked", "dropped_unsubscribed_address", "dropped_spam_reporting_address"}
)
KEEP_EARLY = timedelta(days=7)
# before it no vendor of ours existed: a time that is older was left blank, or is of another unit
FIRST_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def receive(engine: sa.Engine, reported: Iterable[VendorEvent], now: datetime) -> int:
    """Keep the events reported, committed when this returns. Returns how many were new.

    A bounce or complaint that asks for it, and every withdrawal, suppresses its address in the same
    transaction. A withdrawal, a complaint and a block are statements of the person, besides.
    """
    news = [_dated(one, now) for one in reported]

    def read_callback(connection: sa.Connection) -> int:
        lock_until_commit(
            connection, "receipts"
        )  # before any row: whoever records a push takes it first too
        return sum(_keep(connection, one, now) for one in news)

    return write(engine, read_callback)


def match_early(engine: sa.Engine, now: datetime) -> int:
    """Give receipts that came before their delivery to it, and drop those whose delivery never
    came. Returns how many matched.
    """
    return write(engine, lambda connection: _match_early(connection, now))


def _dated(news: VendorEvent, now: datetime) -> VendorEvent:
    """With a time that may be: a clock that is ahead, or stands at 1970, must not put a no out of
    the sight of the decisions, or behind a grant that came before it.
    """
    return news if FIRST_TIME <= news.occurred_at <= now else replace(news, occurred_at=now)


def _keep(connection: sa.Connection, news: VendorEvent, now: datetime) -> bool:
    if isinstance(news, MessageEvent):
        return keep_event(connection, news, now)
    if isinstance(news, Withdrawal):
        suppress(connection, [(news.channel, news.address_hash, news.reason[:100], None)], now)
        said = statements_by_address(
            connection, news.channel, news.address_hash, news.reason, news.occurred_at
        )
        keep_statements(connection, said, now)
        return True
    if isinstance(news, Return):
        return _come_back(connection, news, now)
    rows = _deliveries_of(connection, news)
    if not rows:
        _keep_for_later(connection, news, now)
        if _is_persons_word(news):
            keep_statements(
                connection, [_statement(row, news) for row in _in_hand(connection, news)], now
            )
        return True
    return any([_apply(connection, row, news, now) for row in rows])


def _come_back(connection: sa.Connection, news: Return, now: datetime) -> bool:
    """Who left and follows again is no longer silent for having left; whoever never left has said
    nothing new.
    """
    if not has_left(connection, news.channel, news.address_hash, news.occurred_at):
        return False
    lift(connection, news.channel, news.address_hash, now, (UNFOLLOWED,))
    said = statements_by_address(
        connection, news.channel, news.address_hash, FOLLOWED, news.occurred_at
    )
    keep_statements(connection, [replace(one, status=LIFTED) for one in said], now)
    return True


def _deliveries_of(connection: sa.Connection, receipt: Receipt) -> Sequence[Row]:
    """By our id, or by the vendor's; where one id of the vendor covers a batch, with the
    address.
    """
    if receipt.delivery_id is not None:
        condition = deliveries.c.delivery_id == receipt.delivery_id
    elif receipt.vendor_id:
        condition = deliveries.c.vendor_id == receipt.vendor_id
    else:
        return []
    if receipt.address_hash is not None:
        condition &= deliveries.c.address_hash == receipt.address_hash
    query = WITH_PUSH.where(condition).with_for_update(of=deliveries)
    return [dict(row) for row in connection.execute(query).mappings()]


def _in_hand(connection: sa.Connection, receipt: Receipt) -> list[Row]:
    """The message it speaks of, when that is being sent at this moment: the person may get another
    one before it is recorded.
    """
    if receipt.delivery_id is None:
        return []
    rows = in_hand(connection, pushes.c.kind == "message")
    return [row for row in rows if row["delivery_id"] == receipt.delivery_id and row["channel"]]


def _apply(connection: sa.Connection, row: Row, receipt: Receipt, now: datetime) -> bool:
    if receipt.suppress and row["channel"] and row["address_hash"]:
        reason = "complained" if receipt.state is DeliveryState.COMPLAINED else "bounced"
        suppress(
            connection, [(row["channel"], row["address_hash"], reason, row["delivery_id"])], now
        )
    if row["channel"] and _is_persons_word(receipt):
        keep_statements(connection, [_statement(row, receipt)], now)
    if RANKS.get(receipt.state.value, 0) <= RANKS.get(row["state"], 0):
        return False
    new = dict(
        state=receipt.state.value,
        reason=(receipt.reason or "")[:200] or None,
        settled_at=naive(now),
        next_attempt_at=None,
    )
    settle(connection, [{**row, **new}], occurred_at=receipt.occurred_at)
    return True


def _is_persons_word(receipt: Receipt) -> bool:
    """A complaint, or a block: nobody but the person does that."""
    return receipt.state is DeliveryState.COMPLAINED or (
        receipt.suppress and receipt.reason in PERSONS_WORDS
    )


def _statement(row: Row, receipt: Receipt) -> Statement:
    how = "complained" if receipt.state is DeliveryState.COMPLAINED else str(receipt.reason)
    at = receipt.occurred_at
    return Statement(
        row["channel"],
        how,
        at,
        row["subject_id"],
        row["address_hash"],
        row["delivery_id"],
        row["as_of"],
    )


def _keep_for_later(connection: sa.Connection, receipt: Receipt, now: datetime) -> None:
    values = dict(
        delivery_id=receipt.delivery_id,
        vendor_id=receipt.vendor_id,
        address_hash=receipt.address_hash,
        state=receipt.state.value,
        reason=(receipt.reason or "")[:200] or None,
        is_suppressing=receipt.suppress,
        occurred_at=naive(receipt.occurred_at),
    )
    same = sa.and_(
        *(early_receipts.c[name].is_not_distinct_from(value) for name, value in values.items())
    )
    if connection.execute(sa.select(early_receipts.c.early_id).where(same)).first() is None:
        connection.execute(early_receipts.insert().values(**values, heard_at=naive(now)))


def _match_early(connection: sa.Connection, now: datetime) -> int:
    matched = 0
    for row in (
        connection.execute(sa.select(early_receipts).order_by(early_receipts.c.early_id))
        .mappings()
        .all()
    ):
        found = _deliveries_of(connection, _receipt_of(row))
        for delivery in found:
            _apply(connection, delivery, _receipt_of(row), now)
        if found or row["heard_at"] < naive(now) - KEEP_EARLY:
            connection.execute(
                early_receipts.delete().where(early_receipts.c.early_id == row["early_id"])
            )
            matched += bool(found)
    return matched


def _receipt_of(row: sa.RowMapping) -> Receipt:
    return Receipt(
        DeliveryState(row["state"]),
        row["occurred_at"],
        row["delivery_id"],
        row["vendor_id"],
        row["address_hash"],
        row["reason"],
        row["is_suppressing"],
    )
