"""The access token and the waits of one account, shared by all clients of this process: fetched
once, whoever needs it first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sluice.activations.http.accounts import Accounts, SharedToken
from sluice.activations.http.client import Answer
from sluice.models.delivery import Outcome

FORCED_A_DAY = 20  # stable_token: force_refresh works 20 times a day, at least 30 s apart
FORCED_APART_SECONDS = 30.0
DAY_SECONDS = 86_400.0

# asks the vendor for a token, by force or not: (token, seconds it lives), or the answer that has
# none
Fetch = Callable[[bool], "tuple[str, float] | Answer"]


@dataclass
class Account(SharedToken[Answer]):
    """What the workers of one account share."""

    _forced: deque[float] = field(default_factory=lambda: deque(maxlen=FORCED_A_DAY))
    _waits: dict[str, tuple[float, str]] = field(default_factory=dict)

    def fetched(self, fetch: Fetch, refused: str | None = None) -> str | Answer:
        """The token; where the vendor gives out the ``refused`` one again, another by force.

        Returns the answer instead where there is none to be had; then the call was not made.
        """

        def fetch_another() -> tuple[str, float] | Answer:
            found = fetch(False)
            return (
                self._force(fetch)
                if not isinstance(found, Answer) and found[0] == refused
                else found
            )

        return self.token(fetch_another, refused)

    def _force(self, fetch: Fetch) -> tuple[str, float] | Answer:
        """The vendor still holds the refused token for good: make it give another, within its
        limits.
        """
        now = self.clock()
        wait = self._forced[-1] + FORCED_APART_SECONDS - now if self._forced else 0.0
        if len(self._forced) == FORCED_A_DAY:
            wait = max(wait, self._forced[0] + DAY_SECONDS - now)
        if wait > 0:
            return Answer(Outcome.RETRY, "token_refused", retry_after_seconds=wait)
        self._forced.append(now)
        return fetch(True)

    def wait(self, what: str, seconds: float, reason: str) -> None:
        """Calls of this kind shall not be made for so long."""
        with self._lock:
            self._waits[what] = (self.clock() + seconds, reason)

    def waiting(self, what: str) -> tuple[float, str] | None:
        """Seconds that calls of this kind still have to wait, and why; None when they may be
        made.
        """
        with self._lock:
            until, reason = self._waits.get(what, (0.0, ""))
        left = until - self.clock()
        return (left, reason) if left > 0 else None


_accounts = Accounts(Account)
account_of = _accounts.of
forget_accounts = _accounts.forget
