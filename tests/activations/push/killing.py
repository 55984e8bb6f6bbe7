"""A push that is killed again and again, and what must be true of the ledger and the destination
afterwards.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
from collections import Counter
from dataclasses import asdict, dataclass, field

import sqlalchemy as sa

from sluice.activations.ledger.queries import unknown_deliveries
from sluice.activations.ledger.store import Ledger
from sluice.activations.sandbox.server import Sandbox
from tests.activations.push.pusher_process import POINTS, Order

WORKERS, BATCH = 4, 10
NEW_EACH_LIFE = 60  # items that come on top, so that there is something to be killed at
MOST_LIVES = 4  # for each kill: some orders are never reached
# the n-th time a point is reached, at most: what a life with so many items surely comes to
REACH = {
    "send": 5,
    "sent": 5,
    "asked": 5,
    "answered": 5,
    "statement": 40,
    "commit": 8,
    "committed": 8,
    "time": 250,
}
MAIL_REPLIES = 100


@dataclass
class Story:
    """One ledger and one destination, through many deaths."""

    parent: subprocess.Popen[str]
    name: str
    url: str
    sandbox: Sandbox
    random: random.Random
    is_faulty: bool = False
    killed: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    most_in_hand: int = 0

    @property
    def count(self) -> int:
        return NEW_EACH_LIFE * max(1, self.lives)

    def live(self, sign: int = 0, point: str = "time", number: int = 0) -> dict[str, object]:
        patience = 0.1 if self.is_faulty else 20.0
        order = Order(
            self.name,
            self.url,
            self.sandbox.endpoints(),
            self.count,
            BATCH,
            WORKERS,
            patience,
            sign,
            point,
            number,
        )
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.write(json.dumps(asdict(order), default=str) + "\n")
        self.parent.stdin.flush()
        ended: dict[str, object] = json.loads(self.parent.stdout.readline())
        return ended

    def kill(self, kills: int) -> None:
        """Live and die until it was killed so often; three of four times without warning."""
        while self.killed.total() < kills:
            self.lives += 1
            if self.is_faulty:
                self.script_faults()
            assert self.lives <= MOST_LIVES * kills, (
                f"only {self.killed.total()} of {kills} kills came about"
            )
            sign = signal.SIGTERM if self.lives % 4 == 0 else signal.SIGKILL
            point = self.random.choice(POINTS)
            most = (
                MAIL_REPLIES
                if self.name == "smtp" and point in {"asked", "answered"}
                else REACH[point]
            )
            self._die(sign, point, self.random.randint(1, most))

    def script_faults(self) -> None:
        """The next life meets a vendor that is not well either; what waits for its next attempt has
        waited for it.
        """
        faults = self.sandbox.faults
        faults.http.clear()
        faults.http.extend(
            self.random.choices(
                ["500", "429", "401", "drop_after_accept", "invalid_json", "cut_body"], k=2
            )
        )
        faults.retry_after_seconds = 0.2
        faults.mail = {f"{self.random.randrange(10)}@": "451 4.7.1 Try again later"}
        faults.drop_after_data = self.random.randrange(2)
        self.let_time_pass()

    def let_time_pass(self) -> None:
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            if sa.inspect(connection).has_table("deliveries"):
                connection.exec_driver_sql(
                    "update deliveries set next_attempt_at = claimed_at where next_attempt_at is"
                    " not null"
                )
        engine.dispose()

    def recover(self) -> None:
        """The vendor is well again."""
        self.sandbox.faults.http.clear()
        self.sandbox.faults.mail, self.sandbox.faults.drop_after_data = {}, 0
        self.let_time_pass()

    def _die(self, sign: signal.Signals, point: str, number: int) -> None:
        ended = self.live(sign, point, number)
        assert ended["signal"] in {0, sign}
        assert ended["signal"] or ended["code"] == 0
        if not ended["signal"] and not ended["is_stopped"]:
            return  # it came to its end before
        self.killed[f"{sign.name} {point}"] += 1
        in_hand = self.batches_in_hand()
        self.most_in_hand = max(self.most_in_hand, in_hand)
        assert in_hand <= (WORKERS if ended["signal"] else 0), (
            "at most one batch a worker is in hand, and none after a stop"
        )

    def batches_in_hand(self) -> int:
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            is_there = sa.inspect(connection).has_table("claims")
            found = (
                int(connection.exec_driver_sql("select count(*) from claims").scalar() or 0)
                if is_there
                else 0
            )
        engine.dispose()
        return found

    def kills(self, sign: signal.Signals) -> int:
        return sum(count for what, count in self.killed.items() if what.startswith(sign.name))

    def check(self) -> None:
        """One life to the end; then whatever was due was sent, once, or is listed as unknown."""
        if self.is_faulty:
            self.recover()
        ended = self.live()
        assert ended["code"] == 0, ended
        ledger = Ledger(self.url)
        states = Counter({row["state"]: row["count"] for row in ledger.counts()})
        unknown = {row["delivery_id"] for row in unknown_deliveries(ledger.engine)}
        with ledger.engine.connect() as connection:
            accepted = set(
                connection.exec_driver_sql(
                    "select delivery_id from deliveries where state = 'accepted'"
                ).scalars()
            )
        ledger.engine.dispose()
        sent, duplicates = self.arrived()
        self._print(len(sent), len(unknown), duplicates)
        assert states.keys() <= {"accepted", "unknown"}
        assert states.total() == self.count, "lost from the ledger"
        assert states["unknown"] == len(unknown), "not listed as unknown"
        assert accepted <= sent <= accepted | unknown, "lost, or sent behind the ledger's back"
        assert duplicates == 0
        assert (
            len(unknown)
            <= self.kills(signal.SIGKILL) * WORKERS * BATCH + self.is_faulty * self.lives
        )
        if self.name == "hubspot":
            assert (len(sent), unknown) == (self.count, set())

    def arrived(self) -> tuple[set[int], int]:
        """The deliveries that arrived, and how often one did so again."""
        if self.name == "hubspot":
            keys = [
                10_000 + int(row[0])
                for row in self.sandbox.store.rows("select key from contacts where is_archived = 0")
            ]
        else:
            rows = self.sandbox.store.rows("select message_id from mails")
            keys = [
                int(found[1]) for row in rows if (found := re.search(r"sluice\.(\d+)@", row[0]))
            ]
            assert len(keys) == len(rows)
        return set(keys), len(keys) - len(set(keys))

    def _print(self, sent: int, unknown: int, duplicates: int) -> None:
        by_sign = ", ".join(
            f"{self.kills(sign)} {sign.name}" for sign in (signal.SIGKILL, signal.SIGTERM)
        )
        where = ", ".join(f"{what}: {count}" for what, count in sorted(self.killed.items()))
        ledger = sa.make_url(self.url).get_backend_name()
        vendor = ", the vendor faulty," if self.is_faulty else ""
        print(
            f"\n{self.name} on {ledger}{vendor}: {self.killed.total()} kills ({by_sign}) in"
            f" {self.lives} lives, {self.count} due,"
        )
        print(
            f"  {sent} sent, {unknown} unknown, {duplicates} duplicates, at most"
            f" {self.most_in_hand} batches in hand; {where}"
        )
