"""Deals read back from the simulated CRMs: no version is missed and none landed twice, whatever
clocks and pages do.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.destinations.crm.fxiaoke.config import FxiaokeConfig
from sluice.activations.destinations.crm.hubspot.config import HubSpotConfig
from sluice.activations.destinations.crm.tryton.config import TrytonConfig
from sluice.activations.destinations.crm.xiaoshouyi.config import XiaoshouyiConfig
from sluice.activations.sandbox.records import Records
from sluice.activations.sandbox.server import Sandbox
from sluice.activations.sources.base import DealVersion, ReadError
from sluice.activations.sources.fxiaoke import FxiaokeDeals
from sluice.activations.sources.hubspot import HubSpotDeals
from sluice.activations.sources.registry import build_source
from sluice.activations.sources.tryton import TrytonDeals
from sluice.activations.sources.xiaoshouyi import XiaoshouyiDeals
from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.deals import land_deals, read_cursors, read_deals
from sluice.orchestration.warehouse.reader import open_warehouse
from tests.conftest import ROOT, dbt
from tests.orchestration.landing.crm_deals import KINDS, STAGES, VALUES

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
OVERLAP = timedelta(minutes=15)
OWNERS = {"hubspot": "501", "salesforce": "005A", "fxiaoke": "FSUID_A", "xiaoshouyi": "71"}
OWNERS["tryton"] = "4"
PAGED: dict[str, tuple[Any, Any]] = {
    "hubspot": (HubSpotDeals, HubSpotConfig),
    "fxiaoke": (FxiaokeDeals, FxiaokeConfig),
    "xiaoshouyi": (XiaoshouyiDeals, XiaoshouyiConfig),
    "tryton": (TrytonDeals, TrytonConfig),
}


def paged(sandbox: Sandbox, crm: str) -> Any:
    """The source, three deals a page."""
    source, config = PAGED[crm]
    return source(config(**sandbox.endpoints()[crm]), page=3)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, names=list(KINDS)) as sandbox:
        sandbox.clock.set(NOW)
        yield sandbox


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse.duckdb"


@pytest.fixture(params=list(KINDS))
def crm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def records(sandbox: Sandbox, crm: str) -> Records:
    found: Records = sandbox.servers[crm].vendor.records  # type: ignore[attr-defined]
    return found


def add(sandbox: Sandbox, crm: str, count: int = 1, **more: Any) -> list[str]:
    made = [
        records(sandbox, crm).create(KINDS[crm], None, {**VALUES[crm], **more})
        for _ in range(count)
    ]
    return made


def same_moment(sandbox: Sandbox, moment: datetime) -> None:
    sandbox.store.write("update records set updated_at = ?", (moment.isoformat(),))


def win(sandbox: Sandbox, crm: str, deal: str) -> None:
    found = records(sandbox, crm).get(KINDS[crm], deal)
    assert found is not None
    records(sandbox, crm).update(found, dict([STAGES[crm]]))


def land(sandbox: Sandbox, crm: str, warehouse: Path, overlap: timedelta = OVERLAP) -> int:
    source = build_source(crm, sandbox.endpoints())
    try:
        return land_deals(warehouse, crm, source, overlap=overlap, now=NOW)
    finally:
        source.close()


def rows(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(warehouse) as connection:
        return connection.execute(sql).fetchall()


def test_versions_are_appended_and_stages_replaced(
    sandbox: Sandbox, crm: str, warehouse: Path
) -> None:
    one, _ = add(sandbox, crm, 2)
    assert [land(sandbox, crm, warehouse), land(sandbox, crm, warehouse)] == [2, 0]
    sandbox.clock.set(NOW + timedelta(hours=1))
    win(sandbox, crm, one)
    assert [land(sandbox, crm, warehouse), land(sandbox, crm, warehouse)] == [1, 0]
    query = (
        f"select stage_id, owner_id, amount from crm_api.deals where deal_id = '{one}' order by"
        " updated_at"
    )
    name, won = STAGES[crm]
    owner, before = OWNERS[crm], str(VALUES[crm][name])
    assert rows(warehouse, query) == [(before, owner, 5.0), (str(won), owner, 5.0)]
    assert (str(won), True, True) in rows(
        warehouse, "select stage_id, is_closed, is_won from crm_api.stages"
    )
    assert len(rows(warehouse, "select 1 from crm_api.stages")) == len(
        set(rows(warehouse, "select stage_id from crm_api.stages"))
    )


@pytest.mark.parametrize("years", [-3, 3])
def test_cursor_is_a_time_of_the_vendor(
    sandbox: Sandbox, crm: str, warehouse: Path, years: int
) -> None:
    """A vendor's clock that is years off ours makes no gap and no second copy."""
    sandbox.clock.set(NOW + timedelta(days=365 * years))
    add(sandbox, crm)
    assert land(sandbox, crm, warehouse) == 1
    assert read_cursors(warehouse)[crm].year == NOW.year + years
    sandbox.clock.set(sandbox.clock.now() + timedelta(seconds=1))
    add(sandbox, crm)
    assert [land(sandbox, crm, warehouse), land(sandbox, crm, warehouse)] == [1, 0]


