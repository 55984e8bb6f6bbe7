"""The token of a CRM account: fetched once, replaced once for all who were refused it, and never
shared by two accounts.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sluice.activations.destinations.crm.outcomes import CodeOutcome, stop, token
from sluice.activations.destinations.crm.tokens import Account, account_of

REFUSED = token("token_refused")


class Vendor:
    """Gives numbered tokens, of which only the newest is good."""

    def __init__(self, seconds: float = 7200) -> None:
        self.fetched, self.seconds = 0, seconds

    def fetch(self) -> tuple[str, float]:
        self.fetched += 1
        return f"token-{self.fetched}", self.seconds

    def call(self, given: str) -> str | CodeOutcome:
        return given if given == f"token-{self.fetched}" else REFUSED


def test_fetched_once_by_many_workers() -> None:
    account, vendor = Account(), Vendor()
    with ThreadPoolExecutor(8) as pool:
        assert {*pool.map(lambda _: account.call(vendor.fetch, vendor.call), range(50))} == {
            "token-1"
        }
    assert vendor.fetched == 1


def test_replaced_once_for_all_who_were_refused_it() -> None:
    account, vendor = Account(), Vendor()
    account.token(vendor.fetch)
    vendor.fetched = 7  # the vendor forgot it
    assert {account.token(vendor.fetch, refused="token-1") for _ in range(5)} == {"token-8"}
    assert vendor.fetched == 8


@pytest.mark.parametrize(
    ("seconds", "after", "fetched"), [(7200, 7000, 1), (7200, 7141, 2), (10, 2, 2)]
)
def test_replaced_a_minute_before_it_ends(seconds: float, after: float, fetched: int) -> None:
    now = 100.0
    account, vendor = Account(clock=lambda: now), Vendor(seconds)
    account.token(vendor.fetch)
    now += after
    account.token(vendor.fetch)
    assert vendor.fetched == fetched


def test_call_that_is_refused_again_is_not_made_a_third_time() -> None:
    calls: list[str] = []
    assert Account().call(Vendor().fetch, lambda given: calls.append(given) or REFUSED) == REFUSED
    assert calls == ["token-1", "token-2"]


def test_login_that_is_refused_makes_no_call() -> None:
    refused = stop("login_refused")
    assert (
        Account().call(lambda: refused, lambda given: pytest.fail("a call without a token"))
        == refused
    )


def test_accounts_with_other_secrets_share_nothing() -> None:
    assert account_of("http://a", "app", "one") is account_of("http://a", "app", "one")
    assert account_of("http://a", "app", "one") is not account_of("http://a", "app", "two")
