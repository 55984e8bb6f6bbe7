"""What the clients of one vendor account share in this process: a token, a wait."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

T = TypeVar("T")
Failure = TypeVar("Failure")
MARGIN_SECONDS = 60.0


class Accounts(Generic[T]):
    """One shared state an account, made when it is first asked for.

    Safe for threads; secrets are kept as hashes.
    """

    _all: ClassVar[list[Accounts[Any]]] = []

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._all.append(self)
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

    @classmethod
    def forget_all(cls) -> None:
        """Forget those of every vendor: a sandbox may get the port, and so the address, of one that
        stopped.
        """
        for accounts in cls._all:
            accounts.forget()


@dataclass
class SharedToken(Generic[Failure]):
    """The access token of one account, fetched by whoever needs it first.

    ``clock``: seconds that never go back.
    """

    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _token: str | None = None
    _until: float = 0.0

    def token(
        self, fetch: Callable[[], tuple[str, float] | Failure], refused: str | None = None
    ) -> str | Failure:
        """The token.

        One that the vendor ``refused`` is replaced once for all who were refused it: who comes
        later finds the new one. ``fetch`` gives a token and the seconds it lives, or says why there
        is none: then that is returned.
        """
        with self._lock:
            if self._token and self._token != refused and self.clock() < self._until:
                return self._token
            found = fetch()
            if not isinstance(found, tuple):
                return found
            self._token, self._until = found[0], self.clock() + max(found[1] - MARGIN_SECONDS, 1.0)
            return self._token
