"""Share links: a person passes on ``/r/<token>`` of a message that they got; who follows it comes
to the page that sluice.yml names, and the token says who shared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sluice.activations.agents import classify
from sluice.activations.inbox.answers import page, reply
from sluice.activations.inbox.events import Event, new_id
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.links import BROKEN, try_to_keep
from sluice.activations.inbox.tokens import LinkSigner
from sluice.activations.inbox.tracking import with_query
from sluice.activations.inbox.visitor_cookie import remember, visitor_of

SOURCE, KIND, PURPOSE = "shares", "share", "share"
CAMPAIGN = {"source": "share", "medium": "referral"}
ReadToken = Callable[[str], int | None]  # the delivery_id of a token of a share link, else None


def share_url(base: str, signer: LinkSigner, delivery_id: int) -> str:
    """The link that the recipient of a message passes on."""
    return f"{base}/r/{signer.token(PURPOSE, delivery_id)}"


def token_reader(signer: LinkSigner) -> ReadToken:
    """What reads the tokens of share links."""
    return lambda token: signer.read(PURPOSE, token)


def routes(signer: LinkSigner, target: str, commit: GroupCommit, *, is_https: bool) -> list[Route]:
    """The route of share links. ``target``: the page that they lead to; '' where there is none.
    ``is_https``: whether the public address is.
    """
    read = token_reader(signer)

    async def share(request: Request) -> Response:
        token = request.path_params["token"]
        if not target or read(token) is None:
            return page(BROKEN, "404", status=404)
        visitor = visitor_of(request) if request.method == "GET" else None
        await try_to_keep(commit, _event(request, token, visitor, commit))
        answer = reply(status=302, headers={"Location": _address(target, token)})
        if visitor is not None:
            remember(answer, visitor, is_https=is_https)
        return answer

    return [Route("/r/{token}", share, methods=["GET"])]


def _event(request: Request, token: str, visitor: str | None, commit: GroupCommit) -> Event:
    agent = request.headers.get("user-agent", "")
    _, is_machine = classify(agent, method=request.method)
    context = {"ref": token, "campaign": CAMPAIGN, "userAgent": agent[:1_000]}
    body = {"anonymousId": visitor, "isMachine": is_machine, "context": context}
    return Event(SOURCE, KIND, new_id(), commit.clock(), body)


def _address(target: str, token: str) -> str:
    utm = {f"utm_{name}": text for name, text in CAMPAIGN.items()}
    return with_query(target, {**utm, "ref": token})


def share_row(row: Mapping[str, Any], read: ReadToken) -> dict[str, Any] | None:
    """A row of ``inbox.shares``: an event, on the service or on a site, that a share link led to;
    None for any other.
    """
    body = orjson.loads(row["body"]) if isinstance(row["body"], str) else row["body"]
    context = body.get("context") if isinstance(body, dict) else None
    token = context.get("ref") if isinstance(context, dict) else None
    delivery_id = read(token) if isinstance(token, str) else None
    if delivery_id is None:
        return None
    return {
        "event_id": row["event_id"],
        "event_key": row["event_key"],
        "delivery_id": delivery_id,
        "occurred_at": row["occurred_at"],
        "received_at": row["received_at"],
    }
