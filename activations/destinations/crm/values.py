"""Values of a row as CRMs take them, the fields every CRM shares, and rows that ask for a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from models.delivery import SyncOperation

TASKS = "tasks"
# what the columns of a sync of tasks mean; others go to the field of their name
TASK_FIELDS = ("subject", "body", "due_at", "priority")
TASK_CONTACT = "contact_id"


@dataclass(frozen=True, slots=True)
class Task:
    """A task for a sales person: ``contact_key`` is our key of whom it is about, ``fields`` those of TASK_FIELDS that are given,
    ``others`` what goes to fields of their own."""

    contact_key: str | None
    fields: Mapping[str, Any]
    others: Mapping[str, Any]


def task_of(item: SyncOperation) -> Task:
    """Read the row of a sync of tasks."""
    given = dict(item.properties)
    contact = given.pop(TASK_CONTACT, None)
    fields = {name: given.pop(name) for name in TASK_FIELDS if given.get(name) is not None}
    return Task(None if contact is None else str(contact), fields, given)


def utc_text(value: date | datetime) -> str:
    """ISO 8601: a time in UTC with a Z (a naive one is UTC already), a date as it is."""
    if not isinstance(value, datetime):
        return value.isoformat()
    moment = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds") + "Z"


def milliseconds(value: date | datetime) -> int:
    """Milliseconds since 1970, UTC; a naive time is UTC, a date its first moment there."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    return int(moment.timestamp() * 1000)


def is_empty(value: object) -> bool:
    """True for what a CRM shows as an empty field."""
    return value is None or value == "" or value == []


def without_filled(item: SyncOperation, held: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an item without those that are written only where the CRM has nothing, and it has something."""
    return {
        name: value for name, value in item.properties.items() if not (name in item.if_empty and not is_empty(held.get(name)))
    }


def chunked(values: Iterable[Any], size: int) -> list[list[Any]]:
    """In order, so many at a time."""
    every = list(values)
    return [every[start : start + size] for start in range(0, len(every), size)]


def plain(value: Any) -> Any:
    """A value that JSON can hold: times and dates as text, decimals as numbers."""
    if isinstance(value, date):
        return utc_text(value)
    return float(value) if isinstance(value, Decimal) else value
