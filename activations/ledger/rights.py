"""What the ledger keeps of the rights of people: the methods by which other packages erase,
correct, and ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sluice.activations.database import compact
from sluice.activations.ledger import correcting, erasing, matching, ordering
from sluice.activations.ledger.erasing import Subject
from sluice.activations.ledger.records import Records
from sluice.activations.ledger.rows import Row
from sluice.activations.ledger.tables import metadata
from sluice.models.journey_order import JourneyOrder
from sluice.models.match_decision import MatchDecision


class Rights(Records):
    """Each is one transaction, committed when the method returns."""

    def begin_erasure(
        self,
        person: bytes,
        keys: Iterable[tuple[str, str]],
        who: str,
        reason: str | None,
        now: datetime,
    ) -> int:
        """Note a request to erase a person, and keep them out from now on. Returns its number."""
        listed = list(keys)
        return self.write(lambda one: erasing.begin(one, person, listed, who, reason, now))

    def erasures(self, state: str | None = None) -> list[Row]:
        """The requests, the oldest first."""
        return self.read(lambda one: erasing.find(one, state))

    def finish_erasure(self, erasure_id: int, report: str, now: datetime) -> None:
        """The request is done; what it worked with goes, bytes and all."""
        self.write(lambda one: erasing.finish(one, erasure_id, report, now))
        compact(self.engine, [table.name for table in metadata.sorted_tables])

    def lift_erasures(self, ids: Sequence[int]) -> int:
        """Let people in again. Returns how many hashes went."""
        return self.write(lambda one: erasing.lift(one, ids))

    def erased_hashes(self) -> list[tuple[str, str, int]]:
        """(kind, hash, request) of everybody who was erased."""
        return self.read(erasing.all_keys)

    def add_erased_keys(self, erasure_id: int, keys: Iterable[tuple[str, str]]) -> None:
        """Keep more hashes of one request."""
        listed = list(keys)
        self.write(lambda one: erasing.add_keys(one, erasure_id, listed))

    def deliveries_of(self, subject: Subject) -> list[Row]:
        """All deliveries of a person, with their push."""
        return self.read(lambda one: erasing.deliveries_of(one, subject))

    def erase(self, subject: Subject) -> dict[str, int]:
        """Take a person out. Returns the rows by table; repeating it finds none."""
        return self.write(lambda one: erasing.erase(one, subject))

    def compact(self) -> None:
        """Give the room of what was deleted back, so that its bytes are gone."""
        compact(self.engine, [table.name for table in metadata.sorted_tables])

    def claim_erasure_call(self, call: Mapping[str, Any], now: datetime) -> Row | None:
        """Note that a destination is about to be asked; None when it has answered already."""
        return self.write(lambda one: erasing.claim_call(one, call, now))

    def settle_erasure_call(
        self, call: Mapping[str, Any], state: str, reason: str | None, now: datetime
    ) -> None:
        """Record what it answered."""
        self.write(lambda one: erasing.settle_call(one, call, state, reason, now))

    def erasure_calls(self, erasure_id: int) -> list[Row]:
        """What destinations were asked in one request, and what they answered."""
        return self.read(lambda one: erasing.calls_of(one, erasure_id))

    def delete_message_events(self, before: datetime) -> int:
        """Delete opens, clicks and the like from before a time (aware UTC). Returns how many."""
        return self.write(lambda one: erasing.delete_events(one, before))

    # corrections

    def correct(
        self, contact_id: int, attribute: str, value: str, who: str, reason: str, now: datetime
    ) -> int:
        """Note a corrected golden value; it replaces an earlier one. Returns its number."""
        return self.write(
            lambda one: correcting.keep(one, contact_id, attribute, value, who, reason, now)
        )

    def withdraw_corrections(
        self, contact_ids: Sequence[int], attribute: str, who: str, reason: str, now: datetime
    ) -> int:
        """Take corrections back. Returns how many."""
        return self.write(
            lambda one: correcting.withdraw(one, contact_ids, attribute, who, reason, now)
        )

    def corrections(self, contact_ids: Sequence[int] | None = None) -> list[Row]:
        """The corrections that hold, of all contacts or of some, with who made them and why."""
        return self.read(lambda one: correcting.find(one, contact_ids))

    # orders about journeys

    def order_journeys(self, orders: Sequence[JourneyOrder], who: str, now: datetime) -> None:
        """Keep orders, which the next run carries out."""
        self.write(lambda one: ordering.keep(one, orders, who, now))

    def journey_orders(self, contact_ids: Sequence[int] | None = None) -> list[Row]:
        """All orders, or those of some contacts, with who gave them and why."""
        return self.read(lambda one: ordering.find(one, contact_ids))

    # decisions about probable matches

    def decide_match(self, decision: MatchDecision, who: str, now: datetime) -> None:
        """Keep a decision, which the next run uses."""
        self.write(lambda one: matching.keep(one, decision, who, now))

    def match_decisions(self, contact_ids: Sequence[int] | None = None) -> list[Row]:
        """All decisions, or those of some contacts, with who made them and why."""
        return self.read(lambda one: matching.find(one, contact_ids))
