"""A batch between its claim and its record: what of it may be sent, and how it is kept in one row
meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
import sqlalchemy as sa

from sluice.activations.database import lock_until_commit
from sluice.activations.ledger import audiences
from sluice.activations.ledger.addressing import ALREADY_SENT, reserve
from sluice.activations.ledger.keys import keep_keys
from sluice.activations.ledger.outcomes import Attempt, write_outcomes
from sluice.activations.ledger.preferring import held_back
from sluice.activations.ledger.pushes import Push
from sluice.activations.ledger.repeating import withhold_repeats
from sluice.activations.ledger.rows import Row, as_text, chunks, known_ids, naive, run
from sluice.activations.ledger.stating import withdrawn
from sluice.activations.ledger.suppressing import suppressed
from sluice.activations.ledger.tables import deliveries
from sluice.models.delivery import (
    Audience,
    DeliveryState,
    Item,
    ItemResult,
    Message,
    Outcome,
    SyncOperation,
)

# a wait recorded by a clock that was ahead of this one by more is not kept: the clock was set back
CLOCK_SLACK = timedelta(minutes=1)
KEEP = (
    "insert into claims (push_id, owner, claimed_at, batch) values (?, ?, ?, ?) returning claim_id"
)
LET_GO = "delete from claims where claim_id = ?"
OF_OTHERS = """select claims.batch from claims inner join pushes on claims.push_id = pushes.push_id
where pushes.activation = ? and pushes.destination = ? and claims.owner <> ?"""


@dataclass
class Claim:
    """What was claimed of a batch, and what was not: ``refused`` were suppressed meanwhile, or
    their address has the message already under another delivery, or they enter an audience and
    their person said no since the decisions (that is recorded); ``skipped`` are settled, held (also
    by what their person prefers since), waiting, or in other hands. ``paused``: the name of the
    pause on account of which nothing was claimed.
    """

    push: Push
    at: datetime
    items: list[Item] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)  # of the items, in their order
    claim_id: int | None = None
    refused: list[ItemResult] = field(default_factory=list)
    skipped: int = 0
    paused: str | None = None


def claim(connection: sa.Connection, push: Push, batch: Sequence[Item], now: datetime) -> Claim:
    """Claim what of a batch may be sent now.

    Once committed it is nobody else's; the owner adds it to what it holds.
    """
    lock_until_commit(connection, f"claims {push.destination}")
    by_id = {item.delivery_id: item for item in batch}
    known = find(connection, list(by_id))
    again = {
        one: row["attempts"]
        for one, row in known.items()
        if _may_claim(row, push.on_unknown, naive(now))
    }
    repeats = withhold_repeats(connection, push, batch, again, now)
    taken = _in_other_hands(connection, push) | repeats
    if known or taken or not push.held.isdisjoint(by_id):
        for one in by_id.keys() & (known.keys() - again.keys() | taken | push.held):
            del by_id[one]
    items = list(by_id.values())
    outcomes: dict[int, ItemResult] = {}
    if items and isinstance(items[0], Message):  # a batch is of one kind
        items, outcomes = _let_through(connection, push, items, now)
    claimed = Claim(push, now, items, skipped=len(batch) - len(items))
    if push.audience is not None:
        outcomes |= _held(connection, push, push.audience, items, known)
    if outcomes:
        _refuse(connection, claimed, outcomes, again, now)
    claimed.attempts = _attempts(claimed.items, again)
    if claimed.items:
        keep_keys(connection, push.activation, claimed.items)
        _mark_tried_again(
            connection,
            push,
            [item.delivery_id for item in claimed.items if item.delivery_id in again],
            now,
        )
        claimed.claim_id = _keep(connection, claimed, now)
    return claimed


def record(
    connection: sa.Connection, claimed: Claim, results: Sequence[ItemResult], now: datetime
) -> None:
    """Record the result of each claimed item, in their order, and let the claim go."""
    write_outcomes(connection, claimed.push, claimed.attempts, results, claimed.at, now)
    run(connection, LET_GO, (claimed.claim_id,))


def find(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Row]:
    """What of these deliveries is known: state, attempts and times."""
    found: dict[int, Row] = {}
    d = deliveries.c
    columns = (d.delivery_id, d.state, d.attempts, d.claimed_at, d.settled_at, d.next_attempt_at)
    for chunk in chunks(known_ids(connection, ids)):
        rows = connection.execute(
            sa.select(*columns).where(d.delivery_id.in_(chunk)).with_for_update()
        ).mappings()
        found.update({row["delivery_id"]: dict(row) for row in rows})
    return found


def unpack(row: Row) -> list[Attempt]:
    """The attempts that a row of ``claims`` holds."""
    return list(zip(*orjson.loads(row["batch"]), strict=True))


def _let_through(
    connection: sa.Connection, push: Push, messages: list[Item], now: datetime
) -> tuple[list[Item], dict[int, ItemResult]]:
    """The messages that do not wait for what their person prefers, and those of them that go to
    nobody, with why.
    """
    waiting = held_back(connection, messages, push.topic, push.known_preferences, now)
    items = [item for item in messages if item.delivery_id not in waiting]
    silent = {
        **withdrawn(connection, items, push.known_statements),
        **suppressed(connection, items),
        **_erased(push, items),
    }
    reasons = {one: f"suppressed_{reason}" for one, reason in silent.items()}
    reasons |= dict.fromkeys(
        reserve(connection, [item for item in items if item.delivery_id not in reasons]),
        ALREADY_SENT,
    )
    return items, {one: ItemResult(one, Outcome.FAILED, why) for one, why in reasons.items()}


def _held(
    connection: sa.Connection,
    push: Push,
    audience: Audience,
    items: Sequence[Item],
    known: Mapping[int, Row],
) -> dict[int, ItemResult]:
    """Who said no since the decisions enters no audience now: the next run decides anew. What is
    unknown stays so.
    """
    reasons = audiences.refused(connection, items, audience, push.known_statements)
    is_unknown = {one for one, row in known.items() if row["state"] == DeliveryState.UNKNOWN}
    return {
        one: ItemResult(
            one,
            Outcome.UNKNOWN if one in is_unknown else Outcome.RETRY,
            reason,
            retry_after_seconds=0.0,
        )
        for one, reason in reasons.items()
    }


def _erased(push: Push, items: Sequence[Item]) -> dict[int, str]:
    """Messages to an address of somebody who was erased."""
    if not push.erased:
        return {}
    return {
        item.delivery_id: "erased"
        for item in items
        if isinstance(item, Message) and push.erased.has_address(item.address_hash)
    }


def _may_claim(row: Row, on_unknown: str, now: datetime) -> bool:
    if row["state"] == DeliveryState.RETRY:
        due, settled = row["next_attempt_at"], row["settled_at"]
        return bool(
            due is None or due <= now or (settled is not None and settled > now + CLOCK_SLACK)
        )
    return bool(row["state"] == DeliveryState.UNKNOWN and on_unknown == "resend")


def _in_other_hands(connection: sa.Connection, push: Push) -> set[int]:
    """Deliveries of this activation that another process claimed, or another thread with a ledger
    of its own.
    """
    rows = run(connection, OF_OTHERS, (push.activation, push.destination, push.owner))
    return {one for (batch,) in rows for one in orjson.loads(bytes(batch))[0]}


def _refuse(
    connection: sa.Connection,
    claimed: Claim,
    outcomes: Mapping[int, ItemResult],
    tried: Mapping[int, int],
    now: datetime,
) -> None:
    """Who unsubscribed or bounced a second ago, or whose address has the message already, gets
    nothing; a receipt says why.
    """
    refused = [item for item in claimed.items if item.delivery_id in outcomes]
    claimed.items = [item for item in claimed.items if item.delivery_id not in outcomes]
    claimed.refused = [outcomes[item.delivery_id] for item in refused]
    write_outcomes(connection, claimed.push, _attempts(refused, tried), claimed.refused, now, now)


def _mark_tried_again(
    connection: sa.Connection, push: Push, ids: Sequence[int], now: datetime
) -> None:
    """A known delivery says so itself that it is in hand: nobody may settle it now."""
    values = dict(
        state=DeliveryState.CLAIMED.value,
        next_attempt_at=None,
        push_id=push.push_id,
        claimed_at=naive(now),
    )
    for chunk in chunks(ids):
        update = deliveries.update().where(deliveries.c.delivery_id.in_(chunk))
        connection.execute(update.values(**values, attempts=deliveries.c.attempts + 1))


def _keep(connection: sa.Connection, claimed: Claim, now: datetime) -> int:
    batch = orjson.dumps(list(zip(*claimed.attempts, strict=True)))
    ((claim_id,),) = run(
        connection, KEEP, (claimed.push.push_id, claimed.push.owner, as_text(now), batch)
    )
    return int(claim_id)


def _attempts(items: Sequence[Item], tried: Mapping[int, int]) -> list[Attempt]:
    if not tried and items and isinstance(items[0], SyncOperation):
        return [(i.delivery_id, i.subject_id, i.operation, i.row_hash, None, 1) for i in items]
    return [
        (
            i.delivery_id,
            i.subject_id,
            i.operation,
            i.row_hash,
            _hash(i),
            tried.get(i.delivery_id, 0) + 1,
        )
        for i in items
    ]


def _hash(item: Item) -> str | None:
    return item.address_hash if isinstance(item, Message) else None
