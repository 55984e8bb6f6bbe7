"""Values of a row as CRMs take them, the fields every CRM shares, and rows that ask for a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sluice.activations.value_text import json_number, number_text
from sluice.models.delivery import ItemResult, Outcome, SyncOperation

TASKS = "tasks"
CHOICE = ";"
# what the columns of a sync of tasks mean; others go to the field of their name
TASK_FIELDS = ("subject", "body", "due_at", "priority")
TASK_CONTACT = "contact_id"


@dataclass(frozen=True, slots=True)
class Task:
    """A task for a sales person: ``contact_key`` is our key of whom it is about, ``fields`` those
    of TASK_FIELDS that are given, ``others`` what goes to fields of their own.
    """

    contact_key: str | None
    fields: Mapping[str, Any]
    others: Mapping[str, Any]


def task_of(item: SyncOperation) -> Task:
    """Read the row of a sync of tasks."""
    given = dict(item.properties)
    contact = given.pop(TASK_CONTACT, None)
    fields = {name: given.pop(name) for name in TASK_FIELDS if given.get(name) is not None}
    return Task(None if contact is None else to_text(contact), fields, given)


def utc_text(value: date | datetime) -> str:
    """ISO 8601: a time in UTC with a Z (a naive one is UTC already), to milliseconds where it has
    some; a date as it is.
    """
    if not isinstance(value, datetime):
        return value.isoformat()
    moment = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds") + "Z"


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
    """The properties of an item without those that are written only where the CRM has nothing, and
    it has something.
    """
    return {
        name: value
        for name, value in item.properties.items()
        if not (name in item.if_empty and not is_empty(held.get(name)))
    }


def chunked(values: Iterable[Any], size: int) -> list[list[Any]]:
    """In order, so many at a time."""
    every = list(values)
    return [every[start : start + size] for start in range(0, len(every), size)]


def plain(value: Any) -> Any:
    """A value that JSON can hold: times and dates as text, decimals as numbers, choices joined."""
    if isinstance(value, date):
        return utc_text(value)
    if isinstance(value, list):
        return choices_text(value)
    return json_number(value) if isinstance(value, Decimal) else value


def to_text(value: Any) -> str:
    """A value as a field of texts holds it: numbers as people write them, booleans in lower case,
    times as ISO 8601 in UTC, choices joined. Nothing is the empty text.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal):
        return number_text(value)
    if isinstance(value, list):
        return choices_text(value)
    return utc_text(value) if isinstance(value, date) else str(value)


def choices_text(values: Sequence[Any]) -> str:
    """Several choices in one field, as CRMs write them: ``a;b``."""
    return CHOICE.join(to_text(value) for value in values)


def refuse_ambiguous(
    items: Sequence[SyncOperation],
) -> tuple[list[SyncOperation], list[ItemResult]]:
    """The items without those that have a choice with a semicolon in it, and the results of
    these.
    """
    bad = [
        item for item in items if any(_is_ambiguous(value) for value in item.properties.values())
    ]
    refused = {item.delivery_id for item in bad}
    good = [item for item in items if item.delivery_id not in refused] if bad else list(items)
    return good, [
        ItemResult(item.delivery_id, Outcome.FAILED, "choice_with_semicolon") for item in bad
    ]


def _is_ambiguous(value: Any) -> bool:
    return isinstance(value, list) and any(CHOICE in one for one in value if isinstance(one, str))
