"""The conformance suite every destination inherits: it is handed the sandbox, and must keep every
promise of ``base.py``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sluice.activations.destinations.base import Destination
from sluice.activations.destinations.registry import build
from sluice.activations.http.accounts import Accounts
from sluice.activations.ledger.store import Ledger
from sluice.activations.push.dispatcher import Pusher, PushResult
from sluice.activations.sandbox.server import Sandbox
from sluice.models.delivery import Item, ItemResult, Outcome
from sluice.models.run import Run

RUN = Run("run-1", datetime(2026, 6, 29, 13, tzinfo=UTC))
ODD = '王芳 🌸 O\'Brien "q" <b>&amp; ñ 𠮷'
ARRIVES_SECONDS = 5.0
# the hooks that some destinations have no case for, and the test of each
OPTIONAL = {
    "oversized_item": "test_oversized_item_fails_alone",
    "unwritable_item": "test_unwritable_address_fails_alone",
    "arrived": "test_odd_characters_arrive_unchanged",
    "answer_late": "test_answer_that_comes_too_late",
}


class Conformance:
    """Subclasses name the destination and its kind, make items, and script each fault in the
    sandbox.

    ``cases_that_cannot_happen``: hooks of ``OPTIONAL`` that the destination has no case for, each
    with the reason; their tests are not collected. Every other hook must be there. ``odd_text``:
    what arrives unchanged, where that is less than ``ODD``.
    """

    name: str
    kind: str
    cases_that_cannot_happen: ClassVar[Mapping[str, str]] = {}
    odd_text: ClassVar[str] = ODD

    def __init_subclass__(cls, **options: Any) -> None:
        """Take out the tests of what cannot happen.

        Raises TypeError for an unknown hook, and where no reason is given.
        """
        super().__init_subclass__(**options)
        for hook, reason in cls.cases_that_cannot_happen.items():
            if hook not in OPTIONAL or not reason.strip():
                raise TypeError(
                    f"{cls.__name__}: '{hook}' must be one of {', '.join(OPTIONAL)}, with a reason"
                )
        for hook, test in OPTIONAL.items():
            if hook in cls.cases_that_cannot_happen:
                setattr(cls, test, None)  # pytest collects what can be called
            elif getattr(cls, test) is None:
                setattr(cls, test, getattr(Conformance, test))

    def items(self, count: int, text: str = "王芳") -> list[Item]:
        """So many different valid items; ``text`` is in some value of each."""
        raise NotImplementedError

    def bad_item(self) -> Item:
        """An item the vendor refuses for good, for its own sake."""
        raise NotImplementedError

    def received(self, sandbox: Sandbox) -> int:
        """How many items arrived."""
        raise NotImplementedError

    def break_after_accept(self, sandbox: Sandbox) -> None:
        """The next call is accepted, and the answer lost."""
        raise NotImplementedError

    def throttle(self, sandbox: Sandbox) -> None:
        """The next call is refused for now."""
        raise NotImplementedError

    def wrong_login(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Settings with an expired secret."""
        raise NotImplementedError

    def oversized_item(self) -> Item:
        """An item that is larger than the vendor takes."""
        raise NotImplementedError

    def unwritable_item(self) -> Item:
        """An item whose address cannot stand in a call: a line break, a stray separator."""
        raise NotImplementedError

    def arrived(self, sandbox: Sandbox) -> str:
        """All the text that arrived, decoded, as a person would read it."""
        raise NotImplementedError

    def answer_late(self, sandbox: Sandbox, settings: dict[str, Any]) -> dict[str, Any]:
        """The next call is accepted, and answered later than the settings returned wait for it."""
        raise NotImplementedError

    @pytest.fixture
    def sandbox(self, tmp_path: Path) -> Iterator[Sandbox]:
        """A sandbox of its own for each test, of the vendor under test alone."""
        Accounts.forget_all()
        with Sandbox(tmp_path, names=[self.name]) as sandbox:
            yield sandbox

    @pytest.fixture
    def destination(self, sandbox: Sandbox) -> Iterator[Destination]:
        """The client, pointed at the sandbox."""
        client = build(self.name, sandbox.endpoints())
        yield client
        client.close()

    def push(self, destination: Destination, home: Path, items: Sequence[Item]) -> PushResult:
        """Push through the ledger, in one batch."""
        ledger = Ledger(f"sqlite:///{home / 'ledger.sqlite'}")
        return Pusher(self.kind, "conformance", self.name, destination, ledger, RUN).push([items])

    def outcomes(self, results: Sequence[ItemResult]) -> list[Outcome]:
        """The outcomes in the order of the results."""
        return [result.outcome for result in results]

    def test_one_result_an_item(self, destination: Destination, sandbox: Sandbox) -> None:
        items = self.items(7)
        results = destination.send(items)
        assert {r.delivery_id for r in results} == {i.delivery_id for i in items}
        assert set(self.outcomes(results)) == {Outcome.ACCEPTED}
        assert self.received(sandbox) == 7

    def test_repeat_is_not_sent_twice(
        self, destination: Destination, sandbox: Sandbox, tmp_path: Path
    ) -> None:
        items = self.items(5)
        assert self.push(destination, tmp_path, items).outcomes["accepted"] == 5
        assert self.push(destination, tmp_path, items).skipped == 5
        assert self.received(sandbox) == 5

    def test_odd_characters_arrive(self, destination: Destination, sandbox: Sandbox) -> None:
        assert set(self.outcomes(destination.send(self.items(2, self.odd_text)))) == {
            Outcome.ACCEPTED
        }

    def test_odd_characters_arrive_unchanged(
        self, destination: Destination, sandbox: Sandbox
    ) -> None:
        destination.send(self.items(1, self.odd_text))
        assert self.odd_text in self.arrived(sandbox)

    def test_item_twice_in_a_batch_is_sent_once(
        self, destination: Destination, sandbox: Sandbox, tmp_path: Path
    ) -> None:
        items = self.items(3)
        self.push(destination, tmp_path, [*items, items[0], *items])
        assert self.received(sandbox) == 3

    def test_oversized_item_fails_alone(self, destination: Destination, sandbox: Sandbox) -> None:
        self.fails_alone(destination, sandbox, self.oversized_item())

    def test_unwritable_address_fails_alone(
        self, destination: Destination, sandbox: Sandbox
    ) -> None:
        self.fails_alone(destination, sandbox, self.unwritable_item())

    def fails_alone(self, destination: Destination, sandbox: Sandbox, bad: Item) -> None:
        """The bad item fails for good, with a reason that shows nothing of it; the three others
        arrive.
        """
        good = self.items(3)
        results = {r.delivery_id: r for r in destination.send([good[0], bad, *good[1:]])}
        assert {results[item.delivery_id].outcome for item in good} == {Outcome.ACCEPTED}
        failed = results[bad.delivery_id]
        assert failed.outcome is Outcome.FAILED
        assert re.fullmatch(r"[\w.:,-]{1,100}", str(failed.reason))
        assert self.received(sandbox) == 3

    def test_one_bad_item_does_not_disturb_the_rest(
        self, destination: Destination, sandbox: Sandbox
    ) -> None:
        bad = self.bad_item()
        results = {r.delivery_id: r for r in destination.send([*self.items(3), bad])}
        assert results[bad.delivery_id].outcome is Outcome.FAILED
        assert results[bad.delivery_id].reason
        assert "@" not in str(results[bad.delivery_id].reason)
        assert self.received(sandbox) == 3

    def test_answer_lost_after_accept(
        self, destination: Destination, sandbox: Sandbox, tmp_path: Path
    ) -> None:
        """Unknown, never failed; the next run sends again only where that does no harm."""
        self.break_after_accept(sandbox)
        items = self.items(1)
        assert self.push(destination, tmp_path, items).outcomes["unknown"] == 1
        again = self.push(destination, tmp_path, items)
        resends = destination.capabilities.on_unknown == "resend"
        assert (again.outcomes["accepted"], again.skipped) == ((1, 0) if resends else (0, 1))
        assert self.received(sandbox) == 1

    def test_answer_that_comes_too_late(self, sandbox: Sandbox, tmp_path: Path) -> None:
        """As an answer that was lost: the vendor acted, we do not know."""
        settings = self.answer_late(sandbox, dict(sandbox.endpoints()[self.name]))
        client = build(self.name, {self.name: settings})
        items = self.items(1)
        assert self.push(client, tmp_path, items).outcomes["unknown"] == 1
        client.close()
        until = time.monotonic() + ARRIVES_SECONDS
        while not self.received(sandbox) and time.monotonic() < until:
            time.sleep(0.01)  # the client gave up, the vendor may still be at it
        assert self.received(sandbox) == 1

    def test_throttled_is_tried_again(self, destination: Destination, sandbox: Sandbox) -> None:
        self.throttle(sandbox)
        items = self.items(2)
        assert Outcome.RETRY in self.outcomes(destination.send(items))
        assert Outcome.FAILED not in self.outcomes(destination.send(items))

    def test_expired_secret_fails_no_row_for_good(self, sandbox: Sandbox) -> None:
        endpoints = {self.name: self.wrong_login(dict(sandbox.endpoints()[self.name]))}
        client = build(self.name, endpoints)
        assert set(self.outcomes(client.send(self.items(2)))) == {Outcome.RETRY}
        client.close()
        assert self.received(sandbox) == 0

    def test_nobody_listens(self, sandbox: Sandbox, tmp_path: Path) -> None:
        endpoints = {self.name: dict(sandbox.endpoints()[self.name])}
        sandbox.__exit__(None, None, None)
        client = build(self.name, endpoints)
        assert set(self.outcomes(client.send(self.items(2)))) == {Outcome.RETRY}
        sandbox.__enter__()
