"""``sluice``: the command line. Exit codes: 0 done, 1 something failed, 2 bad usage or
configuration, 3 blocked.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from sluice.models.errors import SluiceError
from sluice.orchestration.cli import (
    access,
    alerts,
    approve,
    backup,
    contact,
    content,
    demo,
    dev,
    doctor,
    experiments,
    exposures,
    fast,
    forget,
    forms,
    identity,
    init,
    journeys,
    ledger,
    lint,
    lottery,
    missing,
    pause,
    plan,
    programs,
    qr,
    report,
    rights,
    run,
    sandbox,
    scores,
    segments,
    serve,
)
from sluice.orchestration.runs.garbage import few_collections

app = typer.Typer(
    name="sluice",
    help="Marketing automation that runs in your data warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (
    init,
    run,
    fast,
    plan,
    approve,
    access,
    backup,
    demo,
    contact,
    forget,
    rights,
    identity,
    segments,
    journeys,
    experiments,
    scores,
    forms,
    content,
    lint,
    exposures,
    dev,
    doctor,
    ledger,
    pause,
    serve,
    qr,
    lottery,
    report,
    programs,
    alerts,
    missing,
    sandbox,
):
    module.register(app)


OPTION = "--project"
Folder = Annotated[
    str, typer.Option(OPTION, metavar="DIR", help="The project, for any command (SLUICE_PROJECT).")
]


@app.callback()
def choose(project: Folder = "") -> None:
    """Marketing automation that runs in your data warehouse."""
    if project:
        os.environ["SLUICE_PROJECT"] = project


def project_first(arguments: list[str]) -> list[str]:
    """The arguments with ``--project DIR`` before the command, wherever it was written."""
    found: list[str] = []
    others: list[str] = []
    rest = iter(arguments)
    for one in rest:
        if one == "--":
            others += [one, *rest]
        elif one == OPTION:
            found += [one, *([value] if (value := next(rest, None)) is not None else [])]
        else:
            (found if one.startswith(f"{OPTION}=") else others).append(one)
    return found + others


def main() -> None:
    """Run a command; an error for a person to fix is shown on stderr, with the fix."""
    few_collections()  # importing dbt and Dagster would be a quarter longer
    try:
        app(project_first(sys.argv[1:]))
    except SluiceError as error:
        print(f"sluice: {error.message}\n  -> {error.fix}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
