"""``sluice qr``: QR codes of campaigns, channels and salespersons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sluice.orchestration.installation.settings import Settings

group = typer.Typer(
    name="qr", help="QR codes of campaigns, channels and salespersons.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="In the code's address: a-z, 0-9, _ and -.")]
To = Annotated[str, typer.Option(help="Where a scan leads: a whole web address.")]
Campaign = Annotated[str, typer.Option(help="The campaign it is for: utm_campaign.")]
Channel = Annotated[str, typer.Option(help="Where it is shown: utm_source. Default: qr.")]
Owner = Annotated[str, typer.Option(help="The salesperson whose code it is.")]
Out = Annotated[
    list[Path] | None,
    typer.Option("--out", help="Image to write, .svg or .png; give it again for another."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group.command("new")(new)
    group.command("list")(show)
    group.command("draw")(draw)
    app.add_typer(group)


def new(
    name: Name,
    to: To,
    campaign: Campaign = "",
    channel: Channel = "",
    owner: Owner = "",
    out: Out = None,
) -> None:
    """Write content/qr/NAME.yml, which `sluice serve` serves at once, and the images."""
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.serving.code_files import write_code

    settings = load_settings()
    values = {"to": to, "campaign": campaign, "channel": channel, "owner": owner}
    path = write_code(settings, name, {key: value for key, value in values.items() if value})
    typer.echo(str(path))
    _draw(settings, name, out or [Path(f"{name}.svg")])


def draw(name: Name, out: Out = None) -> None:
    """Write the images of a code anew."""
    from sluice.orchestration.installation.settings import load_settings

    _draw(load_settings(), name, out or [Path(f"{name}.svg")])


def show() -> None:
    """Codes, where they lead, and how often they were scanned by people."""
    from rich.table import Table

    from sluice.orchestration.cli.show import console
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.serving.code_files import list_codes

    table = Table("code", "leads to", "campaign", "channel", "owner", "scans")
    for row in list_codes(load_settings()):
        table.add_row(*row)
    console.print(table)


def _draw(settings: Settings, name: str, files: list[Path]) -> None:
    from sluice.orchestration.serving.code_files import draw_code

    typer.echo(draw_code(settings, name, files))
    for file in files:
        typer.echo(str(file))
