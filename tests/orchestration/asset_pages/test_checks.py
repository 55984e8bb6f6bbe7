"""What the checks of a day's data find."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.asset_pages import checks
from sluice.orchestration.asset_pages.checks import Check, run_checks
from sluice.orchestration.installation.settings import Settings

NOW = datetime(2026, 6, 30, 13, tzinfo=UTC)
ALL = (*checks.DECIDED, *checks.REPORTED)
TABLES = """
create schema segments; create schema contacts; create schema scoring; create schema reports;
create table segments.segment_members as
    select 'big' as segment, n as contact_id, false as is_held_out, null::varchar as outranked_by
    from range(600) as r (n);
create table segments.segment_changes as
    select 'big' as segment, n as contact_id, 'exited' as change, timestamp '2026-06-30 13:00:00' as changed_at
    from range(1000, 1300) as r (n);
create table contacts.consent_issues as
    select 1 as row_key, 'stg_crm__consents' as stated_in, 'sms' as channel,
        'status_not_understood' as issue, true as is_holding;
create table scoring.score_changes as select timestamp '2026-06-25 13:00:00' as changed_at;
create table reports.rpt_message_funnel as select * from (values
    ('email', 'news', date '2026-06-20', 1000, 30, 970, 2),
    ('email', 'small', date '2026-06-20', 50, 30, 20, 2),
    ('email', 'old', date '2026-04-20', 1000, 300, 700, 2)
) as t (channel, campaign, planned_date, sent_count, bounced_count, delivered_count, complained_count);
"""  # fmt: skip
QUIET = """
delete from segments.segment_changes; delete from contacts.consent_issues;
update scoring.score_changes set changed_at = timestamp '2026-06-29 13:00:00';
update reports.rpt_message_funnel set bounced_count = 1, complained_count = 0;
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
    assert campaigns(settings, rates) == ["news"]


def test_a_quiet_day_passes(settings: Settings) -> None:
    with duckdb.connect(str(settings.home / "warehouse.duckdb")) as connection:
        connection.execute(QUIET)
    assert all(found(settings).values())


def test_a_check_of_what_was_not_built_did_not_pass(home: Path) -> None:
    duckdb.connect(str(home / "warehouse.duckdb")).close()
    assert not any(found(Settings(home=home)).values())


def campaigns(settings: Settings, check: Check) -> list[str]:
    (result,) = run_checks(settings, [check], {(check.spec.asset_key, check.name)}, NOW)
    records = (result.metadata or {})["found"].records  # type: ignore[union-attr]
    return [str(one.data["campaign"]) for one in records]
