"""What a run tells while it works.

The command line shows it; under Dagster's UI the asset's metadata says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, str], None]
_listeners: list[Listener] = []


def tell(step: str, text: str) -> None:
    """Report one line on a step: land, decide, plan, push or reports."""
    for listener in _listeners:
        listener(step, text)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have a listener called for every line of progress inside the block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
