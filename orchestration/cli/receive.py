"""``sluice receive``: the server that vendors call."""

from __future__ import annotations

import signal
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sluice.activations.callbacks.connections import Limits
    from sluice.orchestration.installation.settings import Settings

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Destinations to serve. Without it: all that are configured."),
]
Host = Annotated[str, typer.Option(help="Address to listen on. Put a proxy with TLS before it.")]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 for any free one.")]
Seconds = Annotated[
    float | None,
    typer.Option(
        envvar="SLUICE_RECEIVE_SECONDS",
        min=0.1,
        help="For a whole request to come in. Default: as sluice.yml says, else 10.",
    ),
]
Most = Annotated[
    int | None,
    typer.Option(
        envvar="SLUICE_RECEIVE_CONNECTIONS",
        min=1,
        help="Connections at once. Default: as sluice.yml says, else 64.",
    ),
]
PerAddress = Annotated[
    int | None,
    typer.Option(
        envvar="SLUICE_RECEIVE_PER_ADDRESS",
        min=1,
        help="Of one address (a proxy is one): connections whose request has not come."
        " Default: as sluice.yml says, else 32.",
    ),
]
PublicUrl = Annotated[
    str, typer.Option(help="How vendors reach it: https://hooks.shop.example. Some sign it.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("receive")(receive)


def receive(
    names: Names = None,
    host: Host = "127.0.0.1",
    port: Port = 8085,
    public_url: PublicUrl = "",
    seconds: Seconds = None,
    connections: Most = None,
    per_address: PerAddress = None,
) -> None:
    """Receive the callbacks of vendors, until Ctrl-C: receipts, replies, unsubscribes. Kept in the
    ledger before it is answered.
    """
    import logging
    from datetime import UTC, datetime

    from sluice.activations.callbacks.routes import find_routes
    from sluice.activations.callbacks.server import PREFIX, CallbackServer
    from sluice.models.errors import ConfigurationError
    from sluice.orchestration.installation.destination_settings import declared
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.push.delivery_target import endpoints
    from sluice.orchestration.runs.state import open_ledger

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    settings = load_settings()
    ledger = open_ledger(settings)
    with endpoints(settings) as sandbox:
        routes, left_out = find_routes(sandbox, names or (), declared(settings))
        if not routes:
            raise ConfigurationError(
                "no destination that vendors call is configured",
                "set its SLUICE_* variables, or name one",
            )
        with cannot_listen(host, port):
            server = CallbackServer(
                routes,
                lambda news: ledger.receive(news, datetime.now(UTC)),
                host,
                port,
                public_url,
                limits_of(
                    settings, seconds=seconds, connections=connections, per_address=per_address
                ),
            )
        for name in routes:
            typer.echo(f"{server.public_url}{PREFIX}{name}")
        for name, reason in left_out.items():
            typer.echo(f"left out: {name} ({reason})", err=True)
        _serve(server)


def limits_of(settings: Settings, **given: float | None) -> Limits:
    """The limits: as the command or the environment says, else ``receive`` of sluice.yml."""
    from sluice.activations.callbacks.connections import Limits

    said = settings.project.config.receive.model_dump(exclude_none=True)
    return Limits(**{**said, **{name: one for name, one in given.items() if one is not None}})


def _serve(server: socketserver.BaseServer) -> None:
    """Until Ctrl-C or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True
    ).start()
    stop.wait()
    server.shutdown()
    server.server_close()


@contextmanager
def cannot_listen(host: str, port: int) -> Iterator[None]:
    """A port that is taken is an error with a fix."""
    from sluice.models.errors import ConfigurationError

    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror})", "set --port to a free one, or 0"
        ) from error
