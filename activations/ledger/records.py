"""What the ledger knows besides claims: the methods by which other packages read and note it.

``Ledger`` inherits them, so that it is the only door: no other package opens a connection to the
ledger or names one of its tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import sqlalchemy as sa

from sluice.activations.ledger import (
    approvals,
    begun_plans,
    copying,
    identity_journal,
    keys,
    message_events,
    past_runs,
    pauses,
    preferring,
    problems,
    queries,
    receiving,
    restoring,
    settling,
    stating,
    tables,
)
from sluice.activations.ledger.approvals import Contents, Signing
from sluice.activations.ledger.begun_plans import BegunPlan
from sluice.activations.ledger.past_runs import PastRun
from sluice.activations.ledger.rows import Row, insert_missing
from sluice.activations.ledger.writer import GroupWriter, write
from sluice.models.delivery import ItemResult, VendorEvent

T = TypeVar("T")


class Records:
    """Reads and notes of a ledger; each is one transaction, committed when the method returns."""

    engine: sa.Engine
    signing: Signing | None = None  # where approvals must be signed; whoever opens it says
    contents: Contents | None = None  # where they hold for one content alone; likewise

    def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Do something in one transaction. Raises BlockedError if the ledger cannot be written."""
        return write(self.engine, work)

    def group_writer(self) -> GroupWriter:
        """A thread that commits the work of several threads together."""
        return GroupWriter(self.engine)

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Do something with a connection that only reads."""
        with self.engine.connect() as connection:
            return work(connection)

    # deliveries

    def unknown_deliveries(self) -> list[Row]:
        """Deliveries whose outcome is unknown, the oldest first."""
        return queries.unknown_deliveries(self.engine)

    def unknown_since(self, delivery_ids: Sequence[int]) -> dict[int, datetime]:
        """Of these deliveries the unknown ones, with the time of their last attempt."""
        return self.read(lambda connection: settling.unknown_since(connection, delivery_ids))

    def find_deliveries(self, key: str) -> list[Row]:
        """The deliveries of a delivery id, or of ``activation:subject_id``."""
        return queries.find_deliveries(self.engine, key)

    def history_of(self, delivery: Row) -> Row:
        """A delivery with all events of it, in order."""
        return queries.history_of(self.engine, delivery)

    def unsettled(self, activation: str, destination: str) -> list[Row]:
        """Deliveries of an activation that failed, wait for a retry or are unknown."""
        return problems.unsettled(self.engine, activation, destination)

    def reason_counts(self, run_id: str | None = None) -> list[Row]:
        """Deliveries that were not accepted, counted by reason."""
        return problems.reason_counts(self.engine, run_id)

    def resolve(
        self,
        delivery_ids: Sequence[int],
        outcome: Literal["accepted", "failed"],
        reason: str,
        person: str,
        now: datetime,
    ) -> list[Row]:
        """Settle unknown deliveries by hand, all of them or none."""
        return settling.resolve(self.engine, delivery_ids, outcome, reason, person, now)

    def retry(
        self, state: str, activation: str | None, reason: str | None, person: str, now: datetime
    ) -> list[Row]:
        """Make failed or unknown deliveries due again in the next run."""
        return settling.retry(self.engine, state, activation, reason, person, now)

    def settle_answers(self, answers: Mapping[int, ItemResult], now: datetime) -> list[Row]:
        """Settle unknown deliveries as their vendor answers when it is asked."""
        return self.write(lambda connection: settling.settle_answers(connection, answers, now))

    # receipts, events and consent statements of vendors

    def receive(self, events: Iterable[VendorEvent], now: datetime) -> int:
        """Keep what vendors reported. Returns how many events were new."""
        return receiving.receive(self.engine, events, now)

    def match_early(self, now: datetime) -> int:
        """Match receipts that arrived before their delivery. Returns how many matched."""
        return receiving.match_early(self.engine, now)

    def events_after(self, event_id: int) -> Iterator[list[Row]]:
        """Opens, clicks and the like with a greater id, in batches."""
        return message_events.events_after(self.engine, event_id)

    def statements(self) -> list[Row]:
        """All consent statements of people."""
        return stating.list_statements(self.engine)

    # what people prefer

    def recipient(self, delivery_id: int) -> Row | None:
        """The delivery of a message, with its push."""
        return self.read(lambda connection: preferring.recipient(connection, delivery_id))

    def stated_by(self, contact_id: int) -> tuple[dict[str, bool], dict[str, str]]:
        """What the contact said last of marketing by channel, and their preferences."""
        return self.read(
            lambda one: (
                preferring.stated_consents(one, contact_id),
                preferring.stated_preferences(one, contact_id),
            )
        )

    def answer(
        self,
        delivery_id: int,
        consents: Mapping[tuple[str, str], bool],
        stated: Mapping[str, str],
        address_hashes: Mapping[str, str],
        delivery: Row,
        now: datetime,
    ) -> None:
        """Keep what a person states in the preference page: see ``preferring.Answer``."""
        said = preferring.Answer(delivery_id, consents, stated, address_hashes)
        self.write(lambda connection: preferring.answer(connection, said, delivery, now))

    def preferences(self) -> list[Row]:
        """All preferences that people ever stated."""
        return preferring.list_preferences(self.engine)

    def last_statement_among(self, landed: Iterable[tuple[Any, ...]]) -> int:
        """The greatest id up to which every consent statement is among these (channel, contact_id,
        address_hash, how, status, purpose, stated_at).
        """
        return stating.last_among(self.engine, landed)

    def last_preference_among(self, landed: Iterable[tuple[Any, ...]]) -> int:
        """The number up to which all preferences are among these."""
        return preferring.last_among(self.engine, landed)

    def add_missing_preferences(self, rows: Sequence[Row]) -> int:
        """Add preferences that are not here. Returns how many."""
        return self._add_missing(tables.preferences, preferring.SAME, rows)

    # pauses, approvals and earlier runs

    def pauses(self) -> list[Row]:
        """What is paused now, the oldest first."""
        return pauses.list_pauses(self.engine)

    def pause(
        self, scope: str, name: str, reason: str | None, paused_by: str, now: datetime
    ) -> bool:
        """Pause; False when it was paused already."""
        return pauses.pause(self.engine, scope, name, reason, paused_by, now)

    def resume(self, name: str) -> list[Row]:
        """End the pauses of a name."""
        return pauses.resume(self.engine, name)

    def paused_by(self, activation: str, destination: str) -> str | None:
        """The name of a pause that holds for an activation at a destination."""
        return self.read(lambda connection: pauses.paused_by(connection, activation, destination))

    def all_approvals(self) -> list[Row]:
        """All approvals there ever were, the oldest first; ``is_valid``: signed by a person who
        may approve, and of what the campaign or sync is made of now, where that is asked for.
        """
        rows, contents = self._signed_approvals(), self.contents
        if contents is None:
            return rows
        now = {name: contents.digest(name) for name in {row["activation"] for row in rows}}
        for row in rows:  # what is no campaign or sync, such as a run of the past, has no content
            row["is_valid"] = row["is_valid"] and row["content"] == now[row["activation"]]
        return rows

    def approved_contents(self, activation: str) -> set[str]:
        """The digests of all that was ever approved of a campaign or sync."""
        rows = [row for row in self._signed_approvals() if row["is_valid"] and row["content"]]
        return {row["content"] for row in rows if row["activation"] == activation}

    def approvals(self) -> list[Row]:
        """The approvals that count, the oldest first."""
        return [row for row in self.all_approvals() if row["is_valid"]]

    def _signed_approvals(self) -> list[Row]:
        ledger_id, rows = self.ledger_id(), approvals.list_approvals(self.engine)
        return [{**row, "is_valid": self._is_signed(row, ledger_id)} for row in rows]

    def _is_signed(self, row: Row, ledger_id: str) -> bool:
        if self.signing is None:
            return True
        text = approvals.statement(row, ledger_id)
        return self.signing.holds(row["approved_by"], text, row["signature"])

    def approve(
        self,
        activation: str,
        guardrail: str,
        person: str,
        reason: str,
        now: datetime,
        *,
        size: int | None = None,
        plan: str | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """Record an approval. Raises ConfigurationError without a reason."""
        approvals.approve(
            self.engine,
            activation,
            guardrail,
            person,
            reason,
            now,
            size=size,
            plan=plan,
            expires_at=expires_at,
            content=None if self.contents is None else self.contents.digest(activation),
            signing=self.signing,
            ledger_id=self.ledger_id(),
        )

    def past_runs(self, as_of: datetime) -> list[PastRun]:
        """The latest runs that were not later than a logical time, the newest first."""
        return past_runs.past_runs(self.engine, as_of)

    def last_as_of(self) -> datetime | None:
        """The latest logical time that anything was pushed or a run ended at (aware UTC)."""
        columns = (tables.runs.c.as_of, tables.pushes.c.as_of)
        found = self.read(lambda one: [one.scalar(sa.select(sa.func.max(c))) for c in columns])
        known = [moment for moment in found if moment is not None]
        return max(known).replace(tzinfo=UTC) if known else None

    def begun_plan(self, activation: str) -> BegunPlan | None:
        """The plan whose push was begun last."""
        return begun_plans.find_begun(self.engine, activation)

    def note_begun(
        self, activation: str, plans: Sequence[str], as_of: datetime, now: datetime, items: bytes
    ) -> None:
        """Note that the push of a plan begins."""
        self.write(lambda one: begun_plans.note_begun(one, activation, plans, as_of, now, items))

    def accepted_among(self, delivery_ids: Sequence[int]) -> set[int]:
        """Those of these deliveries that their destination accepted."""
        return begun_plans.find_accepted(self.engine, delivery_ids)

    def tried_among(self, delivery_ids: Sequence[int]) -> set[int]:
        """Those of these deliveries that were tried, whatever came of it."""
        return begun_plans.find_tried(self.engine, delivery_ids)

    # what the warehouse lands, and gives back to a ledger that lost it

    def ledger_id(self) -> str:
        """The id that the ledger was given when it was made."""
        query = sa.select(tables.meta.c.value).where(tables.meta.c.key == "ledger_id")
        return str(self.read(lambda one: one.execute(query).scalar_one()))

    def last_receipt_id(self) -> int:
        """The greatest number of a receipt; 0 without one."""
        query = sa.select(sa.func.coalesce(sa.func.max(tables.receipts.c.receipt_id), 0))
        return int(self.read(lambda one: one.execute(query).scalar_one()))

    def has_receipt(self, receipt_id: int, delivery_id: int, occurred_at: datetime) -> bool:
        """Whether the receipt of this number is of this delivery and time."""
        r = tables.receipts.c
        query = sa.select(r.delivery_id, r.occurred_at).where(r.receipt_id == receipt_id)
        found = self.read(lambda one: one.execute(query).first())
        return found is not None and tuple(found) == (delivery_id, occurred_at)

    def append_identity(
        self, names: Sequence[tuple[Any, ...]], changes: Sequence[tuple[Any, ...]]
    ) -> None:
        """Append to the journal of contact ids."""
        identity_journal.append(self.engine, names, changes)

    def identity_after(self, journal: str, change_id: int) -> Iterator[list[Row]]:
        """Rows of a journal of contact ids with a greater id, in batches."""
        return identity_journal.entries_after(self.engine, journal, change_id)

    def has_sync_key(self, key_id: int, activation: str, subject_id: int) -> bool:
        """Whether this ledger gave the key this number."""
        return keys.has_key(self.engine, key_id, activation, subject_id)

    def sync_keys_after(self, key_id: int) -> Iterator[list[Row]]:
        """Text keys of syncs with a greater id, in batches."""
        return keys.keys_after(self.engine, key_id)

    def restore_sync_keys(self, rows: Sequence[tuple[str, int, str]]) -> None:
        """Put back (activation, subject_id, key) that are not known here."""
        self.write(lambda one: keys.restore_keys(one, rows))

    def add_missing_sync_keys(self, rows: Sequence[Row]) -> int:
        """Add keys whose activation and number are not here. Returns how many."""
        return self._add_missing(tables.sync_keys, ("activation", "subject_id"), rows)

    def add_missing_statements(self, rows: Sequence[Row]) -> int:
        """Add consent statements that are not here. Returns how many."""
        return self._add_missing(tables.consent_statements, stating.SAME, rows)

    def add_missing_suppressions(self, rows: Sequence[Row]) -> int:
        """Add suppressions of addresses that are not here. Returns how many."""
        return len(self.write(lambda one: insert_missing(one, tables.suppressions, rows)))

    def add_missing_pauses(self, rows: Sequence[Row]) -> int:
        """Add pauses that are not here. Returns how many."""
        return len(self.write(lambda one: insert_missing(one, tables.pauses, rows)))

    def restore_receipts(
        self, lost: Sequence[Row], own: Sequence[tuple[int, int]], above: int
    ) -> int:
        """Put back landed receipts.

        ``own``: (receipt_id, delivery_id) of this ledger's own ones, which move to numbers above
        ``above``. Returns of how many deliveries.
        """

        def work(one: sa.Connection) -> int:
            if own:
                room = max(above, own[-1][0])
                restoring.make_room(one, tables.receipts, "receipt_id", own[0][0], room)
            return restoring.restore(one, lost, [delivery_id for _, delivery_id in own])

        return self.write(work)

    def restore_events(self, lost: Sequence[Row], own: tuple[int, int] | None, above: int) -> None:
        """Put back landed events. ``own``: first and last number of this ledger's own ones."""

        def work(one: sa.Connection) -> None:
            if own is not None:
                room = max(above, own[1])
                restoring.make_room(one, tables.message_events, "event_id", own[0], room)
            restoring.restore_events(one, lost)

        self.write(work)

    def copy_to(self, target: Path) -> None:
        """Copy the whole ledger, of one moment, to a SQLite file."""
        copying.copy_ledger(self.engine, target)

    def _add_missing(self, table: sa.Table, names: Sequence[str], rows: Sequence[Row]) -> int:
        columns = [table.c[name] for name in names]
        held = self.read(lambda one: {tuple(row) for row in one.execute(sa.select(*columns))})
        missing = [row for row in rows if tuple(row[name] for name in names) not in held]
        if missing:
            self.write(lambda one: one.execute(table.insert(), missing))
        return len(missing)
