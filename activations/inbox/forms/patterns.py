"""Patterns of fields, matched by RE2: in linear time, whatever the pattern and the value are."""

from __future__ import annotations

import threading

import duckdb

_connection = duckdb.connect(":memory:", config={"threads": 1})
_lock = threading.Lock()


def check_pattern(pattern: str) -> None:
    """Raises ValueError for what RE2 does not read."""
    try:
        matches(pattern, "")
    except duckdb.Error:
        raise ValueError(f"{pattern!r} is no pattern that RE2 reads (no look-around)") from None


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches."""
    with _lock:
        row = _connection.execute("select regexp_full_match($1, $2)", [text, pattern]).fetchone()
    return bool(row and row[0])
