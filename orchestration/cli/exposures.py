"""``sluice exposures``: what dbt's own docs show behind campaigns and syncs."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("exposures")(exposures)


def exposures() -> None:
    """Write models/exposures.yml: a dbt exposure for each campaign and sync, with its destination
    and owner, so that `dbt docs` shows where data goes. `sluice lint` says when it is out of date.
    """
    from sluice.orchestration.authoring.exposures import write_exposures
    from sluice.orchestration.installation.settings import load_settings

    path, count, left_out = write_exposures(load_settings().project)
    for name in left_out:
        typer.echo(
            f"{name} is left out: its yml does not say where it goes -> see `sluice lint`", err=True
        )
    typer.echo(f"{path}: {count} exposures" if count else f"{path}: nothing is sent anywhere")
