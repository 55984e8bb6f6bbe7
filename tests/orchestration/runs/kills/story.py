"""One home through many days: each day a whole run is killed at a random moment, and one more run
must end by itself. At the end everybody has what they would have after as many undisturbed days.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sluice.activations.ledger.queries import unknown_deliveries
from sluice.activations.ledger.store import Ledger
from sluice.activations.sandbox.server import Sandbox
from tests.conftest import ROOT
from tests.orchestration.runs.kills.run_server import FROM_THE_START, Ended, Order
from tests.orchestration.runs.kills.shop_project import Shop

STEPS = (FROM_THE_START, "land", "decide", "plan", "runs", "push", "receipts", "reports")
# kills of a test: 3 of runs by command by default; of the long ones 200 in all, by both ways to
# start a run and on both ledgers
FEW, MANY = 3, int(os.environ.get("KILLS", "50"))
TERM_SECONDS = 10.0  # after SIGTERM a run has ended by then
# seconds after which a run that is to end by itself counts as hung: the machine may be busy
LIMIT = 240.0
FIELDS = ("email", "full_name", "city")


@dataclass
class Story:
    """``server`` forks the runs; ``by`` command or schedule; ``ledger_url`` empty for SQLite in the
    home.
    """

    server: subprocess.Popen[str]
    folder: Path
    sandbox: Sandbox
    by: str = "command"
    ledger_url: str = ""
    seed: int = 1
    killed: Counter[str] = field(default_factory=Counter)
    went_on: int = 0
    slowest_term: float = 0.0

    def __post_init__(self) -> None:
        self.home = self.folder / "home"
        self.random = random.Random(f"{self.by} {self.ledger_url[:8]} {self.seed}")
        self.shop = Shop(self.folder / "raw", self.seed)
        self.typical: dict[str, float] = {}
        self.readers: set[int] = set()  # of all days on which there was a run

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a run."""
        found = {"SLUICE_HOME": str(self.home), "SLUICE_RAW": str(self.shop.raw)}
        # slow enough to be killed in the middle of, also where the machine is fast
        found |= {"SLUICE_SMTP_WORKERS": "1", "SLUICE_HUBSPOT_WORKERS": "1"}
        return {**found, "SLUICE_LEDGER_URL": self.ledger_url} if self.ledger_url else found

    def order(self, **chosen: Any) -> Ended:
        """Have a run done as ordered."""
        self.readers |= self.shop.readers
        order = Order(
            self.environment,
            self.shop.as_of.isoformat(),
            **{"by": self.by, "limit": LIMIT, **chosen},
        )
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(asdict(order)) + "\n")
        self.server.stdin.flush()
        return Ended(**json.loads(self.server.stdout.readline()))

    def kill(self, kills: int) -> None:
        """Day after day a run is killed, and one more goes on; three of four times without
        warning.
        """
        for _ in range(kills):
            for _ in range(10):
                if self.die():
                    break
                self.shop.next_day()  # it came to its end before
            else:
                raise AssertionError("ten runs ended before they could be killed")
            self.go_on()
            self.shop.next_day()
        self.go_on()

    def die(self) -> bool:
        """A run that is killed at a random moment of a random step; False when it ended before."""
        sign = self.random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
        step = self.random.choice(STEPS)
        after = self.random.uniform(0, self.typical.get(step, 1.0))
        ended = self.order(sign=sign, step=step, after=after)
        if not ended.is_killed:
            assert (ended.code, ended.is_hung) == (0, False), ended.words
            return False
        assert not ended.is_hung, f"hung after {sign.name} in {ended.step}: {ended.words}"
        if sign == signal.SIGTERM:
            self.slowest_term = max(self.slowest_term, ended.seconds)
            assert ended.seconds <= TERM_SECONDS, (
                f"{ended.seconds:.1f} s after SIGTERM in {ended.step}: {ended.words}"
            )
            assert ended.code in {128 + sign, -sign} or self.by == "schedule", (
                f"{ended.code} in {ended.step}: {ended.words}"
            )
            assert "fix the file it names" not in ended.words
        self.killed[f"{sign.name} {ended.step}"] += 1
        return True

    def go_on(self) -> None:
        """One more run of the same day, which must end by itself and find nothing wrong."""
        ended = self.order()
        assert not ended.is_hung, f"hung in {ended.step}: {ended.words}"
        assert ended.code == 0, f"{ended.code} in {ended.step}: {ended.words}"
        self.typical = ended.steps
        self.went_on += 1

    def check(self) -> None:
        """What arrived is what is due to arrive after these days, once; what cannot be determined is
        listed.
        """
        mails = Counter(row[0] for row in self.sandbox.store.rows("select recipient from mails"))
        ledger = Ledger(self.ledger_url or f"sqlite:///{self.home / 'ledger.sqlite'}")
        unknown = {
            f"u{row['subject_id']}@shop.example"
            for row in unknown_deliveries(ledger.engine)
            if row["destination"] == "smtp"
        }
        states = Counter(
            {(row["destination"], row["state"]): row["count"] for row in ledger.counts()}
        )
        ledger.engine.dispose()
        due = {f"u{one}@shop.example" for one in self.readers}
        lost, doubled = (
            due - set(mails) - unknown,
            [one for one, count in mails.items() if count > 1],
        )
        at_the_crm, wanted = self.at_the_crm(), self.wanted()
        self._print(len(due), len(unknown), len(lost), len(doubled))
        assert (lost, doubled) == (set(), [])
        assert set(mails) <= due, "somebody got a mail who was not to"
        assert at_the_crm == wanted
        assert {state for destination, state in states if destination == "hubspot"} == {"accepted"}
        assert states["smtp", "unknown"] == len(unknown)

    def at_the_crm(self) -> dict[str, Mapping[str, str]]:
        """The contacts that the simulated CRM holds, by key."""
        rows = self.sandbox.store.rows("select key, properties from contacts where is_archived = 0")
        return {
            key: {name: json.loads(properties).get(name) for name in FIELDS}
            for key, properties in rows
        }

    def wanted(self) -> dict[str, Mapping[str, str]]:
        """What it should hold after the last day."""
        return {
            str(one): dict(zip(FIELDS, person[:3], strict=True))
            for one, person in self.shop.people.items()
        }

    def _print(self, due: int, unknown: int, lost: int, doubled: int) -> None:
        ledger = self.ledger_url.partition(":")[0].partition("+")[0] or "sqlite"
        where = ", ".join(f"{what}: {count}" for what, count in sorted(self.killed.items()))
        print(
            f"\nby {self.by}, ledger on {ledger}: {self.killed.total()} runs killed, {self.went_on}"
            " ended by themselves after,"
        )
        print(
            f"  of {due} mails {unknown} unknown, {lost} lost, {doubled} doubled; SIGTERM took"
            f" {self.slowest_term:.1f} s; {where}"
        )


def start_server(project: Path) -> subprocess.Popen[str]:
    """The warm parent of all runs."""
    command = [sys.executable, "-m", "tests.orchestration.runs.kills.run_server", str(project)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", "the parent of the runs could not start"
    return process
