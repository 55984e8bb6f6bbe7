"""What the sandbox received, kept in SQLite so that the count survives a restart."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sluice.activations.content import LIBRARY

SCHEMA = """
create table if not exists mails (
    mail_id integer primary key, recipient text not null, message_id text, subject text,
    source text not null, received_at text not null);
create table if not exists contacts (
    vendor_id integer primary key, id_property text not null, key text not null,
    properties text not null, is_archived integer not null);
create unique index if not exists contacts_by_key on contacts (id_property, key)
    where is_archived = 0;
create table if not exists received (
    received_id integer primary key, vendor text not null, channel text not null,
        recipient text not null, key text,
    title text not null, body text not null, source text not null, received_at text not null);
create table if not exists records (
    record_id integer primary key, vendor text not null, object text not null, key text,
        properties text not null,
    updated_at text not null, is_deleted integer not null);
create unique index if not exists records_by_key on records (vendor, object, key)
    where key is not null and is_deleted = 0;
create table if not exists calls (
    call_id integer primary key, vendor text not null, operation text not null,
        accepted integer not null);
"""


class Store:
    """One SQLite file, used by all servers of a sandbox; every write is committed when it returns.

    ``content``: the folder of the templates that its vendors have approved.
    """

    def __init__(self, path: Path, content: Path = LIBRARY) -> None:
        self.path, self.content = path, content
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # its log and shared memory get the same rights
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def add_mail(self, recipient: str, message_id: str, subject: str, source: str) -> None:
        """A mail was received."""
        values = (recipient, message_id, subject, source, datetime.now(UTC).isoformat())
        self._write(
            "insert into mails (recipient, message_id, subject, source, received_at) values (?, ?,"
            " ?, ?, ?)",
            values,
        )

    def add_received(
        self,
        vendor: str,
        channel: str,
        recipient: str,
        body: str,
        *,
        title: str = "",
        key: str | None = None,
        source: str = "",
    ) -> int:
        """A recipient received something: what they see of it (title and body), our id for it
        (``key``), and the call as it came. Returns its number.
        """
        values = (
            vendor,
            channel,
            recipient,
            key,
            title,
            body,
            source,
            datetime.now(UTC).isoformat(),
        )
        names = "vendor, channel, recipient, key, title, body, source, received_at"
        with self._lock, self._connection:
            return int(
                self._connection.execute(
                    f"insert into received ({names}) values (?, ?, ?, ?, ?, ?, ?, ?)", values
                ).lastrowid
                or 0
            )

    def upsert_contact(
        self, id_property: str, key: str, properties: dict[str, str]
    ) -> tuple[int, bool]:
        """Find or make a contact by a unique property; returns its id and whether it is new.

        Only given properties change.
        """
        with self._lock, self._connection:
            found = self._connection.execute(
                "select vendor_id, properties from contacts where id_property = ? and key = ? and"
                " is_archived = 0",
                (id_property, key),
            ).fetchone()
            if found:
                merged = json.dumps({**json.loads(found[1]), **properties}, ensure_ascii=False)
                self._connection.execute(
                    "update contacts set properties = ? where vendor_id = ?", (merged, found[0])
                )
                return int(found[0]), False
            cursor = self._connection.execute(
                "insert into contacts (id_property, key, properties, is_archived) values (?, ?,"
                " ?, 0)",
                (id_property, key, json.dumps(properties, ensure_ascii=False)),
            )
            return int(cursor.lastrowid or 0), True

    def archive_contact(self, vendor_id: str) -> None:
        """Archive a contact; one that is not there is fine, as at the vendor."""
        self._write("update contacts set is_archived = 1 where vendor_id = ?", (vendor_id,))

    def add_call(self, vendor: str, operation: str, accepted: int) -> None:
        """A call was answered, with so many items accepted."""
        self._write(
            "insert into calls (vendor, operation, accepted) values (?, ?, ?)",
            (vendor, operation, accepted),
        )

    def counts(self) -> dict[str, int]:
        """Mails received, recipients, repeated Message-IDs; contacts held, and operations accepted;
        what other vendors delivered, by vendor and channel, and the records their CRMs hold.
        """
        received = "select vendor || ' ' || channel, count(*) from received group by 1 order by 1"
        records = (
            "select vendor || ' ' || object, count(*) from records where is_deleted = 0 group by 1"
            " order by 1"
        )
        return {
            "mails": self.value("select count(*) from mails"),
            "recipients": self.value("select count(distinct recipient) from mails"),
            "repeated_mails": self.value("select count(*) - count(distinct message_id) from mails"),
            "contacts": self.value("select count(*) from contacts where is_archived = 0"),
            "crm_operations": self.value(
                "select coalesce(sum(accepted), 0) from calls where vendor = 'hubspot'"
            ),
            **dict(self.rows(received)),
            **dict(self.rows(records)),
        }

    def value(self, sql: str) -> int:
        """The one number of a query."""
        return int(self.rows(sql)[0][0])

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def write(self, sql: str, values: tuple[Any, ...]) -> int:
        """Run a statement that changes something; returns the id of the row it made.

        Raises sqlite3.IntegrityError.
        """
        with self._lock, self._connection:
            return int(self._connection.execute(sql, values).lastrowid or 0)

    def _write(self, sql: str, values: tuple[Any, ...]) -> None:
        self.write(sql, values)
