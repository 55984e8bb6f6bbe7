"""``sluice content``: the texts there are, what is wrong with them, and how they look."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Names = Annotated[
    list[str] | None, typer.Argument(metavar="TEMPLATE", help="Only these templates.")
]
Online = Annotated[bool, typer.Option("--online", help="Call the address of each link too.")]
Output = Annotated[Path, typer.Option("--output", help="Folder to write index.html to.")]
content_app = typer.Typer(help="The texts of messages.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(content_app, name="content")


@content_app.command("list")
def list_(json: AsJson = False) -> None:
    """Every text with what its front matter says of it."""
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.content.library import library
    from sluice.orchestration.installation.settings import load_settings

    rows = [one.row() for one in library(load_settings().project.content)]
    if json:
        typer.echo(json_module.dumps(rows, ensure_ascii=False))
    elif rows:
        table("Texts", list(rows[0]), [list(row.values()) for row in rows])
    else:
        typer.echo("No text yet: write content/email/NAME.en.txt.liquid (docs/content.md)")


@content_app.command("check")
def check(names: Names = None, online: Online = False, json: AsJson = False) -> None:
    """Try each text with made-up contacts: what cannot be rendered, values that no campaign gives,
    links, length, images without words, what is out of date, and where there is no text. Exit 1
    where a text cannot be sent as it is meant.
    """
    from dataclasses import asdict

    from sluice.orchestration.cli.show import table
    from sluice.orchestration.content import library as texts
    from sluice.orchestration.installation.settings import load_settings

    settings = load_settings()
    content = settings.project.content
    found = texts.library(content, names or ())
    today = settings.default_as_of().date()
    sent = texts.sent_by(settings.project.root)
    problems = texts.check(found, sent, content, today)
    if online:
        problems += texts.dead_links(texts.links(found, sent, content))
    gaps = [] if names else texts.gaps(found)
    if json:
        rows = [asdict(one) for one in problems]
        shown = {"texts": len(found), "problems": rows, "gaps": gaps}
        typer.echo(json_module.dumps(shown, ensure_ascii=False))
    else:
        for one in problems:
            typer.echo(f"{one.level}: {one.text}  {one.rule}  {one.words}\n    -> {one.fix}")
        if gaps:
            table("Gaps", ["gap"], [[words] for words in gaps])
        errors = sum(one.level == "error" for one in problems)
        typer.echo(f"{len(found)} texts, {errors} errors, {len(problems) - errors} warnings")
    if any(one.level == "error" for one in problems):
        raise typer.Exit(1)


@content_app.command("preview")
def preview(names: Names = None, output: Output = Path("content_preview")) -> None:
    """Write a page that shows each text as a desktop and a phone show it, in each language."""
    from sluice.orchestration.content.library import library, sent_by
    from sluice.orchestration.content.preview import write_preview
    from sluice.orchestration.installation.settings import load_settings

    project = load_settings().project
    found = library(project.content, names or ())
    path = write_preview(found, sent_by(project.root), project.content, output)
    typer.echo(f"{len(found)} texts: {path}")
