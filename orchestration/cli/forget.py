"""``sluice forget``: erase a person from everything that is ours, and keep them out."""

from __future__ import annotations

import json as json_module
from typing import Annotated, Any

import typer

Key = Annotated[
    str,
    typer.Argument(help="E-mail, phone, source:record_id, contact id: as `sluice contact` takes."),
]
Reason = Annotated[str, typer.Option("--reason", help="Who asked, and when; kept on record.")]
Resume = Annotated[bool, typer.Option("--resume", help="Only finish what was cut off.")]
Lift = Annotated[
    bool, typer.Option("--lift", help="Let a person who was erased, and came back, in again.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("forget")(forget)


def forget(
    key: Key = "",
    reason: Reason = "",
    resume: Resume = False,
    lift: Lift = False,
    json: AsJson = False,
) -> None:
    """Erase a person from warehouse, ledger, files, logs and destinations; a keyed hash stays,
    which keeps them out.
    """
    from sluice.activations.ledger.reasons import plain_reason
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.access.rights import require
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.plan.activation_registry import find_activations
    from sluice.orchestration.rights.forget import forget as erase
    from sluice.orchestration.rights.forget import lift as let_in

    said = plain_reason(reason, "--reason")
    if not key.strip() and not resume:
        raise ConfigurationError("no key is given", "name the person: sluice forget KEY")
    settings = load_settings()
    require(settings, "change")
    if lift:
        if said is None:
            raise ConfigurationError("--lift needs a reason", 'add --reason "signed up again"')
        count = let_in(settings, key, said)
        typer.echo(f"{count} hashes are gone; the next run lands the person again")
        return
    activations = find_activations(Dbt(settings).manifest, [])
    reports = [one.as_dict() for one in erase(settings, "" if resume else key, activations, said)]
    if json:
        typer.echo(json_module.dumps(reports, ensure_ascii=False))
    for report in [] if json else reports:
        _show(report)
    if any(report["found_after"] for report in reports):
        raise typer.Exit(1)


def _show(report: dict[str, Any]) -> None:
    from sluice.orchestration.cli.show import console, table

    console.rule(f"erasure {report['erasure_id']}")
    rows = [
        [store, place, count]
        for store, counts in report["counts"].items()
        for place, count in sorted(counts.items())
    ]
    table("Erased", ["store", "place", "count"], rows)
    if report["destinations"]:
        names = ["destination", "activation", "state", "reason"]
        table("Destinations", names, [[one[n] for n in names] for one in report["destinations"]])
    console.print(
        "a search of the home found nothing that is left"
        if not report["found_after"]
        else f"still found in: {', '.join(report['found_after'])}; run the command again"
    )
    for one in report["by_hand"]:
        console.print(f"by hand: {one}")
