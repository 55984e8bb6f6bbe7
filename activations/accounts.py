"""What the clients of one vendor account share in this process: a token, a wait."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Accounts(Generic[T]):
    """One shared state an account, made when it is first asked for. Safe for threads; secrets are kept as hashes."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._held: dict[tuple[str, str, str], T] = {}
        self._lock = threading.Lock()

    def of(self, url: str, name: str, secret: str) -> T:
        """The state of an address, name and secret: the same for every client of this process."""
        key = (url, name, hashlib.sha256(secret.encode()).hexdigest())
        with self._lock:
            if key not in self._held:
                self._held[key] = self._make()
            return self._held[key]

    def forget(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._held.clear()
