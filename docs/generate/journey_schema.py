"""The schema of a journey for editors: docs/journey.schema.json, of the yml as dbt has it."""

from __future__ import annotations

import json
from typing import Any

from sluice.models.journey import JourneyDraft

TITLE = "The yml of a journey: docs/journeys.md"


def journey_schema() -> str:
    """The file's text: JSON Schema 2020-12 of ``models: [{name, config: {meta: {journey}}}]``."""
    journey = JourneyDraft.model_json_schema()
    definitions = journey.pop("$defs")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "type": "object",
        "required": ["models"],
        "properties": {"models": _list_of(_model())},
        "$defs": {**definitions, "Journey": journey},
    }
    _close_names(whole)
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _model() -> dict[str, Any]:
    """A model of the yml; dbt's own keys are for dbt to check."""
    name = {"type": "string", "pattern": "^steps_[a-z][a-z0-9_]*$"}
    nested = _object("config", _object("meta", _object("journey", {"$ref": "#/$defs/Journey"})))
    return {
        **nested,
        "required": ["name", *nested["required"]],
        "properties": {"name": name, **nested["properties"]},
    }


def _object(key: str, value: Any) -> dict[str, Any]:
    return {"type": "object", "required": [key], "properties": {key: value}}


def _list_of(item: Any) -> dict[str, Any]:
    """One journey a file."""
    return {"type": "array", "minItems": 1, "maxItems": 1, "items": item}


def _close_names(value: Any) -> None:
    """Of a mapping whose keys are names of a pattern: no other key."""
    if isinstance(value, dict):
        if "patternProperties" in value:
            value["additionalProperties"] = False
        for below in value.values():
            _close_names(below)
    elif isinstance(value, list):
        for below in value:
            _close_names(below)
