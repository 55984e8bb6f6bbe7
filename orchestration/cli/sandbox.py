"""``sluice sandbox``: every vendor on loopback."""

from __future__ import annotations

import signal
import threading
from typing import Annotated, Any

import typer

sandbox_app = typer.Typer(help="Every vendor, simulated on loopback.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(sandbox_app, name="sandbox")


@sandbox_app.callback()
def sandbox() -> None:
    """Every vendor, simulated on loopback: it checks what they check, and counts what each
    recipient received.
    """


@sandbox_app.command("up")
def up(
    smtp_port: Annotated[
        int, typer.Option(help="Port of the mail server; 0 for any free one.")
    ] = 0,
    crm_port: Annotated[int, typer.Option(help="Port of the CRM; 0 for any free one.")] = 0,
    page_port: Annotated[
        int, typer.Option(help="Port of the page that shows what was received; 0 for any free one.")
    ] = 0,
) -> None:
    """Run the sandbox until Ctrl-C. Runs in the same home find it."""
    from sluice.activations.sandbox.server import Sandbox
    from sluice.orchestration.installation.settings import load_settings

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = load_settings()
    ports = {"smtp": smtp_port, "hubspot": crm_port, "page": page_port}
    with Sandbox(settings.home, ports, content=settings.project.content) as running:
        smtp, hubspot = running.endpoints()["smtp"], running.endpoints()["hubspot"]
        typer.echo(
            f"mail   {smtp['host']}:{smtp['port']}  user {smtp['username']}  password"
            f" {smtp['password']}"
        )
        typer.echo(f"crm    {hubspot['url']}  token {hubspot['token']}")
        typer.echo(f"page   {running.page.url}")
        stop.wait()


@sandbox_app.command("status")
def status(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What the sandbox of this home has received so far."""
    import json as json_module

    from sluice.activations.sandbox.server import STORE_FILE
    from sluice.activations.sandbox.store import Store
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.installation.settings import load_settings

    store = Store(load_settings().home / STORE_FILE)
    counts = store.counts()
    store.close()
    if json:
        typer.echo(json_module.dumps(counts))
    else:
        table("Received by the sandbox", ["what", "count"], counts.items())


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Time = Annotated[
    str,
    typer.Argument(
        help=(
            "A time, 2026-06-29T21:00:00+08:00, or `now` for that of the machine. Without it:"
            " shown."
        )
    ),
]
FaultNames = Annotated[
    list[str] | None,
    typer.Argument(help="What the next calls meet, in order. Without it: what is scripted."),
]


@sandbox_app.command("clock")
def clock(time: Time = "", json: AsJson = False) -> None:
    """Show or set the clock of the running sandbox; it goes on from there."""
    value = {"now": None if time == "now" else time} if time else None
    state = _switch("/api/clock", value)
    _print(state, json, f"it is {state['now']} in the sandbox")


@sandbox_app.command("fault")
def fault(
    names: FaultNames = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget what is scripted, first.")] = False,
    json: AsJson = False,
) -> None:
    """Script faults of the running sandbox: 500, 429, 401, drop, drop_after_accept,
    slow_after_accept, invalid_json, cut_body.
    """
    value = {"http": list(names or []), "clear": clear} if names or clear else None
    state = _switch("/api/faults", value)
    _print(state, json, "the next calls meet: " + (", ".join(state["http"]) or "nothing"))


def _switch(path: str, value: Any) -> dict[str, Any]:
    from sluice.activations.sandbox.page.remote import switch
    from sluice.activations.sandbox.server import STATE_FILE
    from sluice.orchestration.installation.settings import load_settings

    return switch(load_settings().home / STATE_FILE, path, value)


def _print(state: dict[str, Any], as_json: bool, words: str) -> None:
    import json as json_module

    typer.echo(json_module.dumps(state, ensure_ascii=False) if as_json else words)
