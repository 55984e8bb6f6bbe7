"""``sluice forms``: the forms there are, their addresses, and what came in."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sluice.orchestration.installation.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="Name of the form: its file without .yml.")]
forms_app = typer.Typer(help="The forms there are, and what came in.", no_args_is_help=True)
COUNTS = ("submissions", "confirmed", "waiting", "machines")


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(forms_app, name="forms")


@forms_app.command("list")
def list_(json: AsJson = False) -> None:
    """Every form with its address and counts; of one that is wrong, why. Exit 1 where one is."""
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.serving.form_counts import list_forms

    rows = list_forms(load_settings())
    if json:
        typer.echo(json_module.dumps(rows, ensure_ascii=False))
    elif rows:
        columns = ["form", "version", "languages", "address", *COUNTS]
        table("Forms", columns, [[_shown(row[name]) for name in columns] for row in rows])
    else:
        typer.echo("No form yet: write content/forms/NAME.yml (docs/forms.md)")
    wrong = [row["wrong"] for row in rows if row["wrong"]]
    for text in wrong:
        typer.echo(f"not served: {text}", err=True)
    if wrong:
        raise typer.Exit(1)


@forms_app.command("show")
def show(name: Name, json: AsJson = False) -> None:
    """One form: its addresses, the snippet to paste into a page, fields, consents, counts."""
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.serving.form_counts import describe_form

    found = describe_form(settings := load_settings(), name)
    if found is None:
        raise ConfigurationError(f"there is no form {name}", _names(settings))
    if json:
        typer.echo(json_module.dumps(found, ensure_ascii=False))
        return
    for key, value in found.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        console.print(f"{key}:" + (f"\n{text}" if "\n" in text else f" {text}"), markup=False)


def _names(settings: Settings) -> str:
    from sluice.activations.inbox.forms.catalog import Forms

    names = Forms(settings.project.content).names()
    return f"there is {', '.join(names)}" if names else "write content/forms/NAME.yml"


def _shown(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value
