"""The ledger's promises: a claim is on disk before the call, an outcome after it, and no delivery is claimed twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from activations.ledger.backoff import wait_seconds
from activations.ledger.engine import open_engine
from activations.ledger.tables import SCHEMA_VERSION, deliveries, meta, metadata, receipts, runs, suppressions
from models.delivery import Capabilities, DeliveryState, Item, ItemResult, Message
from models.errors import BlockedError, ConfigurationError
from models.run import Run

CHUNK = 500
_COPIED = [column.name for column in receipts.columns if column.name not in {"receipt_id", "occurred_at"}]


def naive(moment: datetime) -> datetime:
    """An aware UTC time as it is stored: naive UTC."""
    return moment.replace(tzinfo=None)


class Ledger:
    """The delivery ledger at a SQLAlchemy URL; its tables are made when missing. Times are given and kept in UTC."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        try:
            metadata.create_all(self.engine)
        except sa.exc.DatabaseError as error:
            raise ConfigurationError(
                f"the ledger cannot be opened ({type(error.orig).__name__})",
                "see that its database is up and SLUICE_LEDGER_URL right, or put a copy of ledger.sqlite back into SLUICE_HOME",
            ) from error
        self._remember("schema_version", SCHEMA_VERSION)

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
            rows = connection.execute(sa.select(deliveries).where(deliveries.c.state == DeliveryState.CLAIMED)).mappings().all()
            results = [dict(row, state="unknown", reason="process_ended_after_claim", settled_at=naive(now)) for row in rows]
            self._settle(connection, results)
        return len(rows)

    def claim(
        self, items: Sequence[Item], capabilities: Capabilities, activation: tuple[str, str, str], run: Run, now: datetime
    ) -> list[Item]:
        """Claim a batch for (kind, activation, destination), committed when this returns. Returns the items really claimed.

        Left out: what is settled for good, what another worker holds, what waits for its next attempt, and what is unknown
        at a destination that must not be sent to twice.
        """
        kind, name, destination = activation
        with self.engine.begin() as connection:
            known = self._states(connection, [item.delivery_id for item in items])
            claimed = [item for item in items if _may_claim(known.get(item.delivery_id), capabilities, naive(now))]
            rows = [_claim_row(item, kind, name, destination, run, known.get(item.delivery_id), now) for item in claimed]
            new = [row for row in rows if row["delivery_id"] not in known]
            again = [{**row, "id": row["delivery_id"]} for row in rows if row["delivery_id"] in known]
            if new:
                connection.execute(deliveries.insert(), new)
            if again:
                connection.execute(_update_by_id("run_id", "as_of", "state", "attempts", "claimed_at", "next_attempt_at"), again)
        return claimed

    def record(self, results: Sequence[ItemResult], now: datetime) -> None:
        """Record the outcome of claimed deliveries, and suppress the addresses found bad, in one transaction."""
        by_id = {result.delivery_id: result for result in results}
        with self.engine.begin() as connection:
            rows = self._rows(connection, list(by_id))
            self._settle(connection, [_outcome(row, by_id[row["delivery_id"]], now) for row in rows])

    def suppress(self, entries: Iterable[tuple[str, str, str, int | None]], now: datetime) -> None:
        """Suppress (channel, address_hash, reason, delivery_id); an address already suppressed keeps its first reason."""
        with self.engine.begin() as connection:
            for channel, address_hash, reason, delivery_id in entries:
                key = (suppressions.c.channel == channel) & (suppressions.c.address_hash == address_hash)
                if connection.execute(sa.select(suppressions.c.reason).where(key)).first() is None:
                    values = dict(
                        channel=channel, address_hash=address_hash, reason=reason, delivery_id=delivery_id, created_at=naive(now)
                    )
                    connection.execute(suppressions.insert().values(values))

    def suppressed(self, messages: Sequence[Message]) -> dict[int, str]:
        """Of these messages, the delivery_ids whose address is suppressed at this moment, with the reason."""
        found: dict[tuple[str, str], str] = {}
        with self.engine.connect() as connection:
            for chunk in _chunks([message.address_hash for message in messages]):
                query = sa.select(suppressions).where(suppressions.c.address_hash.in_(chunk))
                found.update({(row.channel, row.address_hash): row.reason for row in connection.execute(query)})
        keys = {message.delivery_id: (message.channel, message.address_hash) for message in messages}
        return {delivery_id: found[key] for delivery_id, key in keys.items() if key in found}

    def vendor_ids(self, activation: str, keys: Sequence[int]) -> dict[int, str]:
        """The id the vendor gave each key of a sync when it last accepted it."""
        latest: dict[int, str] = {}
        with self.engine.connect() as connection:
            for chunk in _chunks(keys):
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
        """Receipts with a greater id, in order, in batches."""
        while True:
            query = sa.select(receipts).where(receipts.c.receipt_id > receipt_id).order_by(receipts.c.receipt_id).limit(size)
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
            found = connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()
            if found is None:
                connection.execute(meta.insert().values(key=key, value=value))
            return str(found or value)

    def _rows(self, connection: sa.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for chunk in _chunks(ids):
            query = sa.select(deliveries).where(deliveries.c.delivery_id.in_(chunk))
            rows.extend(dict(row) for row in connection.execute(query).mappings())
        return rows

    def _states(self, connection: sa.Connection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        return {row["delivery_id"]: row for row in self._rows(connection, ids)}

    def _settle(self, connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        update = _update_by_id("state", "reason", "vendor_id", "settled_at", "next_attempt_at")
        connection.execute(update, [{**row, "id": row["delivery_id"]} for row in rows])
        log = [{**{name: row[name] for name in _COPIED}, "occurred_at": row["settled_at"]} for row in rows]
        connection.execute(receipts.insert(), log)


def _may_claim(row: dict[str, Any] | None, capabilities: Capabilities, now: datetime) -> bool:
    if row is None:
        return True
    if row["state"] == DeliveryState.RETRY:
        return bool(row["next_attempt_at"] is None or row["next_attempt_at"] <= now)
    return bool(row["state"] == DeliveryState.UNKNOWN and capabilities.on_unknown == "resend")


def _claim_row(
    item: Item, kind: str, activation: str, destination: str, run: Run, known: dict[str, Any] | None, now: datetime
) -> dict[str, Any]:
    return {
        "delivery_id": item.delivery_id,
        "kind": kind,
        "activation": activation,
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
    }


def _outcome(row: dict[str, Any], result: ItemResult, now: datetime) -> dict[str, Any]:
    wait = wait_seconds(row["attempts"], result.retry_after_seconds) if result.verdict == "retry" else None
    return {
        **row,
        "state": result.verdict.value,
        "reason": result.reason,
        "vendor_id": result.vendor_id or row["vendor_id"],
        "settled_at": naive(now),
        "next_attempt_at": None if wait is None else naive(now) + timedelta(seconds=wait),
    }


def _update_by_id(*names: str) -> sa.Update:
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    return deliveries.update().where(deliveries.c.delivery_id == sa.bindparam("id")).values(values)


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
