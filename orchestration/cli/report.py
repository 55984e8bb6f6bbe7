"""``sluice report``: the outcome of every message and operation, and the report as a file."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from sluice.orchestration.installation.settings import Settings
    from sluice.orchestration.journeys.words import Language
    from sluice.orchestration.report.build import Asked
    from sluice.orchestration.warehouse.base import Warehouse

AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON list; write no file.")]
Format = Annotated[
    Literal["html", "xlsx", "csv", "png", "table"],
    typer.Option("--format", help="What to write; csv and png are folders, table writes nothing."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", help="File or folder to write; by default the day's in the home."),
]
InLanguage = Annotated[
    Literal["en", "zh"], typer.Option("--language", help="Of labels, words and dates.")
]
From = Annotated[str | None, typer.Option("--from", help="First day, as 2026-06-01.")]
To = Annotated[str | None, typer.Option("--to", help="Last day, included.")]
Channel = Annotated[str, typer.Option("--channel", help="One channel alone.")]
Segment = Annotated[str, typer.Option("--segment", help="One segment alone.")]
COLUMNS = ("kind", "activation", "operation", "outcome", "reason", "item_count")
MODEL = "rpt_activation_results"
SQL = (
    f"select {', '.join(COLUMNS)} from reports.{MODEL} order by 1, 2, 3, 4, item_count desc, reason"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    json: AsJson = False,
    format_: Format = "html",
    output: Output = None,
    language: InLanguage = "en",
    first: From = None,
    last: To = None,
    channel: Channel = "",
    segment: Segment = "",
) -> None:
    """Show the results of all campaigns and syncs, by current state and reason, and write the
    report: one HTML file with targets, charts, tables and definitions, one copy a day kept.
    `sluice missing` says who is concerned.
    """
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.report.build import Asked
    from sluice.orchestration.report.filters import read_filters

    settings = load_settings()
    zone = settings.project.config.schedule.time_zone
    asked = Asked(language, read_filters(first, last, channel, segment, zone))
    rows = _results(settings.warehouse)
    if json:
        typer.echo(json_module.dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows]))
        return
    _show(settings, rows, language)
    if format_ != "table":
        typer.echo(str(_write(settings, asked, format_, output)))


def _results(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    from sluice.orchestration.report.build import no_report_yet
    from sluice.orchestration.warehouse.base import WarehouseError
    from sluice.orchestration.warehouse.reader import query

    try:
        return query(warehouse, SQL)
    except WarehouseError as error:
        raise no_report_yet() from error


def _show(settings: Settings, rows: list[tuple[Any, ...]], language: Language) -> None:
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.inspection.data_issues import data_issues
    from sluice.orchestration.report.words import say

    heads = COLUMNS if language == "en" else _heads(settings)
    cells = [[_cell(*one, language) for one in zip(COLUMNS, row, strict=True)] for row in rows]
    table(say("results", language), heads, cells)
    for one in data_issues(settings.warehouse):
        issue = _cell("reason", one.issue, language)
        words = say("issue", language, one.source, f"{one.count:,}", issue)
        typer.echo(f"{words} {say('see_lint', language)}")


def _heads(settings: Settings) -> tuple[str, ...]:
    """The labels of the columns in Chinese, as their yml has them."""
    from sluice.orchestration.report.build import last_manifest

    nodes = last_manifest(settings)["nodes"].values()
    columns = next((one["columns"] for one in nodes if one["name"] == MODEL), {})
    labels = {name: one["config"]["meta"]["label"]["zh"] for name, one in columns.items()}
    return tuple(labels.get(name, name) for name in COLUMNS)


def _cell(column: str, value: Any, language: Language) -> Any:
    """A word of the product in the language; the name of a campaign or sync stays."""
    from sluice.orchestration.report.values import word

    if value is None:
        return ""
    is_word = isinstance(value, str) and column != "activation"
    return word(value, language) if is_word else value


def _write(settings: Settings, asked: Asked, format_: str, output: Path | None) -> Path:
    from sluice.orchestration.report.build import last_manifest
    from sluice.orchestration.report.writing import write_report

    return write_report(settings, last_manifest(settings), asked, format_, output)
