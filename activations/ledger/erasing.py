"""Erasing a person from the ledger, and what is noted of it: the request, the keyed hashes that
stay, and each call to a destination, claimed before it and recorded after.

Receipts stay, since they are counted and numbered; what they point to is gone, and so are the ids
that vendors gave.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from sluice.activations.ledger.rows import Row, chunks, naive
from sluice.activations.ledger.tables import (
    begun_plans,
    consent_statements,
    contact_ids,
    corrections,
    deliveries,
    early_receipts,
    erased_keys,
    erasure_calls,
    erasures,
    identity_changes,
    journey_orders,
    match_decisions,
    message_events,
    preferences,
    pushes,
    receipts,
    sent_addresses,
    suppressions,
    sync_keys,
)
from sluice.models.delivery import DeliveryState

BEGUN, DONE, LIFTED = "begun", "done", "lifted"
OF_TWO_CONTACTS = (
    identity_changes.c.from_contact_id,
    identity_changes.c.to_contact_id,
    match_decisions.c.contact_id_a,
    match_decisions.c.contact_id_b,
)
NOBODY = 0  # the delivery of a receipt whose person was erased


@dataclass(frozen=True)
class Subject:
    """A person as the ledger knows them. ``sync_keys``: (activation, number) of rows of syncs whose
    key is a text of theirs.
    """

    contact_ids: Sequence[int] = ()
    record_keys: Sequence[int] = ()
    address_hashes: Sequence[str] = ()  # of addresses that are theirs alone
    shared_hashes: Sequence[str] = ()
    texts: Sequence[str] = ()
    contact_syncs: Sequence[str] = ()  # activations whose rows are contacts
    delivery_ids: Sequence[int] = field(default_factory=tuple)


def begin(
    connection: sa.Connection,
    person: bytes,
    keys: Iterable[tuple[str, str]],
    who: str,
    reason: str | None,
    now: datetime,
) -> int:
    """Note a request and the hashes that stay, in one transaction: from now on the person is kept
    out, whatever happens to the rest.
    """
    values = dict(
        state=BEGUN, requested_by=who[:100], reason=reason, requested_at=naive(now), person=person
    )
    insert = erasures.insert().values(**values).returning(erasures.c.erasure_id)
    erasure_id = int(connection.execute(insert).scalar_one())
    add_keys(connection, erasure_id, keys)
    return erasure_id


def add_keys(connection: sa.Connection, erasure_id: int, keys: Iterable[tuple[str, str]]) -> None:
    """Keep hashes; those that are kept already stay as they are."""
    known = {tuple(row) for row in connection.execute(sa.select(*erased_keys.primary_key.columns))}
    new = [key for key in dict.fromkeys(keys) if key not in known]
    if new:
        rows = [dict(kind=kind, key_hash=one, erasure_id=erasure_id) for kind, one in new]
        connection.execute(erased_keys.insert(), rows)


def find(connection: sa.Connection, state: str | None = None) -> list[Row]:
    """The requests, the oldest first."""
    query = sa.select(erasures).order_by(erasures.c.erasure_id)
    if state is not None:
        query = query.where(erasures.c.state == state)
    return [dict(row) for row in connection.execute(query).mappings()]


def finish(connection: sa.Connection, erasure_id: int, report: str, now: datetime) -> None:
    """The request is done: what it worked with goes, its counts stay."""
    values = dict(state=DONE, finished_at=naive(now), person=None, report=report)
    connection.execute(
        erasures.update().where(erasures.c.erasure_id == erasure_id).values(**values)
    )


def lift(connection: sa.Connection, ids: Sequence[int]) -> int:
    """Let the people of these requests in again. Returns how many hashes went."""
    gone = connection.execute(erased_keys.delete().where(erased_keys.c.erasure_id.in_(ids)))
    connection.execute(erasures.update().where(erasures.c.erasure_id.in_(ids)).values(state=LIFTED))
    return int(gone.rowcount)


def all_keys(connection: sa.Connection) -> list[tuple[str, str, int]]:
    """(kind, hash, request) of everybody who was erased."""
    columns = (erased_keys.c.kind, erased_keys.c.key_hash, erased_keys.c.erasure_id)
    return [
        (str(row[0]), str(row[1]), int(row[2])) for row in connection.execute(sa.select(*columns))
    ]


# calls


def claim_call(connection: sa.Connection, call: Mapping[str, Any], now: datetime) -> Row | None:
    """Note that a destination is about to be asked. Returns None when it has answered already: then
    nothing is to be asked again.
    """
    c = erasure_calls.c
    same = sa.and_(*(c[name] == call[name] for name in ("erasure_id", "activation", "place")))
    known = connection.execute(sa.select(erasure_calls).where(same)).mappings().one_or_none()
    if known is not None and known["state"] == DeliveryState.ACCEPTED.value:
        return None
    values = dict(state=DeliveryState.CLAIMED.value, claimed_at=naive(now), settled_at=None)
    if known is None:
        connection.execute(erasure_calls.insert().values(**call, **values))
    else:
        connection.execute(erasure_calls.update().where(same).values(**values))
    return dict(call)


def settle_call(
    connection: sa.Connection,
    call: Mapping[str, Any],
    state: str,
    reason: str | None,
    now: datetime,
) -> None:
    """Record what a destination answered."""
    c = erasure_calls.c
    same = sa.and_(*(c[name] == call[name] for name in ("erasure_id", "activation", "place")))
    values = dict(state=state, reason=reason and reason[:200], settled_at=naive(now))
    connection.execute(erasure_calls.update().where(same).values(**values))


def calls_of(connection: sa.Connection, erasure_id: int) -> list[Row]:
    """What destinations were asked in one request."""
    query = sa.select(erasure_calls).where(erasure_calls.c.erasure_id == erasure_id)
    return [dict(row) for row in connection.execute(query.order_by("call_id")).mappings()]


# the person


def deliveries_of(connection: sa.Connection, subject: Subject) -> list[Row]:
    """All deliveries of a person, with their push: messages by contact or address, operations of
    syncs by contact or by a text key of theirs.
    """
    d, p = deliveries.c, pushes.c
    joined = sa.select(deliveries, p.kind, p.activation, p.destination).select_from(
        deliveries.join(pushes, p.push_id == d.push_id)
    )
    found: dict[int, Row] = {}
    contacts = sa.or_(p.kind == "message", p.activation.in_(subject.contact_syncs))
    for chunk in chunks(list(subject.contact_ids)):
        for row in connection.execute(joined.where(d.subject_id.in_(chunk), contacts)).mappings():
            found[row["delivery_id"]] = dict(row)
    for chunk in chunks(list(subject.address_hashes)):
        for row in connection.execute(joined.where(d.address_hash.in_(chunk))).mappings():
            found[row["delivery_id"]] = dict(row)
    for activation, number, key in text_keys(connection, subject):
        query = joined.where(p.activation == activation, d.subject_id == number)
        for row in connection.execute(query).mappings():
            found[row["delivery_id"]] = {**dict(row), "key": key}
    return [found[one] for one in sorted(found)]


def text_keys(connection: sa.Connection, subject: Subject) -> list[tuple[str, int, str]]:
    """(activation, number, key) of rows of syncs whose key is a text of the person."""
    k, found = sync_keys.c, []
    for chunk in chunks(list(subject.texts)):
        query = sa.select(k.activation, k.subject_id, k.key).where(k.key.in_(chunk))
        found += [(str(row[0]), int(row[1]), str(row[2])) for row in connection.execute(query)]
    return found


def erase(connection: sa.Connection, subject: Subject) -> dict[str, int]:
    """Take a person out of every table. Returns the rows by table; repeating it finds none."""
    ids = [row["delivery_id"] for row in deliveries_of(connection, subject)]
    ids += [one for one in subject.delivery_ids if one not in set(ids)]
    vendor_ids = _vendor_ids(connection, ids)
    counts: dict[str, int] = {}

    def gone(table: sa.Table, column: sa.Column[Any], values: Sequence[Any]) -> None:
        for chunk in chunks(list(values)):
            done = connection.execute(table.delete().where(column.in_(chunk)))
            counts[table.name] = counts.get(table.name, 0) + int(done.rowcount)

    for chunk in chunks(ids):
        blank = receipts.update().where(receipts.c.delivery_id.in_(chunk))
        done = connection.execute(blank.values(delivery_id=NOBODY, vendor_id=None))
        counts["receipts"] = counts.get("receipts", 0) + int(done.rowcount)
    for table in (
        sent_addresses,
        message_events,
        early_receipts,
        consent_statements,
        preferences,
    ):
        gone(table, table.c.delivery_id, ids)
    gone(early_receipts, early_receipts.c.vendor_id, vendor_ids)
    for table in (early_receipts, consent_statements, suppressions):
        gone(table, table.c.address_hash, subject.address_hashes)
    gone(consent_statements, consent_statements.c.contact_id, subject.contact_ids)
    gone(preferences, preferences.c.contact_id, subject.contact_ids)
    for _, number, key in text_keys(connection, subject):
        done = connection.execute(
            sync_keys.delete().where(sync_keys.c.subject_id == number, sync_keys.c.key == key)
        )
        counts["sync_keys"] = counts.get("sync_keys", 0) + int(done.rowcount)
    gone(corrections, corrections.c.contact_id, subject.contact_ids)
    gone(journey_orders, journey_orders.c.contact_id, subject.contact_ids)
    gone(contact_ids, contact_ids.c.record_key, subject.record_keys)
    gone(contact_ids, contact_ids.c.contact_id, subject.contact_ids)
    for column in OF_TWO_CONTACTS:
        gone(column.table, column, subject.contact_ids)
    _blank_suppressions(connection, ids)
    counts["begun_plans"] = _erase_from_plans(connection, ids, subject.texts)
    gone(deliveries, deliveries.c.delivery_id, ids)
    return {name: count for name, count in counts.items() if count}


def delete_events(connection: sa.Connection, before: datetime) -> int:
    """Delete what happened to messages before a time; the last one stays, since its number says how
    far the warehouse has read.
    """
    e = message_events.c
    last = sa.select(sa.func.max(e.event_id)).scalar_subquery()
    old = message_events.delete().where(e.occurred_at < naive(before), e.event_id < last)
    return int(connection.execute(old).rowcount)


def _vendor_ids(connection: sa.Connection, ids: Sequence[int]) -> list[str]:
    found: list[str] = []
    for chunk in chunks(ids):
        query = sa.select(deliveries.c.vendor_id).where(
            deliveries.c.delivery_id.in_(chunk), deliveries.c.vendor_id.is_not(None)
        )
        found += connection.execute(query).scalars()
    return found


def _blank_suppressions(connection: sa.Connection, ids: Sequence[int]) -> None:
    """An address that others have too stays suppressed; what it was said of goes."""
    for chunk in chunks(ids):
        connection.execute(
            suppressions.update()
            .where(suppressions.c.delivery_id.in_(chunk))
            .values(delivery_id=None)
        )


def _erase_from_plans(connection: sa.Connection, ids: Sequence[int], texts: Sequence[str]) -> int:
    count = 0
    rows = connection.execute(sa.select(begun_plans.c.activation, begun_plans.c["items"])).all()
    for activation, written in rows:
        items: bytes = bytes(written)  # type: ignore[call-overload]
        table = pq.read_table(io.BytesIO(items))
        is_theirs = pc.is_in(table["delivery_id"].cast(pa.int64()), pa.array(ids, pa.int64()))
        if "item_key" in table.schema.names and pa.types.is_string(
            table.schema.field("item_key").type
        ):
            named = pc.is_in(table["item_key"], pa.array(list(texts), pa.string()))
            is_theirs = pc.or_(is_theirs, named)
        kept = table.filter(pc.invert(is_theirs))
        if kept.num_rows < table.num_rows:
            count += table.num_rows - kept.num_rows
            sink = io.BytesIO()
            pq.write_table(kept, sink)
            update = begun_plans.update().where(begun_plans.c.activation == activation)
            connection.execute(update.values(items=sink.getvalue()))
    return count
