"""What Postgres refuses, by its codes (SQLSTATE), as the errors of any warehouse."""

from __future__ import annotations

from typing import Any

from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.warehouse.base import (
    ConversionError,
    MissingTableError,
    UnknownNameError,
    WarehouseError,
)

MISSING = {"42P01", "3F000"}  # undefined_table, invalid_schema_name
UNKNOWN = {"42703", "42883"}  # undefined_column, undefined_function
CONVERSIONS = "22"  # the class of data exceptions
REFUSED = "42501"  # insufficient_privilege
CANCELLED = "57014"
FULL = {"53100", "53200"}  # disk_full, out_of_memory


def error_of(error: Any, where: str) -> Exception:
    """The server's error as one of any warehouse, or as one for a person to fix."""
    code = str(getattr(error, "pgcode", None) or getattr(error, "sqlstate", None) or "")
    words = str(error)
    if code in MISSING:
        return MissingTableError(words)
    if code in UNKNOWN:
        return UnknownNameError(words)
    if code.startswith(CONVERSIONS):
        return ConversionError(words)
    if code == CANCELLED:
        return WarehouseError("the statement was interrupted")
    if code == REFUSED:
        return ConfigurationError(
            f"{where} refuses it: {_first_line(words)}",
            "give this user the rights that docs/warehouses.md lists",
        )
    if code in FULL:
        return BlockedError(
            f"{where} has no room: {_first_line(words)}",
            "make room there, and run again: the next run continues where this one stopped",
        )
    if not code or code.startswith(("08", "57")):
        return BlockedError(
            f"{where} went away in the middle of a statement",
            "start it, and run again: the next run continues where this one stopped",
        )
    return WarehouseError(words)


def _first_line(words: str) -> str:
    """What the server says first; what follows may name values."""
    return words.strip().splitlines()[0] if words.strip() else "it gives no reason"
