"""Stand-ins for dbt and the project's macros, so that sqlfluff can read a model without a warehouse."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

dbt = SimpleNamespace(type_string=lambda: "varchar")


def as_of() -> str:
    """A timestamp."""
    return "cast('2026-06-29 13:00:00' as timestamp)"


def models_in(folder: str, prefix: str = "", suffix: str = "") -> list[str]:
    """Two models."""
    return [f"{prefix}first{suffix}", f"{prefix}second{suffix}"]


def model_meta(name: str, kind: str) -> SimpleNamespace:
    """Any configuration."""
    return SimpleNamespace(channel="c", purpose="p", destination="d", template="t", mode="m", key="contact_id")


def union_models(names: list[str], folder: str) -> str:
    """A select."""
    return "select * from first_model"


def performed(*args: Any, **kwargs: Any) -> str:
    """A subquery."""
    return "select contact_id from contact_events"


def decide_messages(evidence: str) -> str:
    """A CTE named final."""
    return f"final as (select * from {evidence})"


def _columns(*args: Any, **kwargs: Any) -> str:
    return "first_column, second_column"


def _expression(*args: Any, **kwargs: Any) -> str:
    return "coalesce(some_column, null)"


contact_record = contact_event = consent_statement = _columns
to_utc = days_before = days_between = hash_bigint = sha256_hex = regexp_like = json_object = row_hash = _expression
identifier_quality = normalise_phone = normalise_email = _expression
