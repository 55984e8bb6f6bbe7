"""What the summaries of earlier runs say: the measure of a usual day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sluice.activations.ledger.locks import FAST
from sluice.activations.ledger.rows import naive
from sluice.activations.ledger.tables import runs
from sluice.models.plan import ActivationPlan


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run that ended: its logical time (naive UTC), and what it planned, by activation."""

    as_of: datetime
    plans: dict[str, ActivationPlan]


def past_runs(engine: sa.Engine, as_of: datetime, limit: int = 30) -> list[PastRun]:
    """The latest runs that were not later than a logical time (aware UTC), the newest first."""
    query = sa.select(runs.c.as_of, runs.c.summary).where(
        runs.c.as_of <= naive(as_of), ~runs.c.run_id.startswith(FAST)
    )
    with engine.connect() as connection:
        rows = connection.execute(
            query.order_by(runs.c.as_of.desc(), runs.c.finished_at.desc()).limit(limit)
        ).all()
    return [PastRun(row.as_of, _plans(row.summary)) for row in rows]


def volumes(past: list[PastRun], activation: str) -> list[int]:
    """What earlier runs planned for an activation, the rest of plans that were cut off apart.

    Runs that had nothing due or were blocked are left out.
    """
    plans = [run.plans[activation] for run in past if activation in run.plans]
    return [plan.new for plan in plans if plan.new and not plan.is_blocked]


def last_passed(
    past: list[PastRun], activation: str, guardrails: tuple[str, ...]
) -> datetime | None:
    """The logical time of the latest run (naive UTC) in which these guardrails looked at the
    activation, and none stopped it.
    """
    for run in past:
        plan = run.plans.get(activation)
        seen = (
            [one.state for one in plan.guardrails if one.guardrail in guardrails]
            if plan is not None
            else []
        )
        if seen and "blocked" not in seen:
            return run.as_of
    return None


def _plans(summary: str) -> dict[str, ActivationPlan]:
    """None in a summary from before there were any."""
    plans = [
        ActivationPlan.model_validate(plan) for plan in json.loads(summary).get("activations", [])
    ]
    return {plan.activation: plan for plan in plans}
