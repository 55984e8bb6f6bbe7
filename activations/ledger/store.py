"""The ledger's promises: a claim is on disk before the call, an outcome after it, and no delivery
is claimed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import sqlalchemy as sa

from sluice.activations.database import open_engine
from sluice.activations.erasure import NOBODY
from sluice.activations.ledger import claims, recovering
from sluice.activations.ledger.alerting import AlertRecords
from sluice.activations.ledger.claims import Claim
from sluice.activations.ledger.locks import FAST, alone_at
from sluice.activations.ledger.migrate import bring_up_to_date
from sluice.activations.ledger.problems import current_counts
from sluice.activations.ledger.pushes import Push, open_push
from sluice.activations.ledger.reading import RECEIPTS
from sluice.activations.ledger.rights import Rights
from sluice.activations.ledger.rows import insert_missing, naive
from sluice.activations.ledger.tables import (
    message_events,
    meta,
    pushes,
    receipts,
    runs,
    suppressions,
)
from sluice.models.delivery import Audience, DeliveryState, Item, ItemResult
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.models.run import Run

T = TypeVar("T")


class Ledger(Rights, AlertRecords):
    """The delivery ledger at a SQLAlchemy URL.

    Opening it makes or upgrades its tables. Times are given and kept in UTC. ``is_fast``: of the
    fast lane, which sends beside the push of a run.
    """

    def __init__(self, url: str, *, is_fast: bool = False) -> None:
        self.engine = open_engine(url)
        self.is_fast = is_fast
        self.owner = f"{FAST}{uuid4().hex[len(FAST) :]}" if is_fast else uuid4().hex
        self.held: set[int] = set()  # deliveries in this process's hands
        self.erased = NOBODY  # whom no claim lets through; whoever pushes says
        try:
            bring_up_to_date(self.engine)
        except sa.exc.DatabaseError as error:
            raise ConfigurationError(
                f"the ledger cannot be opened ({type(error.orig).__name__})",
                "see that its database is up and SLUICE_LEDGER_URL right, or put a copy of"
                " ledger.sqlite back into SLUICE_HOME",
            ) from error

    def bind_mode(self, mode: str) -> None:
        """Bind a new ledger to 'sandbox' or 'live'.

        Raises BlockedError when it already holds the other kind.
        """
        bound = self._remember("delivery_mode", mode)
        if bound != mode:
            raise BlockedError(
                f"this ledger holds {bound} deliveries, and SLUICE_DELIVERY is {mode}",
                f"set SLUICE_DELIVERY={bound}, or use another SLUICE_HOME (and SLUICE_LEDGER_URL)"
                f" for {mode}",
            )

    def alone_at(
        self,
        destination: str,
        wait_seconds: float = 0.0,
        on_wait: Callable[[], object] | None = None,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> AbstractContextManager[None]:
        """Be the only one who sends to a destination; of the fast lane: its only one.

        Raises BlockedError when another process does for longer than the wait, Stopped when the
        wait is to end.
        """
        name = _name_in_the_lane(destination) if self.is_fast else destination
        return alone_at(self.engine, name, wait_seconds, on_wait, is_stopped)

    def alone_at_all(
        self, destination: str, wait_seconds: float, is_stopped: Callable[[], bool]
    ) -> AbstractContextManager[None]:
        """Be the only one who sends to a destination, runs and the fast lane together."""
        return alone_at(self.engine, destination, wait_seconds, None, is_stopped)

    def recover(self, now: datetime) -> int:
        """What dead processes had in hand becomes unknown.

        A destination that somebody is sending to is left alone.
        """
        with self.engine.connect() as connection:
            destinations = recovering.destinations_in_hand(connection)
        return sum(self._recover_if_dead(destination, now) for destination in destinations)

    def recover_destination(self, destination: str, now: datetime) -> int:
        """The same for one destination, whose lock the caller holds."""
        return self._recover(destination, now, self.is_fast)

    def open_push(
        self,
        activation: tuple[str, str, str],
        run: Run,
        on_unknown: str,
        channel: str | None = None,
        known_statements: int = 0,
        known_preferences: int = 0,
        topic: str | None = None,
        dedupes_for: timedelta | None = None,
        audience: Audience | None = None,
    ) -> Push:
        """Begin to push (kind, activation, destination). What follows ``channel``: see ``Push``."""
        kind, name, destination = activation
        push_id = self.write(lambda one: open_push(one, activation, run, on_unknown, channel))
        return Push(
            push_id,
            kind,
            name,
            destination,
            channel,
            on_unknown,
            self.owner,
            self.held,
            run.as_of,
            known_statements=known_statements,
            erased=self.erased,
            known_preferences=known_preferences,
            topic=topic,
            dedupes_for=dedupes_for,
            audience=audience,
        )

    def claim(self, push: Push, batch: Sequence[Item], now: datetime) -> Claim:
        """Claim a batch, committed when this returns.

        Left out: what is settled for good, what another worker holds, what waits for its next
        attempt, what is unknown at a destination that must not be sent to twice, and messages whose
        address is suppressed at this moment, or has the message of this campaign and occurrence
        already.
        """
        claimed = self.write(lambda connection: claims.claim(connection, push, batch, now))
        push.held.update(item.delivery_id for item in claimed.items)
        return claimed

    def record(self, claim: Claim, results: Sequence[ItemResult], now: datetime) -> None:
        """Record the result of each claimed item, in their order, and suppress the addresses found
        bad, in one transaction.
        """
        self.write(lambda connection: claims.record(connection, claim, results, now))
        claim.push.held.difference_update([item.delivery_id for item in claim.items])

    def counts(self, run_id: str | None = None) -> list[dict[str, Any]]:
        """Deliveries by kind, activation, operation and state; of one run, or all.

        What is in hand counts as claimed, what a later operation on the same row replaced as
        superseded.
        """
        return current_counts(self.engine, run_id)

    def accepted_receipts(self) -> dict[str, int]:
        """How many items each destination has accepted, from the log."""
        query = (
            sa.select(pushes.c.destination, sa.func.count())
            .select_from(receipts)
            .join(pushes, pushes.c.push_id == receipts.c.push_id)
        )
        query = query.where(receipts.c.state == DeliveryState.ACCEPTED.value).group_by(
            pushes.c.destination
        )
        with self.engine.connect() as connection:
            return {str(row[0]): int(row[1]) for row in connection.execute(query)}

    def receipts_after(self, receipt_id: int, size: int = 50_000) -> Iterator[list[dict[str, Any]]]:
        """Receipts with a greater id, in order, in batches, as they are landed: without the names
        of people.
        """
        while True:
            query = (
                RECEIPTS.where(receipts.c.receipt_id > receipt_id)
                .order_by(receipts.c.receipt_id)
                .limit(size)
            )
            with self.engine.connect() as connection:
                batch = [dict(row) for row in connection.execute(query).mappings()]
            if not batch:
                return
            receipt_id = batch[-1]["receipt_id"]
            yield batch

    def last_reported(self) -> tuple[int, int]:
        """The last receipt that a vendor reported after its call (delivered, bounced, complained),
        and the last event of an own message: greater when something came since.
        """
        later = (DeliveryState.DELIVERED, DeliveryState.BOUNCED, DeliveryState.COMPLAINED)
        queries = (
            sa.select(sa.func.max(receipts.c.receipt_id)).where(
                receipts.c.state.in_([state.value for state in later])
            ),
            sa.select(sa.func.max(message_events.c.event_id)),
        )
        with self.engine.connect() as connection:
            receipt, event = (connection.execute(query).scalar() or 0 for query in queries)
        return int(receipt), int(event)

    def suppressions(self) -> list[dict[str, Any]]:
        """The whole suppression list."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.select(suppressions)).mappings()]

    def finish_run(self, run: Run, summary: str, now: datetime) -> None:
        """Keep the summary (JSON) of a run."""
        with self.engine.begin() as connection:
            connection.execute(runs.delete().where(runs.c.run_id == run.run_id))
            values = dict(
                run_id=run.run_id, as_of=naive(run.as_of), finished_at=naive(now), summary=summary
            )
            connection.execute(runs.insert().values(values))

    def finish_fast(self, run: Run, summary: str, now: datetime) -> None:
        """Keep the summary (JSON) of a pass of the fast lane in place of the one before."""
        with self.engine.begin() as connection:
            connection.execute(runs.delete().where(runs.c.run_id.startswith(FAST)))
            values = dict(
                run_id=run.run_id, as_of=naive(run.as_of), finished_at=naive(now), summary=summary
            )
            connection.execute(runs.insert().values(values))

    def receipts_fetched_until(self, destination: str, default: datetime) -> datetime:
        """Until when receipts of a destination were fetched (aware UTC); ``default`` before the
        first time.
        """
        with self.engine.connect() as connection:
            found = connection.execute(
                sa.select(meta.c.value).where(meta.c.key == _fetched_key(destination))
            ).scalar()
        return default if found is None else datetime.fromisoformat(str(found))

    def note_receipts_fetched(self, destination: str, until: datetime) -> None:
        """Receipts of a destination were fetched until then."""
        key = _fetched_key(destination)

        def note(connection: sa.Connection) -> None:
            connection.execute(meta.delete().where(meta.c.key == key))
            connection.execute(meta.insert().values(key=key, value=until.isoformat()))

        self.write(note)

    def _recover_if_dead(self, destination: str, now: datetime) -> int:
        found = 0
        for is_fast, name in ((False, destination), (True, _name_in_the_lane(destination))):
            with suppress(BlockedError), alone_at(self.engine, name, 0.0):
                found += self._recover(destination, now, is_fast)
        return found

    def _recover(self, destination: str, now: datetime, is_fast: bool) -> int:
        return self.write(
            lambda connection: recovering.recover(connection, destination, now, is_fast=is_fast)
        )

    def _remember(self, key: str, value: str) -> str:
        with self.engine.begin() as connection:
            insert_missing(connection, meta, [{"key": key, "value": value}])
            return str(
                connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()
            )


def _name_in_the_lane(destination: str) -> str:
    return f"{destination}.{FAST}"


def _fetched_key(destination: str) -> str:
    return f"heard {destination}"[:50]
