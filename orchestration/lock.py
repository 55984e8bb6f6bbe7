"""One run at a time in one home. The lock is the operating system's, so a dead process does not keep it."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from models.errors import BlockedError

_held: dict[Path, IO[str]] = {}


def acquire(home: Path) -> None:
    """Take the run lock of a home for this process; taking it again is fine. Raises BlockedError when another holds it."""
    path = home / "run.lock"
    if path in _held:
        return
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise BlockedError(
            "another run is at work in this home", "wait for it to end, or use another folder with SLUICE_HOME"
        ) from error
    _held[path] = file


def release(home: Path) -> None:
    """Give the lock back, if held."""
    file = _held.pop(home / "run.lock", None)
    if file is not None:
        file.close()
