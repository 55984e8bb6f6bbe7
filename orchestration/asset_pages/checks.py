"""Checks of a day's data that a marketer looks at, besides dbt's tests: they warn, and stop
nothing. What stops a campaign or sync are its guardrails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from sluice.models.config import GuardrailConfig
from sluice.orchestration.alerts.words import RULES
from sluice.orchestration.asset_pages.tables import table
from sluice.orchestration.authoring.segments.catalog import CHANGES, SIZES
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import Session, WarehouseError
from sluice.orchestration.warehouse.reader import open_warehouse

HOLDING = """
select stated_in, channel, issue, count(distinct row_key) as statements
from contacts.consent_issues
where is_holding
group by stated_in, channel, issue
order by statements desc, stated_in, channel, issue
"""
ALERTS = """
select subject, measured, limit_value, counted, owner
from reports.rpt_alert_checks
where rule = $1 and is_breached
order by subject
"""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Check:
    """A check of an asset; ``find``: the rows that are wrong, as of a moment (naive UTC)."""

    asset: tuple[str, str]
    name: str
    description: str
    fix: str
    find: Callable[[Session, datetime], Rows]

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """As Dagster declares it."""
        return dg.AssetCheckSpec(
            self.name, asset=dg.AssetKey(list(self.asset)), description=self.description
        )


def jumps(session: Session, now: datetime) -> Rows:
    """Segments of which more came or went in this run than a guardrail lets pass."""
    limits = GuardrailConfig()
    sizes = {row["segment"]: row["members"] for row in session.execute(SIZES).records()}
    found = []
    for row in session.execute(CHANGES).records():
        size = sizes.get(row["segment"], 0)
        before = size - row["entered"] + row["exited"]
        if row["changed_at"] != now or before < limits.share_minimum:
            continue
        came, went = row["entered"] / before, row["exited"] / before
        if came > (limits.share_entering or 1) or went > (limits.share_exiting or 1):
            found.append({**row, "before": before, "size": size})
    return found


def held_by_consent(session: Session, _: datetime) -> Rows:
    """Statements of consent that cannot be read: nothing is sent to their people meanwhile."""
    return session.execute(HOLDING).records()


def breached(rule: str) -> Callable[[Session, datetime], Rows]:
    """What is beyond the limit of a rule of alerts, by the rows that alerts are opened by."""
    return lambda session, _: session.execute(ALERTS, [rule]).records()


DECIDED: tuple[Check, ...] = (
    Check(
        ("segments", "segment_members"),
        "volume",
        "No segment of 500 or more gained or lost 30 % in one run. 分群规模无突变",
        "look at the segment's SQL and its sources before anything goes out to it",
        jumps,
    ),
    Check(
        ("contacts", "contact_consents"),
        "consent",
        "Every statement of consent is understood. 授权同意均可识别",
        "see docs/consent.md: map the word in seeds/consent_words.csv, or correct the source",
        held_by_consent,
    ),
)
# the rules of seeds/alert_rules.csv, which has their limits: what is checked here is what opens an
# alert
LIMITED = {
    "open_rate": "Campaigns are opened as often as the rule of alerts asks. 打开率未低于告警阈值",
    "bounce_rate": "Campaigns bounce less than the rule of alerts allows. 退信率未超过告警阈值",
    "complaint_rate": "Complaints are fewer than the rule of alerts allows. 投诉率未超过告警阈值",
    "follow_up_rate": "Leads are followed up as the rule of alerts asks. 线索跟进率未低于告警阈值",
    "score_age": "Scores changed within the days of the rule of alerts. 评分更新未超过告警阈值",
    "source_age": "Sources landed within the days of the rule of alerts. 数据更新未超过告警阈值",
}
REPORTED: tuple[Check, ...] = tuple(
    Check(
        ("reports", "rpt_alert_checks"),
        rule,
        words,
        RULES[rule]["en"][1].format(subject="NAME"),
        breached(rule),
    )
    for rule, words in LIMITED.items()
)


def run_checks(
    settings: Settings,
    checks: Sequence[Check],
    asked: Set[tuple[dg.AssetKey, str]],
    as_of: datetime,
) -> Iterator[dg.AssetCheckResult]:
    """The results of those that were asked for. What cannot be read did not pass."""
    now = as_of.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    wanted = [one for one in checks if (one.spec.asset_key, one.name) in asked]
    if not wanted:
        return
    with open_warehouse(settings.warehouse) as session:
        results = [_run(one, session, now) for one in wanted]
    yield from results


def _run(check: Check, session: Session, now: datetime) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {}
    try:
        rows = check.find(session, now)
        is_passed = not rows
        if shown := table(rows):
            metadata = {"found": shown, "next_step": check.fix}
    except WarehouseError:  # its text may name values
        is_passed = False
        metadata = {"message": "not run: what it looks at was not built"}
    return dg.AssetCheckResult(
        asset_key=check.spec.asset_key,
        check_name=check.name,
        passed=is_passed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )
