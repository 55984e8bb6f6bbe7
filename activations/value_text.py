"""Numbers and nested values as text, the same at every destination."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def number_text(value: float | Decimal) -> str:
    """A number without an exponent and without zeros at its end: 3, 0.1, 0.0000001."""
    text = format(Decimal(repr(value)) if isinstance(value, float) else value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def json_number(value: Decimal) -> float | str:
    """A decimal as a number of JSON; as text where a number would lose digits of it."""
    number = float(value)
    return number if Decimal(repr(number)) == value else format(value, "f")


def to_json(value: Any) -> Any:
    """A value as JSON has it: times as ISO 8601 (UTC has its Z), decimals as text, what is no
    finite number as null.
    """
    if isinstance(value, Mapping):
        return {str(name): to_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return (
        value.isoformat()
        if isinstance(value, date)
        else format(value, "f")
        if isinstance(value, Decimal)
        else str(value)
    )


def json_text(value: Any) -> str:
    """A list or struct in one field of texts: ``{"a":1}``."""
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))
