"""The access token and the waits of one account, shared by all clients of this process: fetched once, whoever needs it first."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from activations.accounts import Accounts
from activations.http import Answer
from models.delivery import Verdict

MARGIN_SECONDS = 60.0
FORCED_A_DAY = 20  # stable_token: force_refresh works 20 times a day, at least 30 s apart
FORCED_APART_SECONDS = 30.0
DAY_SECONDS = 86_400.0

# asks the vendor for a token, by force or not: (token, seconds it lives), or the answer that has none
Fetch = Callable[[bool], "tuple[str, float] | Answer"]


@dataclass
class Account:
    """What the workers of one account share. All times are of ``clock``: seconds that never go back."""

    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _token: str | None = None
    _until: float = 0.0
    _forced: deque[float] = field(default_factory=lambda: deque(maxlen=FORCED_A_DAY))
    _waits: dict[str, tuple[float, str]] = field(default_factory=dict)

    def token(self, fetch: Fetch, refused: str | None = None) -> str | Answer:
        """The token. One that the vendor ``refused`` is replaced, once for all who were refused it: whoever comes later finds the
        new one. Returns the answer instead where there is no token to be had; then the call was not made."""
        with self._lock:
            if self._token and self._token != refused and self.clock() < self._until:
                return self._token
            found = fetch(False)
            if not isinstance(found, Answer) and found[0] == refused:
                found = self._force(fetch)
            if isinstance(found, Answer):
                return found
            self._token, self._until = found[0], self.clock() + max(found[1] - MARGIN_SECONDS, 1.0)
            return self._token

    def _force(self, fetch: Fetch) -> tuple[str, float] | Answer:
        """The vendor still holds the refused token for good: make it give another, within its limits."""
        now = self.clock()
        wait = self._forced[-1] + FORCED_APART_SECONDS - now if self._forced else 0.0
        if len(self._forced) == FORCED_A_DAY:
            wait = max(wait, self._forced[0] + DAY_SECONDS - now)
        if wait > 0:
            return Answer(Verdict.RETRY, "token_refused", retry_after_seconds=wait)
        self._forced.append(now)
        return fetch(True)

    def wait(self, what: str, seconds: float, reason: str) -> None:
        """Calls of this kind shall not be made for so long."""
        with self._lock:
            self._waits[what] = (self.clock() + seconds, reason)

    def waiting(self, what: str) -> tuple[float, str] | None:
        """Seconds that calls of this kind still have to wait, and why; None when they may be made."""
        with self._lock:
            until, reason = self._waits.get(what, (0.0, ""))
        left = until - self.clock()
        return (left, reason) if left > 0 else None


_accounts = Accounts(Account)
account_of = _accounts.of
forget_accounts = _accounts.forget
