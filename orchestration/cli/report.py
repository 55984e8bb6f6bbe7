"""``sluice report``: the outcome of every message and operation."""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON list.")]
COLUMNS = ("kind", "activation", "operation", "outcome", "reason", "item_count")
SQL = (
    f"select {', '.join(COLUMNS)} from reports.rpt_activation_results order by 1, 2, 3, 4,"
    " item_count desc, reason"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(json: AsJson = False) -> None:
    """Show the results of all campaigns and syncs, by current state and reason; `sluice missing`
    says who is concerned.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.inspection.data_issues import data_issues
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.warehouse.base import WarehouseError
    from sluice.orchestration.warehouse.reader import query

    warehouse = load_settings().warehouse
    try:
        rows = query(warehouse, SQL)
    except WarehouseError as error:
        raise ConfigurationError(
            "there is no report yet in this home", "run `sluice run` first, or set SLUICE_HOME"
        ) from error
    if json:
        typer.echo(json_module.dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows]))
    else:
        table("Results", COLUMNS, [["" if cell is None else cell for cell in row] for row in rows])
        for one in data_issues(warehouse):
            typer.echo(f"{one.source}: {one.count:,} {one.issue}: see `sluice lint`")
