"""What a journey names in conditions, triggers and actions: segments, scores, lifecycles, other
journeys, events and the columns of events there are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from sluice.activations.inbox.reading import OF_KIND, OF_WECHAT, TYPES
from sluice.models.journey import PREFIX
from sluice.orchestration.authoring.lint.conditions import event_columns
from sluice.orchestration.authoring.lint.jinja_rules import near
from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.yaml_lines import Yaml

Place = tuple[Any, ...]
Problem = tuple[Place, str]
LITERAL = re.compile(r"'([a-z][a-z0-9_]*)'")
# the argument of contact_event(), and the SQL in it: Jinja texts in double quotes
ARGUMENT = re.compile(r"\bevent_type\s*=\s*(.*?)(?=,\s*\w+\s*=|\)\s*\}\})", re.DOTALL)
SQL_TEXT = re.compile(r'"([^"]*)"')
OF_MESSAGES = "int_message_events"
OWN_EVENTS = "event_types"  # the var that names what a source takes from a column
PREFIXES = {
    "segment": "seg_",
    "scorecard": "scorecard_",
    "lifecycle": "stages_",
    "journey": PREFIX,
    "pool": "coupons_",
    "team": "owners_",
}
WORDS = {"in_segment": "segment", "score_at_least": "scorecard", "in_stage": "lifecycle"}
PLACES = {
    ("trigger", "segment"): "segment",
    ("trigger", "score"): "scorecard",
    ("trigger", "stage"): "lifecycle",
    ("points", "score"): "scorecard",
    ("action", "enter"): "journey",
    ("action", "leave"): "journey",
    ("action", "give_coupon"): "pool",
    ("action", "assign"): "team",
    ("assign", "team"): "team",
}


def name_problems(project: RawProject, meta: Yaml) -> Iterator[Problem]:
    """(path in the yml, what is wrong) of each name that a journey uses and nothing has."""
    events, columns = event_names(project), event_columns(project)
    for place, value in _named(meta, ()):
        key, kind = place[-1], WORDS.get(place[-1]) or PLACES.get(place[-2:])
        if kind is not None:
            yield from _unknown_model(project, place, kind, value)
        elif key == "performed" or place == ("trigger", "event"):
            yield from unknown_event(place, value, events)
        elif key == "where" and isinstance(value, dict) and columns:
            for name in value:
                if name not in columns:
                    text = f"contact_events has no column '{name}'{near(str(name), columns)}"
                    yield (*place, name), text


def event_names(project: RawProject) -> set[str]:
    """The event types that a source produces, as its model writes them; one that ends in ``_`` is
    the beginning of many. The project's own var ``event_types`` adds those taken from a column.
    """
    texts = [
        _said(project.text(path))
        for name, path in project.models.items()
        if name.startswith("stg_") and name.endswith("__events")
    ]
    of_messages = project.models.get(OF_MESSAGES)
    texts += [project.text(of_messages).partition("]")[0]] if of_messages is not None else []
    own = project.projects[-1].variables.get(OWN_EVENTS)
    found = {name for text in texts for name in LITERAL.findall(text)}
    of_inbox = {*TYPES.values(), *OF_KIND.values(), *OF_WECHAT}
    return found | of_inbox | {str(one) for one in own or ()}


def _said(text: str) -> str:
    """The SQL of the types in a model of events; all of a model that calls no contact_event()."""
    sql = [part for found in ARGUMENT.findall(text) for part in SQL_TEXT.findall(found)]
    return " ".join(sql) if "contact_event(" in text else text


def unknown_event(place: Place, value: Any, known: Collection[str]) -> Iterator[Problem]:
    """Why an event is none of the ``known``, in words."""
    starts = tuple(name for name in known if name.endswith("_"))
    if isinstance(value, str) and value not in known and not value.startswith(starts or ("\0",)):
        hint = near(value, known) or f"; one taken from a column stands in the var {OWN_EVENTS}"
        yield place, f"no source produces the event '{value}'{hint}"


def _unknown_model(project: RawProject, place: Place, kind: str, value: Any) -> Iterator[Problem]:
    name = value[0] if isinstance(value, list) and value else value
    found = [one for one in project.models if one.startswith(PREFIXES[kind])]
    known = {re.sub(r"__v\d+$", "", one.removeprefix(PREFIXES[kind])) for one in found}
    if isinstance(name, str) and name not in known:
        yield place, f"there is no {kind} '{name}', or it is off{near(name, sorted(known))}"


def _named(value: Yaml, place: Place) -> Iterator[tuple[Place, Any]]:
    """Every value below one by its path; not what a message's context holds."""
    for key, below in value.items.items():
        yield (*place, key), below.value
        if key != "context":
            yield from _named(below, (*place, key))
