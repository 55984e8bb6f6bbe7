"""One run at a time in one home, and in one warehouse on a server, whatever home it is run from.

The locks are the operating system's and the server's, so a dead process does not keep them.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sluice.models.errors import BlockedError, ConfigurationError

LOCK_FILE = "run.lock"
# held besides from the first step of a run to its plans, and for its reports: while it only sends,
# the fast lane may decide
TABLES_FILE = "tables.lock"
LANE_SECONDS = 3600.0  # that a run waits for a pass of the fast lane, which takes less than one
POLL_SECONDS = 0.2
_held: dict[Path, IO[str]] = {}
_warehouses: dict[Path, ExitStack] = {}
Lock = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Holder:
    """The process that holds the lock of a home: its pid, its command without values, and since
    when (UTC).
    """

    pid: int
    command: str
    since: str

    def describe(self) -> str:
        """The holder in words."""
        return f"process {self.pid}, `{self.command}`, since {self.since} UTC"


def acquire(
    home: Path,
    wait_seconds: float = 0.0,
    on_wait: Callable[[str], object] | None = None,
    *,
    warehouse: Lock = nullcontext,
) -> bool:
    """Take the run lock of a home for this process, and that of its warehouse.

    Returns False when this process has it already.

    ``on_wait`` is called once with the holder in words, if there is a wait. Raises BlockedError
    when another process keeps the lock for longer than ``wait_seconds``.
    """
    path = home / LOCK_FILE
    if path in _held:
        return False
    file, until = _open(path), time.monotonic() + wait_seconds
    try:
        while not _take(file):
            if time.monotonic() >= until:
                raise BlockedError(
                    f"another run is at work in this home ({describe_holder(home)})",
                    "wait for it to end, end that process, or use another folder with SLUICE_HOME",
                )
            if on_wait is not None:
                on_wait(describe_holder(home))
                on_wait = None
            time.sleep(POLL_SECONDS)
        _sign(file)
        take_tables(home)
        _warehouses[path] = _lock_warehouse(warehouse, until)
    except BaseException:
        let_go(home / TABLES_FILE)
        file.close()
        raise
    _held[path] = file
    return True


def take_tables(home: Path, wait_seconds: float = LANE_SECONDS) -> None:
    """Be the only one who decides in a home, runs and the fast lane together, until
    ``let_go_of_tables``. Raises BlockedError when another process does for longer than the wait.
    """
    path = home / TABLES_FILE
    if path in _held:
        return
    file, until = _open(path), time.monotonic() + wait_seconds
    while not _take(file):
        if time.monotonic() >= until:
            file.close()
            raise BlockedError(
                f"a run or the fast lane decides in this home ({describe_holder(home)})",
                "wait for it to end; `sluice doctor` says who is at work",
            )
        time.sleep(POLL_SECONDS)
    _held[path] = file


def let_go_of_tables(home: Path) -> None:
    """Let the fast lane decide, while this process only sends, or at its end."""
    let_go(home / TABLES_FILE)


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the run lock of a home while the block runs, and after it where this process had it
    before. Raises BlockedError when another process has it.
    """
    is_taken = acquire(home)
    try:
        yield
    finally:
        if is_taken:
            release(home)


def _lock_warehouse(warehouse: Lock, until: float) -> ExitStack:
    while True:
        stack = ExitStack()
        try:
            stack.enter_context(warehouse())
        except BlockedError:
            if time.monotonic() >= until:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return stack


def release(home: Path) -> None:
    """Give the lock back, if held."""
    let_go_of_tables(home)
    let_go(home / LOCK_FILE)


def hold(path: Path) -> None:
    """Hold a lock on a file of this process alone until ``let_go``, or its death."""
    if path not in _held:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _open(path)
        fcntl.flock(file, fcntl.LOCK_EX)  # whoever looks whether it is held, has it for a moment
        _held[path] = file


def let_go(path: Path) -> None:
    """Give back the lock on a file, if held."""
    if (stack := _warehouses.pop(path, None)) is not None:
        stack.close()
    if (file := _held.pop(path, None)) is not None:
        file.close()


def is_held(path: Path) -> bool:
    """True when a living process, this one included, holds the lock on a file."""
    if path in _held:
        return True
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def holder(home: Path) -> Holder | None:
    """Who holds the lock now; None when nobody does."""
    path = home / LOCK_FILE
    return _read(path) or Holder(0, "unknown", "an unknown time") if is_held(path) else None


def describe_holder(home: Path) -> str:
    """The holder in words, as its process wrote it down."""
    found = _read(home / LOCK_FILE)
    return found.describe() if found is not None else "it has not written its name yet"


def command() -> str:
    """The command of this process, without options and values: they may be of a person."""
    program = (
        Path(sys.argv[0] or "python")
        .name.replace("__main__.py", "dagster")
        .replace("main.py", "sluice")
    )
    words = [word for word in sys.argv[1:2] if word.isidentifier()]
    return " ".join([program, *words])


def _open(path: Path) -> IO[str]:
    """Raises ConfigurationError where the folder cannot be written."""
    try:
        return path.open("a+")
    except OSError as error:
        raise ConfigurationError(
            f"the home cannot be written ({error.strerror})",
            "make SLUICE_HOME writable, or set it to another folder",
        ) from error


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(file: IO[str]) -> None:
    """A disk that is full does not take the name: the lock holds all the same."""
    one = Holder(os.getpid(), command(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}")
    try:
        file.truncate(0)
        file.write(json.dumps(asdict(one)))
        file.flush()
    except OSError:
        return


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
