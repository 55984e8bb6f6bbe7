"""Messages as mass sends: one for all who get the very same content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sluice.activations.destinations.wechat.content import render
from sluice.models.delivery import Message

TAG_PREFIX = "sluice-"


@dataclass(frozen=True)
class Send:
    """Messages with one content."""

    content: dict[str, Any]
    messages: Sequence[Message]

    @property
    def openids(self) -> list[str]:
        """Who gets it, each once."""
        return list(dict.fromkeys(message.address for message in self.messages))

    @property
    def client_msg_id(self) -> str:
        """The same for the same deliveries: the vendor sends one mass message a clientmsgid."""
        ids = ",".join(
            str(number) for number in sorted(message.delivery_id for message in self.messages)
        )
        return hashlib.sha256(ids.encode()).hexdigest()[:32]

    def by_list(self) -> dict[str, Any]:
        """Body of ``message/mass/send``."""
        return {"touser": self.openids, **self.content, "clientmsgid": self.client_msg_id}

    def by_tag(self, tag_id: int) -> dict[str, Any]:
        """Body of ``message/mass/sendall`` to a tag."""
        return {
            "filter": {"is_to_all": False, "tag_id": tag_id},
            **self.content,
            "clientmsgid": self.client_msg_id,
        }

    def tag_name(self, now: float) -> str:
        """A tag for this send alone, in at most 30 bytes, with the second it was made."""
        return f"{TAG_PREFIX}{int(now)}-{self.client_msg_id[:8]}"

    def halves(self) -> list[Send]:
        """Two sends."""
        half = len(self.messages) // 2
        return [Send(self.content, self.messages[:half]), Send(self.content, self.messages[half:])]


def content_of(message: Message, folder: Path) -> dict[str, Any]:
    """What the message says. Raises ContentError."""
    return render(message.template, message.language, "message", message.values, folder)


def key_of(content: dict[str, Any]) -> str:
    """Equal for equal contents."""
    return json.dumps(content, sort_keys=True)


def made_at(tag_name: str) -> int | None:
    """The second a tag of ours was made; None for a tag of others."""
    second = (
        tag_name.removeprefix(TAG_PREFIX).partition("-")[0]
        if tag_name.startswith(TAG_PREFIX)
        else ""
    )
    return int(second) if second.isdigit() else None
