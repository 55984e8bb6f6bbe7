"""A row of a sync as a conversion: who by hashes, what, when and for how much.

Protocol: POST /<version>/<dataset>/events with ``data``; at most 1,000 events, none older than 7
days; one that cannot be read refuses the whole call. An event with an ``event_id`` that came before
is dropped for 48 hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sluice.activations.destinations.ads import conversions, hashing
from sluice.models.delivery import SyncOperation

OLDEST = timedelta(days=7)
WHO = ("em", "ph")  # a name and a city alone are nobody
# Meta's key, the property it is made of, and how it is normalised
FIELDS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("em", "email", hashing.email),
    ("ph", "phone", hashing.phone),
    ("fn", "first_name", hashing.word),
    ("ln", "last_name", hashing.word),
    ("ct", "city", hashing.word),
    ("country", "country", hashing.code),
)
EVENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,49}")
SOURCE = "system_generated"  # a purchase that a warehouse knows of, wherever it was made


def problem(operation: SyncOperation, now: datetime) -> str | None:
    """Why an event is refused here: Meta would refuse the whole call, and name none."""
    values = operation.properties
    if reason := conversions.problem_of_time(conversions.occurred_at(operation), now, OLDEST):
        return reason
    if not EVENT_NAME.fullmatch(str(values.get("event_name") or "")):
        return "no_event_name"
    if not any(key in user_of(operation) for key in WHO):
        return "no_identifier"
    return conversions.problem_of_amount(values)


def user_of(operation: SyncOperation) -> dict[str, list[str]]:
    """The hashes of whoever did it."""
    found = {
        key: hashing.hashed(operation.properties.get(name), rule) for key, name, rule in FIELDS
    }
    return {key: [value] for key, value in found.items() if value}


def event_of(operation: SyncOperation) -> dict[str, Any]:
    """One event. Its id is the key of the sync, so that a repeat is dropped."""
    values, moment = operation.properties, conversions.occurred_at(operation)
    if moment is None:
        raise ValueError("an event without a time")
    event = {
        "event_name": str(values["event_name"]),
        "event_time": int(moment.timestamp()),
        "event_id": str(operation.key),
        "action_source": str(values.get("action_source") or SOURCE),
        "user_data": user_of(operation),
    }
    bought = _bought(values)
    return {**event, "custom_data": bought} if bought else event


def _bought(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if values.get("amount") is not None:
        found = {"value": float(values["amount"]), "currency": str(values["currency"])}
    if values.get("order_id"):
        found["order_id"] = str(values["order_id"])
    return found


def body_of(operations: Sequence[SyncOperation], test_event_code: str = "") -> dict[str, Any]:
    """Body of a call."""
    body: dict[str, Any] = {"data": [event_of(one) for one in operations]}
    return {**body, "test_event_code": test_event_code} if test_event_code else body
