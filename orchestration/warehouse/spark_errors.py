"""What Spark refuses, by the SQLSTATE of its errors, as the errors of any warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.warehouse.base import (
    ConversionError,
    MissingTableError,
    UnknownNameError,
    WarehouseError,
)

MISSING = {"42P01", "42704"}  # TABLE_OR_VIEW_NOT_FOUND, SCHEMA_NOT_FOUND
UNKNOWN = {"42703", "42883"}  # UNRESOLVED_COLUMN, UNRESOLVED_ROUTINE
CONVERSIONS = "22"  # the class of data exceptions
CANCELLED = ("cancelled", "canceled", "interrupted")
HELD = "Another instance of Derby may have already booted"
STATE = re.compile(r"SQLSTATE: (\w{5})")
LEFT = "LOCATION_ALREADY_EXISTS"


@contextmanager
def spark_errors(where: str) -> Iterator[None]:
    """The errors of a block as those of any warehouse."""
    from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError
    from pyspark.errors import PySparkException

    try:
        yield
    except Py4JNetworkError as error:
        raise gone(where) from error
    except (PySparkException, Py4JJavaError, Py4JError) as error:
        raise error_of(error, where) from error
    except (ConnectionError, EOFError) as error:
        raise gone(where) from error


def gone(where: str) -> BlockedError:
    """The error for an engine that answers no more."""
    return BlockedError(
        f"{where} went away in the middle of a statement",
        "start it, and run again: the next run continues where this one stopped",
    )


def error_of(error: Any, where: str) -> Exception:
    """Spark's error as one of any warehouse, or as one for a person to fix."""
    text = str(error)
    if HELD in text:
        return BlockedError(
            f"another process has the metastore of {where} open",
            "wait for it to end, or end it; for several at once, use a Hive metastore or Spark"
            " Connect (docs/warehouses.md)",
        )
    if LEFT in text:
        return ConfigurationError(
            f"{where} has files in the folder of a table that is not there:"
            f" {text.partition(LEFT)[2][:300].strip('] ')}",
            "remove that folder: a statement left it that was cut off",
        )
    written = STATE.search(text)  # where rows had begun to come, it is in the text alone
    state = str(_asked(error, "getSqlState") or (written[1] if written else ""))
    if state in MISSING:
        return MissingTableError(text)
    if state in UNKNOWN:
        return UnknownNameError(text)
    if state.startswith(CONVERSIONS):
        return ConversionError(text)
    if any(word in text.lower() for word in CANCELLED):
        return WarehouseError("the statement was interrupted")
    if "UNAVAILABLE" in text or "Connection refused" in text:
        return gone(where)
    return WarehouseError(text)


def _asked(error: Any, name: str) -> Any:
    method = getattr(error, name, None)
    try:
        return method() if method is not None else None
    except Exception:  # the engine that is asked for it may be gone
        return None
