"""``sluice approve`` and ``sluice approvals``: who let what go out, and why."""

from __future__ import annotations

import json as json_module
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

What = Annotated[
    str,
    typer.Argument(
        metavar="NAME[:GUARDRAIL]",
        help="A campaign above its size; with a guardrail, what it would stop.",
        show_default=False,
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why it may go out all the same.")]
Size = Annotated[
    int | None,
    typer.Option(
        "--size", min=0, help="Up to so many messages or operations. Default: any number."
    ),
]
Hours = Annotated[
    float | None,
    typer.Option(
        "--hours",
        min=0.0,
        help="How long it holds. Default: 24 for a guardrail, for ever for a campaign's size.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON list.")]
COLUMNS = [
    "activation",
    "guardrail",
    "size",
    "plan",
    "reason",
    "approved_by",
    "approved_at",
    "expires_at",
    "is_valid",
]
GUARDRAIL_HOURS = 24.0


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("approve")(approve)
    app.command("approvals")(approvals)


def approve(what: What, reason: Reason, size: Size = None, hours: Hours = None) -> None:
    """Let a campaign go out that is above its size, or what a guardrail stops, in the runs to
    come.
    """
    from sluice.activations.plan.guardrails import APPROVAL
    from sluice.orchestration.cli.show import announced, console
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.plan.activation_registry import find_activations
    from sluice.orchestration.plan.approvals import allowed_approver, parse, require_second_person
    from sluice.orchestration.runs.state import open_ledger

    settings = load_settings()
    person = allowed_approver(settings)
    with announced():
        manifest = Dbt(settings).manifest
    one = parse(what, find_activations(manifest), APPROVAL)
    require_second_person(settings, person, one.activation)
    now = datetime.now(UTC)
    holds = hours if hours is not None else (None if one.guardrail == APPROVAL else GUARDRAIL_HOURS)
    until = None if holds is None else now + timedelta(hours=holds)
    name = one.activation.name
    open_ledger(settings).approve(
        name,
        one.guardrail,
        person,
        reason,
        now,
        size=size,
        expires_at=until,
    )
    ends = "" if until is None else f", until {until:%Y-%m-%d %H:%M} UTC"
    console.print(
        f"{person} approved {name}:"
        f" {one.guardrail}{'' if size is None else f', up to {size:,}'}{ends}"
    )


def approvals(json: AsJson = False) -> None:
    """All approvals there ever were, the oldest first."""
    from sluice.orchestration.cli.show import console, table
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.runs.state import open_ledger

    rows = open_ledger(load_settings()).all_approvals()
    if json:
        typer.echo(json_module.dumps(rows, ensure_ascii=False, default=str))
    elif rows:
        table(
            "Approvals",
            COLUMNS,
            [[_shown(name, row[name]) for name in COLUMNS] for row in rows],
            is_wrapped=True,
        )
    else:
        console.print("nothing was approved yet")


def _shown(name: str, value: Any) -> str:
    if name == "plan":
        return str(value or "")[:8]
    return str(value)[:16] if isinstance(value, datetime) else "" if value is None else str(value)
