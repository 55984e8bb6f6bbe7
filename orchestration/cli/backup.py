"""``sluice backup`` and ``sluice restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Only = Annotated[
    str, typer.Option("--only", help="warehouse or ledger. Default: both, of one moment.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")]
Target = Annotated[Path, typer.Argument(help="A new folder.", show_default=False)]
Source = Annotated[
    Path, typer.Argument(help="A folder that `sluice backup` wrote.", show_default=False)
]
Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Replace the files there are; they are kept in SLUICE_HOME/replaced."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(folder: Target, only: Only = "", json: AsJson = False) -> None:
    """Copy the warehouse, the ledger and the journal, of one moment, and check the copies."""
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.recovery.backup import back_up

    manifest = back_up(load_settings(), folder.resolve(), only)
    if json:
        typer.echo(manifest.model_dump_json())
        return
    console.print(
        f"{len(manifest.files)} files of {manifest.made_at:%Y-%m-%d %H:%M} UTC, checked; last"
        f" receipt {manifest.last_receipt:,}"
    )


def restore(folder: Source, only: Only = "", force: Force = False, json: AsJson = False) -> None:
    """Put a backup's files into the home, once they are known to be whole."""
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.recovery.restoring import restore as put_back

    settings = load_settings()
    manifest, aside = put_back(settings, folder.resolve(), only, is_forced=force)
    if json:
        typer.echo(manifest.model_dump_json())
        return
    console.print(
        f"restored: a backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC, last receipt"
        f" {manifest.last_receipt:,}"
    )
    if aside is not None:
        console.print(f"the replaced files are in {aside.relative_to(settings.home)} of the home")
