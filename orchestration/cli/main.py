"""``sluice``: the command line. Exit codes: 0 done, 1 something failed, 2 bad usage or
configuration, 3 blocked.
"""

from __future__ import annotations

import sys

import typer

from sluice.models.errors import SluiceError
from sluice.orchestration.cli import (
    approve,
    backup,
    contact,
    demo,
    dev,
    doctor,
    ledger,
    lint,
    missing,
    pause,
    plan,
    receive,
    report,
    run,
    sandbox,
    scores,
    segments,
)

app = typer.Typer(
    name="sluice",
    help="Marketing automation that runs in your data warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (
    run,
    plan,
    approve,
    backup,
    demo,
    contact,
    segments,
    scores,
    lint,
    dev,
    doctor,
    ledger,
    pause,
    receive,
    report,
    missing,
    sandbox,
):
    module.register(app)


def main() -> None:
    """Run a command; an error a person can fix is shown in words, on stderr."""
    try:
        app()
    except SluiceError as error:
        print(f"sluice: {error.message}\n  -> {error.fix}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
