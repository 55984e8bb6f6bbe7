"""``sluice sandbox``: every vendor on loopback."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

sandbox_app = typer.Typer(help="Every vendor, simulated on loopback.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(sandbox_app, name="sandbox")


@sandbox_app.callback()
def sandbox() -> None:
    """Every vendor, simulated on loopback: it checks what they check, and counts what each recipient received."""


@sandbox_app.command("up")
def up(
    smtp_port: Annotated[int, typer.Option(help="Port of the mail server; 0 for any free one.")] = 0,
    crm_port: Annotated[int, typer.Option(help="Port of the CRM; 0 for any free one.")] = 0,
) -> None:
    """Run the sandbox until Ctrl-C. Runs in the same home find it."""
    from activations.sandbox.server import Sandbox
    from orchestration.settings import load_settings

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Sandbox(load_settings().home, {"smtp": smtp_port, "hubspot": crm_port}) as running:
        smtp, hubspot = running.endpoints()["smtp"], running.endpoints()["hubspot"]
        typer.echo(f"mail   {smtp['host']}:{smtp['port']}  user {smtp['username']}  password {smtp['password']}")
        typer.echo(f"crm    {hubspot['url']}  token {hubspot['token']}")
        stop.wait()


@sandbox_app.command("status")
def status(json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """What the sandbox of this home has received so far."""
    import json as json_module

    from activations.sandbox.server import STORE_FILE
    from activations.sandbox.store import Store
    from orchestration.cli.show import table
    from orchestration.settings import load_settings

    store = Store(load_settings().home / STORE_FILE)
    counts = store.counts()
    store.close()
    if json:
        typer.echo(json_module.dumps(counts))
    else:
        table("Received by the sandbox", ["what", "count"], counts.items())
