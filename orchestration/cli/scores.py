"""``sluice scores``: points cards that are learnt from history."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

from sluice.orchestration.cli.extras import require_extra

FITTING = ("scores", "sklearn", "altair", "vl_convert")  # the extra, and what is used of it
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
NOTHING_FITTED = (
    "No score model in use was fitted, or no run has reported since: `sluice scores fit` learns one"
)
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

    require_extra(*FITTING)
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


@scores_app.command("monitor")
def monitor(json: AsJson = False) -> None:
    """Show whether fitted score models still hold: drift of inputs and scores, values outside the
    range of the fit, outcomes against those expected. As the last run found it: what is over its
    bar, and of each measure what is nearest to it; --json has all.
    """
    from dataclasses import asdict

    from sluice.orchestration.cli.show import table
    from sluice.orchestration.inspection.score_monitor import (
        describe_scores,
        read_monitor,
        shortened,
    )
    from sluice.orchestration.installation.settings import load_settings

    found = read_monitor(load_settings().warehouse)
    if json:
        measures = [asdict(one) for one in found]
        typer.echo(json_module.dumps({"measures": measures}, ensure_ascii=False))
        return
    if not found:
        typer.echo(NOTHING_FITTED)
        return
    table(
        "Fitted scores",
        ["score model", "measure", "input", "figure", "expected", "bar", ""],
        (
            (
                one.score_model,
                one.measure,
                one.input,
                *("" if number is None else f"{number:.3f}" for number in one.figures),
                "over" if one.is_over else "",
            )
            for one in shortened(found)
        ),
    )
    for sentence in describe_scores(found) or ["All is as when the rules were fitted."]:
        typer.echo(sentence)


@scores_app.command("recalibrate")
def recalibrate(model: str, json: AsJson = False) -> None:
    """Set the expected rate of a fitted card to the outcomes that its contacts had since, and write
    it for review to scores/MODEL in the home. The points and the live card stay.
    """
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.installation.settings import load_settings

    require_extra(*FITTING)
    from sluice.orchestration.authoring.score_history.recalibration import recalibrate_score

    found = recalibrate_score(load_settings(), model)
    if json:
        typer.echo(json_module.dumps(found, ensure_ascii=False))
        return
    figures = ((name, str(value)) for name, value in found.items() if name != "card")
    table(f"The expected rate of {model}", ["what", "value"], figures)
    typer.echo(f"Review {found['card']}\nthen copy it to models/scoring/ of the project")
