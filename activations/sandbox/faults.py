"""Faults by script: which call, or which recipient, goes wrong, and how."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

HttpFault = Literal[
    "500",
    "429",
    "401",
    "drop_after_accept",
    "drop",
    "slow_after_accept",
    "invalid_json",
    "cut_body",
]


@dataclass
class Faults:
    """``http``: what the next calls meet, in order; ``http_at``: the next calls of a path alone.

    ``mail``: replies by address pattern, "550 5.1.1 User unknown".

    ``drop_after_data``: so many next mails are accepted and stored, and the connection is cut
    before the reply; ``slow_after_data``: so many are stored, and answered after ``slow_seconds``.
    ``latency_seconds`` passes before every answer over HTTP. ``retry_after_seconds``: what a
    scripted 429 asks for, instead of the vendor's usual wait.
    """

    http: deque[HttpFault] = field(default_factory=deque)
    http_at: dict[str, deque[HttpFault]] = field(default_factory=dict)
    mail: dict[str, str] = field(default_factory=dict)
    drop_after_data: int = 0
    slow_after_data: int = 0
    slow_seconds: float = 1.0
    latency_seconds: float = 0.0
    retry_after_seconds: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_http(self, path: str = "") -> HttpFault | None:
        """The fault of this call, if any."""
        with self._lock:
            script = self.http_at.get(path) or self.http
            return script.popleft() if script else None

    def reply_for(self, recipient: str) -> str | None:
        """The scripted reply for a recipient, if any."""
        return next((reply for pattern, reply in self.mail.items() if pattern in recipient), None)

    def take_drop(self) -> bool:
        """True when this mail's connection is to be cut after DATA."""
        with self._lock:
            self.drop_after_data -= 1
            return self.drop_after_data >= 0

    def take_slow(self) -> bool:
        """True when this mail is to be answered late."""
        with self._lock:
            self.slow_after_data -= 1
            return self.slow_after_data >= 0
