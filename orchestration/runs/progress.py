"""What a run tells while it works.

The command line shows it; under Dagster's UI the asset's metadata says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, str], None]
_listeners: list[Listener] = []
_announcers: list[Callable[[str], None]] = []


def tell(step: str, text: str) -> None:
    """Report one line on a step: land, decide, plan, push or reports."""
    for listener in _listeners:
        listener(step, text)


def announce(text: str) -> None:
    """Say before it begins that something takes long, to whoever waits for a command."""
    for announcer in _announcers:
        announcer(text)


@contextmanager
def announcing(announcer: Callable[[str], None]) -> Iterator[None]:
    """Have an announcer called for what takes long inside the block."""
    _announcers.append(announcer)
    try:
        yield
    finally:
        _announcers.remove(announcer)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have a listener called for every line of progress inside the block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
