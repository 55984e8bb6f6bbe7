"""What the checks of a day's data find."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.alerts.checks import NEVER_SENT
from sluice.orchestration.asset_pages import checks
from sluice.orchestration.asset_pages.checks import Check, run_checks
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import Settings

NOW = datetime(2026, 6, 30, 13, tzinfo=UTC)
ALL = (*checks.DECIDED, *checks.REPORTED)
TABLES = """
create schema segments; create schema contacts; create schema reports;
create table segments.segment_members as
    select 'big' as segment, n as contact_id, false as is_held_out, null::varchar as outranked_by
    from range(600) as r (n);
create table segments.segment_changes as
    select 'big' as segment, n as contact_id, 'exited' as change, timestamp '2026-06-30 13:00:00' as changed_at
    from range(1000, 1300) as r (n);
create table contacts.consent_issues as
    select 1 as row_key, 'stg_crm__consents' as stated_in, 'sms' as channel,
        'status_not_understood' as issue, true as is_holding;
create table reports.rpt_alert_checks as
    select rule, subject, 0.5 as measured, 0.1 as limit_value, 200 as counted, is_breached, 'marketing' as owner
    from (values ('open_rate'), ('bounce_rate'), ('complaint_rate'), ('follow_up_rate'), ('score_age'), ('source_age')) as r (rule)
    cross join (values ('news', true), ('small', null), ('other', false)) as s (subject, is_breached);
"""  # fmt: skip
QUIET = """
delete from segments.segment_changes; delete from contacts.consent_issues;
update reports.rpt_alert_checks set is_breached = false where is_breached;
"""


@pytest.fixture
def settings(home: Path) -> Settings:
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(TABLES)
    return Settings(home=home)


def found(settings: Settings) -> dict[str, bool]:
    asked = {(one.spec.asset_key, one.name) for one in ALL}
    return {
        str(one.check_name): one.passed for one in run_checks(settings, ALL, asked, NOW)
    }  # fmt: skip


def test_what_is_wrong_fails_its_check_with_a_next_step(settings: Settings) -> None:
    assert not any(found(settings).values())
    asked = {(one.spec.asset_key, one.name) for one in ALL}
    for result in run_checks(settings, ALL, asked, NOW):
        assert {"found", "next_step"} <= set(result.metadata or {})
    rates = next(one for one in ALL if one.name == "bounce_rate")
    assert subjects(settings, rates) == ["news"]


def test_each_rule_that_is_measured_in_the_warehouse_has_its_check() -> None:
    with (PACKAGE_PROJECT / "seeds" / "alert_rules.csv").open(encoding="utf-8") as file:
        rules = {row["rule"] for row in csv.DictReader(file)}
    assert {one.name for one in checks.REPORTED} == rules - {NEVER_SENT}


def test_a_quiet_day_passes(settings: Settings) -> None:
    with duckdb.connect(str(settings.home / "warehouse.duckdb")) as connection:
        connection.execute(QUIET)
    assert all(found(settings).values())


def test_a_check_of_what_was_not_built_did_not_pass(home: Path) -> None:
    duckdb.connect(str(home / "warehouse.duckdb")).close()
    assert not any(found(Settings(home=home)).values())


def subjects(settings: Settings, check: Check) -> list[str]:
    (result,) = run_checks(settings, [check], {(check.spec.asset_key, check.name)}, NOW)
    records = (result.metadata or {})["found"].records  # type: ignore[union-attr]
    return [str(one.data["subject"]) for one in records]
