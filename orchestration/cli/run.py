"""``sluice run`` and ``sluice plan``."""

from __future__ import annotations

from typing import Annotated

import typer

AsOf = Annotated[
    str, typer.Option("--as-of", help="Logical time of the run, ISO 8601. Default: now, or a frozen sample's clock.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Stop before the push: nothing leaves the house.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("run")(run)
    app.command("plan")(plan)


def run(as_of: AsOf = "", json: AsJson = False, dry_run: DryRun = False) -> None:
    """Land, decide, plan, push, report: one whole run."""
    execute_and_show(as_of, json, plan_only=dry_run)


def plan(as_of: AsOf = "", json: AsJson = False) -> None:
    """Show what a run would do. Nothing leaves the house."""
    execute_and_show(as_of, json, plan_only=True)


def execute_and_show(as_of: str, as_json: bool, *, plan_only: bool) -> None:
    """Execute, print, and exit with 1 when something failed."""
    from orchestration.cli.show import show_summary, showing_progress
    from orchestration.run import execute
    from orchestration.settings import load_settings, parse_time

    settings = load_settings()
    moment = parse_time(as_of, "--as-of") if as_of else None
    with showing_progress(is_quiet=as_json):
        summary = execute(settings, as_of=moment, plan_only=plan_only)
    if as_json:
        typer.echo(summary.model_dump_json())
    else:
        show_summary(summary, plan_only)
    if summary.errors or any(sync.failed for sync in summary.syncs) or summary.messages.failed:
        raise typer.Exit(1)
