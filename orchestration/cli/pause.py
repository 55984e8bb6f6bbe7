"""``sluice pause`` and ``sluice resume``: the switch that stops sending."""

from __future__ import annotations

import json as json_module
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="all, a destination, or a campaign or sync.")]
NameOrNothing = Annotated[
    str,
    typer.Argument(help="all, a destination, or a campaign or sync. Without it: what is paused."),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for whoever finds it paused.")]
COLUMNS = ["scope", "name", "reason", "paused_by", "paused_at"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pause")(pause)
    app.command("resume")(resume)


def pause(name: NameOrNothing = "", reason: Reason = "", json: AsJson = False) -> None:
    """Stop sending, also in a run at work: after the batch in hand. What was due stays due. Without
    a name: what is paused.
    """
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.push.pauses import person, scope_of
    from sluice.orchestration.runs.state import open_ledger

    settings = load_settings()
    ledger = open_ledger(settings)
    if name:
        is_new = ledger.pause(scope_of(settings, name), name, reason, person(), datetime.now(UTC))
        if not json:
            words = "is paused" if is_new else "was paused already"
            console.print(f"{name} {words}; `sluice resume {name}` resumes it")
            return
    _show(ledger.pauses(), json)


def resume(name: Name, json: AsJson = False) -> None:
    """End a pause: what was due is sent by the next run."""
    from sluice.orchestration.access.rights import require
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.runs.state import open_ledger

    settings = load_settings()
    require(settings, "change")
    ledger = open_ledger(settings)
    ledger.resume(name)
    if json:
        _show(ledger.pauses(), json)
        return
    console.print(f"{name} goes on with the next run")


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    from sluice.orchestration.cli.show import console, table

    if as_json:
        typer.echo(json_module.dumps(rows, ensure_ascii=False, default=str))
    elif rows:
        table(
            "Paused",
            COLUMNS,
            [
                [str(row[name] or "")[: 19 if name == "paused_at" else None] for name in COLUMNS]
                for row in rows
            ],
        )
    else:
        console.print("nothing is paused")
