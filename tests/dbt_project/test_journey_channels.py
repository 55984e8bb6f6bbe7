"""The channel of a contact: the one they prefer where it reaches them, and another one for whom a
message is never sent.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.ledger.suppressing import suppress
from tests.dbt_project.journey_project import MESSAGE, JourneyProject
from tests.dbt_project.journey_runs import BARE
from tests.dbt_project.test_journeys import DAY, EVENING, naive

pytestmark = pytest.mark.slow
JOURNEY: dict[str, Any] = {
    **BARE,
    "trigger": {"event": "signed_up"},
    "start": "how",
    "nodes": {
        "how": {
            "branch": [
                {
                    "when": {"all": [{"prefers": "sms"}, {"reachable_by": ["sms", "marketing"]}]},
                    "next": "preferred",
                },
                {"when": {"reachable_by": ["email", "marketing"]}, "next": "by_mail"},
                {"when": {"reachable_by": ["sms", "transactional"]}, "next": "noticed"},
            ],
            "else": "nothing",
        },
        "preferred": {"wait": "9 days"},
        "by_mail": {**MESSAGE, "on_suppressed": "instead", "next": "mailed"},
        "mailed": {"wait": "9 days"},
        "instead": {"wait": "8 days"},
        "noticed": {"wait": "9 days"},
        "nothing": {"wait": "9 days"},
    },
}
NODES = "select contact_id, node from journeys.journey_positions order by 1"


def test_the_first_channel_that_reaches_them_by_preference(tmp_path: Path, home: Path) -> None:
    """1 prefers SMS and may get one, 2 prefers it and may not, 3 has a phone alone, 4 nothing; 5 is
    reachable by mail, and the message is suppressed all the same: the address bounced.
    """
    project = JourneyProject(tmp_path / "project", home)
    mails = [(c, f"u{c}@shop.example") for c in (1, 2, 5)]
    people = [
        (c, mail, f"+861380000000{c}", None, None, "", "en", "CN", False) for c, mail in mails
    ]
    people += [(3, None, "+8613800000003", None, None, "", "en", "CN", False)]
    people += [(4, None, None, "union", "openid", "", "en", "CN", True)]
    project.set_rows("dim_contacts", people)
    granted = [(c, "email", "marketing", "granted") for c in (1, 2, 5)]
    project.set_rows(
        "contact_consents",
        [*granted, (1, "sms", "marketing", "granted"), (2, "sms", "marketing", "withdrawn")],
    )
    liked = [(1, 9, 11, True, "sms"), (2, 9, 11, True, "sms")]
    project.set_rows("contact_channels", liked)
    at = naive(EVENING - timedelta(hours=1))
    project.set_rows("contact_events", [(c, c, "signed_up", False, at) for c in range(1, 6)])
    project.write_journey("greeting", **JOURNEY)
    bounced = ("email", address_hash("email", "u5@shop.example"), "bounced", None)
    with project.ledger.engine.begin() as connection:
        suppress(connection, [bounced], EVENING - DAY)

    assert project.run(EVENING) == {2: "due", 5: "bounced"}
    assert project.query(NODES) == [
        (1, "preferred"),
        (2, "by_mail"),
        (3, "noticed"),
        (5, "by_mail"),
    ]
    project.run(EVENING + DAY)
    assert project.query(NODES) == [
        (1, "preferred"),
        (2, "mailed"),
        (3, "noticed"),
        (5, "instead"),
    ]
    why = "select reason from journeys.journey_transitions where to_node = 'instead'"
    assert project.query(why) == [("bounced",)]
    project.ledger.engine.dispose()
