"""A process that pushes and is killed. Starting Python takes a second, so children are forked from
one warm parent: ``python -m tests.activations.push.pusher_process`` takes an order a line (JSON) and
says how its child ended.
"""

from __future__ import annotations

import http.client
import json
import os
import smtplib
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from sluice.activations.destinations.base import Destination
from sluice.activations.destinations.registry import build
from sluice.activations.ledger.store import Ledger
from sluice.activations.push.dispatcher import Pace, Pusher
from sluice.models.delivery import ItemResult
from sluice.models.run import Run
from tests.activations.destinations.test_conformance import message, operation

# where a child may die: before and after a call, when the call left and its answer came, after a
# statement of the ledger, before and after a commit; or after a time
POINTS = ("send", "sent", "asked", "answered", "statement", "commit", "committed", "time")


@dataclass(frozen=True)
class Order:
    """Push so many items by so many workers, and get signal ``sign`` (0: live) at the n-th time
    that ``point`` is reached (``point`` time: after n milliseconds).
    """

    name: str
    url: str
    endpoints: dict[str, Any]
    count: int
    batch: int = 10
    workers: int = 4
    patience_seconds: float = 20.0
    sign: int = 0
    point: str = "time"
    number: int = 0


class Fate:
    """Counts how often the point of an order is reached, and then sends this process its signal."""

    def __init__(self, order: Order) -> None:
        self.order, self.left, self.lock = order, order.number, threading.Lock()

    def reach(self, point: str) -> None:
        if point != self.order.point or not self.order.sign:
            return
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), self.order.sign)

    def around(self, before: str, work: Callable[..., Any], after: str) -> Callable[..., Any]:
        """The same work, with a point before it and one after it."""

        def watched(*arguments: Any, **named: Any) -> Any:
            self.reach(before)
            done = work(*arguments, **named)
            self.reach(after)
            return done

        return watched

    def watch(self, ledger: Ledger) -> None:
        """Put the points of the ledger and of the wire in place."""
        ledger.engine.dialect.do_commit = self.around(
            "commit", ledger.engine.dialect.do_commit, "committed"
        )  # type: ignore[method-assign]
        sa.event.listen(ledger.engine, "after_cursor_execute", lambda *_: self.reach("statement"))
        http.client.HTTPConnection.getresponse = self.around(  # type: ignore[method-assign]
            "asked", http.client.HTTPConnection.getresponse, "answered"
        )
        smtplib.SMTP.getreply = self.around("asked", smtplib.SMTP.getreply, "answered")  # type: ignore[method-assign]


class Watched:
    """A destination with a point before and after each call."""

    def __init__(self, inner: Destination, result: Fate) -> None:
        self.inner, self.capabilities = inner, inner.capabilities
        self.send: Callable[[Sequence[Any]], list[ItemResult]] = result.around(
            "send", inner.send, "sent"
        )

    def close(self) -> None:
        self.inner.close()


def push(order: Order) -> dict[str, Any]:
    """Recover, then push in batches, as a run does."""
    ledger, result = Ledger(order.url), Fate(order)
    result.watch(ledger)
    ledger.recover(datetime.now(UTC))
    kind = "message" if order.name == "smtp" else "sync"
    numbers = range(1, order.count + 1)
    items: list[Any] = [
        message(n, f"u{n}@b.cn") if kind == "message" else operation(n, email=f"u{n}@b.cn")
        for n in numbers
    ]
    make = lambda: Watched(build(order.name, order.endpoints), result)  # noqa: E731
    run, pace = (
        Run("run", datetime.now(UTC)),
        Pace(order.workers, patience_seconds=order.patience_seconds),
    )
    pusher = Pusher(kind, "crash", order.name, make(), ledger, run, pace, make)
    result = pusher.push(
        items[start : start + order.batch] for start in range(0, len(items), order.batch)
    )
    return {"counts": result.counts(), "is_stopped": result.is_stopped, "words": result.describe()}


def child(order: Order, answer: int) -> None:
    """The forked child: it pushes, tells what came of it if it lives, and ends."""
    code = 1
    try:
        os.write(answer, json.dumps(push(order)).encode())
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def live(order: Order) -> dict[str, Any]:
    """Fork a child, and see how it ends: the signal that ended it (0: none), its exit code, and
    what it reported.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        child(order, writing)
    os.close(writing)
    if order.sign and order.point == "time":
        time.sleep(order.number / 1000)
        os.kill(pid, order.sign)  # it is not reaped yet: the id is still its own
    status = os.waitpid(pid, 0)[1]
    with os.fdopen(reading, "rb") as pipe:
        reported = pipe.read()
    ended = {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "code": os.waitstatus_to_exitcode(status),
    }
    return {
        **ended,
        **(json.loads(reported) if reported else {"counts": {}, "is_stopped": False, "words": ""}),
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(live(Order(**json.loads(line)))), flush=True)
