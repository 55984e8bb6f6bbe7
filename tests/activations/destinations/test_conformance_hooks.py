"""The conformance suite itself: a case that cannot happen is not collected, and one that is
forgotten is not passed over.
"""

from __future__ import annotations

from typing import ClassVar

import pytest

from sluice.activations.destinations.testing import OPTIONAL, Conformance


class NoAddresses(Conformance):
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {
        "unwritable_item": "there are no addresses"
    }


class WithAddresses(NoAddresses):
    cases_that_cannot_happen: ClassVar[dict[str, str]] = {}


def collected(suite: type[Conformance]) -> set[str]:
    return {test for test in OPTIONAL.values() if callable(getattr(suite, test))}


def test_a_case_that_cannot_happen_is_not_collected() -> None:
    assert set(OPTIONAL.values()) - collected(NoAddresses) == {
        "test_unwritable_address_fails_alone"
    }


def test_a_subclass_may_have_the_case_again() -> None:
    assert collected(WithAddresses) == set(OPTIONAL.values())


@pytest.mark.parametrize("hook", OPTIONAL)
def test_a_hook_that_is_forgotten_fails(hook: str) -> None:
    arguments = {"arrived": (None,), "answer_late": (None, {})}.get(hook, ())
    with pytest.raises(NotImplementedError):
        getattr(NoAddresses(), hook)(*arguments)


@pytest.mark.parametrize(
    "stated", [{"received": "a reason"}, {"arrived": " "}], ids=["no such hook", "no reason"]
)
def test_what_cannot_happen_is_a_case_with_a_reason(stated: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="must be one of oversized_item, "):
        type("Wrong", (Conformance,), {"cases_that_cannot_happen": stated})
