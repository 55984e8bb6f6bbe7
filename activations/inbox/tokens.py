"""Tokens of links: they name a message of ours, for one purpose, and nothing of a person."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

MAC = 10  # bytes; a guess is right once in 2^80


class LinkSigner:
    """Makes and reads tokens. ``key``: what ``signing_key`` gives."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def token(self, purpose: str, delivery_id: int, text: str = "") -> str:
        """24 letters for a delivery_id (signed, 64 bits), good for this purpose and ``text``
        alone: what else stands in the link, as the address it leads to.
        """
        packed = delivery_id.to_bytes(8, "big", signed=True)
        mac = self._mac(purpose, packed, text)
        return base64.urlsafe_b64encode(packed + mac).decode().rstrip("=")

    def read(self, purpose: str, token: str, text: str = "") -> int | None:
        """The delivery_id of a token; None when it is not ours, or for something else."""
        try:
            raw = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        packed, mac = raw[:8], raw[8:]
        if len(packed) < 8 or not hmac.compare_digest(mac, self._mac(purpose, packed, text)):
            return None
        return int.from_bytes(packed, "big", signed=True)

    def _mac(self, purpose: str, packed: bytes, text: str) -> bytes:
        said = purpose.encode() + b"\x00" + packed + text.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, said, hashlib.sha256).digest()[:MAC]
