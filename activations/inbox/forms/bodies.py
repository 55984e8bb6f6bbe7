"""What a form sent, whichever way: JSON, or a form of HTML in either encoding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qsl

from sluice.activations.inbox.answers import BodyError
from sluice.activations.inbox.events import read_body

MOST_BYTES = 131_072
MOST_VALUES = 500
SURROGATES = re.compile("[\ud800-\udfff]")
Given = dict[str, list[str]]


def read_given(content_type: str, body: bytes) -> Given:
    """The values by their names. Raises BodyError."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _of_json(body)
    if kind == "application/x-www-form-urlencoded":
        return _of_urlencoded(body)
    if kind == "multipart/form-data":
        return _of_multipart(content_type, body)
    raise BodyError(415, "send application/json, or a form of HTML")


def _of_json(body: bytes) -> Given:
    try:
        said = read_body(body)
    except ValueError:
        raise BodyError(400, "the body is not JSON") from None
    if not isinstance(said, Mapping):
        raise BodyError(400, "the body is not a JSON object")
    _check_count(sum(len(one) if isinstance(one, list) else 1 for one in said.values()))
    return {str(name): _texts(value) for name, value in said.items()}


def _texts(value: Any) -> list[str]:
    each = value if isinstance(value, list) else [value]
    return [_text(one) for one in each if one is not None and not isinstance(one, (list, dict))]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    return _whole(str(value)) if not isinstance(value, float) else f"{value:.15g}"


def _of_urlencoded(body: bytes) -> Given:
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_VALUES
        )
    except ValueError:
        raise BodyError(400, f"more than {MOST_VALUES} values") from None
    return _gathered(pairs)


def _of_multipart(content_type: str, body: bytes) -> Given:
    """Texts alone: a file is left out."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    try:
        message = message_from_bytes(head + body, policy=policy.HTTP)
        parts = list(message.iter_parts()) if message.is_multipart() else []
        _check_count(len(parts))
        return _gathered([pair for part in parts if (pair := _pair(part)) is not None])
    except BodyError:
        raise
    except Exception:  # whatever the parser of mails raises on what is none
        raise BodyError(400, "the body is no multipart/form-data") from None


def _pair(part: Any) -> tuple[str, str] | None:
    if not isinstance(part, EmailMessage) or part.is_multipart() or part.get_filename() is not None:
        return None
    name = part.get_param("name", header="content-disposition")
    value = part.get_payload(decode=True)
    if name is None or not isinstance(value, bytes):
        return None
    return str(name), value.decode("utf-8", "replace")


def _gathered(pairs: list[tuple[str, str]]) -> Given:
    found: Given = {}
    for name, value in pairs:
        found.setdefault(_whole(name), []).append(_whole(value))
    return found


def _whole(text: str) -> str:
    """Half a character, which UTF-8 cannot hold, becomes U+FFFD."""
    return SURROGATES.sub("\ufffd", text)


def _check_count(count: int) -> None:
    if count > MOST_VALUES:
        raise BodyError(400, f"more than {MOST_VALUES} values")
