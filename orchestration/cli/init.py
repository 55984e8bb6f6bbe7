"""``sluice init``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path,
    typer.Argument(metavar="NAME", help="The folder to make; its last part is the project's name."),
]
Example = Annotated[
    str, typer.Option("--example", help="Copy an example instead: world or online_retail.")
]


Engine = Annotated[
    str,
    typer.Option("--warehouse", help="Where it is to run: duckdb (a file), postgres or spark."),
]
Scheduled = Annotated[
    bool | None,
    typer.Option(
        "--schedule/--no-schedule",
        help="Whether Dagster begins with the runs of 10:00 and 21:00 by itself; else it asks.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(
    name: Folder, example: Example = "", warehouse: Engine = "duckdb", schedule: Scheduled = None
) -> None:
    """Write a new project: a source, a segment, a campaign and a sync that run in the sandbox, or
    a copy of an example. Nothing is overwritten.
    """
    from sluice.orchestration.installation.starter import write_project

    folder = Path(os.path.abspath(name.expanduser()))  # a link is not followed: it may lead nowhere
    is_on = _is_wanted(example) if schedule is None else schedule
    files = write_project(folder, example, warehouse, is_on)
    typer.echo(f"{len(files)} files in {name}")
    for path in files:
        typer.echo(f"  {path.relative_to(folder)}")
    typer.echo(f"\nNext: cd {name} && sluice run")


def _is_wanted(example: str) -> bool:
    """An example says itself; nobody is asked who cannot answer."""
    if example or not sys.stdin.isatty():
        return False
    return typer.confirm("Begin with the runs of 10:00 and 21:00 once Dagster runs?", default=True)
