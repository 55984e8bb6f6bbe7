"""``sluice journeys start``, ``stop``, ``move`` and ``release``: orders that the next run carries
out.
"""

from __future__ import annotations

import json as json_module
from typing import Annotated

import typer

from sluice.models.journey_order import JourneyOrder
from sluice.orchestration.cli.contact import Key

Name = Annotated[str, typer.Argument(help="Name of the journey, without steps_.")]
Contact = Annotated[
    str | None,
    typer.Option("--contact", help="One contact, by any key; all who are inside without it."),
]
From = Annotated[str, typer.Option("--from", help="The node where people stand.")]
To = Annotated[str, typer.Option("--to", help="The node they go to.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with who ordered it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(group: typer.Typer) -> None:
    """Add the commands to ``sluice journeys``."""
    for command in (start, stop, move, release):
        group.command(command.__name__)(command)


def start(name: Name, contact: Key, reason: Reason = "", json: AsJson = False) -> None:
    """Let a contact in at the next run; reentry and the entry condition hold as for a trigger."""
    _give(JourneyOrder("start", name, reason=reason), contact, json)


def stop(name: Name, contact: Contact = None, reason: Reason = "", json: AsJson = False) -> None:
    """End the enrolments of a contact, or of all who are inside now, at the next run."""
    _give(JourneyOrder("stop", name, reason=reason), contact, json)


def move(
    name: Name,
    from_: From,
    to: To,
    contact: Contact = None,
    reason: Reason = "",
    json: AsJson = False,
) -> None:
    """Move who stands at a node now to another one, at the next run."""
    order = JourneyOrder("move", name, from_node=from_, to_node=to, reason=reason)
    _give(order, contact, json)


def release(contact: Key, reason: Reason = "", json: AsJson = False) -> None:
    """Give a contact that a person took over back to the journeys; later triggers count."""
    _give(JourneyOrder("release", reason=reason), contact, json)


def _give(order: JourneyOrder, key: str | None, as_json: bool) -> None:
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.journeys.ordering import give_order
    from sluice.orchestration.runs.state import open_ledger

    settings = load_settings()
    manifest = Dbt(settings).manifest if order.journey else {}
    kept = give_order(settings, open_ledger(settings), manifest, order, key)
    if as_json:
        typer.echo(json_module.dumps(vars(kept), ensure_ascii=False))
        return
    whom = "all who are inside" if kept.contact_id is None else f"contact {kept.contact_id}"
    where = f" in {kept.journey}" if kept.journey else ""
    console.print(f"{kept.action} of {whom}{where} is kept; the next run carries it out")
