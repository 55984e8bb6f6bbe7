"""SIGTERM and Ctrl-C end a run within ten seconds, wherever it is.

Python handles a signal only between two bytecodes of the main thread, which may wait in DuckDB, dbt
or a vendor's answer. So a thread receives it too: it interrupts the queries of this process, so
that the step ends in order, and after a moment of grace it ends the process. Nothing depends on an
orderly end: a run that is cut off anywhere is continued by the next one.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from sluice.models.errors import SluiceError

GRACE_SECONDS = 8.0
POLL_SECONDS = 0.1
SIGNALS = (signal.SIGTERM, signal.SIGINT)
CONTINUES = "run again: the next run continues where this one stopped"
sessions: set[Any] = set()  # of the warehouse, which are open: see warehouse.base.Session
_asked: list[signal.Signals] = []
_raised: list[signal.Signals] = []
_watched: list[int] = []


class Interruption(KeyboardInterrupt):
    """Raised in the main thread by the first signal; dbt and Dagster treat it as Ctrl-C."""


class StoppedError(SluiceError):
    """Somebody ended the run.

    Exit code 128 and the signal's number, as of a process that the signal ended.
    """

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(
            f"stopped by {number.name}; what was sent until then is on record", CONTINUES
        )
        self.exit_code = 128 + number


def is_asked() -> bool:
    """True when this process was asked to end."""
    return bool(_asked)


def check() -> None:
    """Raises Interruption when this process was asked to end: whatever else went wrong since, went
    wrong for that.
    """
    if _asked:
        raise Interruption


def stopped_error() -> StoppedError:
    """What a person reads of it."""
    return StoppedError(_asked[0])


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside the block the first SIGTERM or Ctrl-C raises Interruption in the main thread,
    interrupts the queries of the process, and ends it after a moment of grace. Blocks may be
    nested. In another thread than the main one nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _watching():
        before = {number: signal.signal(number, _raise) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _watching() -> Iterator[None]:
    if _watched:
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    _watched.append(writing)
    watcher = threading.Thread(target=_watch, args=(reading,), name="stopping", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        _watched.clear()
        if not _asked:  # else the watcher goes on until the process has ended
            os.write(writing, b"\0")
            watcher.join()
            os.close(reading)
            os.close(writing)


def _raise(number: int, _: FrameType | None) -> None:
    """Once: what a second signal asks for is under way."""
    if not _raised:
        _raised.append(signal.Signals(number))
        _asked.append(signal.Signals(number))
        raise Interruption


def _watch(reading: int) -> None:
    while True:
        number = os.read(reading, 1)[0]
        if number == 0:
            return
        if number in SIGNALS:
            _end(signal.Signals(number))


def _end(number: signal.Signals) -> None:
    """Interrupt whatever runs until the process has ended by itself, or the grace is over."""
    if not _asked:
        _asked.append(number)
    _say(f"sluice: {number.name}: this run ends, in {GRACE_SECONDS:.0f} s at the latest")
    # an interrupt may itself wait for what the main thread holds
    threading.Thread(target=_interrupt, name="interrupting", daemon=True).start()
    # the last resort, of a thread that needs no lock of Python: exit code 1
    nowhere = os.open(os.devnull, os.O_WRONLY)  # stacks may hold values of rows
    faulthandler.dump_traceback_later(GRACE_SECONDS + 1, exit=True, file=nowhere)
    time.sleep(GRACE_SECONDS)
    _say(f"sluice: stopped by {number.name}, in the middle of a step\n  -> {CONTINUES}")
    os._exit(128 + number)


def _interrupt() -> None:
    while True:
        interrupt_queries()
        time.sleep(POLL_SECONDS)


def interrupt_queries() -> None:
    """Interrupt our own queries and those of dbt."""
    for session in tuple(sessions):
        with contextlib.suppress(Exception):  # it was closed meanwhile
            session.interrupt()
    factory: Any = sys.modules.get("dbt.adapters.factory")
    for adapter in tuple(factory.FACTORY.adapters.values()) if factory is not None else ():
        with contextlib.suppress(
            Exception
        ):  # an adapter that cannot cancel, or a connection that is gone
            list(adapter.cancel_open_connections())


def _say(words: str) -> None:
    with contextlib.suppress(OSError):
        os.write(2, f"{words}\n".encode())
