"""``sluice journeys new``: a journey from a playbook."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sluice.orchestration.authoring.playbooks.library import Playbook
    from sluice.orchestration.authoring.playbooks.needs import Need

Name = Annotated[
    str, typer.Argument(help="Name of the new journey, without steps_.", show_default=False)
]
From = Annotated[str, typer.Option("--from", help="The playbook to copy.")]
List = Annotated[bool, typer.Option("--list", help="Show the playbooks there are.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(group: typer.Typer) -> None:
    """Add the command to ``sluice journeys``."""
    group.command("new")(new)


def new(name: Name = "", from_: From = "", list_: List = False, json: AsJson = False) -> None:
    """Write a journey from a playbook, with its segments and its texts in English and Chinese, and
    say what it needs of the project. Nothing is overwritten.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.authoring.playbooks.copying import files_of, first_day, write_files
    from sluice.orchestration.authoring.playbooks.library import find_playbook
    from sluice.orchestration.authoring.playbooks.needs import needs_of
    from sluice.orchestration.installation.settings import load_settings

    if list_:
        playbooks(json)
        return
    if not name or not from_:
        raise ConfigurationError(
            "the name of the journey or its playbook is missing",
            "write sluice journeys new --from PLAYBOOK NAME; --list shows the playbooks",
        )
    playbook, settings = find_playbook(from_), load_settings()
    files = files_of(settings, playbook, name)
    needs = needs_of(settings, playbook, playbook.journey(name, first_day(settings)))
    write_files(settings.project.root, files)
    shown = [path.relative_to(settings.project.root).as_posix() for path in files]
    if json:
        _print({"files": shown, "needs": [one.as_dict() for one in needs]})
        return
    _show(name, playbook, shown, needs)


def playbooks(json: bool = False) -> None:
    """Show the playbooks there are."""
    from sluice.orchestration.authoring.playbooks import library

    found = [(name, one.description) for name, one in library.playbooks().items()]
    if json:
        _print([{"playbook": name, **one.model_dump()} for name, one in found])
        return
    for name, one in found:
        typer.echo(f"{name}\n    {one.summary}")


def _show(name: str, playbook: Playbook, files: list[str], needs: list[Need]) -> None:
    _lines(f"{len(files)} files", files)
    _lines("\nIt needs:", [f"{one.kind} {one.name}: {one.what}" for one in needs])
    missing = [one for one in needs if not one.is_there]
    where = [f"{one.kind} {one.name}: {one.where}" for one in missing]
    _lines("\nNot found in this project; add it in:", where)
    _lines("\nKnow before you use it:", list(playbook.description.limits))
    typer.echo(
        f"\nWrite your own brand, url and code into models/journeys/steps_{name}.yml.\n"
        "Next: sluice lint && sluice plan"
    )


def _lines(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo("\n  ".join([title, *lines]))


def _print(value: object) -> None:
    typer.echo(json_module.dumps(value, ensure_ascii=False))
