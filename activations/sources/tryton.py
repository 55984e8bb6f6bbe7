"""Opportunities of Tryton (module sale_opportunity), by the time of their last change.

Protocol: JSON-RPC of trytond, model.sale.opportunity.search_read; a field with a dot is read in
what its record refers to. ``write_date`` is null until a record is changed for the first time, so
those that never were are read by ``create_date``, and the two are merged. States are those of the
module.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sluice.activations.destinations.crm.outcomes import CodeOutcome
from sluice.activations.destinations.crm.tryton.client import Tryton
from sluice.activations.destinations.crm.tryton.config import TrytonConfig
from sluice.activations.destinations.crm.tryton.mapping import PARTS, to_value
from sluice.activations.sources.base import DealVersion, ReadError, Stage
from sluice.activations.sources.changes import Row, Search, by_change
from sluice.activations.sources.stages import stages_of

PAGE = 200
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
STATES = ("lead", "opportunity", "converted", "won", "lost", "cancelled")
FIELDS = (
    "number",
    "description",
    "state",
    "employee",
    "amount",
    "currency.code",
    "create_date",
    "write_date",
)


class TrytonDeals:
    """The opportunities of one database. ``page``: records a call."""

    def __init__(self, config: TrytonConfig, page: int = PAGE) -> None:
        self.config, self.page, self.client = config, page, Tryton(config)

    def close(self) -> None:
        """Give the connection back."""
        self.client.close()

    def stages(self) -> list[Stage]:
        """The states of an opportunity; of one that is converted the sale may still be lost."""
        options = [(one, one.capitalize()) for one in STATES]
        return stages_of(options, frozenset({"won"}), frozenset({"lost", "cancelled"}))

    def deals(self, since: datetime | None) -> Iterator[Sequence[DealVersion]]:
        """Pages of opportunities, oldest change first."""
        start = _moment(since) if since else 0
        streams = [
            (row for rows in by_change(search, start) for row in rows)
            for search in (
                self._search("write_date", []),
                self._search("create_date", [["write_date", "=", None]]),
            )
        ]
        merged = heapq.merge(*streams, key=_changed)
        while found := list(islice(merged, self.page)):
            yield [self._version(row) for row in found]

    def _search(self, column: str, also: list[Any]) -> Search:
        def since(start: int) -> list[Row]:
            return self._read([*also, [column, ">=", _value(start)]], column)

        def at(moment: int, last: Row | None) -> list[Row]:
            after = int(last["id"]) if last else 0
            return self._read([*also, [column, "=", _value(moment)], ["id", ">", after]], "id")

        return Search(self.page, since, at, lambda row: str(row["id"]), _changed)

    def _read(self, domain: list[Any], order: str) -> list[Row]:
        orders = [[order, "ASC"]] if order == "id" else [[order, "ASC"], ["id", "ASC"]]
        names = [*FIELDS, f"party.{self.config.key_field}"]
        params = [domain, 0, self.page, orders, names, {}]
        found = self.client.call("model.sale.opportunity.search_read", params)
        if isinstance(found, CodeOutcome):
            raise ReadError("tryton", found.reason)
        if not isinstance(found, list):
            raise ReadError("tryton", "unreadable_answer")
        return found

    def _version(self, row: Row) -> DealVersion:
        party, currency = row.get("party.") or {}, row.get("currency.") or {}
        amount = row.get("amount")
        return DealVersion(
            deal_id=str(row["id"]),
            name=row.get("description") or row.get("number"),
            stage_id=row.get("state"),
            pipeline_id="",
            owner_id=None if row.get("employee") is None else str(row["employee"]),
            amount=float(amount["decimal"] if isinstance(amount, Mapping) else amount)
            if amount is not None
            else None,
            currency=currency.get("code"),
            contact_key=party.get(self.config.key_field),
            is_deleted=False,
            created_at=_time(row.get("create_date")),
            updated_at=EPOCH + _changed(row) * MICROSECOND,
        )


def _time(value: Any) -> datetime | None:
    if not isinstance(value, Mapping):
        return None
    year, month, day, hour, minute, second, micro = (int(value.get(name) or 0) for name in PARTS)
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)


def _moment(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _value(moment: int) -> Any:
    return to_value(EPOCH + moment * MICROSECOND)


def _changed(row: Row) -> int:
    found = _time(row.get("write_date")) or _time(row.get("create_date"))
    return _moment(found or EPOCH)
