"""Rate limits hold for all processes on one inbox together, and over a restart."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.sql.dml import Insert

from sluice.activations.inbox.address_limits import KeyedLimits, RateLimits
from sluice.activations.inbox.shared_limits import SharedLimits, counts
from tests.activations.inbox.forms.desk import Clock
from tests.warm import ROOT

SECRET = "s" * 64
PER_MINUTE, BURST = 5 / 60, 5.0
TAKING = """
import sys
from sluice.activations.inbox.shared_limits import SharedLimits
limits = SharedLimits(sys.argv[1], sys.argv[2], lambda: 1_000_000.0)
print(sum(not limits.try_take("one address", 1.0, 30.0) for _ in range(25)))
"""


@pytest.fixture(params=["own", "shared"])
def limits(request: pytest.FixtureRequest, clock: Clock, tmp_path: Path) -> RateLimits:
    if request.param == "own":
        return KeyedLimits(clock.seconds)
    return SharedLimits(f"sqlite:///{tmp_path / 'limits.sqlite'}", SECRET, clock.seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taken(limits: RateLimits, key: str = "a", count: int = 20) -> int:
    return sum(not limits.try_take(key, PER_MINUTE, BURST) for _ in range(count))


def test_a_burst_then_one_at_a_time(limits: RateLimits, clock: Clock) -> None:
    assert (taken(limits), taken(limits, "b")) == (5, 5)
    assert limits.try_take("a", PER_MINUTE, BURST) == pytest.approx(12)
    clock.go(seconds=11)
    assert taken(limits) == 0
    clock.go(seconds=1.01)
    assert taken(limits) == 1
    clock.go(seconds=3_600)
    assert taken(limits) == 5


def test_what_is_taken_twice_by_its_name_counts_once(limits: RateLimits) -> None:
    assert [limits.try_take("a", PER_MINUTE, BURST, once="mail 1") for _ in range(9)] == [0.0] * 9
    assert taken(limits) == 4
    assert limits.try_take("a", PER_MINUTE, BURST, once="mail 1") == 0
    assert limits.try_take("a", PER_MINUTE, BURST, once="mail 2") > 0
    assert limits.try_take("a", PER_MINUTE, BURST, once="mail 2") > 0


@pytest.mark.parametrize(
    ("seconds", "count"),
    [
        pytest.param(-86_400, 5, id="a clock that was put back locks nobody out"),
        pytest.param(-2, 0, id="one that is a little behind gives nothing away"),
    ],
)
def test_another_clock(limits: RateLimits, clock: Clock, seconds: float, count: int) -> None:
    assert taken(limits) == 5
    clock.go(seconds=seconds)
    assert taken(limits) == count


def test_processes_at_once_share_one_limit(ledger_url: str) -> None:
    command = [sys.executable, "-c", TAKING, ledger_url, SECRET]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    found = [int(one.communicate(timeout=60)[0]) for one in running]
    assert sum(found) == 30
    # and a third one, that begins after they ended
    again = SharedLimits(ledger_url, SECRET, lambda: 1_000_000.0)
    assert again.try_take("one address", 1.0, 30.0) == pytest.approx(1.0)
    assert again.try_take("another", 1.0, 30.0) == 0
    again.close()


def test_no_key_is_on_disk_and_what_has_paid_goes(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "limits.sqlite"
    limits = SharedLimits(f"sqlite:///{file}", SECRET, clock.seconds)
    for number in range(50):
        assert not limits.try_take(f"mailbox ann{number}@shop.example", PER_MINUTE, BURST)
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert len(connection.execute(sa.select(counts)).all()) == 50
    clock.go(seconds=120)
    assert not limits.try_take("mailbox bo@shop.example", PER_MINUTE, BURST)
    limits.close()
    with engine.connect() as connection:
        assert len(connection.execute(sa.select(counts)).all()) == 1
    engine.dispose()
    assert b"shop.example" not in b"".join(one.read_bytes() for one in tmp_path.iterdir())


def test_a_process_that_cannot_write_counts_for_itself_and_says_so_once(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "limits.sqlite"
    file.write_bytes(b"this is no database" * 100)
    limits = SharedLimits(f"sqlite:///{file}", SECRET, clock.seconds)
    with caplog.at_level(logging.WARNING):
        assert taken(limits, "ann@shop.example") == 5
    assert [one.message.count("counted in this process alone") for one in caplog.records] == [1]
    assert "shop.example" not in caplog.text
    file.unlink()
    clock.go(seconds=60)
    assert taken(limits, "ann@shop.example") == 5
    assert file.is_file()


@pytest.mark.parametrize(
    "ledger_url", [pytest.param("postgres", marks=pytest.mark.warehouses)], indirect=True
)
def test_a_new_process_and_one_that_takes_do_not_lock_each_other_out(
    ledger_url: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """One holds the lock of a key and is about to write its row; the other begins to delete what
    has paid, that row with it, and wants the same key.
    """
    one, other = (SharedLimits(ledger_url, SECRET, clock.seconds) for _ in range(2))
    assert taken(one, "a", 1) == 1
    clock.go(seconds=30)  # it has paid, and one does not look for such before a minute is over
    engine = sa.create_engine(ledger_url)
    waiting = sa.text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    begins = Thread(target=taken, args=(other, "a", 1))

    def wait_for_it(connection: sa.Connection, statement: Any, *_: object) -> None:
        if isinstance(statement, Insert) and begins.ident is None:
            begins.start()
            with engine.connect() as watching:
                until = time.monotonic() + 20
                while not watching.execute(waiting).scalar() and time.monotonic() < until:
                    time.sleep(0.05)

    sa.event.listen(one._engine, "before_execute", wait_for_it)
    with caplog.at_level(logging.WARNING):
        assert taken(one, "a", 1) == 1
        begins.join(30)
    assert caplog.messages == []
    assert taken(one, "a") == BURST - 2
    for opened in (one, other):
        opened.close()
    engine.dispose()
