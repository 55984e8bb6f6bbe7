"""A person is erased where warehouse, ledger and inbox are in Postgres: no value of theirs is left
in a dump of the database or in the home, they stay out when they come again, and nobody else is
touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.orchestration.rights.company_on_postgres import (
    ANNA,
    KEY,
    QUIRINA,
    VALUES,
    Company,
)
from tests.orchestration.rights.planted import found_in
from tests.orchestration.warehouse.conftest import postgres
from tests.postgres import Server

__all__ = ["postgres"]
pytestmark = [pytest.mark.warehouses, pytest.mark.slow, pytest.mark.long]
OF_ANNA = {
    "her contact": "select full_name, email from sluice_contacts.dim_contacts where email = '{0}'",
    "her records": "select source, record_id, email, unionid from sluice_identity.int_contact_records"
    " join sluice_identity.identity_map using (source, record_id) where contact_id = {1} order by 1, 2",
    "her events": "select event_type, subject, properties from sluice_contacts.contact_events"
    " where contact_id = {1} order by event_key",
    "her consents": "select channel, status from sluice_contacts.contact_consents"
    " where contact_id = {1} order by 1, 2",
    "her row": "select * from sluice_raw.shop_customers where customer_no = 'K-1'",
    "her orders": "select * from sluice_raw.shop_orders where customer_no = 'K-1' order by order_no",
    "her visits": "select event_key, properties from sluice_inbox.events"
    " where anonymous_id = 'ck_of_anna_12345' or record_id = 'oA_of_anna_berg_12345' order by 1",
    "what she sent": "select event_key, body from inbox_events where body like '%anna%' order by 1",
    "her message": "select delivery_id, state from deliveries where subject_id = {1} order by 1",
}


@dataclass
class Story:
    """Before the erasure, after it, and after she came again and another run."""

    company: Company
    contact: int = 0
    dumped: dict[str, list[str]] = field(default_factory=dict)
    found: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    of_anna: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)
    again: dict[str, Any] = field(default_factory=dict)

    def note(self, when: str) -> None:
        """What there is now."""
        self.dumped[when] = self.company.dumped()
        self.found[when] = found_in(self.company.home, VALUES)
        self.of_anna[when] = {
            what: self.company.query(sql.format(ANNA.traits["email"], self.contact))
            for what, sql in OF_ANNA.items()
        }


@pytest.fixture(scope="module")
def story(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Story:
    company = Company(postgres, tmp_path_factory.mktemp("forget"))
    company.home.mkdir()
    company.keep(QUIRINA)
    company.keep(ANNA)
    company.run()
    story = Story(company)
    ((story.contact,),) = company.query(
        f"select contact_id from sluice_contacts.dim_contacts where email = '{ANNA.traits['email']}'"
    )
    story.note("before")
    done = company.sluice("forget", KEY, "--json")
    assert done.code == 0, done.stdout + done.stderr
    (story.report,) = done.json
    story.note("after")
    company.land_again()
    company.keep(QUIRINA)
    story.again = company.run().json
    story.note("again")
    return story


def test_the_database_held_every_value_before(story: Story) -> None:
    assert story.dumped["before"] == list(VALUES)
    assert {name for _, name in story.found["before"]} >= {"email", "name"}


def test_no_value_is_left_in_the_database_or_the_home(story: Story) -> None:
    assert story.dumped["after"] == []
    assert story.found["after"] == []
    assert story.report["found_after"] == []


def test_who_comes_again_from_every_source_stays_out(story: Story) -> None:
    assert story.dumped["again"] == []
    assert story.found["again"] == []
    assert story.again["messages"]["sent"] == 0
    assert story.company.sluice("contact", KEY).code == 2
    kept_out = "select table_name, row_count from sluice_landing.kept_out order by 1"
    assert story.company.query(kept_out) == [
        ("shop_customers", 1),
        ("shop_orders", 1),
        ("wechat_followers", 1),
    ]


@pytest.mark.parametrize("what", OF_ANNA)
def test_another_customer_is_untouched(story: Story, what: str) -> None:
    assert story.of_anna["before"][what] != []
    assert story.of_anna["after"][what] == story.of_anna["before"][what]
    assert story.of_anna["again"][what] == story.of_anna["before"][what]
