"""``sluice missing``: what is wanted at a destination and is not there, why, and what to do."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

Name = Annotated[
    str, typer.Argument(help="A campaign or sync. Without it: all of them.", show_default=False)
]
Ids = Annotated[
    int,
    typer.Option("--ids", min=0, help="How many contact ids (or keys) to list for each reason."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON list.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("missing")(missing)


def missing(name: Name = "", ids: Ids = 20, json: AsJson = False) -> None:
    """Rows and messages that are still wanted and that a destination refused, or has not taken yet:
    by reason, with ids.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.cli.show import console, show_missing
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.inspection.missing import find_missing
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.plan.activation_registry import find_activations
    from sluice.orchestration.runs.state import open_ledger

    settings = load_settings()
    activations = find_activations(Dbt(settings).manifest, problems=[])
    names = [one.name for one in activations]
    if name and name not in names:
        raise ConfigurationError(
            f"there is no campaign or sync '{name}'", f"use one of {', '.join(names)}"
        )
    found = find_missing(settings.warehouse, open_ledger(settings), activations, ids=ids)
    chosen = [one for one in found if not name or one.activation == name]
    if json:
        typer.echo(
            json_module.dumps(
                [one.model_dump(exclude={"new"}) for one in chosen], ensure_ascii=False
            )
        )
        return
    if not chosen:
        console.print(
            "nothing is missing: every destination has what is wanted of it, or it was not"
            " tried yet"
        )
    for one in chosen:
        show_missing([one])
        if one.ids:
            more = f" and {one.count - len(one.ids):,} more" if one.count > len(one.ids) else ""
            console.print(f"  ids: {', '.join(map(str, one.ids))}{more}", soft_wrap=True)
