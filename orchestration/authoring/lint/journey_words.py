"""What pydantic says of a journey, in the words of whoever writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from sluice.models import journey, journey_conditions, journey_nodes
from sluice.models.journey_nodes import KINDS
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import text_of

DATES = {"date_from_datetime_parsing", "date_parsing", "date_type", "date_from_datetime_inexact"}
NAME = "a name is lower case letters, digits and _, from a letter on, at most 41 characters"
CLOCK = "write a time of the day as '21:00', from 00:00 to 23:59, or active_hours"


def words_of(error: Any) -> str:
    """One error of ``ValidationError.errors()``: what is wrong, and what to write."""
    kind, last = error["type"], str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        elsewhere = f"; it stands {KEYS[last]}" if KEYS.get(last) else ""
        hint = elsewhere or near(last, KEYS.keys() - {last})
        return f"there is no key '{text_of(last)}' here{hint}"
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


def _keys() -> Mapping[str, str]:
    """Every key of a journey, and where it stands: of a node, beside the kinds that take it."""
    modules = (journey, journey_conditions, journey_nodes)
    found: dict[str, set[str]] = {}
    for model in (one for module in modules for one in vars(module).values()):
        if isinstance(model, type) and issubclass(model, BaseModel):
            fields = {field.alias or name for name, field in model.model_fields.items()}
            for key in fields:
                found.setdefault(key, set()).add(_beside(model, fields))
    kinds = {
        key: [kind for kind in KINDS if kind in places and kind != key]
        for key, places in found.items()
    }
    return {key: f"beside {' or '.join(named)}" if named else "" for key, named in kinds.items()}


def _beside(model: type[BaseModel], fields: set[str]) -> str:
    """The kind of node that a model is; empty for what is none."""
    kinds = fields & set(KINDS) if model.__module__ == journey_nodes.__name__ else set()
    return kinds.pop() if len(kinds) == 1 else ""


KEYS = _keys()
