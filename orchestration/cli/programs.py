"""``sluice calendar`` and ``sluice readiness``."""

from __future__ import annotations

import json as json_module
import sys
from dataclasses import asdict
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Days = Annotated[int, typer.Option("--days", min=1, max=366, help="Days to show, with today.")]
Answers = Annotated[str, typer.Option("--answers", help="Ten numbers from 1 to 5: 4,3,5,...")]
InLanguage = Annotated[str, typer.Option("--language", help="en or zh.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("calendar")(calendar)
    app.command("readiness")(readiness)


def calendar(days: Days = 14, json: AsJson = False) -> None:
    """What goes out in the days to come, as far as it is known: runs, messages due and held, waits
    of journeys that end, texts that run out; campaigns that meet in the same people, and how many
    people have how many messages before them.
    """
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.programs.calendar import as_rows, build_calendar

    found = build_calendar(load_settings(), days)
    if json:
        typer.echo(json_module.dumps(as_rows(found), ensure_ascii=False))
        return
    rows = [
        [one.day.isoformat(), one.at, one.kind, one.what, "" if one.people is None else one.people]
        for one in found.entries
    ]
    table("Calendar", ["day", "at", "kind", "what", "people"], rows)
    if found.collisions:
        table(
            "Same people", ["campaign", "campaign ", "people"], [list(r) for r in found.collisions]
        )
    if found.pressure:
        table(
            "Marketing messages before a person",
            ["messages", "people"],
            [list(r) for r in found.pressure],
        )
    for note in found.notes:
        typer.echo(note)


def readiness(answers: Answers = "", language: InLanguage = "en", json: AsJson = False) -> None:
    """How ready a team is for marketing automation: ten statements, each from 1 to 5. On a
    terminal it asks; over 35 is ready, 20 to 35 on the way.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.programs.readiness import BANDS, assess, statements

    if language not in ("en", "zh"):
        raise ConfigurationError(f"there is no language {language}", "use --language en or zh")
    asked = statements()
    if not answers and (json or not sys.stdin.isatty()):
        if json:
            typer.echo(json_module.dumps(asked, ensure_ascii=False))
            return
        rows = [[number, one[language]] for number, one in enumerate(asked, 1)]
        table("Readiness", ["", "1 (not at all) to 5 (wholly)"], rows)
        typer.echo("Answer with: sluice readiness --answers 4,3,5,...")
        return
    try:
        given = [int(one) for one in answers.replace(",", " ").split()]
    except ValueError as error:
        raise ConfigurationError(
            "an answer is no whole number", "give ten numbers from 1 to 5: --answers 4,3,5,..."
        ) from error
    if not answers:
        given = [
            typer.prompt(f"{number}. {one[language]}", type=int)
            for number, one in enumerate(asked, 1)
        ]
    found = assess(given)
    if json:
        typer.echo(json_module.dumps(asdict(found), ensure_ascii=False))
        return
    typer.echo(f"{found.total} of {5 * len(asked)}: {BANDS[found.band][language]}")
    if found.weak:
        table("", ["", "", ""], [[n, asked[n - 1][language], after] for n, after in found.weak])
