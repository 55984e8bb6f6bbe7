"""``sluice access``: who may do what, and the keys by which people prove who they are."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key is to be.")]
access_app = typer.Typer(no_args_is_help=True, help="Who may do what, and how they prove it.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    access_app.command("show")(show)
    access_app.command("key")(key)
    access_app.command("code")(code)
    app.add_typer(access_app, name="access")


def show(json: AsJson = False) -> None:
    """The people of sluice.yml with their rights, and whether you are who SLUICE_USER says."""
    from sluice.models.errors import BlockedError
    from sluice.orchestration.access.codes import Codes
    from sluice.orchestration.access.rights import DOING, has_right, prove
    from sluice.orchestration.cli.show import console, table
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.push.pauses import person

    settings = load_settings()
    access, you = settings.project.config.access, person()
    try:
        prove(access, you)
        is_proven = True
    except BlockedError:
        is_proven = False
    rows = [
        {
            "person": name,
            "role": one.role,
            "may": [right for right in DOING if has_right(access, name, right)],
            "has_key": one.key is not None,
            "has_code": access.codes and Codes(settings.home).has(name),
        }
        for name, one in access.people.items()
    ]
    if json:
        typer.echo(json_module.dumps({"you": you, "is_proven": is_proven, "people": rows}))
        return
    if rows:
        shown = [
            [
                r["person"],
                r["role"],
                ", ".join(r["may"]),  # type: ignore[arg-type]
                *("yes" if r[one] else "no" for one in ("has_key", "has_code")),
            ]
            for r in rows
        ]
        table("Access", ["person", "role", "may", "has a key", "has codes"], shown)
    else:
        console.print("anybody may do anything: access.people of sluice.yml is empty")
    how = "by your key" if is_proven else "by name alone"
    if rows and you not in access.people:
        how = "who is not listed: you have no right; SLUICE_USER says who you are"
    console.print(f"you are {you}, {how}")


def key(file: File) -> None:
    """Make a private key for yourself, and print the public half for access.people of sluice.yml.
    With SLUICE_KEY_PASSPHRASE the file is closed by it.
    """
    from sluice.orchestration.access.keys import make_key

    typer.echo(make_key(file.expanduser()))


def code() -> None:
    """Make the secret of your one-time codes, in place of an earlier one, and print its address for
    an authenticator app, once. It asks for your key; access.codes of sluice.yml must be on.
    """
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.access.codes import Codes
    from sluice.orchestration.access.rights import prove
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.push.pauses import person

    settings = load_settings()
    config, you = settings.project.config, person()
    if not config.access.codes:
        raise ConfigurationError(
            "one-time codes are off",
            "write access: {codes: true} into sluice.yml, once you have read docs/access.md",
        )
    prove(config.access, you)
    typer.echo(Codes(settings.home).enrol(you, f"Sluice {config.name}"))
