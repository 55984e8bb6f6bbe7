"""``sluice dev``: Dagster's UI on loopback."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("dev")(dev)


def dev(port: Annotated[int, typer.Option(help="Port of the UI on 127.0.0.1.")] = 3000) -> None:
    """Open Dagster on loopback: lineage from raw tables to deliveries, the daily schedule, every
    run.
    """
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.runs.in_process import prepare_dagster_home

    prepare_dagster_home(load_settings())
    arguments = [
        "-m",
        "dagster",
        "dev",
        "-m",
        "sluice.orchestration.definitions",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    os.execv(sys.executable, [sys.executable, *arguments])
