"""The limit of a code's targets is exact for all processes on one inbox, and over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from sluice.activations.inbox.codes.definition import Code
from sluice.activations.inbox.codes.shared_turns import SharedTurns
from sluice.activations.inbox.codes.turns import Taken
from tests.activations.inbox.serving import NOW

ZONE = "Asia/Shanghai"
CODE = Code.model_validate(
    {
        "targets": [
            {"to": "https://card.example/wang", "daily": 4},
            {"to": "https://card.example/li", "daily": 2},
        ],
        "fallback": "https://card.example/all",
    }
)


class Counting:
    """The people of before, and how often they were asked for."""

    def __init__(self, *before: tuple[str, int]) -> None:
        self.before, self.asked = before, 0

    def __call__(self, moment: datetime) -> Taken:
        self.asked += 1
        return self.before


@pytest.fixture
def two(ledger_url: str) -> Iterator[tuple[SharedTurns, SharedTurns, Counting]]:
    before = Counting(("x", 0), ("other", 0))
    one, other = (SharedTurns(ledger_url, before, ZONE) for _ in range(2))
    yield one, other, before
    one.close()
    other.close()


def test_two_share_the_people_of_a_day(two: tuple[SharedTurns, SharedTurns, Counting]) -> None:
    one, other, before = two
    taken = [turns.take("x", CODE, NOW) for _ in range(3) for turns in (one, other)]
    assert taken == [1, 0, 1, 0, 0, None]  # one had come to the first before
    assert before.asked == 1
    other.give_back("x", 1, NOW)
    assert (one.take("x", CODE, NOW), one.take("x", CODE, NOW)) == (1, None)
    assert one.take("y", CODE, NOW) == 0
    before.before = ()
    tomorrow = NOW + timedelta(days=1)
    assert [turns.take("x", CODE, tomorrow) for turns in (one, other, one)] == [0, 1, 0]
    assert before.asked == 2


def test_a_process_that_begins_in_the_day_before_takes_nothing_from_the_new_one(
    two: tuple[SharedTurns, SharedTurns, Counting],
) -> None:
    """It read the clock before midnight, and had to wait."""
    one, other, before = two
    before.before = ()
    tomorrow = NOW + timedelta(days=1)
    assert [one.take("x", CODE, tomorrow) for _ in range(3)] == [0, 1, 0]
    assert other.take("x", CODE, NOW) == 0
    assert [turns.take("x", CODE, tomorrow) for turns in (one, other)] == [1, 0]


def test_a_new_process_goes_on(ledger_url: str) -> None:
    before = Counting()
    for expected in (0, 1, 0, 1, 0, 0, None):
        turns = SharedTurns(ledger_url, before, ZONE)
        assert turns.take("x", CODE, NOW) == expected
        turns.close()
    assert before.asked == 1


def test_no_place_is_given_twice_to_many_at_once(
    two: tuple[SharedTurns, SharedTurns, Counting],
) -> None:
    found: list[int | None] = []
    threads = [
        Thread(target=lambda t=turns: found.extend(t.take("z", CODE, NOW) for _ in range(4)))
        for turns in two[:2] * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(found, key=str) == [0] * 4 + [1] * 2 + [None] * 10


def test_counts_that_cannot_be_written_are_kept_by_the_process(tmp_path: Path) -> None:
    file = tmp_path / "limits.sqlite"
    file.write_bytes(b"this is no database" * 100)
    turns = SharedTurns(f"sqlite:///{file}", Counting(("x", 0)), ZONE)
    assert [turns.take("x", CODE, NOW) for _ in range(6)] == [1, 0, 1, 0, 0, None]
    turns.give_back("x", 0, NOW)
    assert turns.take("x", CODE, NOW) == 0
    turns.close()
