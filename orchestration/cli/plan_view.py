"""How a plan is shown: what is due and why, what it costs, what the guardrails say, and a few rows
without anybody's address.
"""

from __future__ import annotations

from collections.abc import Iterable

from sluice.models.plan import ActivationPlan, GuardrailCheck
from sluice.models.run import JourneyEdit, RunSummary
from sluice.orchestration.cli.show import console, table

EDITS = {
    "version_removed": "its version is gone",
    "node_removed": "it is gone",
    "node_changed": "it changed",
}
OUTCOMES = {
    "stopped": "stopped: not moved, not mailed, until it is back",
    "stays": "stay, by what it says now",
    "moves_on": "move on in this run",
}


def show_plan(summary: RunSummary, is_plan: bool) -> None:
    """The tables of a plan, then what blocks; of a run only what blocks, with some of its rows, and
    what was approved.
    """
    if is_plan:
        _show_due(summary.activations)
        _show_reasons(summary.activations)
        _show_guardrails(summary.activations)
        _show_samples(summary.activations)
        _show_journey_edits(summary.journey_edits) if summary.journey_edits else None
    elif summary.blocked:
        _show_samples([plan for plan in summary.activations if plan.is_blocked])
    for check in summary.approved:
        console.print(
            f"[yellow]{check.activation}: {check.words}. Approved by {check.approved_by}:"
            f" {check.guardrail}[/yellow]"
        )
    for check in summary.blocked:
        console.print(
            f"[red]{check.activation} is blocked by {check.guardrail}: {check.words}[/red]\n  ->"
            f" {check.fix}"
        )


def duration(seconds: float) -> str:
    """A length of time in the unit a person would use."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:,.1f} {unit}"
    return f"{seconds:,.1f} s"


def _show_due(plans: Iterable[ActivationPlan]) -> None:
    rows = [
        (
            plan.destination,
            plan.activation,
            operation,
            count,
            f"{plan.cost:,.2f} {plan.currency}",
            duration(plan.expected_seconds),
        )
        for plan in plans
        for operation, count in plan.operations.items()
    ]
    columns = ["destination", "activation", "operation", "due", "cost in all", "time in all"]
    table("Due, by destination and operation", columns, sorted(rows))


def _show_reasons(plans: Iterable[ActivationPlan]) -> None:
    rows = [
        (plan.activation, decision, reason, count)
        for plan in plans
        for decision, reasons in plan.decisions.items()
        for reason, count in reasons.items()
    ]
    table("Messages, by decision and reason", ["campaign", "decision", "reason", "messages"], rows)


def _show_guardrails(plans: Iterable[ActivationPlan]) -> None:
    rows = [
        (check.activation, check.guardrail, _state(check), check.words)
        for plan in plans
        for check in plan.guardrails
    ]
    table("Guardrails", ["activation", "guardrail", "state", "figures"], rows, is_wrapped=True)


def _show_samples(plans: Iterable[ActivationPlan]) -> None:
    rows = [
        (
            plan.activation,
            *(str(row[name]) for name in ("delivery_id", "operation", "subject_id", "what")),
        )
        for plan in plans
        for row in plan.sample
    ]
    table(
        "A sample, addresses masked",
        ["activation", "id", "operation", "contact or key", "what"],
        rows,
        is_wrapped=True,
    )


def _show_journey_edits(edits: Iterable[JourneyEdit]) -> None:
    rows = [
        (
            f"{one.journey} v{one.version}",
            one.node,
            EDITS[one.edit],
            "; ".join(one.changes),
            one.contacts,
            OUTCOMES[one.outcome],
        )
        for one in edits
    ]
    columns = ["journey", "node", "edit", "what it said and says", "contacts", "what becomes"]
    table("Journeys edited with people inside", columns, rows, is_wrapped=True)


def _state(check: GuardrailCheck) -> str:
    return f"approved by {check.approved_by}" if check.state == "approved" else check.state