def test_what_the_vendor_shows_late_is_found_within_the_overlap(
    sandbox: Sandbox, crm: str, warehouse: Path
) -> None:
    add(sandbox, crm)
    land(sandbox, crm, warehouse)
    sandbox.clock.set(NOW - timedelta(minutes=10))
    add(sandbox, crm)
    assert land(sandbox, crm, warehouse, timedelta(minutes=5)) == 0
    assert land(sandbox, crm, warehouse) == 1
    assert read_cursors(warehouse)[crm] >= NOW.replace(tzinfo=None)  # it never goes back


@pytest.mark.parametrize("crm", PAGED)
@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_more_deals_of_one_moment_than_a_page_holds(
    sandbox: Sandbox, count: int, crm: str, warehouse: Path
) -> None:
    early, late = add(sandbox, crm, 2)
    add(sandbox, crm, count)
    same_moment(sandbox, NOW)
    for deal, days in ((early, -1), (late, 1)):
        moment = (NOW + timedelta(days=days)).isoformat()
        sandbox.store.write("update records set updated_at = ? where record_id = ?", (moment, deal))
    source = paged(sandbox, crm)
    assert land_deals(warehouse, crm, source, overlap=OVERLAP, now=NOW) == count + 2
    assert land_deals(warehouse, crm, source, overlap=timedelta(days=9), now=NOW) == 0


@pytest.mark.parametrize("crm", ["hubspot", "fxiaoke", "xiaoshouyi"])
def test_deal_that_changes_while_it_is_read(sandbox: Sandbox, crm: str, warehouse: Path) -> None:
    """It moves to the end of the search; the deals behind it move up, and none is skipped."""
    deals = add(sandbox, crm, 9)
    for number, deal in enumerate(deals):
        moment = (NOW + timedelta(minutes=number)).isoformat()
        sandbox.store.write("update records set updated_at = ? where record_id = ?", (moment, deal))
    source = paged(sandbox, crm)
    sandbox.clock.set(NOW + timedelta(hours=1))
    seen: list[Sequence[DealVersion]] = []
    for page in source.deals(None):
        if not seen:
            win(sandbox, crm, deals[0])
        seen.append(page)
    versions = [one for page in seen for one in page]
    assert {one.deal_id for one in versions} == set(deals)
    assert [one.stage_id for one in versions if one.deal_id == deals[0]] == [
        str(VALUES[crm][STAGES[crm][0]]),
        str(STAGES[crm][1]),
    ]


def test_many_pages_of_salesforce(sandbox: Sandbox, warehouse: Path) -> None:
    add(sandbox, "salesforce", 2_005)
    assert land(sandbox, "salesforce", warehouse) == 2_005
    assert rows(warehouse, "select count(distinct deal_id) from crm_api.deals") == [(2_005,)]


def test_deleted_opportunity_is_a_version(sandbox: Sandbox, warehouse: Path) -> None:
    (deal,) = add(sandbox, "salesforce")
    land(sandbox, "salesforce", warehouse)
    sandbox.clock.set(NOW + timedelta(hours=1))
    records(sandbox, "salesforce").remove("Opportunity", deal)
    assert land(sandbox, "salesforce", warehouse) == 1
    assert rows(warehouse, "select is_deleted from crm_api.deals order by updated_at") == [
        (False,),
        (True,),
    ]


