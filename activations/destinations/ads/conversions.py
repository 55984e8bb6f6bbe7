"""What every vendor of conversions asks of a row: when it happened, and for how much."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sluice.models.delivery import SyncOperation

CURRENCY = re.compile(r"[A-Z]{3}")
AHEAD = timedelta(minutes=1)  # clocks differ by so much


def occurred_at(operation: SyncOperation) -> datetime | None:
    """The property ``occurred_at``, aware UTC; one without a zone is UTC. None for no time."""
    value = operation.properties.get("occurred_at")
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the latter: a year before 1 or after 9999 in UTC
        return None


def problem_of_time(moment: datetime | None, now: datetime, oldest: timedelta | None) -> str | None:
    """``no_time``, ``too_old`` (where the vendor says how old one may be) or ``in_the_future``."""
    if moment is None:
        return "no_time"
    if oldest is not None and moment < now - oldest:
        return "too_old"
    return "in_the_future" if moment > now + AHEAD else None


def problem_of_amount(values: Mapping[str, Any]) -> str | None:
    """``no_amount`` for what is no number, ``no_currency`` where its currency is no ISO 4217 code;
    a conversion without an amount is fine.
    """
    if values.get("amount") is None:
        return None
    try:
        is_number = math.isfinite(float(values["amount"]))
    except (ValueError, TypeError, OverflowError):
        is_number = False
    if not is_number:
        return "no_amount"
    return None if CURRENCY.fullmatch(str(values.get("currency") or "")) else "no_currency"
