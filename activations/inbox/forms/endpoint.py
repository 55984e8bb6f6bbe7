"""The addresses of forms: ``/f/<name>`` (page, and where it is sent), ``.json``, ``.js``, the page
of thanks, the link that confirms, and ``/f/popups.json``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sluice.activations.inbox.address_limits import KeyedLimits, RateLimits
from sluice.activations.inbox.answers import BodyError, body_of, reply
from sluice.activations.inbox.client_address import Network
from sluice.activations.inbox.forms.access import Access, Refusal
from sluice.activations.inbox.forms.bodies import MOST_BYTES, read_given
from sluice.activations.inbox.forms.catalog import Forms
from sluice.activations.inbox.forms.confirm_sender import ConfirmSender
from sluice.activations.inbox.forms.confirming import ConfirmMails, confirmation
from sluice.activations.inbox.forms.definition import Form
from sluice.activations.inbox.forms.embed import popups, schema, snippet
from sluice.activations.inbox.forms.pages import Pages, describe
from sluice.activations.inbox.forms.reading import FormError
from sluice.activations.inbox.forms.submission import Call, Desk, Result
from sluice.activations.inbox.forms.tokens import FormTokens
from sluice.activations.inbox.forms.views import Views, language_of
from sluice.activations.inbox.forms.wording import choose_language, say
from sluice.activations.inbox.keeping import GroupCommit
from sluice.activations.inbox.store import Row

JSON = "application/json"
STATUS = {"invalid": 422, "stale": 422, "captcha": 422}
FindEvent = Callable[[str], Row | None]


@dataclass(frozen=True)
class Parts:
    """What forms are served with. ``base``: how the service is reached; ``find_event``: an event
    by the beginning of its key.
    """

    forms: Forms
    pages: Pages
    tokens: FormTokens
    desk: Desk
    mails: ConfirmMails
    sender: ConfirmSender
    commit: GroupCommit
    find_event: FindEvent
    base: str
    trusted: tuple[Network, ...] = ()
    limits: RateLimits = field(default_factory=KeyedLimits)


def routes(parts: Parts) -> list[Route]:
    """The routes below ``/f/``."""
    endpoint = _Endpoint(parts)
    return [
        Route("/f/popups.json", endpoint.popups, methods=["GET"]),
        Route("/f/{name}.json", endpoint.schema, methods=["GET"]),
        Route("/f/{name}.js", endpoint.script, methods=["GET"]),
        Route("/f/{name}/thanks", endpoint.thanks, methods=["GET"]),
        Route("/f/{name}/confirm/{token}", endpoint.confirm, methods=["GET", "POST"]),
        Route("/f/{name}", endpoint.form, methods=["GET", "POST", "OPTIONS"]),
    ]


class _Endpoint:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._views = Views(parts.pages, parts.tokens, parts.commit.clock, parts.base)
        self._access = Access(parts.forms, parts.base, parts.trusted, parts.limits)

    async def form(self, request: Request) -> Response:
        """The page; and what it, the snippet and other programs send."""
        if request.method == "POST":
            return await self._send(request)
        try:
            name, form = self._access.form(request)
            if request.method == "OPTIONS":
                return reply(b"", 204, headers=self._access.cors(request, form))
            return await run_in_threadpool(self._views.page, request, name, form)
        except Refusal as answer:
            return self._refusal(request, answer)

    async def schema(self, request: Request) -> Response:
        """The form as JSON, with a token."""
        try:
            name, form = self._access.form(request)
            self._access.check_origin(request, form)
        except Refusal as answer:
            return self._refusal(request, answer, as_json=True)
        language = language_of(request, form)
        token = self._parts.tokens.page(name, self._parts.commit.clock())
        body = schema(describe(name, form, language), form, language, token)
        return _json(body, 200, self._access.cors(request, form))

    async def script(self, request: Request) -> Response:
        """The snippet."""
        try:
            name, _ = self._access.form(request)
        except Refusal as answer:
            return reply(f"/* {say('en', answer.code)} */\n", answer.status, "text/javascript")
        headers = {"Cache-Control": "public, max-age=300"}
        headers |= {"Cross-Origin-Resource-Policy": "cross-origin"}
        return reply(snippet(name), 200, "text/javascript; charset=utf-8", headers)

    async def popups(self, request: Request) -> Response:
        """The pop-ups of a site: of ``?origin``, else of the page that asks."""
        asking = request.headers.get("origin", "")
        origin = request.query_params.get("origin", "") or asking
        every = await run_in_threadpool(lambda: list(self._parts.forms.all()))
        forms = [(name, one) for name, one in every if isinstance(one, Form)]
        allowed = any(asking in form.embed for _, form in forms)
        headers = {"Access-Control-Allow-Origin": asking, "Vary": "Origin"} if allowed else {}
        return _json({"popups": popups(self._parts.base, forms, origin)}, 200, headers)

    async def thanks(self, request: Request) -> Response:
        """Where a page leads when it was sent."""
        try:
            name, form = self._access.form(request)
        except Refusal as answer:
            return self._refusal(request, answer)
        language = language_of(request, form)
        title, text, note = _thanks(form, language, form.double_opt_in is not None)
        return await run_in_threadpool(
            self._views.notice,
            name,
            form,
            language,
            200,
            {"title": title, "text": text, "note": note},
        )

    async def confirm(self, request: Request) -> Response:
        """The link in the mail: a GET asks, since scanners open links, and a POST confirms."""
        name, token = request.path_params["name"], request.path_params["token"]
        now = self._parts.commit.clock()
        asked, accepted = (
            request.query_params.get("lang", ""),
            request.headers.get("accept-language", ""),
        )
        language = choose_language(["zh", "en"], asked, accepted)
        beginning = self._parts.tokens.read_confirmation(name, token, now)
        row = await run_in_threadpool(self._parts.find_event, beginning) if beginning else None
        agent = request.headers.get("user-agent", "")
        event = confirmation(row, now, agent) if row is not None else None
        if event is None:
            return await self._expired(name, language)
        if request.method == "POST":
            await self._parts.commit.keep([event])
        code = "confirmed" if request.method == "POST" else "confirm"
        values = {"title": say(language, f"{code}_title"), "text": say(language, code)}
        if request.method == "GET":
            values["button"] = say(language, "confirm_button")
        return await run_in_threadpool(self._views.notice, name, None, language, 200, values)

    async def _expired(self, name: str, language: str) -> Response:
        """A page that helps, and says nothing of what was behind the link."""
        try:
            is_there = self._parts.forms.get(name) is not None
        except FormError:
            is_there = False
        values = {"title": say(language, "expired_title"), "text": say(language, "expired")}
        if is_there:
            values |= {"link": f"/f/{name}?lang={language}", "link_text": say(language, "again")}
        return await run_in_threadpool(self._views.notice, name, None, language, 410, values)

    async def _send(self, request: Request) -> Response:
        is_json = _wants_json(request)
        try:
            name, form = self._access.form(request)
            self._access.check_origin(request, form)
            await run_in_threadpool(self._access.check_rate, request, name, form)
            call = await self._call(request, name, form)
        except Refusal as answer:
            return self._refusal(request, answer, is_json)
        result = await run_in_threadpool(self._parts.desk.read, call, self._parts.commit.clock())
        event = await run_in_threadpool(self._parts.mails.attach, call, result)
        if event is None:
            return await self._again(request, call, result, is_json)
        await self._parts.commit.keep([event])
        if event.mail is not None:
            self._parts.sender.wake()
        return self._done(request, call, is_json)

    async def _call(self, request: Request, name: str, form: Form) -> Call:
        try:
            body = await body_of(request, MOST_BYTES)
            given = read_given(request.headers.get("content-type", ""), body)
        except BodyError as error:
            raise Refusal(
                error.status, "too_big" if error.status == 413 else "unreadable"
            ) from None
        agent = request.headers.get("user-agent", "")
        return Call(name, form, given, language_of(request, form), agent, request.cookies)

    async def _again(self, request: Request, call: Call, result: Result, is_json: bool) -> Response:
        """What is to be corrected, with a fresh token; a page keeps what was typed."""
        status = STATUS[result.code]
        if is_json:
            token = self._parts.tokens.page(call.name, self._parts.commit.clock())
            answer = {"ok": False, "message": result.message, "errors": dict(result.errors)}
            fresh = {"token": token} if result.code == "stale" else {}
            return _json({**answer, **fresh}, status, self._access.cors(request, call.form))
        try:
            return await run_in_threadpool(
                self._views.page, request, call.name, call.form, call, result, status
            )
        except Refusal as answer:
            return self._refusal(request, answer)

    def _done(self, request: Request, call: Call, is_json: bool) -> Response:
        """Thanks; a machine gets the same, and learns nothing."""
        form, language = call.form, call.language
        target = form.thanks.redirect
        if not is_json:
            own = f"/f/{call.name}/thanks?{urlencode({'lang': language})}"
            return reply(b"", 303, headers={"Location": target or own})
        title, text, note = _thanks(form, language, form.double_opt_in is not None)
        onward = self._parts.base + target if target and target.startswith("/") else target
        answer = {"ok": True, "title": title, "text": f"{text} {note}".strip(), "redirect": onward}
        return _json(answer, 200, self._access.cors(request, form))

    def _refusal(self, request: Request, answer: Refusal, as_json: bool = False) -> Response:
        headers = request.headers
        language = choose_language(
            ["zh", "en"], request.query_params.get("lang", ""), headers.get("accept-language", "")
        )
        text = say(language, answer.code)
        cors = self._cors_of(request)
        if as_json:
            body = {"ok": False, "message": text, "errors": {}}
            return _json(body, answer.status, {**answer.headers, **cors})
        values = {"title": text, "text": ""}
        shown = self._views.notice(
            request.path_params["name"][:50], None, language, answer.status, values
        )
        shown.headers.update({**answer.headers, **cors})
        return shown

    def _cors_of(self, request: Request) -> dict[str, str]:
        """So that the snippet can show why it was refused."""
        try:
            _, form = self._access.form(request)
        except Refusal:
            return {}
        return self._access.cors(request, form)


def _thanks(form: Form, language: str, is_open: bool) -> tuple[str, str, str]:
    title = form.text(form.thanks.title, language) or say(language, "thanks_title")
    text = form.text(form.thanks.text, language) or say(language, "thanks")
    return title, text, say(language, "thanks_confirm") if is_open else ""


def _wants_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == JSON or JSON in request.headers.get("accept", "")


def _json(body: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Response:
    return reply(orjson.dumps(body), status, JSON, headers)
