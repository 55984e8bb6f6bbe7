"""Room for connections, and a deadline for what they send."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """``seconds`` for a whole request, headers and body, and again for its answer; a vendor's own
    patience is shorter. At most ``connections`` at once (more wait in the queue of the socket), and
    of one address ``per_address`` whose request has not come yet: behind a proxy all come from one
    address.
    """

    seconds: float = 10.0
    connections: int = 64
    per_address: int = 32


class DeadlineReader(io.RawIOBase):
    """Reads from a socket until one deadline, however the bytes are spread over it.

    Raises TimeoutError.
    """

    def __init__(
        self, source: socket.socket, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source, self._clock = source, clock
        self._until = clock() + seconds

    def readable(self) -> bool:
        """It is for nothing else."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """What has come, at least one byte; 0 at the end."""
        left = self._until - self._clock()
        if left <= 0:
            raise TimeoutError("the request took too long")
        self._source.settimeout(left)
        return self._source.recv_into(buffer)

    def buffered(self) -> io.BufferedReader:
        """With lines and whole bodies."""
        return io.BufferedReader(self)


class Connections:
    """The connections there are. Safe for threads."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._slots = threading.BoundedSemaphore(limits.connections)
        self._lock = threading.Lock()
        self._reading: dict[
            socket.socket, str
        ] = {}  # by age: those whose request has not come, and their addresses
        self._count = 0

    def enter(self, connection: socket.socket, address: str) -> None:
        """A connection came.

        Where there is no room, the oldest that has not sent its request is cut off: one of the same
        address if that has too many, else one of the address that has most.
        """
        with self._lock:
            by_address = Counter(self._reading.values())
            if by_address[address] >= self._limits.per_address:
                self._cut_oldest_of(address)
            elif self._count >= self._limits.connections and by_address:
                self._cut_oldest_of(by_address.most_common(1)[0][0])
        self._slots.acquire()
        with self._lock:
            self._count += 1
            self._reading[connection] = address

    def has_read(self, connection: socket.socket) -> None:
        """Its request is here: it is answered, whoever else comes."""
        with self._lock:
            self._reading.pop(connection, None)

    def leave(self, connection: socket.socket) -> None:
        """A connection was closed."""
        with self._lock:
            self._reading.pop(connection, None)
            self._count -= 1
        self._slots.release()

    def _cut_oldest_of(self, address: str) -> None:
        oldest = next(one for one, its in self._reading.items() if its == address)
        del self._reading[oldest]
        with contextlib.suppress(OSError):
            oldest.shutdown(socket.SHUT_RDWR)
