"""``sluice run``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sluice.models.plan import SavedPlan
    from sluice.models.run import RunSummary

AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        help="Logical time of the run, ISO 8601. Default: now, or a frozen sample's clock.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Stop before the push: nothing is sent.")]
Approve = Annotated[
    list[str] | None,
    typer.Option(
        "--approve",
        metavar="NAME[:GUARDRAIL]",
        help="Let a campaign or sync go that a guardrail stops. May be repeated.",
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, with --approve or --push-past.")]
Past = Annotated[
    bool,
    typer.Option(
        "--push-past",
        help="Push a time before the last run: it turns every destination back to it.",
    ),
]
FUTURE = (
    "sluice: --as-of is in the future: what is due by then counts as due, and after such a run one"
    " as of now is before the last run, and pushes nothing"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    as_of: AsOf = "",
    json: AsJson = False,
    dry_run: DryRun = False,
    approve: Approve = None,
    push_past: Past = False,
    reason: Reason = "",
) -> None:
    """Land, decide, plan, push, report: one whole run. A time before the last run is decided on a
    copy, and not pushed.
    """
    execute_and_show(
        as_of, json, plan_only=dry_run, approve=approve or (), reason=reason, push_past=push_past
    )


def execute_and_show(
    as_of: str,
    as_json: bool,
    *,
    plan_only: bool,
    approve: list[str] | tuple[str, ...] = (),
    reason: str = "",
    out: Path | None = None,
    apply: SavedPlan | None = None,
    push_past: bool = False,
) -> None:
    """Execute, print, and exit with 1 when something failed, else with 3 when a guardrail
    blocks.
    """
    from sluice.orchestration.access.rights import require
    from sluice.orchestration.cli.plan_view import show_plan
    from sluice.orchestration.cli.show import show_summary, showing_progress
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings, parse_time
    from sluice.orchestration.plan.activation_registry import find_activations
    from sluice.orchestration.plan.approvals import ask, ask_to_push_past
    from sluice.orchestration.runs.in_process import execute

    settings = load_settings()
    if settings.delivery == "live" and not plan_only:
        require(settings, "release")
    moment = parse_time(as_of, "--as-of") if as_of else None
    if moment is not None and moment > datetime.now(UTC):
        typer.echo(FUTURE, err=True)
    approved = (
        ask(settings, approve, reason, find_activations(Dbt(settings).manifest))
        if approve
        else None
    )
    past = ask_to_push_past(settings, reason) if push_past else None
    with showing_progress(is_quiet=as_json):
        summary = execute(
            settings,
            as_of=moment,
            plan_only=plan_only,
            approved=approved,
            apply=apply,
            out=out,
            push_past=past,
        )
    if as_json:
        typer.echo(summary.model_dump_json())
    else:
        show_summary(summary, plan_only)
        show_plan(summary, plan_only)
    leave(summary)


def leave(summary: RunSummary) -> None:
    """Exit with what the summary says: nothing for 0."""
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)
