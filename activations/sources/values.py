"""Values of a deal as vendors write them: empty texts for null, milliseconds for times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def text_of(value: Any) -> str | None:
    """None for an empty value."""
    return None if value is None or value == "" else str(value)


def time_of(value: Any) -> datetime | None:
    """Of milliseconds since 1970, as a number or a text; None for an empty value."""
    text = text_of(value)
    return None if text is None else datetime.fromtimestamp(int(text) / 1000, UTC)
