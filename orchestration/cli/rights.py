"""``sluice export`` and ``sluice correct``: access and correction."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer

Key = Annotated[
    str,
    typer.Argument(help="E-mail, phone, source:record_id, contact id: as `sluice contact` takes."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and write no file.")]
Out = Annotated[
    str, typer.Option("--out", help="Folder of the two files. Default: SLUICE_HOME/exports.")
]
Field = Annotated[list[str] | None, typer.Option("--field", help="field=value, may be repeated.")]
Withdraw = Annotated[
    list[str] | None, typer.Option("--withdraw", help="A field whose correction is taken back.")
]
Reason = Annotated[
    str, typer.Option("--reason", help="Who asked for it, and when; kept on record.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("export")(export)
    app.command("correct")(correct)


def export(key: Key, out: Out = "", json: AsJson = False) -> None:
    """Write all that is held about a person: a JSON file, and a page in English and Chinese."""
    from sluice.activations.private_files import write_private
    from sluice.orchestration.access.rights import require
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.plan.activation_registry import find_activations
    from sluice.orchestration.rights.export import as_page
    from sluice.orchestration.rights.export import export as collect
    from sluice.orchestration.runs.state import open_ledger

    settings = load_settings()
    require(settings, "see_personal_data")
    activations = find_activations(Dbt(settings).manifest, [])
    people = collect(settings, open_ledger(settings), key, activations)
    text = json_module.dumps(people, ensure_ascii=False, default=str)
    if json:
        typer.echo(text)
        return
    folder = Path(out).expanduser() if out else settings.home / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = "_".join(str(one["contact_id"]) for one in people)[:100]
    for ending, content in ((".json", text), (".html", as_page(people))):
        write_private(folder / f"{name}{ending}", content)
        typer.echo(str(folder / f"{name}{ending}"))


def correct(
    key: Key, reason: Reason, field: Field = None, withdraw: Withdraw = None, json: AsJson = False
) -> None:
    """Set golden values of a person by hand: they win over every source from the next run on."""
    from sluice.activations.ledger.reasons import plain_reason
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.access.rights import require
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.rights import correct as correcting
    from sluice.orchestration.runs.state import open_ledger

    said = plain_reason(reason, "--reason")
    if said is None:
        raise ConfigurationError("--reason is empty", 'add --reason "letter of 3 June"')
    if not (field or withdraw) or any("=" not in one for one in field or ()):
        raise ConfigurationError(
            "no value is given", "write --field city=Hangzhou, or --withdraw city"
        )
    values = {name.strip(): value for name, _, value in (one.partition("=") for one in field or ())}
    settings = load_settings()
    require(settings, "change")
    ledger = open_ledger(settings)
    done = correcting.withdraw(settings, ledger, key, withdraw, said) if withdraw else []
    done += correcting.correct(settings, ledger, key, values, said) if values else []
    if json:
        typer.echo(json_module.dumps(done))
        return
    for one in done:
        what = "is withdrawn" if one.get("withdrawn") else "is corrected"
        typer.echo(f"{one['field']} of contact {one['contact_id']} {what}; the next run uses it")
