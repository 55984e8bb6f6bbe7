"""``sluice fast``."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from sluice.orchestration.fast.lane import Pass
    from sluice.orchestration.installation.settings import Settings

AsOf = Annotated[str, typer.Option("--as-of", help="Logical time, ISO 8601. Default: now.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a pass.")]
Every = Annotated[
    float,
    typer.Option(
        "--every", metavar="SECONDS", help="Stay, and look again so often. 0: look once.", min=0.0
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("fast")(fast)


def fast(every: Every = 0.0, as_of: AsOf = "", json: AsJson = False) -> None:
    """Decide about who did something since the last run or pass, and send what fast campaigns and
    journeys have for them.
    """
    from sluice.models.errors import ConfigurationError, SluiceError
    from sluice.orchestration.access.rights import require
    from sluice.orchestration.installation.settings import load_settings, parse_time

    settings = load_settings()
    if not settings.project.config.fast_lane.enabled:
        raise ConfigurationError(
            "the fast lane is off",
            "write fast_lane: {enabled: true} into sluice.yml (docs/fast_lane.md)",
        )
    if settings.delivery == "live":
        require(settings, "release")
    moment = parse_time(as_of, "--as-of") if as_of else None
    if not every:
        if failed := _pass(settings, moment, json):
            raise typer.Exit(failed)
        return
    while True:
        try:
            _pass(settings, moment, json)
        except SluiceError as error:  # what waits, waits for the next pass
            typer.echo(f"sluice: {error.message}\n  -> {error.fix}", err=True)
        moment = None
        time.sleep(every)


def _pass(settings: Settings, moment: datetime | None, as_json: bool) -> int:
    """One pass, shown. Returns the exit code."""
    from sluice.orchestration.fast.lane import run_pass

    done = run_pass(settings, moment)
    if as_json:
        _show_json(done)
    else:
        typer.echo(_words(done))
    return 0 if done is None or not done.problems else 1


def _words(done: Pass | None) -> str:
    if done is None:
        return "nothing waits"
    words = (
        f"{done.events} events of {done.contacts} contacts; {done.due} due, {done.accepted} sent"
    )
    for one in done.blocked:
        words += f"; blocked: {one}"
    for one in done.problems:
        words += f"; {one}"
    return words


def _show_json(done: Pass | None) -> None:
    import json

    written = None if done is None else {**asdict(done), "as_of": done.as_of.isoformat()}
    typer.echo(json.dumps(written))
