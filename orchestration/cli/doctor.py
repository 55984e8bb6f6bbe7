"""``sluice doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON list.")]
COLORS = {"ok": "green", "warning": "yellow", "failed": "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(json: AsJson = False) -> None:
    """Check the installation: versions, the project, destinations' settings, the schedule, who
    is at work in the home, how much room it takes, and what is damaged. Exits 1 when a check
    failed.
    """
    import json as json_module

    from sluice.orchestration.cli.show import console
    from sluice.orchestration.doctor.checks import examine
    from sluice.orchestration.installation.settings import load_settings

    findings = examine(load_settings())
    if json:
        typer.echo(json_module.dumps([one.model_dump() for one in findings], ensure_ascii=False))
    for one in [] if json else findings:
        console.print(
            f"[{COLORS[one.state]}]{one.state:8}[/] {one.check:10} {one.words}", soft_wrap=True
        )
        console.print(f"{'':20}-> {one.fix}", soft_wrap=True) if one.fix else None
    if any(one.state == "failed" for one in findings):
        raise typer.Exit(1)
