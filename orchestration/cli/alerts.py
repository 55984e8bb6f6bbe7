"""``sluice alerts``: what breaks a limit now, since when, and what to do."""

from __future__ import annotations

import json as json_module
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON list.")]
All = Annotated[bool, typer.Option("--all", help="Those that are over, too.")]
InChinese = Annotated[str, typer.Option("--language", help="en or zh.")]
COLUMNS = {
    "en": ["since, UTC", "until, UTC", "owner", "alert", "what to do", "notice"],
    "zh": ["开始（UTC）", "结束（UTC）", "负责人", "告警", "处理办法", "通知"],
}
TITLES = {"en": "Alerts", "zh": "告警"}
NONE_OPEN = {"en": "no alert is open", "zh": "没有未关闭的告警"}
NONE_EVER = {"en": "there was no alert yet", "zh": "尚无告警"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("alerts")(alerts)


def alerts(all_of_them: All = False, language: InChinese = "en", json: AsJson = False) -> None:
    """What breaks a limit of the seed alert_rules: open alerts as of the last run, with their
    owner and what to do.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.alerts.words import fix, what
    from sluice.orchestration.cli.show import console, table
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.runs.state import open_ledger

    if language not in ("en", "zh"):
        raise ConfigurationError(f"there is no language '{language}'", "use en or zh")
    rows = open_ledger(load_settings()).alerts(is_open=not all_of_them)
    listed = [
        {**row, "alert": what(row, language), "fix": fix(row, language)}  # type: ignore[arg-type]
        for row in rows
    ]
    if json:
        typer.echo(json_module.dumps(listed, ensure_ascii=False, default=str))
    elif listed:
        rows_shown = [_cells(row) for row in listed]
        table(TITLES[language], COLUMNS[language], rows_shown, is_wrapped=True)
    else:
        console.print((NONE_EVER if all_of_them else NONE_OPEN)[language])


def _cells(row: dict[str, Any]) -> list[str]:
    moments = [str(row[name] or "")[:16] for name in ("opened_at", "closed_at")]
    notice = row["opening_notice"] if row["closed_at"] is None else row["closing_notice"]
    return [*moments, row["owner"], row["alert"], row["fix"], notice]
