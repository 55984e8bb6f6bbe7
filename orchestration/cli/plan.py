"""``sluice plan`` and ``sluice apply``: look first, then send exactly that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sluice.orchestration.cli.run import Approve, AsJson, AsOf, Reason, execute_and_show

Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Write the exact operations to this file, for `sluice apply`: ids, no personal data.",
    ),
]
File = Annotated[
    Path, typer.Argument(help="A plan that `sluice plan --out` wrote.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("plan")(plan)
    app.command("apply")(apply)


def plan(as_of: AsOf = "", json: AsJson = False, out: Out = None) -> None:
    """Show what a run would do, and what the guardrails say of it. Nothing is sent."""
    execute_and_show(as_of, json, plan_only=True, out=out)


def apply(file: File, approve: Approve = None, reason: Reason = "", json: AsJson = False) -> None:
    """Send what a plan says, if it is still exactly what is due; else nothing."""
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.plan.saved_plans import load_plan

    planned = load_plan(load_settings(), file)
    as_of = planned.as_of.isoformat() if planned.is_as_of_given else ""
    execute_and_show(
        as_of, json, plan_only=False, approve=approve or (), reason=reason, apply=planned
    )
