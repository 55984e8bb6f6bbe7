"""Landing the inbox: events of sites, forms and links become tables of the warehouse, and clicks
and opens of our own messages events of the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any

import pyarrow as pa

from sluice.activations.erasure import NOBODY, ErasedKeys
from sluice.activations.inbox.links import message_event
from sluice.activations.inbox.preferences.landed import preference_rows
from sluice.activations.inbox.reading import consent_rows, event_row, person_rows
from sluice.activations.inbox.sharing import share_row, token_reader
from sluice.activations.inbox.store import BLANK, Inbox
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.ledger.store import Ledger
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.rights.cells import reading
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.warehouse.base import Session, Warehouse
from sluice.orchestration.warehouse.reader import open_warehouse

SCHEMA = "inbox"
TYPES = {
    "bigint": pa.int64(),
    "varchar": pa.string(),
    "timestamp": pa.timestamp("us"),
    "double": pa.float64(),
    "boolean": pa.bool_(),
}
NUMBERS = ("event_id", "delivery_id", "contact_id")
OF_TYPE = {
    **dict.fromkeys(NUMBERS, "bigint"),
    **dict.fromkeys(("occurred_at", "received_at", "stated_at"), "timestamp"),
    "amount": "double",
    "is_machine": "boolean",
}
EVENTS = (
    *("event_id", "event_key", "source", "kind", "event_type", "subject", "record_id"),
    "user_id",
    *("anonymous_id", "previous_id", "delivery_id", "occurred_at", "received_at", "said_at"),
    *("page_url", "page_title", "referrer", "utm_source", "utm_medium", "utm_campaign", "qr_code"),
    *("amount", "currency", "agent", "is_machine", "properties"),
)
PEOPLE = (
    *("event_id", "sequence", "source", "record_id", "user_id", "cookie_id", "email", "phone"),
    *("full_name", "given_name", "surname", "job_title", "birth_date", "gender", "language"),
    *("unionid", "province", "city", "country", "postcode", "industry", "company_size", "budget"),
    *("company", "address", "occurred_at", "received_at", "traits"),
)
CONSENTS = (
    *("event_id", "record_id", "channel", "purpose", "status", "text_version", "stated_at"),
    *("received_at", "proof"),
)
SHARES = ("event_id", "event_key", "delivery_id", "occurred_at", "received_at")
PREFERENCES = (
    *("event_id", "event_key", "contact_id", "delivery_id", "preference", "value", "language"),
    *("proof", "stated_at", "received_at"),
)
LAST = f"select event_id, event_key from {SCHEMA}.events order by event_id desc limit 1"
LANDED = f"select event_key from {SCHEMA}.events where event_key in (select unnest($1::varchar[]))"
TABLES: Mapping[str, Sequence[str]] = {
    "events": EVENTS,
    "people": PEOPLE,
    "consents": CONSENTS,
    "shares": SHARES,
    "preferences": PREFERENCES,
}


def land_inbox(settings: Settings, ledger: Ledger, erased: ErasedKeys = NOBODY) -> int:
    """Append what came since the last landing. Returns how many events that were.

    Clicks and opens are in the ledger when this returns, so that ``land_ledger`` lands them. What
    is of somebody who was erased is taken out of the inbox, and landed as an event of nobody.
    """
    warehouse, count, kept_out = settings.warehouse, 0, 0
    read_token = token_reader(LinkSigner(signing_key(settings)))
    with open_inbox(settings) as inbox:
        for rows in _new_rows(warehouse, inbox):
            kept_out += _keep_out(inbox, rows, erased)
            said = [event for row in rows if (event := message_event(row)) is not None]
            if said:
                # known since it came, not since it was landed: this very run decides by it
                ledger.receive(said, rows[-1]["received_at"].replace(tzinfo=UTC))
            with open_warehouse(warehouse, read_only=False) as session, session.transaction():
                _append(session, "events", [event_row(row) for row in rows])
                _append(session, "people", person_rows(rows))
                _append(session, "consents", [one for row in rows for one in consent_rows(row)])
                changes = [one for row in rows for one in preference_rows(row)]
                _append(session, "preferences", changes)
                shares = [share_row(row, read_token) for row in rows]
                _append(session, "shares", [one for one in shares if one is not None])
            count += len(rows)
    if count:
        tell("land", f"{count} events of the inbox")
    if kept_out:
        tell("land", f"{kept_out} of them of people who were erased: kept out")
    return count


def _keep_out(inbox: Inbox, rows: list[dict[str, Any]], erased: ErasedKeys) -> int:
    theirs = [row for row in rows if reading(row["body"], erased) == "row"] if erased else []
    if theirs:
        inbox.blank([row["event_id"] for row in theirs])
    for row in theirs:
        row["body"] = BLANK
    return len(theirs)


@contextmanager
def open_inbox(settings: Settings) -> Iterator[Inbox]:
    """The inbox of a project, for the block."""
    inbox = Inbox(settings.inbox)
    try:
        yield inbox
    finally:
        inbox.close()


def _new_rows(warehouse: Warehouse, inbox: Inbox) -> Iterator[list[dict[str, Any]]]:
    """What is not landed, in batches; the warehouse is not held while they are read.

    By number, as long as the inbox is the one that was landed last. Another one (a new file, an
    older copy) counts anew: of it all is landed whose key is not there.
    """
    with open_warehouse(warehouse, read_only=False) as session, session.transaction():
        is_older = not session.has_table(SCHEMA, "preferences")
        session.execute(f"create schema if not exists {SCHEMA}")
        for name, columns in TABLES.items():
            declared = ", ".join(f"{column} {_type(column)}" for column in columns)
            session.execute(f"create table if not exists {SCHEMA}.{name} ({declared})")
        last = session.execute(LAST).rows
        if is_older and last:
            _fill_preferences(session, inbox)
    if not last or inbox.has(*last[0]):
        yield from inbox.events_after(last[0][0] if last else 0)
        return
    for batch in inbox.events_after(0):
        with open_warehouse(warehouse) as session:
            keys = [row["event_key"] for row in batch]
            landed = {key for (key,) in session.execute(LANDED, [keys]).rows}
        new = [row for row in batch if row["event_key"] not in landed]
        if new:
            yield new


def _fill_preferences(session: Session, inbox: Inbox) -> None:
    """Of a warehouse that an earlier version landed: the changes that came with its events."""
    rows = [one for row in inbox.of_kind("preference") for one in preference_rows(row)]
    sql = f"select event_key from {SCHEMA}.events where kind = 'preference'"
    landed = {key for (key,) in session.execute(sql).rows}
    _append(session, "preferences", [one for one in rows if one["event_key"] in landed])


def _append(session: Session, name: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        schema = pa.schema([(column, TYPES[_type(column)]) for column in TABLES[name]])
        session.insert(f"{SCHEMA}.{name}", pa.Table.from_pylist(rows, schema))


def _type(column: str) -> str:
    return OF_TYPE.get(column, "varchar")
