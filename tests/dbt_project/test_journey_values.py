"""What a journey's message says of the event that let its reader in, and of the reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.models.journey import JourneyConfig
from sluice.models.journey_order import JourneyOrder
from tests.dbt_project.journey_project import CONTEXT, MESSAGE, JourneyProject
from tests.dbt_project.journey_runs import BARE
from tests.dbt_project.test_journeys import EVENING, naive

pytestmark = pytest.mark.slow
VALUES = {
    "order": {"event": "event_id"},
    "total": {"event": "amount"},
    "money": {"event": "currency"},
    "product": {"event": "product"},
    "carrier": {"event": 'carrier\'s "name"'},
    "plan": {"attribute": "plan"},
}
ORDERS: dict[str, Any] = {
    **BARE,
    "trigger": {"event": "order_placed"},
    "reentry": "each",
    "start": "thanks",
    "nodes": {
        "thanks": {"message": {**MESSAGE["message"], "context": {**CONTEXT, **VALUES}}},
    },
}
AT = naive(EVENING - timedelta(hours=1))


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Iterator[JourneyProject]:
    """A journey of orders, and three contacts."""
    made = JourneyProject(tmp_path / "project", home)
    made.add_contacts([1, 2, 3])
    made.write_journey("orders", **ORDERS)
    yield made
    made.ledger.engine.dispose()


def contexts(project: JourneyProject) -> list[tuple[int, dict[str, Any]]]:
    """(contact, what the message is filled with beside the constants)."""
    rows = project.query("select contact_id, context from activation.int_message_candidates")
    said = [(contact, json.loads(context)) for contact, context in rows]
    assert all({**one, **CONTEXT} == one for _, one in said)
    return sorted(
        ((who, {key: one[key] for key in one if key not in CONTEXT}) for who, one in said),
        key=str,
    )


def order(
    key: int, contact: int, number: str, amount: float | None, properties: str
) -> tuple[Any, ...]:
    """An event in the columns of the test's contact_events."""
    kept = (key, contact, "order_placed", False, AT, "tea", number, amount, "CNY")
    return (*kept, None, None, None, None, properties)


def test_each_message_names_its_own_event_and_no_other(project: JourneyProject) -> None:
    """Of two orders of one contact as of two contacts; what an event has not is missing, and so is
    all of it for who was let in by hand.
    """
    carrier = json.dumps({'carrier\'s "name"': "顺丰"})
    project.set_rows(
        "contact_events",
        [
            order(1, 1, "A-1", 129.5, carrier),
            order(2, 1, "A-2", 10, "{}"),
            order(3, 2, "A-3", None, carrier),
            (4, 2, "page_view", False, AT, "tea", "A-9", 1, "EUR"),
        ],
    )
    project.set_rows("contact_attributes", [(1, "plan", "pro"), (3, "city", "Berlin")])
    by_hand = JourneyOrder("start", "orders", 3)
    project.ledger.order_journeys([by_hand], "me", EVENING - timedelta(hours=1))
    project.run(EVENING)
    tea = {"product": "tea", "money": "CNY"}
    assert contexts(project) == [
        (1, {"carrier": "顺丰", **tea, "order": "A-1", "plan": "pro", "total": "129.50"}),
        (1, {**tea, "order": "A-2", "plan": "pro", "total": "10.00"}),
        (2, {"carrier": "顺丰", **tea, "order": "A-3"}),
        (3, {}),
    ]


@pytest.mark.parametrize(
    ("value", "trigger", "words"),
    [
        ({"event": "amount"}, {"by_hand": True}, "context.total: the trigger is no event"),
        ({"evnt": "amount"}, {"event": "x"}, "evnt"),
        ({"event": "a", "attribute": "b"}, {"event": "x"}, "event"),
        ({}, {"event": "x"}, "event"),
        (None, {"event": "x"}, "total"),
        ([1], {"event": "x"}, "total"),
    ],
)
def test_a_value_of_neither_kind_is_refused_by_its_place(
    value: object, trigger: dict[str, Any], words: str
) -> None:
    body = {**MESSAGE["message"], "context": {"total": value}}
    with pytest.raises(ValueError, match="total") as refused:
        JourneyConfig(**{**ORDERS, "trigger": trigger, "nodes": {"thanks": {"message": body}}})
    assert words in str(refused.value)
