"""``sluice experiments``: what is tried, what it shows, and whether it can show anything."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from sluice.orchestration.cli.extras import require_extra

group = typer.Typer(
    name="experiments",
    help="Experiments on journeys, campaigns and segments: state, result, size.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="Name of the experiment.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PerDay = Annotated[
    float | None,
    typer.Option(
        "--per-day", min=0.01, help="People who enter a day; by default those of four weeks."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group.command("list")(list_)
    group.command("show")(show)
    group.command("plan")(plan)
    app.add_typer(group)


def list_(json: AsJson = False) -> None:
    """Every experiment: what it is about, its state, the people in it, when it is read."""
    require_extra("experiments", "scipy")
    from sluice.orchestration.cli.show import console, table
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.experiments.catalog import list_experiments
    from sluice.orchestration.installation.settings import load_settings

    settings = load_settings()
    rows = list_experiments(settings, Dbt(settings).manifest)
    if json:
        _print(rows)
        return
    if not rows:
        typer.echo("The project has no experiment yet: see docs/experiments.md")
        return
    columns = ["experiment", "about", "state", "units", "ready_on"]
    names = [*columns[:3], "people", "read on"]
    table("Experiments", names, [[_cell(row[one]) for one in columns] for row in rows])
    for row in rows:
        console.print(f"{row['experiment']}: {row['note']}", markup=False, soft_wrap=True)


def show(name: Name, json: AsJson = False) -> None:
    """One experiment: its arms against the control, the guardrails, and the decision."""
    require_extra("experiments", "scipy")
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.experiments.catalog import show_experiment
    from sluice.orchestration.experiments.definitions import find_experiment
    from sluice.orchestration.installation.settings import load_settings

    settings = load_settings()
    found = show_experiment(settings, find_experiment(Dbt(settings).manifest, name))
    if json:
        _print(found)
        return
    for line in lines_of(found):
        console.print(line, markup=False, soft_wrap=True)
    for warning in found["warnings"]:
        console.print(warning, style="yellow", markup=False, soft_wrap=True)


def plan(name: Name, per_day: PerDay = None, json: AsJson = False) -> None:
    """The people an experiment takes and the days until it is read; refused where it cannot be
    reached.
    """
    require_extra("experiments", "scipy")
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.experiments.definitions import find_experiment
    from sluice.orchestration.experiments.planning import plan_experiment
    from sluice.orchestration.installation.settings import load_settings

    settings = load_settings()
    one = find_experiment(Dbt(settings).manifest, name)
    found = plan_experiment(settings, one, per_day)
    if json:
        _print(found)
        return
    arms = ", ".join(f"{arm} {count:,}" for arm, count in found["needed"].items())
    typer.echo(
        f"{name}, {found['about']}: to find {found['minimum_effect']:+.4g} on"
        f" {found['baseline']:.4g} with power {found['power']:g} takes"
        f" {found['needed_in_all']:,} people ({arms})"
    )
    typer.echo(
        f"there are {found['people_so_far']:,}, and {found['per_day']:,.1f} enter a day:"
        f" {found['days']:,} days from {found['from']}, read on {found['ready_on']}"
    )
    if found["effect_at_horizon"] is not None:
        typer.echo(
            f"its horizon has {found['people_at_horizon']:,} people, who find"
            f" {found['effect_at_horizon']:+.4g}"
        )


def lines_of(found: Mapping[str, Any]) -> Iterator[str]:
    """What ``show`` prints, but for the warnings."""
    definition = found["definition"]
    is_rate = definition["metric"]["currency"] is None
    yield f"{found['experiment']}, {found['about']}: {found['state']}"
    yield definition["hypothesis"]
    yield str(found["decision_words"])
    for arm in found["arms"]:
        yield from _lines_of_arm(arm, is_rate, definition)
    if found["sample_ratio_p"] is not None:
        yield f"sample ratio: p {found['sample_ratio_p']:.3g}"
    if found["variance_removed"]:
        yield f"the value before explains {found['variance_removed']:.0%} of the variance"


def _lines_of_arm(
    arm: Mapping[str, Any], is_rate: bool, definition: Mapping[str, Any]
) -> Iterator[str]:
    mean = "none yet" if arm["mean"] is None else _number(arm["mean"], is_rate)
    people = f"{arm['units']:,} people, {arm['mature']:,} with all their days"
    yield f"{arm['arm']}{' (control)' if arm['is_control'] else ''}: {people}, {mean}"
    if arm["is_control"]:
        return
    yield from (f"  {text}" for text in _compared(arm, is_rate))
    if arm["adjusted_by_before"]:
        for text in _compared(arm["adjusted_by_before"], is_rate):
            yield f"  adjusted by the value before: {text}"
    if definition["test"] == "sequential" and arm["sequential"]["p"] is not None:
        yield f"  sequential: p {arm['sequential']['p']:.3g}, {_range(arm['sequential'], is_rate)}"
    for rail in arm["guardrails"]:
        if rail["rate"] is None or rail["control_rate"] is None:
            yield f"  {rail['guardrail']}: not known yet"
            continue
        rates = f"{rail['rate']:.2%} against {rail['control_rate']:.2%}"
        limit = f"{'above' if rail['is_breached'] else 'within'} its limit of {rail['limit']:.2%}"
        yield f"  {rail['guardrail']}: {rates}, {limit}"


def _compared(one: Mapping[str, Any], is_rate: bool) -> Iterator[str]:
    if one["difference"] is not None:
        parts = [f"lift {_number(one['difference'], is_rate, '+')}"]
        if one["interval"] is not None:
            parts.append(_range(one, is_rate))
        if one["relative"] is not None:
            parts.append(f"relative {one['relative']:+.1%}")
        if one["p"] is not None:
            parts.append(f"p {one['p']:.3g}")
        if one.get("p_adjusted") is not None and one["p_adjusted"] != one["p"]:
            parts.append(f"adjusted for several arms {one['p_adjusted']:.3g}")
        if one["probability_better"] is not None:
            parts.append(f"better with probability {one['probability_better']:.3f}")
        yield ", ".join(parts)
    yield from one["notes"]


def _range(one: Mapping[str, Any], is_rate: bool) -> str:
    low, high = (_number(end, is_rate, "+") for end in one["interval"])
    return f"interval {low} to {high}"


def _number(value: float, is_rate: bool, sign: str = "") -> str:
    return format(value, f"{sign}.2%") if is_rate else format(value, f"{sign},.4g")


def _cell(value: Any) -> Any:
    return "" if value is None else value


def _print(found: Any) -> None:
    typer.echo(json_module.dumps(found, ensure_ascii=False, default=str))
