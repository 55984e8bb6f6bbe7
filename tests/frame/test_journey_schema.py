"""The schema of a journey for editors takes what a run takes, and refuses what it can see."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from docs.generate.pages import DOCS
from tests.orchestration.authoring.lint.test_journey_rules import FAULTS, SOUND

SCHEMA: Any = json.loads((DOCS / "journey.schema.json").read_text(encoding="utf-8"))
# what needs the graph, the project, the calendar or a sum; and what is no YAML
UNSEEN = {
    *("a node nothing leads to", "a node there is none of", "a start there is none of", "a loop"),
    *("shares that make 90", "a time zone there is none of", "a wait of a century"),
    *("an event no source produces", "an awaited event no source produces"),
    *("a goal no source produces", "a column events lack", "a column of the trigger events lack"),
    *("a scorecard there is none of", "a score there is none of", "a lifecycle there is none of"),
    *("a segment there is none of", "a triggering segment there is none of"),
    *("a template there is none of", "a destination there is none of"),
    *("a destination of another channel", "a text for SMS there is none of"),
    *("a destination for something else", "an event in a joined goal", "an event in the entry"),
    *("two nodes of one name", "a bracket left open", "a way for both"),
}


def errors(text: str) -> list[str]:
    """What the schema says of a yml; dates as YAML has them are texts for an editor."""
    loaded = json.loads(json.dumps(yaml.safe_load(text), default=str))
    validator = jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return [error.message for error in validator.iter_errors(loaded)]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_sound_journey_passes() -> None:
    assert errors(SOUND) == []


def test_the_journey_of_the_guide_passes() -> None:
    guide = (DOCS / "journeys.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in guide.split("```yaml\n")[1:]]
    journeys = [block for block in blocks if "steps_welcome" in block]
    assert len(journeys) >= 1
    assert [errors(one) for one in journeys] == [[] for _ in journeys]


@pytest.mark.parametrize("case", sorted(set(FAULTS) - UNSEEN))
def test_a_fault_that_an_editor_sees(case: str) -> None:
    old, new, *_ = FAULTS[case]
    assert errors(SOUND.replace(old, new, 1)) != []


@pytest.mark.parametrize("case", sorted(UNSEEN - {"a bracket left open"}))
def test_what_only_lint_sees(case: str) -> None:
    """So that a case the schema learns to see is taken out of the list."""
    old, new, *_ = FAULTS[case]
    assert errors(SOUND.replace(old, new, 1)) == []


def test_two_journeys_in_one_file_are_refused() -> None:
    assert errors(SOUND + SOUND.removeprefix("models:\n")) != []
