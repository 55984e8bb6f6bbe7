"""Items as the body of a call, and the signature over it (Standard Webhooks)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from sluice.activations.plan.outbox import to_message, to_operation
from sluice.activations.value_text import to_json
from sluice.models.delivery import Item, Message, SyncOperation
from sluice.models.errors import ContentError


def to_item(row: Mapping[str, Any], config: Any) -> Item:
    """A row of either outbox: a webhook takes campaigns and syncs."""
    return to_operation(row, config) if "row_hash" in row else to_message(row, config)


def event(item: Item) -> dict[str, Any]:
    """What a receiver gets of an item; ``id`` is the same on every try."""
    if isinstance(item, Message):
        kept = ("contact_id", "channel", "address", "template", "language", "purpose", "country")
        data = {
            **{name: getattr(item, name) for name in kept},
            "values": to_json(dict(item.values)),
        }
        return {"id": str(item.delivery_id), "type": "message.due", "data": data}
    return {
        "id": str(item.delivery_id),
        "type": f"{item.object}.{item.operation}",
        "data": _operation(item),
    }


def body_of(item: Item, template: str, folder: Path) -> Any:
    """The JSON value posted for an item: its event, or what the Liquid template makes of it.

    Raises ContentError.
    """
    sent = event(item)
    if not template:
        return sent
    try:
        return json.loads(_template(template, folder).render(**sent))
    except LiquidError as error:
        raise ContentError(
            f"a webhook template cannot be rendered: {error.message}",
            "use id, type, data and their fields",
        ) from error
    except ValueError as error:
        raise ContentError(
            "a webhook template gives no JSON", "write values as {{ data.email | json }}"
        ) from error


def encode(bodies: Sequence[Any], is_list: bool) -> bytes:
    """The bytes that are signed and sent: one value, or ``{"type": "batch", "data": [...]}``."""
    value = {"type": "batch", "data": list(bodies)} if is_list else bodies[0]
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def webhook_id(items: Sequence[Item]) -> str:
    """The same for the same items: a receiver that keeps ids takes a repeat for one."""
    if len(items) == 1:
        return f"msg_{items[0].delivery_id}"
    text = ",".join(str(number) for number in sorted(item.delivery_id for item in items))
    return f"msg_{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def headers(keys: Sequence[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Signed headers of Standard Webhooks: one signature a secret, over id, Unix time and body,
    joined by dots.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = [
        base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Sluice",
    }


def _operation(item: SyncOperation) -> dict[str, Any]:
    shared = {
        "key": str(item.key),
        "operation": item.operation,
        "properties": to_json(dict(item.properties)),
    }
    return (
        shared
        | ({"list": item.list_name} if item.list_name else {})
        | ({"if_empty": sorted(item.if_empty)} if item.if_empty else {})
    )


@cache
def _template(name: str, folder: Path) -> BoundTemplate:
    path = folder / "webhook" / f"{name}.json.liquid"
    if not path.is_file():
        raise ContentError(
            f"the template {path.name} is missing",
            "add it to content/webhook/, or unset SLUICE_WEBHOOK_TEMPLATE",
        )
    environment = Environment(undefined=StrictUndefined)
    environment.add_filter("json", lambda value: json.dumps(to_json(value), ensure_ascii=False))
    return environment.from_string(path.read_text(encoding="utf-8"))
