"""Checks of a day's data that a marketer looks at, besides dbt's tests: they warn, and stop
nothing. What stops a campaign or sync are its guardrails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from sluice.models.config import GuardrailConfig
from sluice.orchestration.asset_pages.tables import table
from sluice.orchestration.authoring.segments.catalog import CHANGES, SIZES
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import Session, WarehouseError
from sluice.orchestration.warehouse.reader import open_warehouse

SCORE_DAYS, RATE_DAYS, LEAST_SENT = 3, 30, 100
MOST_BOUNCES, MOST_COMPLAINTS = 0.02, 0.001  # shares
HOLDING = """
select stated_in, channel, issue, count(distinct row_key) as statements
from contacts.consent_issues
where is_holding
group by stated_in, channel, issue
order by statements desc, stated_in, channel, issue
"""
LAST_SCORES = "select max(changed_at) as changed_at from scoring.score_changes"
RATES = """
select
    channel, campaign, cast(sum(sent_count) as bigint) as sent,
    cast(sum(bounced_count) as bigint) as bounced,
    cast(sum(delivered_count) as bigint) as delivered,
    cast(sum(complained_count) as bigint) as complained
from reports.rpt_message_funnel
where planned_date > $1
group by channel, campaign
having sum(sent_count) > 0
order by channel, campaign
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


def old_scores(session: Session, now: datetime) -> Rows:
    """The last change of any score, where it is too old."""
    last = session.execute(LAST_SCORES).rows[0][0]
    is_old = last is not None and now - last > timedelta(days=SCORE_DAYS)
    return [{"last_change": last, "days": (now - last).days}] if is_old else []


def rates(counted: str, of: str, limit: float) -> Callable[[Session, datetime], Rows]:
    """Campaigns of which a share is over a limit, of RATE_DAYS days and LEAST_SENT messages."""

    def find(session: Session, now: datetime) -> Rows:
        rows = session.execute(RATES, [(now - timedelta(days=RATE_DAYS)).date()]).records()
        return [
            {**row, "rate": round(row[counted] / row[of], 5), "limit": limit}
            for row in rows
            if (row[of] or 0) >= LEAST_SENT and (row[counted] or 0) > row[of] * limit
        ]

    return find


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
    Check(
        ("scoring", "contact_scores"),
        "updated",
        f"A score changed within {SCORE_DAYS} days. 评分在 {SCORE_DAYS} 天内有更新",
        "see whether events are still landed: `sluice doctor`, and the freshness of sources",
        old_scores,
    ),
)
REPORTED: tuple[Check, ...] = (
    Check(
        ("reports", "rpt_message_funnel"),
        "bounce_rate",
        f"Fewer than {MOST_BOUNCES:.0%} of a campaign's messages bounced in {RATE_DAYS} days."
        " 退信率不超过 2%",
        "pause the campaign with `sluice pause`, and clean the addresses of its source",
        rates("bounced", "sent", MOST_BOUNCES),
    ),
    Check(
        ("reports", "rpt_message_funnel"),
        "complaint_rate",
        f"Fewer than {MOST_COMPLAINTS:.1%} of those who got it complained in {RATE_DAYS} days."
        " 投诉率不超过 0.1%",
        "pause the campaign with `sluice pause`, and look at whom it goes to and why",
        rates("complained", "delivered", MOST_COMPLAINTS),
    ),
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
