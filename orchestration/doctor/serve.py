"""Whether `sluice serve` is reached where links of messages and vendors' calls go."""

from __future__ import annotations

from collections.abc import Iterator

from sluice.activations.http.client import HttpClient
from sluice.activations.inbox.links import OPEN, PIXEL
from sluice.activations.inbox.tokens import LinkSigner
from sluice.orchestration.doctor.finding import Finding
from sluice.orchestration.installation.keys import FILE, signing_key
from sluice.orchestration.installation.settings import Settings

CHECK, SECONDS = "serve", 5.0


def check_serve(settings: Settings) -> Iterator[Finding]:
    """The public address answers, as our service does. Asked from here: a firewall may still keep
    others out.
    """
    if not settings.public_url:
        yield Finding(
            check=CHECK,
            state="ok",
            words="no public address: opens, clicks, forms and preferences are not served",
        )
        return
    client = HttpClient(settings.public_url, {}, SECONDS)
    try:
        # a token that is none: nothing is kept, and the pixel comes whatever the token
        answer = client.fetch(f"/o/{'A' * len(LinkSigner('x').token(OPEN, 0))}.gif")
    finally:
        client.close()
    if answer.body == PIXEL:
        yield Finding(check=CHECK, state="ok", words=f"{settings.public_url} answers")
        yield from _key(settings)
        return
    what = "another server answers" if answer.status == 200 else f"{answer.reason}"
    yield Finding(
        check=CHECK,
        state="failed",
        words=f"{settings.public_url} is not reached as `sluice serve`: {what}",
        fix="start `sluice serve`, and have the proxy pass all paths on to it (docs/serve.md)",
    )


def _key(settings: Settings) -> Iterator[Finding]:
    """Machines that share a ledger must sign with the same key."""
    is_shared = settings.ledger_url.startswith("postgresql")
    if is_shared and not settings.secret.get_secret_value():
        yield Finding(
            check=CHECK,
            state="warning",
            words=f"links are signed with {FILE} of this home, and the ledger is shared",
            fix="set the same SLUICE_SECRET on each machine (openssl rand -hex 32)",
        )
    signing_key(settings)
