"""Access tokens of CRM accounts: one an account, shared by all clients of this process, fetched by whoever needs it first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from activations.accounts import Accounts
from activations.destinations.crm.rulings import Ruling

MARGIN_SECONDS = 60.0

# asks the vendor for a token: (token, seconds it lives), or the ruling when there is none to be had
Fetch = Callable[[], "tuple[str, float] | Ruling"]
# makes a call with a token: what the vendor said, or the ruling on what it did not say
Call = Callable[[str], "Any | Ruling"]


@dataclass
class Account:
    """The token of one account; ``clock``: seconds that never go back."""

    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _token: str | None = None
    _until: float = 0.0

    def token(self, fetch: Fetch, refused: str | None = None) -> str | Ruling:
        """The token. One that the vendor ``refused`` is replaced once for all who were refused it: who comes later finds the new
        one. A ruling instead where there is none to be had."""
        with self._lock:
            if self._token and self._token != refused and self.clock() < self._until:
                return self._token
            found = fetch()
            if isinstance(found, Ruling):
                return found
            self._token, self._until = found[0], self.clock() + max(found[1] - MARGIN_SECONDS, 1.0)
            return self._token

    def call(self, fetch: Fetch, call: Call) -> Any | Ruling:
        """Make a call with the token; where it is refused for the token's sake, once more with another."""
        held = self.token(fetch)
        if isinstance(held, Ruling):
            return held
        found = call(held)
        if not (isinstance(found, Ruling) and found.is_token):
            return found
        fresh = self.token(fetch, refused=held)
        return fresh if isinstance(fresh, Ruling) else call(fresh)


_accounts = Accounts(Account)
account_of = _accounts.of
forget_accounts = _accounts.forget
