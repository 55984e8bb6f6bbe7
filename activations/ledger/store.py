"""The ledger's promises: a claim is on disk before the call, an outcome after it, and no delivery is claimed twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from activations.ledger.backoff import wait_seconds
from activations.ledger.engine import open_engine
from activations.ledger.rows import Row, chunks, insert_missing, lock_rows, naive, settle, update_by_id
from activations.ledger.tables import deliveries, meta, receipts, runs, suppressions
from activations.ledger.versions import bring_up_to_date
from models.delivery import Capabilities, DeliveryState, Item, ItemResult, Message
from models.errors import BlockedError, ConfigurationError
from models.run import Run

CLAIMED_ANEW = ("run_id", "as_of", "state", "attempts", "claimed_at", "next_attempt_at", "on_unknown")
LANDED = [column for column in receipts.columns if column.name not in {"claimed_at", "recorded_by"}]


class Ledger:
    """The delivery ledger at a SQLAlchemy URL. Opening it makes or upgrades its tables. Times are given and kept in UTC."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        try:
            bring_up_to_date(self.engine)
        except sa.exc.DatabaseError as error:
            raise ConfigurationError(
                f"the ledger cannot be opened ({type(error.orig).__name__})",
                "see that its database is up and SLUICE_LEDGER_URL right, or put a copy of ledger.sqlite back into SLUICE_HOME",
            ) from error

    def bind_mode(self, mode: str) -> None:
        """Bind a new ledger to 'sandbox' or 'live'. Raises BlockedError when it already holds the other kind."""
        bound = self._remember("delivery_mode", mode)
        if bound != mode:
            raise BlockedError(
                f"this ledger holds {bound} deliveries, and SLUICE_DELIVERY is {mode}",
                f"set SLUICE_DELIVERY={bound}, or use another SLUICE_HOME (and SLUICE_LEDGER_URL) for {mode}",
            )

    def recover(self, now: datetime) -> int:
        """Claims without an outcome belong to a dead process: they become unknown. Call under the run lock. Returns how many."""
        with self.engine.begin() as connection:
            query = sa.select(deliveries).where(deliveries.c.state == DeliveryState.CLAIMED).with_for_update()
            rows = connection.execute(query).mappings().all()
            results = [dict(row, state="unknown", reason="process_ended_after_claim", settled_at=naive(now)) for row in rows]
            settle(connection, results)
        return len(rows)

    def claim(
        self, items: Sequence[Item], capabilities: Capabilities, activation: tuple[str, str, str], run: Run, now: datetime
    ) -> list[Item]:
        """Claim a batch for (kind, activation, destination), committed when this returns. Returns the items really claimed.

        Left out: what is settled for good, what another worker holds, what waits for its next attempt, and what is unknown
        at a destination that must not be sent to twice.
        """
        by_id = {item.delivery_id: item for item in items}
        with self.engine.begin() as connection:
            known = {row["delivery_id"]: row for row in lock_rows(connection, list(by_id), skip_locked=True)}
            again = {one for one, row in known.items() if _may_claim(row, capabilities, naive(now))}
            rows = {one: _claim_row(by_id[one], activation, capabilities, run, known.get(one), now) for one in sorted(by_id)}
            # inserting waits for whoever inserts the same id, so all insert in the order of ids, before they update
            new = insert_missing(connection, deliveries, (row for one, row in rows.items() if one not in known))
            if again:
                connection.execute(update_by_id(*CLAIMED_ANEW), [{**rows[one], "id": one} for one in sorted(again)])
        return [item for one, item in by_id.items() if one in new | again]

    def record(self, results: Sequence[ItemResult], now: datetime) -> None:
        """Record the outcome of claimed deliveries, and suppress the addresses found bad, in one transaction."""
        by_id = {result.delivery_id: result for result in results}
        with self.engine.begin() as connection:
            rows = lock_rows(connection, list(by_id))
            settle(connection, [_outcome(row, by_id[row["delivery_id"]], now) for row in rows])

    def suppress(self, entries: Iterable[tuple[str, str, str, int | None]], now: datetime) -> None:
        """Suppress (channel, address_hash, reason, delivery_id); an address already suppressed keeps its first reason."""
        names = ("channel", "address_hash", "reason", "delivery_id")
        rows = [{**dict(zip(names, entry, strict=True)), "created_at": naive(now)} for entry in entries]
        with self.engine.begin() as connection:
            insert_missing(connection, suppressions, rows)

    def suppressed(self, messages: Sequence[Message]) -> dict[int, str]:
        """Of these messages, the delivery_ids whose address is suppressed at this moment, with the reason."""
        found: dict[tuple[str, str], str] = {}
        with self.engine.connect() as connection:
            for chunk in chunks([message.address_hash for message in messages]):
                query = sa.select(suppressions).where(suppressions.c.address_hash.in_(chunk))
                found.update({(row.channel, row.address_hash): row.reason for row in connection.execute(query)})
        keys = {message.delivery_id: (message.channel, message.address_hash) for message in messages}
        return {delivery_id: found[key] for delivery_id, key in keys.items() if key in found}

    def vendor_ids(self, activation: str, keys: Sequence[int]) -> dict[int, str]:
        """The id the vendor gave each key of a sync when it last accepted it."""
        latest: dict[int, str] = {}
        with self.engine.connect() as connection:
            for chunk in chunks(keys):
                query = (
                    sa.select(deliveries.c.subject_id, deliveries.c.vendor_id)
                    .where(deliveries.c.activation == activation, deliveries.c.subject_id.in_(chunk))
                    .where(deliveries.c.state == DeliveryState.ACCEPTED, deliveries.c.vendor_id.is_not(None))
                    .order_by(deliveries.c.settled_at)
                )
                latest.update({row.subject_id: row.vendor_id for row in connection.execute(query)})
        return latest

    def counts(self, run_id: str | None = None) -> list[dict[str, Any]]:
        """Deliveries by kind, activation, operation and state; of one run, or all."""
        columns = [deliveries.c[name] for name in ("kind", "activation", "destination", "operation", "state")]
        query = sa.select(*columns, sa.func.count().label("count")).group_by(*columns).order_by(*columns)
        with self.engine.connect() as connection:
            rows = connection.execute(query if run_id is None else query.where(deliveries.c.run_id == run_id))
            return [dict(row) for row in rows.mappings()]

    def accepted_receipts(self) -> dict[str, int]:
        """How many items each destination has accepted, from the log."""
        query = sa.select(receipts.c.destination, sa.func.count()).where(receipts.c.state == DeliveryState.ACCEPTED)
        with self.engine.connect() as connection:
            return {str(row[0]): int(row[1]) for row in connection.execute(query.group_by(receipts.c.destination))}

    def receipts_after(self, receipt_id: int, size: int = 50_000) -> Iterator[list[dict[str, Any]]]:
        """Receipts with a greater id, in order, in batches, as they are landed: without the names of people."""
        while True:
            query = sa.select(*LANDED).where(receipts.c.receipt_id > receipt_id).order_by(receipts.c.receipt_id).limit(size)
            with self.engine.connect() as connection:
                batch = [dict(row) for row in connection.execute(query).mappings()]
            if not batch:
                return
            receipt_id = batch[-1]["receipt_id"]
            yield batch

    def suppressions(self) -> list[dict[str, Any]]:
        """The whole suppression list."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.select(suppressions)).mappings()]

    def finish_run(self, run: Run, summary: str, now: datetime) -> None:
        """Keep the summary (JSON) of a run."""
        with self.engine.begin() as connection:
            connection.execute(runs.delete().where(runs.c.run_id == run.run_id))
            values = dict(run_id=run.run_id, as_of=naive(run.as_of), finished_at=naive(now), summary=summary)
            connection.execute(runs.insert().values(values))

    def _remember(self, key: str, value: str) -> str:
        with self.engine.begin() as connection:
            insert_missing(connection, meta, [{"key": key, "value": value}])
            return str(connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar())


def _may_claim(row: Row, capabilities: Capabilities, now: datetime) -> bool:
    if row["state"] == DeliveryState.RETRY:
        return bool(row["next_attempt_at"] is None or row["next_attempt_at"] <= now)
    return bool(row["state"] == DeliveryState.UNKNOWN and capabilities.on_unknown == "resend")


def _claim_row(
    item: Item, activation: tuple[str, str, str], capabilities: Capabilities, run: Run, known: Row | None, now: datetime
) -> Row:
    kind, name, destination = activation
    return {
        "delivery_id": item.delivery_id,
        "kind": kind,
        "activation": name,
        "destination": destination,
        "subject_id": item.subject_id,
        "operation": item.operation,
        "row_hash": item.row_hash,
        "run_id": run.run_id,
        "as_of": naive(run.as_of),
        "state": DeliveryState.CLAIMED.value,
        "reason": None,
        "vendor_id": None,
        "attempts": (known["attempts"] if known else 0) + 1,
        "claimed_at": naive(now),
        "next_attempt_at": None,
        "on_unknown": capabilities.on_unknown,
    }


def _outcome(row: Row, result: ItemResult, now: datetime) -> Row:
    wait = wait_seconds(row["attempts"], result.retry_after_seconds) if result.verdict == "retry" else None
    return {
        **row,
        "state": result.verdict.value,
        "reason": result.reason,
        "vendor_id": result.vendor_id or row["vendor_id"],
        "settled_at": naive(now),
        "next_attempt_at": None if wait is None else naive(now) + timedelta(seconds=wait),
    }
