"""``sluice lint``: what a person should look at before trusting the contacts."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lint")(lint)


def lint(json: AsJson = False) -> None:
    """Contacts of very many records, the most suspicious merges, and what is wrong with the records. Exit 1 on large contacts."""
    from orchestration.cli.show import table
    from orchestration.identity_lint import inspect_identity
    from orchestration.settings import load_settings

    found = inspect_identity(load_settings(), SHOWN)
    if json:
        typer.echo(json_module.dumps(found, ensure_ascii=False))
    else:
        for title, rows in found.items():
            if rows:
                table(
                    title.replace("_", " "),
                    list(rows[0]),
                    ([str(v) if k == "contact_id" else v for k, v in row.items()] for row in rows),
                )
        typer.echo("Look at one with: sluice contact CONTACT_ID")
    if found["large_contacts"]:
        raise typer.Exit(1)