@pytest.mark.parametrize("crm", ["hubspot", "salesforce"])
def test_deal_has_our_key_of_its_contact(sandbox: Sandbox, crm: str, warehouse: Path) -> None:
    if crm == "hubspot":
        contact, _ = sandbox.store.upsert_contact(
            "sluice_contact_id", "77", {"sluice_contact_id": "77"}
        )
        add(sandbox, crm, contacts=[contact])
    else:
        contact_id = records(sandbox, crm).create(
            "Contact", "77", {"Sluice_Contact_Id__c": "77", "LastName": "王"}
        )
        add(sandbox, crm, ContactId=contact_id)
    land(sandbox, crm, warehouse)
    assert rows(warehouse, "select contact_key from crm_api.deals") == [("77",)]


@pytest.mark.parametrize(
    ("crm", "contacts", "key"),
    [("fxiaoke", "ContactObj", "sluice_key__c"), ("xiaoshouyi", "contact", "sluiceKey__c")],
)
def test_deal_has_our_key_of_the_contact_that_the_settings_name(
    sandbox: Sandbox, crm: str, contacts: str, key: str, warehouse: Path
) -> None:
    contact = records(sandbox, crm).create(contacts, None, {key: "77"})
    add(sandbox, crm, contact__c=contact)
    add(sandbox, crm)
    made, config = PAGED[crm]
    named: dict[str, Any] = {"deal_fields": {"contact": "contact__c"}}
    named["objects"] = {"contacts": contacts}
    source = made(config(**sandbox.endpoints()[crm], **named))
    assert land_deals(warehouse, crm, source, overlap=OVERLAP, now=NOW) == 2
    found = rows(
        warehouse, "select contact_key, name, amount from crm_api.deals order by 1 nulls last"
    )
    assert found == [("77", "设备", 5.0), (None, "设备", 5.0)]


@pytest.mark.parametrize("crm", ["fxiaoke", "xiaoshouyi"])
def test_a_field_that_a_tenant_has_not_is_left_out_but_not_the_stage(
    sandbox: Sandbox, crm: str, warehouse: Path
) -> None:
    add(sandbox, crm)
    made, config = PAGED[crm]
    known = sandbox.endpoints()[crm]
    source = made(config(**known, deal_fields={"amount": ""}))
    assert land_deals(warehouse, crm, source, overlap=OVERLAP, now=NOW) == 1
    assert rows(warehouse, "select name, amount from crm_api.deals") == [("设备", None)]
    with pytest.raises(ConfigurationError, match=r"DEAL_FIELDS.*stage is always read"):
        config(**known, deal_fields={"stage": ""})


def test_opportunity_of_tryton_has_the_code_of_its_party(sandbox: Sandbox, warehouse: Path) -> None:
    party = records(sandbox, "tryton").create("party.party", "77", {"code": "77", "name": "王"})
    add(sandbox, "tryton", party=int(party))
    land(sandbox, "tryton", warehouse)
    found = rows(warehouse, "select contact_key, currency, amount from crm_api.deals")
    assert found == [("77", "EUR", 5.0)]


def test_opportunity_of_tryton_that_changes_while_it_is_read_comes_with_the_next_reading(
    sandbox: Sandbox, warehouse: Path
) -> None:
    """Changed and new ones are two searches, and that of the changed ones may have ended."""
    deals = add(sandbox, "tryton", 7)
    source = paged(sandbox, "tryton")
    pages = source.deals(None)
    next(pages)
    sandbox.clock.set(NOW + timedelta(minutes=1))
    win(sandbox, "tryton", deals[0])
    list(pages)
    found = [one for page in source.deals(NOW - OVERLAP) for one in page]
    assert ("won", deals[0]) in {(one.stage_id, one.deal_id) for one in found}


def test_changed_and_new_opportunities_of_tryton_come_in_one_order(
    sandbox: Sandbox, warehouse: Path
) -> None:
    deals = add(sandbox, "tryton", 8)
    for number, deal in enumerate(deals):
        sandbox.clock.set(NOW + timedelta(minutes=number))
        found = records(sandbox, "tryton").get("sale.opportunity", deal)
        assert found is not None
        records(sandbox, "tryton").update(found, {"state": "lead" if number % 2 else "won"})
    pages = list(paged(sandbox, "tryton").deals(None))
    assert [one.deal_id for page in pages for one in page] == deals
    assert [len(page) for page in pages] == [3, 3, 2]


