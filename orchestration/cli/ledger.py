"""``sluice ledger``: what the delivery ledger holds, and what a person may do to it."""

from __future__ import annotations

import json as json_module
from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Ids = Annotated[
    list[int],
    typer.Argument(
        help="Delivery ids, as `sluice ledger unknown` lists them.", min=0, max=2**63 - 1
    ),
]
Key = Annotated[str, typer.Argument(help="A delivery id, or ACTIVATION:CONTACT_ID.")]
Activation = Annotated[str, typer.Option("--activation", help="Only of this campaign or sync.")]
ReasonHolds = Annotated[
    str, typer.Option("--reason", help="Only those whose recorded reason holds this text.")
]
ledger_app = typer.Typer(help="The delivery ledger.", no_args_is_help=True)


class Outcome(StrEnum):
    """What a person found out about an unknown delivery."""

    ACCEPTED = "accepted"
    FAILED = "failed"


class Retriable(StrEnum):
    """States that only a person lets out of."""

    FAILED = "failed"
    UNKNOWN = "unknown"


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(ledger_app, name="ledger")


@ledger_app.callback()
def ledger() -> None:
    """The delivery ledger: what was claimed, and its outcome."""


@ledger_app.command("status")
def status(json: AsJson = False) -> None:
    """Deliveries by current state, and the reasons of those not accepted; with --json, also counts
    by state over all.
    """
    opened = _open()
    rows, reasons = opened.counts(), opened.reason_counts()
    if not json:
        columns = ["activation", "destination", "operation", "state", "count"]
        _table("Deliveries", [{name: row[name] for name in columns} for row in rows], columns)
        if reasons:
            _table(
                "Not accepted, by reason",
                reasons,
                ["activation", "destination", "operation", "state", "reason", "count"],
            )
        return
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row["state"]] += row["count"]
    typer.echo(json_module.dumps({"states": dict(totals), "deliveries": rows, "reasons": reasons}))


@ledger_app.command("unknown")
def unknown(json: AsJson = False) -> None:
    """Deliveries whose outcome is unknown, and what can be done: resend (the next run does),
    reconcile or hold.
    """
    columns = ["delivery_id", "activation", "destination", "subject_id", "since", "on_unknown"]
    columns.append("reason")
    _show("Unknown", _open().unknown_deliveries(), json, columns)


@ledger_app.command("reconcile")
def reconcile(json: AsJson = False) -> None:
    """Query the vendors that can be queried for unknown deliveries, now; each run does so
    before it sends.
    """
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.plan.activation_registry import find_activations
    from sluice.orchestration.push.reconcile_command import ask_vendors

    settings = load_settings()
    columns = ["activation", "destination", "unknown", "known"]
    _show("Asked", ask_vendors(settings, find_activations(Dbt(settings).manifest)), json, columns)


@ledger_app.command("resolve")
def resolve(
    ids: Ids,
    outcome: Annotated[Outcome, typer.Option("--as", help="Their outcome.")],
    reason: Annotated[str, typer.Option("--reason", help="How you know.")],
    json: AsJson = False,
) -> None:
    """Settle unknown deliveries by hand: a receipt says who did, and why."""
    person = _changer()
    settled = _open().resolve(ids, outcome.value, reason, person, datetime.now(UTC))
    _show("Settled", settled, json, ["delivery_id", "activation", "subject_id", "state", "reason"])


@ledger_app.command("retry")
def retry(
    activation: Activation = "",
    reason: ReasonHolds = "",
    state: Retriable = Retriable.FAILED,
    json: AsJson = False,
) -> None:
    """Make failed (or held unknown) deliveries due again in the next run, if its rules still want
    them.
    """
    person = _changer()
    again = _open().retry(
        state.value, activation or None, reason or None, person, datetime.now(UTC)
    )
    if not json:
        counted = Counter((row["activation"], row["destination"]) for row in again)
        rows = [
            {"activation": name, "destination": where, "deliveries": n}
            for (name, where), n in sorted(counted.items())
        ]
        _table("Due again in the next run", rows, ["activation", "destination", "deliveries"])
        return
    _show("", again, json, ["delivery_id", "activation", "destination", "subject_id", "state"])


@ledger_app.command("adopt")
def adopt(
    reason: Annotated[str, typer.Option("--reason", help="What happened to the ledger.")],
    json: AsJson = False,
) -> None:
    """Use a new or older ledger in place of the one this home has used: it is given what the
    warehouse knows first.
    """
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.plan.approvals import allowed_approver
    from sluice.orchestration.recovery.adopting import adopt as adopt_ledger

    settings = load_settings()
    restored = adopt_ledger(settings, _open(), reason, allowed_approver(settings))
    if json:
        typer.echo(json_module.dumps(restored))
        return
    _table(
        "Given back by the warehouse",
        [{"what": what, "count": count} for what, count in restored.items()],
        ["what", "count"],
    )


@ledger_app.command("history")
def history(key: Key, json: AsJson = False) -> None:
    """Everything that happened to a delivery, from its decision and its claims to its outcome."""
    from sluice.orchestration.cli.show import console
    from sluice.orchestration.inspection.delivery_history import tell_history
    from sluice.orchestration.installation.settings import load_settings

    found = tell_history(_open(), load_settings().warehouse, key)
    if json:
        typer.echo(json_module.dumps(found, ensure_ascii=False, default=str))
        return
    for one in found:
        console.print(
            f"{one['activation']}, contact {one['subject_id']}, delivery {one['delivery_id']}:"
            f" {one['state'] or 'never sent'}"
        )
        if one["decision"]:
            console.print(
                "decided: {decision}, {reason} ({decided_at} UTC)".format(**one["decision"])
            )
        _table("Events", one["events"], ["at", "state", "reason", "recorded_by", "run_id"])


def _changer() -> str:
    from sluice.orchestration.access.rights import require
    from sluice.orchestration.installation.settings import load_settings

    return require(load_settings(), "change")


def _open() -> Any:
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.runs.state import open_ledger

    return open_ledger(load_settings())


def _show(title: str, rows: list[dict[str, Any]], as_json: bool, columns: list[str]) -> None:
    if as_json:
        chosen = [{name: row[name] for name in columns} for row in rows]
        typer.echo(json_module.dumps(chosen, ensure_ascii=False, default=str))
    else:
        _table(title, rows, columns)


def _table(title: str, rows: list[dict[str, Any]], columns: list[str]) -> None:
    """Ids stay without separators, times end at the second."""
    from sluice.orchestration.cli.show import console, table

    def shown(name: str, value: Any) -> Any:
        if isinstance(value, int) and not name.endswith("_id"):
            return value
        return (
            str(value)[:19] if isinstance(value, datetime) else "" if value is None else str(value)
        )

    if rows:
        table(
            title,
            columns,
            [[shown(name, row[name]) for name in columns] for row in rows],
            is_wrapped=True,
        )
    else:
        console.print(f"{title.lower()}: none")
