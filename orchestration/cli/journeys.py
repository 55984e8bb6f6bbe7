"""``sluice journeys``: the journeys, who stands where, and why a contact is there."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sluice.orchestration.cli import journeys_new, journeys_orders
from sluice.orchestration.cli.contact import Key
from sluice.orchestration.cli.journeys_backtest import backtest

if TYPE_CHECKING:
    from sluice.orchestration.journeys.explaining import Explanation
    from sluice.orchestration.journeys.words import Language

group = typer.Typer(
    name="journeys",
    help="The journeys, who stands where, and why a contact is there.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="Name of the journey, without steps_.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
InLanguage = Annotated[Literal["en", "zh"], typer.Option("--language", help="Of labels and words.")]
Number = Annotated[
    int | None, typer.Option("--version", help="Which version; the newest by default.")
]
Svg = Annotated[Path | None, typer.Option("--svg", help="File to write the drawing to.")]
SHOWN = ("journey", "label", "versions", "owner", "trigger", "inside")
BY_DAYS = ("entered", "ended")  # in the last 7 and the last 30 days


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group.command("list")(list_)
    group.command("show")(show)
    group.command("explain")(explain)
    group.command("backtest")(backtest)
    journeys_orders.register(group)
    journeys_new.register(group)
    app.add_typer(group)


def list_(language: InLanguage = "en", json: AsJson = False) -> None:
    """Every journey: trigger, people inside, who entered, ended and reached the goal."""
    from sluice.orchestration.cli.show import console, table
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.journeys.catalog import list_journeys

    settings = load_settings()
    rows = list_journeys(settings, Dbt(settings).manifest, language)
    if json:
        _print(rows)
        return
    columns = [*SHOWN, *(f"{name} 7/30 days" for name in BY_DAYS), "goal", "stopped"]
    table("Journeys", columns, map(_cells, rows), is_wrapped=True)
    for row in rows:
        if row["note"]:
            console.print(f"{row['journey']}: {row['note']}", style="yellow", markup=False)


def show(
    name: Name,
    version: Number = None,
    language: InLanguage = "en",
    svg: Svg = None,
    json: AsJson = False,
) -> None:
    """The graph of a journey: who stands at each node, and how many took each way."""
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.output_files import write_output
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.journeys.catalog import read_graph
    from sluice.orchestration.journeys.drawing import draw
    from sluice.orchestration.journeys.outline import outline

    settings = load_settings()
    graph, notes = read_graph(settings, Dbt(settings).manifest, name, version, language)
    if svg is not None:
        write_output(svg, "--svg", draw(graph))
    if json:
        _print(graph.as_json() | {"notes": notes})
        return
    for line in outline(graph):
        console.print(line, markup=False, soft_wrap=True)
    for note in notes:
        console.print(note, style="yellow", markup=False, soft_wrap=True)
    if svg is not None:
        typer.echo(str(svg))


def explain(contact: Key, language: InLanguage = "en", json: AsJson = False) -> None:
    """Where a contact stands in the journeys, by which moves, what is next and when, and why the
    contact is not in the others.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.inspection.contact import find_contacts
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.journeys.explaining import explain_contact

    settings = load_settings()
    ids = find_contacts(settings.warehouse, contact)
    if not ids:
        raise ConfigurationError(
            "nobody is known by this key", "see `sluice contact --help` for the keys there are"
        )
    manifest = Dbt(settings).manifest
    found = [explain_contact(settings, manifest, one, language) for one in ids]
    if json:
        _print([one.as_json() for one in found])
        return
    for person in found:
        _show_explanation(person, language)


def _show_explanation(person: Explanation, language: Language) -> None:
    from sluice.orchestration.cli.show import console, table
    from sluice.orchestration.journeys.words import reason_words, say

    console.rule(say("contact", language, person.contact_id))
    for row in person.enrolments:
        console.print(_standing(row, language), markup=False, soft_wrap=True)
        if row["next"]:
            console.print(f"  {say('next', language, row['next'])}", markup=False, soft_wrap=True)
        columns = ("moved_at", "from_node", "to_node")
        table(
            "",
            [say(name, language) for name in (*columns, "reason")],
            [
                [*(_cell(move[name]) for name in columns), reason_words(move["reason"], language)]
                for move in row["moves"]
            ],
        )
    rows = [[row["journey"], row["why"]] for row in person.not_in]
    if rows:
        heads = [say(name, language) for name in ("journey", "why")]
        table(say("not_in", language), heads, rows, is_wrapped=True)


def _standing(row: dict[str, Any], language: Language) -> str:
    from sluice.orchestration.journeys.words import reason_words, say

    head = (row["journey"], row["version"], _cell(row["entered_at"]))
    if row["node"] is None:
        why = reason_words(row["end_reason"], language) or say("at_last_node", language)
        return say("has_ended", language, *head, _cell(row["ended_at"]), why)
    what = row["node"]
    if row["what"]:
        what = say("in_brackets", language, what, row["what"])
    return say("is_at", language, *head, what, _cell(row["since"]))


def _cells(row: dict[str, Any]) -> list[Any]:
    counts = [[row[f"{name}_{days}_days"] for days in (7, 30)] for name in BY_DAYS]
    by_days = ["" if None in pair else "/".join(f"{one:,}" for one in pair) for pair in counts]
    values = [row[name] for name in SHOWN]
    return [_cell(one) for one in (*values, *by_days, row["goal_reached"], row["stopped"])]


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if value is None:
        return ""
    return value.strftime("%Y-%m-%d %H:%M") if hasattr(value, "strftime") else value


def _print(found: Any) -> None:
    text = json_module.dumps(found, ensure_ascii=False, default=_plain)
    typer.echo(text)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
