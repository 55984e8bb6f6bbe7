"""Links and the open pixel of our own messages: a click is kept, then led to where the message
said, and nowhere else.

The token of a link is bound to its message and its target, so that it is no open redirect. A HEAD
request, which only scanners make, is answered and counts as one of a machine. A short link of an
SMS has its target in the inbox, and not in its address.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sluice.activations.agents import classify
from sluice.activations.destinations.engagement import (
    CLICKED,
    OPENED,
    clean_link,
    event_key,
)
from sluice.activations.inbox.answers import page, reply
from sluice.activations.inbox.events import Event, new_id
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.short_links import ShortLink
from sluice.activations.inbox.tokens import LinkSigner
from sluice.models.delivery import MessageEvent

log = logging.getLogger(__name__)
CLICK, OPEN = "click", "open"
SOURCE = "messages"
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
BROKEN = (
    "<p>This link is not complete. Open it from the message again, as a whole.</p>"
    "<p>链接不完整，请从消息中重新打开完整的链接。</p>"
)
SAFE_IN_LOCATION = ":/%#?=@[]!$&'()*+,;~"
CLICKED_ON = {"email": CLICKED, "sms": "sms_clicked", "wechat": "wechat_clicked"}


def click_url(
    public_url: str, signer: LinkSigner, delivery_id: int, target: str, channel: str = "email"
) -> str:
    """The link of a message that leads to ``target`` by way of the service."""
    token = signer.token(CLICK, delivery_id, f"{channel} {target}")
    return f"{public_url}/c/{token}?c={channel}&u={quote(target, safe='')}"


def pixel_url(public_url: str, signer: LinkSigner, delivery_id: int) -> str:
    """The address of the image that says that a mail was opened."""
    return f"{public_url}/o/{signer.token(OPEN, delivery_id)}.gif"


def routes(
    signer: LinkSigner,
    commit: GroupCommit,
    find_short: Callable[[str], ShortLink | None] = lambda token: None,
) -> list[Route]:
    """The addresses behind the links and the pixel. ``find_short``: what a token of a short link
    stands for.
    """

    async def click(request: Request) -> Response:
        target, channel = (request.query_params.get(name, "") for name in ("u", "c"))
        token = request.path_params["token"]
        delivery_id = signer.read(CLICK, token, f"{channel} {target}")
        if delivery_id is None or not is_web(target):
            return page(BROKEN, "404", status=404)
        return await lead_on(request, delivery_id, target, channel)

    async def short(request: Request) -> Response:
        found = await run_in_threadpool(find_short, request.path_params["token"])
        if found is None or not is_web(found.target):
            return page(BROKEN, "404", status=404)
        return await lead_on(request, found.delivery_id, found.target, "sms")

    async def lead_on(request: Request, delivery_id: int, target: str, channel: str) -> Response:
        # a person who clicks twice has clicked twice: nothing makes two calls one event
        event = _event(CLICK, delivery_id, request, commit, {"u": target, "c": channel})
        await try_to_keep(commit, event)
        return reply("", 302, headers={"Location": quote(target, safe=SAFE_IN_LOCATION)})

    async def opened(request: Request) -> Response:
        delivery_id = signer.read(OPEN, request.path_params["token"])
        if delivery_id is not None:
            await try_to_keep(commit, _event(OPEN, delivery_id, request, commit, {}))
        return reply(PIXEL, content_type="image/gif")  # a broken image would help nobody

    return [
        Route("/c/{token}", click, methods=["GET"]),
        Route("/l/{token}", short, methods=["GET"]),
        Route("/o/{token}.gif", opened, methods=["GET"]),
    ]


async def try_to_keep(commit: GroupCommit, event: Event) -> None:
    """A person who follows a link gets there, also while the inbox cannot be written."""
    try:
        await commit.keep([event])
    except Exception as error:
        log.error("a %s was not kept (%s)", event.kind, type(error).__name__)


def _event(
    kind: str, delivery_id: int, request: Request, commit: GroupCommit, more: Mapping[str, str]
) -> Event:
    body = {
        "deliveryId": delivery_id,
        "method": request.method,
        "context": {"userAgent": request.headers.get("user-agent", "")[:500]},
        **more,
    }
    return Event(SOURCE, kind, event_key(kind, delivery_id, new_id()), commit.clock(), body)


def message_event(row: Mapping[str, Any]) -> MessageEvent | None:
    """What the ledger keeps of a row of the inbox that is a click or an open; else None."""
    if row["source"] != SOURCE or row["kind"] not in {CLICK, OPEN}:
        return None
    body = orjson.loads(row["body"])
    if "deliveryId" not in body:  # of somebody who was erased
        return None
    user_agent = str((body.get("context") or {}).get("userAgent") or "")
    # how soon, and how many at once, is seen where all events of a message are: int_message_events
    agent, is_machine = classify(user_agent, method=str(body.get("method") or "GET"))
    is_click = row["kind"] == CLICK
    return MessageEvent(
        CLICKED_ON.get(str(body.get("c")), CLICKED) if is_click else OPENED,
        row["occurred_at"].replace(tzinfo=UTC),
        row["event_key"],
        delivery_id=int(body["deliveryId"]),
        link=clean_link(body.get("u")) if is_click else None,
        agent=agent,
        is_machine=is_machine,
    )


def is_web(target: str) -> bool:
    """Whether it is an address of the web, whole."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
