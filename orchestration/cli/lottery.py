"""``sluice lottery``: draws that anybody can repeat."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

group = typer.Typer(name="lottery", help="Draws that anybody can repeat.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Of the lottery: a-z, 0-9, _ and -.")]
Segment = Annotated[str, typer.Option(help="Whose members of the last run take part.")]
Seed = Annotated[str, typer.Option(help="Public, and not known when the list was closed.")]
Winners = Annotated[int, typer.Option(min=1, help="How many entries win.")]
Folder = Annotated[Path, typer.Argument(help="With entries.txt and result.json.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group.command("close")(close)
    group.command("draw")(draw)
    group.command("check")(check)
    app.add_typer(group)


def close(name: Name, segment: Segment, json: AsJson = False) -> None:
    """Close the list of who takes part: publish it, or its hash, before the seed is known."""
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.lottery import keeping

    found = keeping.close(load_settings(), name, segment)
    if json:
        typer.echo(json_module.dumps(asdict(found)))
        return
    typer.echo(f"{found.entries} entries in {found.folder}\nsha256 {found.list_hash}")


def draw(name: Name, seed: Seed, winners: Winners = 1, json: AsJson = False) -> None:
    """Draw a closed list with a seed, once: the winning entries, and which contacts they are."""
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.lottery import keeping

    settings = load_settings()
    result = keeping.draw_once(settings, name, seed, winners)
    contacts = keeping.contacts_of(settings, result)
    if json:
        typer.echo(json_module.dumps({**asdict(result), "contacts": contacts}, ensure_ascii=False))
        return
    typer.echo(f"list sha256 {result.list_hash}, seed {result.seed}, drawn {result.drawn_at}")
    for place, entry in enumerate(result.winners, start=1):
        typer.echo(f"{place}. {entry}  contact {contacts.get(entry, 'erased')}")


def check(folder: Folder, json: AsJson = False) -> None:
    """Draw a published list again, and compare. Exit code 1 where it comes out otherwise."""
    from sluice.orchestration.lottery import keeping

    found = keeping.check(folder)
    if json:
        typer.echo(json_module.dumps(found))
    else:
        typer.echo(f"list sha256 {found['list_hash']}: {_word(found['is_list_right'])}")
        typer.echo(f"{len(found['winners'])} winners: {_word(found['is_draw_right'])}")
    if not (found["is_list_right"] and found["is_draw_right"]):
        raise typer.Exit(1)


def _word(is_right: object) -> str:
    return "as published" if is_right else "NOT as published"
