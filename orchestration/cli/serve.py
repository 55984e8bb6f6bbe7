"""``sluice serve``: the one service that vendors, pages and people call."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sluice.activations.inbox.http_server import Limits
    from sluice.orchestration.installation.settings import Settings

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Destinations whose vendors call. Without it: all that are configured."),
]
Host = Annotated[str, typer.Option(help="Address to listen on. Put a proxy with TLS before it.")]
Port = Annotated[int, typer.Option(help="Port to listen on; 0 for any free one.")]
Seconds = Annotated[
    float | None,
    typer.Option(
        envvar="SLUICE_SERVE_SECONDS",
        min=0.1,
        help="For a whole request to come in. Default: as sluice.yml says, else 10.",
    ),
]
Most = Annotated[
    int | None,
    typer.Option(
        envvar="SLUICE_SERVE_CONNECTIONS",
        min=1,
        help="Connections at once. Default: as sluice.yml says, else 1000.",
    ),
]
PerAddress = Annotated[
    int | None,
    typer.Option(
        envvar="SLUICE_SERVE_PER_ADDRESS",
        min=1,
        help="Of one address (a proxy is one): connections whose request has not come."
        " Default: as sluice.yml says, else 200.",
    ),
]
PublicUrl = Annotated[
    str,
    typer.Option(
        help="How others reach it: https://hooks.shop.example. Default: SLUICE_PUBLIC_URL, or"
        " serve.public_url of sluice.yml."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve)


def serve(
    names: Names = None,
    host: Host = "127.0.0.1",
    port: Port = 8085,
    public_url: PublicUrl = "",
    seconds: Seconds = None,
    connections: Most = None,
    per_address: PerAddress = None,
) -> None:
    """Serve what vendors, pages and people call, until Ctrl-C: receipts, replies, unsubscribes,
    clicks, events of sites, forms. All is kept durably before it is answered.
    """
    import logging

    from sluice.activations.inbox.http_server import Server
    from sluice.orchestration.installation.settings import load_settings
    from sluice.orchestration.serving.service import make_service

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    settings = load_settings()
    with cannot_listen(host, port):
        server = Server(
            host,
            port,
            limits_of(settings, seconds=seconds, connections=connections, per_address=per_address),
        )
    base = (public_url or settings.public_url or server.local_url).rstrip("/")
    with make_service(settings, base, names or ()) as service:
        for address in service.addresses:
            typer.echo(address)
        for name, reason in service.left_out.items():
            typer.echo(f"left out: {name} ({reason})", err=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: server.stop())
        server.run(service.app)


def limits_of(settings: Settings, **given: float | None) -> Limits:
    """The limits: as the command or the environment says, else ``serve`` of sluice.yml."""
    from sluice.activations.inbox.http_server import Limits

    said = settings.project.config.serve.limits()
    return Limits(**{**said, **{name: one for name, one in given.items() if one is not None}})


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
