"""``sluice init``."""

from __future__ import annotations

import os
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


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)


def init(name: Folder, example: Example = "", warehouse: Engine = "duckdb") -> None:
    """Write a new project: a source, a segment, a campaign and a sync that run in the sandbox, or
    a copy of an example. Nothing is overwritten.
    """
    from sluice.orchestration.installation.starter import write_project

    folder = Path(os.path.abspath(name.expanduser()))  # a link is not followed: it may lead nowhere
    files = write_project(folder, example, warehouse)
    typer.echo(f"{len(files)} files in {name}")
    for path in files:
        typer.echo(f"  {path.relative_to(folder)}")
    typer.echo(f"\nNext: cd {name} && sluice run")
