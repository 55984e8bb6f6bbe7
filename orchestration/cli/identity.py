"""``sluice identity``: contacts that are probably one person, for a person to decide."""

from __future__ import annotations

import json as json_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sluice.models.match_decision import Decision

group = typer.Typer(
    name="identity",
    help="Contacts that are probably one person: look through them, confirm or dismiss.",
    no_args_is_help=True,
)
First = Annotated[str, typer.Argument(help="One contact, by any key that `sluice contact` takes.")]
Second = Annotated[str, typer.Argument(help="The other contact, likewise.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with who decided it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
All = Annotated[bool, typer.Option("--all", help="Also pairs that hold nothing back, or decided.")]
SHOWN = 50  # pairs; JSON has them all


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (review, confirm, dismiss):
        group.command(command.__name__)(command)
    app.add_typer(group)


def review(all_: All = False, json: AsJson = False) -> None:
    """List the pairs that hold messages back: why they may be one person, and what they hold."""
    from sluice.orchestration.cli.show import console, table
    from sluice.orchestration.identity.matches import list_matches
    from sluice.orchestration.installation.settings import load_settings

    pairs = list_matches(load_settings().warehouse, is_all=all_)
    if json:
        typer.echo(json_module.dumps(pairs, ensure_ascii=False, default=str))
        return
    if not pairs:
        console.print("no pair waits for a decision; `--all` lists the others")
        return
    columns = ["contact", "perhaps also", "why", "status", "silences", "messages held"]
    table("Probably one person", columns, map(_cells, pairs[:SHOWN]), is_wrapped=True)
    if len(pairs) > SHOWN:
        console.print(f"{len(pairs) - SHOWN} more: `sluice identity review --json`")


def confirm(first: First, second: Second, reason: Reason = "", json: AsJson = False) -> None:
    """Treat two contacts as one person for refusals and caps, also when the evidence is gone."""
    _decide((first, second), "confirmed", reason, json)


def dismiss(first: First, second: Second, reason: Reason = "", json: AsJson = False) -> None:
    """Let two contacts go their own ways: neither holds the other back any more."""
    _decide((first, second), "dismissed", reason, json)


def _decide(keys: tuple[str, str], decision: Decision, reason: str, as_json: bool) -> None:
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.identity.deciding import decide
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.runs.state import open_ledger

    settings = load_settings()
    made = decide(settings, open_ledger(settings), keys, decision, reason)
    if as_json:
        typer.echo(json_module.dumps(vars(made), ensure_ascii=False))
        return
    pair = f"contacts {made.contact_id_a} and {made.contact_id_b}"
    console.print(f"{pair} are {decision}; the next run uses it")


def _cells(pair: dict[str, Any]) -> list[str]:
    chance = f", {pair['probability']:.0%}" if pair["probability"] is not None else ""
    return [
        *(
            "\n".join([str(pair[f"contact_id_{side}"]), *pair[f"identifiers_{side}"]])
            for side in "ab"
        ),
        f"{pair['why']}{chance}: {pair['evidence'] or ''}".rstrip(": "),
        pair["status"] + (f" by {pair['decided_by']}" if pair["decided_by"] else ""),
        "\n".join(f"{one['channel']} of {one['contact_id']}" for one in pair["silenced"]),
        str(pair["messages_held"]),
    ]
