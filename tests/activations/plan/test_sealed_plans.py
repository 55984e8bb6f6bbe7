"""A plan on file: what may be in it, what shows that it was changed, and how it differs from what
is due.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sluice.activations.plan.sealed import differences, mask, payload_hash, read_plan, seal
from sluice.models.errors import ConfigurationError
from sluice.models.plan import PlannedActivation, SavedPlan

KEY = b"k" * 32
NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
Operations = list[tuple[int, str, str]]


def planned(operations: Operations, config: str = "c") -> dict[str, PlannedActivation]:
    return {
        "crm": PlannedActivation(
            activation="crm", kind="sync", config_hash=config, operations=operations
        )
    }


def plan(operations: Operations) -> SavedPlan:
    destinations = {"hubspot": list(planned(operations).values())}
    return seal(
        SavedPlan(
            run_id="r",
            made_at=NOW,
            as_of=NOW,
            is_as_of_given=False,
            mode="sandbox",
            inputs={},
            destinations=destinations,
        ),
        KEY,
    )


BEFORE: Operations = [(1, "entered", "a"), (2, "changed", "b")]
MOVES: dict[str, tuple[dict[str, PlannedActivation], str]] = {
    "one came": (planned([*BEFORE, (3, "entered", "c")]), "crm: 1 added, 0 removed, 0 changed"),
    "one went": (planned(BEFORE[:1]), "crm: 0 added, 1 removed, 0 changed"),
    "another payload": (
        planned([(1, "entered", "x"), BEFORE[1]]),
        "crm: 0 added, 0 removed, 1 changed",
    ),
    "another operation": (
        planned([(1, "exited", "a"), BEFORE[1]]),
        "crm: 1 added, 1 removed, 0 changed",
    ),
    "another mapping": (
        planned(BEFORE, "d"),
        "crm: 0 added, 0 removed, 0 changed, and its yml or template changed",
    ),
    "no such sync any more": ({}, "crm: 0 added, 2 removed, 0 changed"),
}


@pytest.mark.parametrize("case", MOVES)
def test_what_moved_is_counted(case: str) -> None:
    now, words = MOVES[case]
    assert [one.describe() for one in differences(planned(BEFORE), now)] == [words]


def test_what_did_not_move_is_no_difference_in_any_order() -> None:
    assert differences(planned(BEFORE), planned(BEFORE[::-1])) == []
    assert differences(planned([]), planned([], "another yml, and nothing due")) == []


def test_a_plan_comes_back_as_it_was_written() -> None:
    written = plan(BEFORE)
    assert read_plan(written.model_dump_json(), KEY).model_dump_json() == written.model_dump_json()


def edited(change: dict[str, Any]) -> str:
    return json.dumps({**json.loads(plan(BEFORE).model_dump_json()), **change})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("not json", "not a plan", id="no JSON"),
        pytest.param("{}", "not a plan", id="another JSON"),
        pytest.param(edited({"version": 99}), "version 99", id="of a later version"),
        pytest.param(
            edited({"version": 1}), "version 1", id="of the version whose seal had no key"
        ),
        pytest.param(edited({"destinations": {}}), "was changed", id="operations taken out"),
        pytest.param(edited({"mode": "live"}), "was changed", id="another mode"),
    ],
)
def test_a_plan_that_was_edited_is_refused(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as refused:
        read_plan(text, KEY)
    assert "sluice plan --out" in refused.value.fix


def test_a_plan_that_was_edited_and_sealed_again_is_refused() -> None:
    """As anybody can who knows how it is done, and not the key."""
    changed = plan(BEFORE[:1]).model_copy(update={"plan_id": ""})
    unkeyed = hashlib.sha256(changed.model_dump_json().encode()).hexdigest()
    for sealed in (
        changed.model_copy(update={"plan_id": unkeyed}),
        seal(changed, b""),
        seal(changed, b"x" * 32),
    ):
        with pytest.raises(ConfigurationError, match="was changed after it was written"):
            read_plan(sealed.model_dump_json(), KEY)


def test_a_payload_hash_changes_with_any_value_and_with_the_key() -> None:
    row = {"message_id": 1, "address": "li@shop.cn", "at": NOW}
    hashes = {
        payload_hash(row, b"k"),
        payload_hash({**row, "address": "wu@shop.cn"}, b"k"),
        payload_hash(row, b"another"),
    }
    assert len(hashes) == 3
    assert payload_hash(dict(reversed(row.items())), b"k") in hashes


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("li.lei@shop.com.cn", "l***@***.cn"),
        ("+8613800138042", "***42"),
        ("oLVPpjqs9BhvzwPj5A", "***5A"),
        (None, ""),
    ],
)
def test_an_address_is_masked(address: str | None, shown: str) -> None:
    assert mask(address) == shown
