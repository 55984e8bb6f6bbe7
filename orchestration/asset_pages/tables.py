"""Rows as Dagster shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import dagster as dg

MOST_ROWS = 50
MOST_OF_A_BROWSER = 2**53
Metadata = Mapping[str, Any]


def table(rows: Iterable[Mapping[str, Any]]) -> dg.TableMetadataValue | None:
    """At most MOST_ROWS rows with the same columns; None for none."""
    records = [
        dg.TableRecord({name: _value(value) for name, value in row.items()})
        for _, row in zip(range(MOST_ROWS), rows, strict=False)
    ]
    return dg.MetadataValue.table(records) if records else None


def given(**entries: Any) -> Metadata:
    """The entries that there are."""
    return {name: value for name, value in entries.items() if value is not None}


def _value(value: Any) -> str | int | float | bool:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int) and abs(value) > MOST_OF_A_BROWSER:  # an id, which it would round
        return str(value)
    return value if isinstance(value, str | int | float | bool) else _text(value)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
