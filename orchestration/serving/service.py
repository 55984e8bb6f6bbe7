"""What ``sluice serve`` serves: one application of all parts, for one project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.applications import Starlette

from sluice.activations.callbacks.endpoint import PREFIX, callback_routes
from sluice.activations.callbacks.routes import find_routes
from sluice.activations.inbox import links, segment, sharing
from sluice.activations.inbox.forms import endpoint as forms
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.preferences import routes as preferences
from sluice.activations.inbox.preferences.centre import People
from sluice.activations.inbox.service import build_app
from sluice.activations.inbox.shared_limits import SharedLimits
from sluice.activations.inbox.store import Inbox
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.inbox.tracker import routes as tracker
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.installation.keys import signing_key
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.push.delivery_target import endpoints
from sluice.orchestration.runs.state import open_ledger
from sluice.orchestration.serving.codes import code_routes
from sluice.orchestration.serving.forms import form_addresses, form_parts
from sluice.orchestration.serving.preferences import centre_of, pages_file


@dataclass(frozen=True)
class Service:
    """The application, the addresses to give to others, and what is not served, with the reason."""

    app: Starlette
    addresses: list[str]
    left_out: dict[str, str]


@contextmanager
def make_service(
    settings: Settings, public_url: str, names: Sequence[str] = ()
) -> Iterator[Service]:
    """The service, for the block. ``names``: the destinations whose vendors call; none is all that
    are configured. Raises ConfigurationError.
    """
    ledger = open_ledger(settings)
    inbox = Inbox(settings.inbox)
    commit = GroupCommit(inbox.keep)
    limits = SharedLimits(settings.limits, signing_key(settings))
    qr_codes = code_routes(settings, inbox, commit, public_url)
    with endpoints(settings) as sandbox, qr_codes as of_codes:
        callbacks, left_out = find_routes(sandbox, names, declared(settings))
        sources = {
            name: segment.Source(name, one.write_key, tuple(one.origins))
            for name, one in settings.project.config.serve.sources.items()
        }
        parts = form_parts(settings, inbox, commit, public_url, sandbox, limits)
        routes = [
            *callback_routes(
                callbacks, lambda news: ledger.receive(news, datetime.now(UTC)), public_url, commit
            ),
            *segment.routes(sources, commit),
            *tracker.routes(),
            *forms.routes(parts),
            *links.routes(LinkSigner(signing_key(settings)), commit, inbox.short_links.find),
            *sharing.routes(
                LinkSigner(signing_key(settings)),
                settings.project.config.serve.share_to or "",
                commit,
                is_https=public_url.startswith("https://"),
            ),
            *of_codes,
            *preferences.routes(
                centre_of(settings),
                ledger,
                People(pages_file(settings)),
                LinkSigner(signing_key(settings)),
                commit,
            ),
        ]
        addresses = [f"{public_url}{PREFIX}{name}" for name in callbacks]
        addresses += [f"{public_url}/v1/batch  ({name})" for name in sources]
        pages, wrong = form_addresses(settings, public_url)
        app = build_app(routes, commit, [parts.sender.running])
        yield Service(app, [*addresses, *pages], {**left_out, **wrong})
    limits.close()
    inbox.close()
