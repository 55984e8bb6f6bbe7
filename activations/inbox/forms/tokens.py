"""The tokens of a form: of a page that was shown, and of the link that confirms."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sluice.activations.inbox.tokens import LinkSigner

TOKEN = re.compile(r"([0-9a-f]{1,11})\.([A-Za-z0-9_-]{24})")


@dataclass(frozen=True)
class Shown:
    """A page that was shown: its number, and how long ago."""

    number: int
    seconds: float


class FormTokens:
    """Makes and reads them. A token of one form never works for another."""

    def __init__(self, signer: LinkSigner) -> None:
        self._signer = signer

    def page(self, form: str, now: datetime) -> str:
        """The token in a page: when it was shown, and a number of its own."""
        shown = int(now.timestamp() * 10)
        number = secrets.randbits(63)
        return f"{shown:x}.{self._signer.token('fill', number, f'{form}:{shown}')}"

    def read_page(self, form: str, token: str, now: datetime) -> Shown | None:
        """What a token says; None when it is not ours, or of another form."""
        found = TOKEN.fullmatch(token)
        if found is None:
            return None
        shown = int(found[1], 16)
        number = self._signer.read("fill", found[2], f"{form}:{shown}")
        return None if number is None else Shown(number, now.timestamp() - shown / 10)

    def confirmation(self, form: str, key: str, until: datetime) -> str:
        """The token of a link that confirms the submission with this event key."""
        end, number = int(until.timestamp()), int.from_bytes(bytes.fromhex(key[:16]), signed=True)
        return f"{end:x}.{self._signer.token('confirm', number, f'{form}:{end}')}"

    def read_confirmation(self, form: str, token: str, now: datetime) -> str | None:
        """The beginning of the event key; None when it is not ours, or too late."""
        found = TOKEN.fullmatch(token)
        if found is None or int(found[1], 16) < now.timestamp():
            return None
        number = self._signer.read("confirm", found[2], f"{form}:{int(found[1], 16)}")
        return None if number is None else number.to_bytes(8, signed=True).hex()

    def delivery(self, token: str) -> int | None:
        """The message whose link led to the form (purpose ``form``)."""
        return self._signer.read("form", token) if token else None
