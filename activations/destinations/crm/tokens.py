"""Access tokens of CRM accounts: one an account, shared by all clients of this process, fetched by
whoever needs it first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sluice.activations.destinations.crm.outcomes import CodeOutcome
from sluice.activations.http.accounts import Accounts, SharedToken

# asks the vendor for a token: (token, seconds it lives), or the outcome when there is none to be
# had
Fetch = Callable[[], "tuple[str, float] | CodeOutcome"]
# makes a call with a token: what the vendor said, or the outcome of what it did not say
Call = Callable[[str], "Any | CodeOutcome"]


class Account(SharedToken[CodeOutcome]):
    """The token of one account, and calls with it."""

    def call(self, fetch: Fetch, call: Call) -> Any | CodeOutcome:
        """Make a call with the token; where it is refused for the token's sake, once more with
        another.
        """
        held = self.token(fetch)
        if isinstance(held, CodeOutcome):
            return held
        found = call(held)
        if not (isinstance(found, CodeOutcome) and found.is_token):
            return found
        fresh = self.token(fetch, refused=held)
        return fresh if isinstance(fresh, CodeOutcome) else call(fresh)


_accounts = Accounts(Account)
account_of = _accounts.of
forget_accounts = _accounts.forget
