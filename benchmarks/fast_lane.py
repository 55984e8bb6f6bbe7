"""The fast lane beside a run that sends: from a form's row in the inbox to its reply accepted.

The sample company at any size: a first run, then one whose campaign writes to everybody. While that
one sends, forms of new people and of known ones come, and the lane looks each second.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import Figure, show
from benchmarks.identity_scale import generate
from sluice.activations.inbox.events import Event
from sluice.activations.inbox.store import Inbox
from sluice.orchestration.runs.sending import sending_as_of
from tests.projects import sample_project

SLUICE = [sys.executable, "-m", "sluice.orchestration.cli.main"]
JOURNEY = """models:
  - name: steps_reply
    description: "Answers a form. One row per move."
    config:
      meta:
        journey:
          label: {en: Reply, zh: 回复}
          owner: growth
          version: 1
          fast: true
          starts_on: 2026-01-01
          trigger: {event: form_submitted, where: {form: demo}}
          start: hello
          nodes:
            hello:
              message: {channel: email, destination: smtp, purpose: transactional, template: reply}
"""
EVERYBODY = """select c.contact_id, o.occurrence, {{ sluice.json_object({}) }} as context
from {{ ref('dim_contacts') }} as c
cross join (select 'first' as occurrence union all select 'second' as occurrence) as o
where c.email is not null
"""
SETTINGS = """models:
  - name: campaign_everybody
    description: "A note to everybody. One row per contact."
    config:
      meta: {campaign: {channel: email, destination: smtp, purpose: transactional, template: reply,
          owner: growth, guardrails: {max_messages: null, max_cost: null, volume_times: null}}}
"""
LONGEST = 1800.0  # seconds that anything is waited for
PAUSE = 0.5


def make_project(folder: Path, raw: Path) -> None:
    """The sample company with a clock that goes, without its sync, and with a journey that answers
    forms.
    """
    sample_project(folder, raw, as_of=None, fast_lane={"enabled": True})
    for path in (folder / "models" / "activation").glob("sync_*"):
        path.unlink()
    (folder / "models" / "exposures.yml").unlink(missing_ok=True)
    (folder / "models" / "journeys").mkdir(exist_ok=True)
    (folder / "models" / "journeys" / "steps_reply.sql").write_text("{{ sluice.journey() }}\n")
    (folder / "models" / "journeys" / "steps_reply.yml").write_text(JOURNEY, encoding="utf-8")
    for language in ("en", "zh"):
        for part in ("subject", "txt"):
            file = folder / "content" / "email" / f"reply.{language}.{part}.liquid"
            file.write_text("Thank you", encoding="utf-8")


def add_campaign(folder: Path) -> None:
    """A campaign to everybody who has an address, two messages each."""
    models = folder / "models" / "activation"
    (models / "campaign_everybody.sql").write_text(EVERYBODY, encoding="utf-8")
    (models / "campaign_everybody.yml").write_text(SETTINGS, encoding="utf-8")


@contextmanager
def at_work(arguments: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command of Sluice in a process of its own, which ends with the block."""
    with log.open("wb") as file:
        process = subprocess.Popen([*SLUICE, *arguments], stdout=file, stderr=file)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def wait_for(is_so: Callable[[], object], process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until a condition holds. Raises TimeoutError, or RuntimeError where the process that it
    hangs on ended before.
    """
    until = time.monotonic() + LONGEST
    while not is_so():
        if process is not None and process.poll() is not None:
            raise RuntimeError("the process ended before; its log says why")
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(PAUSE)


def is_sending(home: Path) -> bool:
    """Whether a run is past its plans."""
    return sending_as_of(home) is not None


def submit(home: Path, address: str) -> None:
    """A form's row, as `sluice serve` keeps it."""
    now = datetime.now(UTC)
    body = {"form": "demo", "traits": {"email": address, "name": "Kim Park"}}
    with closing(Inbox(f"sqlite:///{home / 'inbox.sqlite'}")) as inbox:
        inbox.keep([Event("forms", "form", uuid.uuid4().hex, now, body)], now)


def mails_of(home: Path, addresses: Mapping[str, float]) -> dict[str, float]:
    """When the mailbox of each address got its first mail with a reply, in seconds of the clock."""
    with closing(sqlite3.connect(home / "sandbox.sqlite", timeout=60)) as connection:
        rows = connection.execute(
            "select recipient, min(received_at) from mails where recipient like 'form-%' group by 1"
        ).fetchall()
    return {
        recipient: datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
        for recipient, at in rows
        if recipient in addresses
    }


def send_forms(home: Path, count: int, seconds: float) -> dict[str, float]:
    """Forms of new people, one after the other; when each was written, by address."""
    written: dict[str, float] = {}
    for number in range(count):
        address = f"form-{number}-{uuid.uuid4().hex[:6]}@mail.example"
        written[address] = time.time()
        submit(home, address)
        time.sleep(seconds)
    return written


def measure(
    people: int, forms: int, seconds: float, folder: Path, raw: Path | None
) -> dict[str, Figure]:
    """The figures; what is made stays in ``folder``."""
    project, home = folder / "world", folder / "home"
    os.environ |= {"SLUICE_HOME": str(home), "SLUICE_PROJECT": str(project)}
    first = 0.0
    if not (home / "warehouse.duckdb").is_file():  # else of a benchmark before, in this folder
        if raw is None:
            generate(people, 20260101, raw := folder / "raw")
        make_project(project, raw)
        started = time.monotonic()
        with (folder / "first.log").open("wb") as log:
            subprocess.run([*SLUICE, "run"], stdout=log, stderr=log, check=False)
        first = time.monotonic() - started
    add_campaign(project)
    with (
        at_work(["sandbox", "up"], folder / "sandbox.log"),
        at_work(["run"], folder / "run.log") as run,
    ):
        wait_for(lambda: is_sending(home), run)
        with at_work(["fast", "--every", "1"], folder / "lane.log") as lane:
            warm = send_forms(home, 1, 0.0)
            wait_for(lambda: mails_of(home, warm), lane)
            started = time.monotonic()
            written = send_forms(home, forms, seconds)
            wait_for(lambda: len(mails_of(home, written)) == forms, lane)
            is_pushing = run.poll() is None  # it sent when the first form came
        found = mails_of(home, written)
    took = sorted(found[one] - at for one, at in written.items())
    return {
        "people": people,
        "forms": forms,
        "first_run_seconds": round(first, 1),
        "p50_seconds": round(statistics.median(took), 1),
        "p95_seconds": round(took[int(0.95 * (len(took) - 1))], 1),
        "most_seconds": round(took[-1], 1),
        "while_pushing": is_pushing,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--forms", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=0.5, help="between two forms")
    parser.add_argument("--raw", type=Path, help="raw tables that were generated before")
    parser.add_argument("--folder", type=Path, help="where everything is made, and stays")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = arguments.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(
            arguments.people, arguments.forms, arguments.seconds, folder, arguments.raw
        )
    show(figures, arguments.json)


if __name__ == "__main__":
    main()
