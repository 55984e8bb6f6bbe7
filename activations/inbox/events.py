"""What comes in: one event, as the inbox keeps it."""

from __future__ import annotations

import hashlib
import math
import re
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from sluice.activations.http.safe_json import read_json

# before it nobody tracked anything: an older time was left blank, or is of another unit
FIRST_TIME = datetime(1990, 1, 1, tzinfo=UTC)
SURROGATES = re.compile("[\ud800-\udfff]")
ID_LENGTH = 200
NESTED = 200  # brackets that surely can be written again: orjson reads 1,024 levels, and writes 254
LONGEST_INTEGER = 2**63


@dataclass(frozen=True, slots=True)
class PendingMail:
    """The mail to confirm that an event of a form asks for. ``expires_at``: aware, UTC."""

    form: str
    language: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a source (the name of a write key, ``forms``, ``messages`` ...).

    ``event_key``: equal for each copy of it. ``occurred_at``: aware UTC, never later than it came.
    ``body``: what was sent, whole, but for what says who may send it. ``mail``: what is sent
    because of it, kept in the same commit.
    """

    source: str
    kind: str
    event_key: str
    occurred_at: datetime
    body: Mapping[str, Any]
    mail: PendingMail | None = None

    def encoded(self) -> str:
        """The body as JSON text, which any database takes."""
        return orjson.dumps(self.body, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def key_of(source: str, message_id: object, body: Mapping[str, Any], sent_id: str) -> str:
    """The key of an event: of the id its client gave, else of all that it says where that has a
    time of its own; an event with neither is one of its own, ``sent_id``, or a new id.
    """
    if message_id is not None and message_id != "":
        parts: tuple[object, ...] = (source, "id", str(message_id))
    elif body.get("timestamp") or body.get("originalTimestamp"):
        text = orjson.dumps(body, default=str, option=orjson.OPT_SORT_KEYS).decode()
        parts = (source, "body", text)
    else:
        parts = (source, "sent", sent_id or new_id())
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def new_id() -> str:
    """An id for what came without any."""
    return uuid.uuid4().hex


def read_body(text: bytes) -> Any:
    """JSON as our databases take it: half a character (a lone surrogate) becomes U+FFFD, an integer
    of more than 64 bits a float.

    Raises ValueError for what is not JSON, or nested too deeply.
    """
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        body = _whole(read_json(text))
    if text.count(b"[") + text.count(b"{") > NESTED:
        try:
            orjson.dumps(body)
        except TypeError:
            raise ValueError("nested too deeply") from None
    return body


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return SURROGATES.sub("�", value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    if isinstance(value, int) and not -LONGEST_INTEGER <= value < 2 * LONGEST_INTEGER:
        value = float(value) if abs(value) < sys.float_info.max else math.inf
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("NaN and Infinity are not JSON")
    return value


def read_time(value: object) -> datetime | None:
    """A moment as clients write it: ISO 8601, or seconds or milliseconds since 1970; without a
    zone it is UTC. None for what cannot be read.
    """
    try:
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
        moment = datetime.fromisoformat(str(value).strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def time_of(now: datetime, said: object, sent: object) -> datetime:
    """When it happened by our clock: the client's time, set right by how far its clock is off when
    it sent (Segment: timestamp = receivedAt - (sentAt - originalTimestamp)). ``now`` where nothing
    that may be is said.
    """
    moment, sent_at = read_time(said), read_time(sent)
    if moment is None:
        return now
    if sent_at is not None and sent_at >= moment:
        moment = now - (sent_at - moment)
    return moment if FIRST_TIME <= moment <= now else now
