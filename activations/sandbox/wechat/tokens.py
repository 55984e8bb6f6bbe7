"""Access tokens: of the official account (``stable_token`` and the older ``token``), and of a WeCom
app (``gettoken``).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sluice.activations.sandbox.clock import Clock
from sluice.activations.sandbox.wechat.refusals import Refused

LIVES = timedelta(seconds=7200)
RENEWED_BEFORE = timedelta(minutes=5)
FORCED_A_DAY = 20
FORCED_APART = timedelta(seconds=30)


class Tokens:
    """The tokens that were given, and until when each is good."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.given = 0
        self._until: dict[str, datetime] = {}
        self._stable: str | None = None
        self._spoilt: set[str] = set()
        self._forced: list[datetime] = []

    def stable(self, is_forced: bool = False) -> tuple[str, int]:
        """The same token while it is good, another in its last five minutes.

        By force another at once, and the old one is dead: 20 times a day, 30 seconds apart.
        """
        now, token = self.clock.now(), self._stable
        if is_forced:
            self._may_force(now)
            self._until.pop(token or "", None)
        elif token is not None and self._until.get(token, now) - now > RENEWED_BEFORE:
            return token, int((self._until[token] - now).total_seconds())
        self._stable = self._new()
        return self._stable, int(LIVES.total_seconds())

    def plain(self) -> tuple[str, int]:
        """Another token at each call; those given before live on for a while."""
        return self._new(), int(LIVES.total_seconds())

    def check(self, token: str) -> None:
        """Raises Refused for a token that was not given (40001) or is too old (42001)."""
        if token not in self._until or token in self._spoilt:
            raise Refused(40001)
        if self._until[token] <= self.clock.now():
            raise Refused(42001)

    def kill(self) -> None:
        """No token given so far is good any more: somebody reset the secret.

        The next one asked for is another.
        """
        self._until.clear()
        self._stable = None

    def spoil(self) -> None:
        """The token that is given on is not good, and is given on all the same until it is replaced
        by force.
        """
        self._spoilt.add(self._stable or "")

    def _may_force(self, now: datetime) -> None:
        self._forced = [moment for moment in self._forced if now - moment < timedelta(days=1)]
        if len(self._forced) >= FORCED_A_DAY:
            raise Refused(45009)
        if self._forced and now - self._forced[-1] < FORCED_APART:
            raise Refused(45011)
        self._forced.append(now)

    def _new(self) -> str:
        token = secrets.token_urlsafe(96)
        self._until[token] = self.clock.now() + LIVES
        self.given += 1
        return token
