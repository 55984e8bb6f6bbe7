"""A row of a sync as a message of a group robot."""

from __future__ import annotations

from typing import Any

from activations.destinations.wechat.content import fitting, render
from models.delivery import SyncOperation

LIMITS = {"text": 2048, "markdown": 4096}  # bytes of UTF-8


def alert_body(operation: SyncOperation, language: str) -> dict[str, Any]:
    """The content that the sync's ``object`` names, filled in with the row, cut to what the vendor takes. Raises ContentError."""
    content = render(operation.object, language, "robot", operation.properties)
    for kind, limit in LIMITS.items():
        if isinstance(content.get(kind), dict):
            content[kind]["content"] = fitting(str(content[kind].get("content", "")), limit)
    return content
