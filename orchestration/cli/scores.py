"""``sluice scores``: points cards that are learnt from history."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Target = Annotated[
    str, typer.Option("--target", help="The outcome: an event type, or entering a segment.")
]
Days = Annotated[
    int, typer.Option("--horizon-days", help="Days after the cut-off in which the outcome counts.")
]
CutOff = Annotated[
    str | None,
    typer.Option(
        "--cut-off", help="The moment to learn at; by default the horizon ends with the data."
    ),
]
Exclude = Annotated[
    str, typer.Option("--exclude", help="Columns, event types or subjects not to use: a,b")
]
Keep = Annotated[
    str,
    typer.Option(
        "--keep", help="Columns to use even though they tell the day, not the person: a,b"
    ),
]
scores_app = typer.Typer(help="Points cards that are learnt from history.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(scores_app, name="scores")


@scores_app.callback()
def scores() -> None:
    """Points cards that are learnt from history."""


@scores_app.command("fit")
def fit(
    model: str,
    target: Target,
    horizon_days: Days = 30,
    cut_off: CutOff = None,
    exclude: Exclude = "",
    keep: Keep = "",
    json: AsJson = False,
) -> None:
    """Learn a card of points and write it for review, with a report, to scores/MODEL in the home.
    The live card stays.
    """
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.installation.settings import load_settings, parse_time

    check_extra()
    from sluice.orchestration.authoring.score_history.fit import Request, fit_score

    moment = parse_time(cut_off, "--cut-off") if cut_off else None
    excluded, kept = (
        frozenset(name.strip() for name in names.split(",") if name.strip())
        for names in (exclude, keep)
    )
    found = fit_score(load_settings(), Request(model, target, horizon_days, moment, excluded, kept))
    if json:
        typer.echo(json_module.dumps(found, ensure_ascii=False))
        return
    files = {"card", "report", "chart", "notes"}
    table(
        f"A card for {model}",
        ["what", "value"],
        ((name, str(value)) for name, value in found.items() if name not in files),
    )
    for note in found["notes"]:
        typer.echo(note)
    typer.echo(
        f"Review {found['report']}\nthen copy {found['card']}\nto models/scoring/ of the project"
    )


def check_extra() -> None:
    """Raises ConfigurationError when what fits cards is not installed."""
    from importlib.util import find_spec

    from sluice.models.errors import ConfigurationError

    missing = [name for name in ("sklearn", "altair", "vl_convert") if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"{', '.join(missing)} is not installed",
            "install the extra: pip install 'sluice[scores]'",
        )
