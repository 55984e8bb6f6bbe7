"""``GET /q/<code>``: a scan is kept, then the browser is sent to the code's target.

The target is of the code's file alone: no address comes from the request.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sluice.activations.agents import classify
from sluice.activations.inbox.answers import page, reply
from sluice.activations.inbox.codes.definition import Code, CodeError, Codes
from sluice.activations.inbox.codes.turns import PeopleOfDay
from sluice.activations.inbox.events import Event, new_id
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.visitor_cookie import remember, visitor_of

log = logging.getLogger(__name__)
SOURCE, KIND = "qr", "scan"
GONE = (
    "<h1>这个二维码已失效</h1><p>请联系给您二维码的人。</p>"
    "<h1>This code is no longer used</h1><p>Please ask whoever gave it to you.</p>"
)


def routes(codes: Codes, turns: PeopleOfDay, commit: GroupCommit, *, is_https: bool) -> list[Route]:
    """The route of all codes. ``is_https``: whether the public address is."""
    endpoint = _Endpoint(codes, turns, commit, is_https)
    return [Route("/q/{code}", endpoint.handle, methods=["GET", "HEAD"])]


class _Endpoint:
    def __init__(
        self, codes: Codes, turns: PeopleOfDay, commit: GroupCommit, is_https: bool
    ) -> None:
        self._codes, self._turns, self._commit = codes, turns, commit
        self._is_https = is_https

    async def handle(self, request: Request) -> Response:
        name = request.path_params["code"]
        try:
            code = await run_in_threadpool(self._codes.get, name)
        except CodeError as error:
            log.error("content/qr/%s", error)
            code = None
        if code is None:
            return page(GONE, "二维码 QR code", status=404)
        agent = request.headers.get("user-agent", "")
        category, is_machine = classify(agent, method=request.method)
        if request.method == "HEAD":
            return reply(status=302, headers={"Location": _first(name, code)})
        place, is_new = await self._place(request, name, code, is_machine)
        visitor = visitor_of(request)
        body = _body(name, code, place, visitor, agent, (category, is_machine), is_new)
        try:
            await self._commit.keep([Event(SOURCE, KIND, new_id(), self._commit.clock(), body)])
        except Exception as error:  # whoever scanned gets there all the same
            log.error("a scan was not kept (%s)", type(error).__name__)
            if is_new and place is not None:
                now = self._commit.clock()
                await run_in_threadpool(self._turns.give_back, name, place, now)
        answer = reply(status=302, headers={"Location": _address(name, code, place)})
        if visitor is not None:
            remember(answer, visitor, is_https=self._is_https)
            if place is not None and code.targets:
                path = f"/q/{name}"
                remember(answer, str(place), is_https=self._is_https, name="sluice_turn", path=path)
        return answer

    async def _place(
        self, request: Request, name: str, code: Code, is_machine: bool
    ) -> tuple[int | None, bool]:
        """The target, and whether it takes another person: who scanned this code before comes to
        the same one, and a program takes nobody's place.
        """
        if not code.targets:
            return 0, False
        before = request.cookies.get("sluice_turn", "")
        if before.isascii() and before.isdecimal() and int(before[:4]) < len(code.targets):
            return int(before[:4]), False
        if is_machine:
            return 0, False
        now = self._commit.clock()
        place = await run_in_threadpool(self._turns.take, name, code, now)
        return place, place is not None


def _body(
    name: str,
    code: Code,
    place: int | None,
    visitor: str | None,
    agent: str,
    found: tuple[str, bool],
    is_new: bool,
) -> dict[str, Any]:
    owner = None if place is None else code.leads_to()[place].owner
    campaign = {"source": code.channel or "qr", "medium": "qr", "name": code.campaign}
    return {
        "qr": name,
        "anonymousId": visitor,
        "owner": owner,
        "place": place,
        "isNew": is_new,
        "agent": found[0],
        "isMachine": found[1],
        "context": {
            "qr": name,
            "campaign": {key: value for key, value in campaign.items() if value},
            "userAgent": agent[:1_000],
        },
    }


def _address(name: str, code: Code, place: int | None) -> str:
    target = str(code.fallback) if place is None else code.leads_to()[place].to
    return with_parameters(target, name, code)


def _first(name: str, code: Code) -> str:
    return with_parameters(code.leads_to()[0].to, name, code)


def with_parameters(target: str, name: str, code: Code) -> str:
    """The target, with what tells the site where the visit is from; what it says itself stays."""
    parts = urlsplit(target)
    said = {key for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    wanted = {
        "utm_source": code.channel or "qr",
        "utm_medium": "qr",
        "utm_campaign": code.campaign,
        "qr": name,
    }
    more = urlencode({key: value for key, value in wanted.items() if value and key not in said})
    query = "&".join(filter(None, [parts.query, more]))
    return urlunsplit(parts._replace(query=query))
