"""`sluice forget` of somebody whom no run has landed: the ledger and the inbox are searched all the
same. In a home that has no warehouse yet, what is said is said of the warehouse.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.inbox.events import Event
from sluice.models.delivery import Outcome
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.inbox import open_inbox
from sluice.orchestration.rights.forget import forget
from sluice.orchestration.runs.state import open_ledger
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.activations.destinations.test_conformance import message
from tests.activations.ledger.ledger_steps import claim_items, settle

NEWS = ("message", "news", "smtp")
AT = datetime(2026, 6, 29, tzinfo=UTC)


@pytest.fixture
def settings(home: Path) -> Settings:
    made = Settings(home=home)
    assert not made.warehouse.exists()
    return made


def test_what_the_ledger_and_the_inbox_hold_is_erased(settings: Settings) -> None:
    ledger = open_ledger(settings)
    sent = replace(message(1, "ann@b.cn"), address_hash=address_hash("email", "ann@b.cn"))
    settle(ledger, claim_items(ledger, [sent], activation=NEWS), Outcome.ACCEPTED)
    with open_inbox(settings) as inbox:
        body = {"type": "identify", "traits": {"email": "ann@b.cn"}}
        inbox.keep([Event("web", "identify", "k1", AT, body)], AT)
    (report,) = forget(settings, "Ann@b.cn", [])
    assert report.counts["ledger"]["deliveries"] == 1
    assert report.counts["inbox"] == {"inbox_events": 1}
    assert report.found_after == []
    assert forget(settings, "ann@b.cn", [])[0].erasure_id == report.erasure_id


def test_whom_no_run_has_landed_yet_is_found_in_the_inbox(settings: Settings) -> None:
    with open_warehouse(settings.warehouse, read_only=False) as session:
        session.execute("create schema raw")
    body = {"type": "identify", "traits": {"email": "ann@b.cn"}}
    with open_inbox(settings) as inbox:
        inbox.keep([Event("web", "identify", "k1", AT, body)], AT)
    (report,) = forget(settings, "Ann@b.cn", [])
    assert report.counts == {"inbox": {"inbox_events": 1}}
    assert forget(settings, "ann@b.cn", [])[0].erasure_id == report.erasure_id
    with pytest.raises(ConfigurationError, match="nobody is known by this key"):
        forget(settings, "ben@b.cn", [])


@pytest.mark.parametrize("key", ["nobody@b.cn", "+8613800000009", "crm:C1"])
def test_of_whom_nothing_is_held_it_says_that_there_is_no_warehouse(
    settings: Settings, key: str
) -> None:
    with pytest.raises(ConfigurationError, match="there is no warehouse yet") as raised:
        forget(settings, key, [])
    assert key not in str(raised.value)
    assert open_ledger(settings).erasures("begun") == []
