"""``sluice ledger``: what the delivery ledger holds."""

from __future__ import annotations

import json as json_module
from collections import Counter
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ledger_app = typer.Typer(help="The delivery ledger.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(ledger_app, name="ledger")


@ledger_app.callback()
def ledger() -> None:
    """The delivery ledger: what was claimed, and what became of it."""


@ledger_app.command("status")
def status(json: AsJson = False) -> None:
    """Deliveries by state; with --json, counts by state over all, and by activation."""
    from orchestration.cli.show import table
    from orchestration.run_state import open_ledger
    from orchestration.settings import load_settings

    rows = open_ledger(load_settings()).counts()
    if not json:
        table(
            "Deliveries", ["activation", "destination", "operation", "state", "count"], (list(row.values())[1:] for row in rows)
        )
        return
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row["state"]] += row["count"]
    typer.echo(json_module.dumps({"states": dict(totals), "deliveries": rows}))
