"""What the conformance suite does to a destination whose sandbox is asked over HTTP."""

from __future__ import annotations

import hashlib
from typing import Any

from sluice.activations.sandbox.server import Sandbox


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class HttpFaults:
    """Beside ``Conformance``, before it in the bases."""

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        sandbox.faults.http.append("slow_after_accept")
        return {**settings, "timeout_seconds": 0.3}

    def break_after_accept(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("drop_after_accept")

    def throttle(self, sandbox: Sandbox) -> None:
        sandbox.faults.http.append("429")

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        return {**settings, "token": "expired"}
