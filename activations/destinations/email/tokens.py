"""Tokens that name a message in what comes back: in the return path (VERP), the envelope id, and
the links to unsubscribe.

With a secret they carry an HMAC, so nobody can unsubscribe another, or report a bounce that was
none.
"""

from __future__ import annotations

import hashlib
import hmac
import re

TAG = re.compile(r"([0-9a-f]{16})(?:-([0-9a-f]{12}))?", re.I)
UNSUBSCRIBE = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{32})", re.I)


class Signer:
    """Makes and reads tokens.

    Without a secret, tags of messages are plain, and there are no unsubscribe tokens.
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret.encode()

    def tag(self, delivery_id: int) -> str:
        """A delivery_id (signed, 64 bits) in letters that a local part of an address may hold,
        whatever their case.
        """
        plain = f"{delivery_id & (1 << 64) - 1:016x}"
        return f"{plain}-{self._mac('tag', plain)[:12]}" if self.secret else plain

    def read_tag(self, text: str) -> int | None:
        """The delivery_id of a tag; None when it is not ours."""
        found = TAG.fullmatch(text.lower())
        if found is None:
            return None
        value = int(found[1], 16)
        delivery_id = value - (1 << 64) if value >= 1 << 63 else value
        return delivery_id if hmac.compare_digest(self.tag(delivery_id), text.lower()) else None

    def unsubscribe_token(self, address_hash: str) -> str:
        """A token that silences this address on e-mail.

        Empty without a secret, or for what is no SHA-256 in hex.
        """
        if not self.secret or not re.fullmatch("[0-9a-f]{64}", address_hash):
            return ""
        return f"{address_hash}.{self._mac('unsubscribe', address_hash)[:32]}"

    def read_unsubscribe_token(self, text: str) -> str | None:
        """The address_hash of a token; None when it is not ours. What a mail client or a decoder
        left around it (a full stop, `3D` of quoted-printable, a bracket) is passed over: the HMAC
        says whose it is, and a no must not be lost to a typing error.
        """
        found = UNSUBSCRIBE.search(text.lower())
        if found is None or not self.secret:
            return None
        return (
            found[1]
            if hmac.compare_digest(self._mac("unsubscribe", found[1])[:32], found[2])
            else None
        )

    def _mac(self, purpose: str, text: str) -> str:
        return hmac.new(self.secret, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