@pytest.mark.parametrize("crm", ["fxiaoke", "xiaoshouyi", "tryton"])
def test_answer_that_is_no_list_of_deals_is_no_end_of_them(
    sandbox: Sandbox, crm: str, warehouse: Path
) -> None:
    add(sandbox, crm)
    sandbox.faults.http.append("invalid_json")
    with pytest.raises(ReadError):
        land(sandbox, crm, warehouse)


def test_reading_that_breaks_off_goes_on_from_there(sandbox: Sandbox, warehouse: Path) -> None:
    deals = add(sandbox, "hubspot", 6)
    for number, deal in enumerate(deals):
        moment = (NOW + timedelta(hours=number)).isoformat()
        sandbox.store.write("update records set updated_at = ? where record_id = ?", (moment, deal))
    source = HubSpotDeals(HubSpotConfig(**sandbox.endpoints()["hubspot"]), page=3)
    sandbox.faults.http_at["/crm/v3/objects/deals/search"] = deque([None, "500"])  # type: ignore[list-item]
    with pytest.raises(ReadError, match="http_500"):
        land_deals(warehouse, "hubspot", source, overlap=timedelta(0), now=NOW)
    assert len(rows(warehouse, "select 1 from crm_api.deals")) == 3
    assert land_deals(warehouse, "hubspot", source, overlap=timedelta(0), now=NOW) == 3


@pytest.mark.parametrize("fault", ["500", "429", "401", "drop", "invalid_json"])
def test_crm_that_cannot_be_read_stops_nothing(
    sandbox: Sandbox, home: Path, fault: Any, capsys: Any
) -> None:
    (home / "sandbox.json").write_text(
        json.dumps({"pid": os.getpid(), "endpoints": sandbox.endpoints()})
    )
    add(sandbox, "salesforce")
    sandbox.faults.http_at["/crm/v3/pipelines/deals"] = deque([fault])
    settings = Settings(home=home, crm_reads={"hubspot", "salesforce"})
    assert read_deals(settings, NOW) == {"salesforce": 1}
    assert read_deals(settings, NOW) == {"hubspot": 0, "salesforce": 0}


def test_unknown_crm_names_the_setting(home: Path) -> None:
    with pytest.raises(ConfigurationError, match="SLUICE_CRM_READS"):
        read_deals(Settings(home=home, crm_reads={"siebel"}), NOW)


def test_no_crm_is_read_unless_it_is_asked_for(home: Path) -> None:
    assert read_deals(Settings(home=home), NOW) == {}
    assert rows(home / "warehouse.duckdb", "select count(*) from crm_api.deals") == [(0,)]


def test_models_tell_what_changed(sandbox: Sandbox, home: Path) -> None:
    for crm in KINDS:
        (deal,) = add(sandbox, crm)
        land(sandbox, crm, home / "warehouse.duckdb")
        sandbox.clock.set(NOW + timedelta(minutes=20))
        win(sandbox, crm, deal)
        land(sandbox, crm, home / "warehouse.duckdb")
        sandbox.clock.set(NOW)
    variables = json.dumps({"sources": ["crm", "crm_api"], "as_of": "2026-06-29 14:00:00"})
    done = dbt(
        "build",
        "--select",
        "+deal_changes",
        "--vars",
        variables,
        project=ROOT / "dbt_project",
        home=home,
    )
    assert done.code == 0, done.stdout[-2000:]
    found = rows(
        home / "warehouse.duckdb",
        "select crm, to_stage, is_won from contacts.deal_changes order by crm, version",
    )
    assert found == [
        ("fxiaoke", "验证客户", False),
        ("fxiaoke", "赢单", True),
        ("hubspot", "Appointment", False),
        ("hubspot", "Won", True),
        ("salesforce", "初步接洽", False),
        ("salesforce", "成交", True),
        ("tryton", "Lead", False),
        ("tryton", "Won", True),
        ("xiaoshouyi", "初步接洽", False),
        ("xiaoshouyi", "赢单", True),
    ]
