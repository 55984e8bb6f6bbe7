"""The HTTP API of Segment's spec, so that its clients, and RudderStack's, can post here unchanged.

Protocol: https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/ and
https://segment.com/docs/connections/spec/. One call is one event, ``/v1/batch`` has many.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hmac
import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sluice.activations.inbox.answers import BodyError, body_of
from sluice.activations.inbox.events import Event, key_of, new_id, read_body, time_of
from sluice.activations.inbox.keeping import GroupCommit

KINDS = ("track", "identify", "page", "screen", "group", "alias")
# the short paths of analytics.js
SHORT = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias"}
BATCHES = ("batch", "b", "import")
MOST_BYTES = 2_097_152  # of a call, also when it is unpacked
MOST_EVENTS = 2_500
NOT_OF_EVENT = frozenset({"writeKey", "sentAt"})  # each try has a sentAt of its own


@dataclass(frozen=True)
class Source:
    """Who may post under a write key: ``origins`` are the sites whose pages may (``*``: all)."""

    name: str
    write_key: str
    origins: tuple[str, ...] = ("*",)


class RefusedError(Exception):
    """A call that is not kept: the status and the reason, which says nothing of the body."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def routes(sources: Mapping[str, Source], commit: GroupCommit) -> list[Route]:
    """The routes below ``/v1``. ``sources``: by name."""
    endpoint = _Endpoint(tuple(sources.values()), commit)
    return [
        Route(f"/v1/{path}", endpoint.handle, methods=["POST", "OPTIONS"])
        for path in (*KINDS, *SHORT, *BATCHES)
    ]


class _Endpoint:
    def __init__(self, sources: tuple[Source, ...], commit: GroupCommit) -> None:
        self._sources, self._commit = sources, commit

    async def handle(self, request: Request) -> Response:
        headers = {name: value.decode("latin-1") for name, value in request.scope["headers"]}
        origin = headers.get(b"origin", "")
        if request.method == "OPTIONS":
            return _answer(204, None, self._allowed(origin, self._sources))
        try:
            packed = await body_of(request, MOST_BYTES)
            body = _json(_unpacked(packed, headers.get(b"content-encoding", "")))
            source = self._source(headers.get(b"authorization", ""), origin, body)
            path = request.scope["path"].rsplit("/", 1)[1]
            events, rejected = read_call(
                source.name, path, body, headers.get(b"user-agent", ""), self._commit.clock()
            )
        except BodyError as error:
            return _refuse(error.status, error.text, self._allowed(origin, self._sources))
        except RefusedError as error:
            return _refuse(error.status, error.reason, self._allowed(origin, self._sources))
        await self._commit.keep(events)
        if not origin and not rejected:
            return KEPT
        answer: dict[str, Any] = {"success": True}
        if rejected:
            answer["rejected"] = rejected
        return _answer(200, answer, self._allowed(origin, (source,)))

    def _source(self, authorization: str, origin: str, body: Mapping[str, Any]) -> Source:
        """The source of the write key: of HTTP's basic authentication, or of the body, where pages
        put it that cannot set headers.
        """
        given = _basic_user(authorization) or body.get("writeKey")
        for source in self._sources:
            if isinstance(given, str) and hmac.compare_digest(
                given.encode("utf-8", "replace"), source.write_key.encode()
            ):
                if origin and not {"*", origin} & set(source.origins):
                    raise RefusedError(403, "pages of this origin may not post to this source")
                return source
        raise RefusedError(401, "the write key is of no source: see serve.sources of sluice.yml")

    @staticmethod
    def _allowed(origin: str, sources: tuple[Source, ...]) -> dict[str, str]:
        """The headers of CORS: no cookie of ours goes with such a call."""
        every = {one for source in sources for one in source.origins}
        if not origin or not {"*", origin} & every:
            return {}
        return {
            "Access-Control-Allow-Origin": "*" if "*" in every else origin,
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "authorization, content-type, anonymousid",
            "Access-Control-Max-Age": "86400",
            "Vary": "Origin",
        }


def read_call(
    source: str, path: str, body: Mapping[str, Any], agent: str, now: datetime
) -> tuple[list[Event], list[dict[str, Any]]]:
    """The events of a call, and what of a batch is none, by its place in it.

    Raises RefusedError.
    """
    if path not in BATCHES:
        kind = SHORT.get(path, path)
        return [_event(source, kind, body, body.get("sentAt"), agent, now, "")], []
    items = body.get("batch")
    if not isinstance(items, list):
        raise RefusedError(400, "batch: a list of events is needed")
    if len(items) > MOST_EVENTS:
        raise RefusedError(413, f"batch: {len(items)} events, and {MOST_EVENTS} at most")
    events: list[Event] = []
    rejected: list[dict[str, Any]] = []
    call = new_id()
    for place, item in enumerate(items):
        try:
            events.append(_of_batch(source, item, body, now, f"{call}:{place}"))
        except RefusedError as error:
            rejected.append({"index": place, "reason": error.reason})
    return events, rejected


def _of_batch(
    source: str, item: object, batch: Mapping[str, Any], now: datetime, sent_id: str
) -> Event:
    if not isinstance(item, dict):
        raise RefusedError(400, "an event is an object")
    kind = str(item.get("type") or item.get("action") or "")
    if kind not in KINDS:
        raise RefusedError(400, f"type: one of {', '.join(KINDS)}")
    shared, own = batch.get("context"), item.get("context")
    if isinstance(shared, dict):
        item = {**item, "context": {**shared, **(own if isinstance(own, dict) else {})}}
    return _event(source, kind, item, item.get("sentAt") or batch.get("sentAt"), "", now, sent_id)


def _event(
    source: str,
    kind: str,
    item: Mapping[str, Any],
    sent: object,
    agent: str,
    now: datetime,
    sent_id: str,
) -> Event:
    said = item.get("originalTimestamp") or item.get("timestamp")
    body = {name: value for name, value in item.items() if name not in NOT_OF_EVENT}
    key = key_of(source, item.get("messageId"), body, sent_id)
    if sent:
        body["sentAt"] = sent
    context = body.get("context")
    # RudderStack's clients have the traits of a person in the context
    if kind == "identify" and isinstance(context, dict) and not body.get("traits"):
        body["traits"] = context.get("traits") or {}
    if agent and not (isinstance(context, dict) and context.get("userAgent")):
        body["context"] = {**(context if isinstance(context, dict) else {}), "userAgent": agent}
    return Event(source, kind, key, time_of(now, said, sent), body)


def _json(text: bytes) -> Mapping[str, Any]:
    try:
        body = read_body(text)
    except ValueError:
        raise RefusedError(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise RefusedError(400, "the body is not a JSON object")
    return body


def _unpacked(body: bytes, coding: str) -> bytes:
    coding = coding.strip().lower()
    if coding in {"", "identity"}:
        return body
    if coding != "gzip":
        raise RefusedError(415, "Content-Encoding: gzip or none")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            text = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise RefusedError(400, "the body is not gzip") from None
    if len(text) > MOST_BYTES:
        raise RefusedError(413, f"the body is longer than {MOST_BYTES} bytes when unpacked")
    return text


def _basic_user(header: str) -> str:
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(text.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _refuse(status: int, reason: str, headers: Mapping[str, str]) -> Response:
    return _answer(status, {"success": False, "message": reason}, headers)


def _answer(status: int, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Response:
    content = b"" if body is None else orjson.dumps(body)
    return Response(
        content,
        status,
        {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers},
        "application/json" if content else None,
    )


KEPT = _answer(200, {"success": True}, {})
