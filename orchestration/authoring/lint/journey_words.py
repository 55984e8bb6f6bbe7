"""What pydantic says of a journey, in the words of whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from sluice.models import journey, journey_conditions, journey_nodes
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import text_of

DATES = {"date_from_datetime_parsing", "date_parsing", "date_type", "date_from_datetime_inexact"}
NAME = "a name is lower case letters, digits and _, from a letter on, at most 41 characters"
CLOCK = "write a time of the day as '21:00', from 00:00 to 23:59, or active_hours"


def words_of(error: Any) -> str:
    """One error of ``ValidationError.errors()``: what is wrong, and what to write."""
    kind, last = error["type"], str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        return f"there is no key '{text_of(last)}' here{near(last, KEYS)}"
    if kind == "missing":
        return f"{last} is missing: add {last}: ..."
    if kind == "string_type" and last in {"wait_until", "clock"}:
        return f"it is no text: {CLOCK}; a date of the contact is {{attribute: renewal_date}}"
    if kind == "model_type":
        return "write keys and values here: `key: value`, one a line"
    if kind in DATES:
        return f"'{text_of(error['input'])}' is no date: write one as 2026-06-29"
    if kind == "string_pattern_mismatch":
        hint = CLOCK if last == "clock" else NAME
        return f"'{text_of(error['input'])}' is none: {hint}"
    return str(error["msg"]).removeprefix("Value error, ")


def _keys() -> Iterator[str]:
    modules = (journey, journey_conditions, journey_nodes)
    for model in (one for module in modules for one in vars(module).values()):
        if isinstance(model, type) and issubclass(model, BaseModel):
            for name, field in model.model_fields.items():
                yield field.alias or name


KEYS = frozenset(_keys())
