"""Operations as records of 销售易, and queries in XOQL that cannot be broken by a value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sluice.activations.destinations.crm.finding import Found, Records
from sluice.activations.destinations.crm.values import TASK_CONTACT, TASKS, milliseconds, task_of
from sluice.activations.value_text import json_number
from sluice.models.delivery import SyncOperation
from sluice.models.errors import ConfigurationError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
TASK_NAMES = {
    "subject": "taskName",
    "body": "description",
    "due_at": "planFinishDate",
    "priority": "priority",
}


def values_of(item: SyncOperation, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record; the columns of a task have names of their own there."""
    if item.object == TASKS:
        task = task_of(item)
        whom = {} if task.contact_key is None else {TASK_CONTACT: task.contact_key}
        values = {
            **{TASK_NAMES[name]: value for name, value in task.fields.items()},
            **whom,
            **task.others,
        }
    return {name: to_value(value) for name, value in values.items()}


def to_value(value: Any) -> Any:
    """Times are milliseconds, and None empties the field."""
    if isinstance(value, date):
        return milliseconds(value)
    return json_number(value) if isinstance(value, Decimal) else value


def select(names: Sequence[str], kind: str, name: str, values: Sequence[str]) -> str:
    """A query for the records whose field is one of the values, the oldest first.

    Raises ConfigurationError for a bad name.
    """
    wanted = dict.fromkeys(["id", name, *names])
    listed = ", ".join(quoted(value) for value in values)
    return (
        f"select {', '.join(map(field, wanted))} from {field(kind)} where {field(name)} in"
        f" ({listed}) order by id"
    )


def quoted(value: str) -> str:
    """A value as a string of XOQL."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def field(name: str) -> str:
    """A name of a field or object, checked."""
    if not NAME.fullmatch(name):
        raise ConfigurationError(
            "a name in the sync to 销售易 is no name of a field there",
            "write the API key, as sluiceKey__c",
        )
    return name


def rows(body: Any) -> list[Mapping[str, Any]]:
    """The records of an answer; older hosts say ``result`` for ``data``."""
    data = body.get("data") or body.get("result") or {} if isinstance(body, Mapping) else {}
    found = data.get("records", []) if isinstance(data, Mapping) else []
    return [row for row in found if isinstance(row, Mapping)]


def records(body: Any, key_field: str) -> Records:
    """The records of an answer by our key."""
    found: Records = {}
    for row in rows(body):
        found.setdefault(str(row.get(key_field)), []).append(Found(str(row["id"]), row))
    return found
