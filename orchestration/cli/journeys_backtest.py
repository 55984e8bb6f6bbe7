"""``sluice journeys backtest``: a journey tried on the past."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sluice.orchestration.journeys.backtest_figures import Backtest, Counts, Figures

Name = Annotated[str, typer.Argument(help="The journey: welcome for steps_welcome.yml.")]
From = Annotated[str, typer.Option("--from", metavar="DAY", help="First day, 2026-06-01.")]
To = Annotated[str, typer.Option("--to", metavar="DAY", help="Last day, 2026-06-30.")]
Against = Annotated[
    str,
    typer.Option(
        metavar="VERSION|DIR",
        help="Another version of the journey, or another project that has it, on the same days.",
    ),
]
Assume = Annotated[
    str,
    typer.Option(
        help=(
            "Shares of people who react to a message that was never sent, opened=0.2,clicked=0.03."
            " Default: as observed on like messages."
        )
    ),
]
Chart = Annotated[Path | None, typer.Option(help="Draw the days into this file: .svg, or .png.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def backtest(
    name: Name,
    first: From,
    last: To,
    against: Against = "",
    assume: Assume = "",
    chart: Chart = None,
    json: AsJson = False,
) -> None:
    """Try a journey on past days: who would have entered, what would have been sent. On a copy:
    nothing is sent, and nothing is kept.
    """
    from sluice.orchestration.cli.show import showing_progress
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.journeys import backtest as backtests
    from sluice.orchestration.journeys.backtest_chart import require_drawable, write_chart
    from sluice.orchestration.journeys.backtest_reactions import parse_rates
    from sluice.orchestration.journeys.backtest_trial import days_of, find_rival, find_trial

    settings, rates = load_settings(), parse_rates(assume)
    if chart is not None:
        require_drawable(chart)
    days = days_of(settings, _day(first, "--from"), _day(last, "--to"))
    trials = [find_trial(settings.project, name)]
    trials += [find_rival(trials[0], against)] if against else []
    with showing_progress(is_quiet=json):
        found = [backtests.backtest(settings, trial, days, rates) for trial in trials]
    if chart is not None:
        write_chart(chart, found)
    if json:
        _print_json(found)
    else:
        _show(found)


def _day(text: str, option: str) -> date:
    from sluice.models.errors import ConfigurationError

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(
            f"{option} {text} is no day", f"write it as {option} 2026-06-29"
        ) from error


def _print_json(found: list[Backtest]) -> None:
    import json

    values = [one.model_dump(mode="json") for one in found]
    typer.echo(json.dumps({"backtests": values}, ensure_ascii=False))


def _show(found: list[Backtest]) -> None:
    from sluice.orchestration.cli.show import console, table

    for one in found:
        title = f"{_title(one)}: {one.days[0]} to {one.days[-1]}"
        rows = [(str(day.day), day.node, *_cells(day)) for day in one.by_day]
        table(f"{title}, by day and node", ["day", "node", *COLUMNS], rows, is_wrapped=True)
    for one in found:
        rows = [("", node, *_cells(figure)) for node, figure in one.by_node.items()]
        table(
            f"{_title(one)}, in total",
            ["", "node", *COLUMNS],
            [*rows, ("", "all", *_cells(one.total))],
            is_wrapped=True,
        )
    table(
        "Side by side" if found[1:] else "In short",
        ["", *map(_title, found)],
        _compared(found),
        is_wrapped=True,
    )
    for one in found:
        console.print(f"\n{_title(one)} rests on:")
        for words in one.assumptions:
            console.print(f"  - {words}")


COLUMNS = ("entered", "sent", "suppressed", "held", "actions", "goal", "left")


def _title(one: Backtest) -> str:
    return f"{one.journey} v{one.version} of {one.project}"


def _cells(figure: Figures) -> tuple[str, ...]:
    return (
        f"{figure.entered:,}",
        f"{figure.sent:,}",
        _counts(figure.suppressed),
        _counts(figure.held),
        _counts(figure.actions),
        f"{figure.goal:,}",
        _counts(figure.exits),
    )


def _counts(counts: Counts) -> str:
    by_size = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name or 'end'} {count:,}" for name, count in by_size)


def _compared(found: list[Backtest]) -> Iterable[tuple[str, ...]]:
    """One row a figure, one column a back-test."""
    yield ("entered", *(f"{one.total.entered:,}" for one in found))
    yield ("messages sent", *(f"{one.total.sent:,}" for one in found))
    yield ("by channel", *(_counts(one.sent_by_channel) for one in found))
    yield ("suppressed", *(_counts(one.total.suppressed) for one in found))
    yield ("actions", *(_counts(one.total.actions) for one in found))
    yield ("reached the goal", *(f"{one.total.goal:,}" for one in found))
    yield ("left otherwise", *(_counts(one.total.exits) for one in found))
    yield ("still inside, by node", *(_counts(one.standing) for one in found))
    yield ("also got messages of", *(_counts(one.overlap) or "no other" for one in found))
