"""``sluice demo`` and ``sluice demo-retail``: the main job on real data, with the sandbox in place
of the vendors.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sluice.models.run import RunSummary
    from sluice.orchestration.installation.settings import Settings


STAGES = ("new", "active", "dormant", "lost")
SEGMENTS = ("new_customers", "high_value_customers", "dormant_customers")
COPIES = "sluice-demo"
SHORT_SEGMENTS = ("seg: new", "high value", "dormant")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("demo")(demo)
    app.command("demo-retail")(demo_retail)


def demo() -> None:
    """The sample company: 1,000 people in five systems become contacts, segments, a diff and real
    deliveries.
    """
    from sluice.orchestration.cli.show import console, show_summary
    from sluice.orchestration.installation.project import is_clone
    from sluice.orchestration.installation.settings import load_settings

    project = choose_example("world")
    settings = _sandboxed(load_settings())
    console.rule("A run")
    show_summary(_run(settings), is_plan=False)
    console.rule("The same run again: nothing is due, nothing is sent")
    again = _run(settings)
    console.rule("What the sandbox received, beside what the ledger says")
    is_equal = _compare(settings)
    how = "make dev" if is_clone() else f"sluice dev --project {project}"
    console.print(f"\nSee the lineage with [bold]{how}[/bold] (http://127.0.0.1:3000).")
    if (
        not is_equal
        or again.messages.sent
        or any(sync.accepted for sync in again.syncs)
        or again.errors
    ):
        raise typer.Exit(1)


def demo_retail() -> None:
    """UCI Online Retail, 541,909 order lines, replayed month by month: what each month changes in
    the CRM.
    """
    from sluice.orchestration.cli.show import console, table
    from sluice.orchestration.installation.settings import load_settings

    choose_example("online_retail")
    # a home of its own, made anew: a replay starts from nothing
    home = _sandboxed(load_settings()).home / "retail"
    shutil.rmtree(home, ignore_errors=True)
    os.environ["SLUICE_HOME"] = str(home)
    settings = load_settings()
    rows = []
    for month in _months():
        summary = _run(settings, month)
        rows.append(_month_row(settings, summary))
        console.print(
            f"{month:%Y-%m-%d}: {rows[-1][-3]:,} entered, {rows[-1][-2]:,} changed,"
            f" {rows[-1][-1]:,} exited"
        )
    columns = ["as of", "customers", *STAGES, *SHORT_SEGMENTS]
    table("Online Retail, month by month", [*columns, "entered", "changed", "exited"], rows)
    if not _compare(settings):
        raise typer.Exit(1)


def choose_example(name: str) -> Path:
    """Make an example the project of this command, whatever project the working folder is in: its
    own folder in a clone, else a copy in ``sluice-demo/``, since a wheel is not written to.
    """
    from sluice.orchestration.installation.project import EXAMPLES, VARIABLE, is_clone
    from sluice.orchestration.installation.project_file import PROJECT_FILE
    from sluice.orchestration.installation.starter import copy_example

    folder = EXAMPLES / name if is_clone() else Path.cwd() / COPIES / name
    if not (folder / PROJECT_FILE).is_file():
        copy_example(name, folder)
    os.environ[VARIABLE] = str(folder)
    for other in ("SLUICE_RAW", "SLUICE_SOURCES"):  # those of another project
        os.environ.pop(other, None)
    return folder


def _sandboxed(settings: Settings) -> Settings:
    """The settings, if deliveries go to the sandbox. A demo never writes to real people."""
    from sluice.models.errors import BlockedError

    if settings.delivery != "sandbox":
        raise BlockedError(
            "the demo does not send to real people", "unset SLUICE_DELIVERY, or set it to sandbox"
        )
    return settings


def _months() -> list[datetime]:
    """The first of each month after the data begin, and the day after they end: 13 times."""
    firsts = [
        datetime(2010 + (month > 12), (month - 1) % 12 + 1, 1, tzinfo=UTC)
        for month in range(13, 25)
    ]
    return [*firsts, datetime(2011, 12, 10, tzinfo=UTC)]


def _run(settings: Settings, as_of: datetime | None = None) -> RunSummary:
    from sluice.orchestration.cli.show import showing_progress
    from sluice.orchestration.installation.project import VARIABLE
    from sluice.orchestration.runs.in_process import execute

    os.environ["SLUICE_HOME"], os.environ["SLUICE_RAW"] = str(settings.home), str(settings.raw)
    os.environ[VARIABLE] = str(settings.project.root)
    settings.home.mkdir(parents=True, exist_ok=True)
    with showing_progress(is_quiet=False):
        return execute(settings, as_of=as_of)


def _month_row(settings: Settings, summary: RunSummary) -> list[object]:
    from sluice.orchestration.warehouse.reader import query

    stages = dict(
        query(
            settings.warehouse,
            "select stage, count(*) from lifecycle.contact_lifecycle where lifecycle = 'activity'"
            " group by stage",
        )
    )
    segments = dict(
        query(
            settings.warehouse,
            "select segment, count(*) from segments.segment_members group by segment",
        )
    )
    sync = summary.syncs[0]
    by_stage = [stages.get(stage, 0) for stage in STAGES]
    by_segment = [segments.get(name, 0) for name in SEGMENTS]
    return [
        summary.as_of[:10],
        sum(stages.values()),
        *by_stage,
        *by_segment,
        sync.entered,
        sync.changed,
        sync.exited,
    ]


def _compare(settings: Settings) -> bool:
    """Print what the sandbox received beside the ledger's accepted deliveries; true when they are
    equal.
    """
    from sluice.activations.sandbox.server import STORE_FILE
    from sluice.activations.sandbox.store import Store
    from sluice.orchestration.cli.show import table
    from sluice.orchestration.runs.state import open_ledger

    store = Store(Path(settings.home) / STORE_FILE)
    received = store.counts()
    store.close()
    receipts = open_ledger(settings).accepted_receipts()
    operations = received["crm_operations"] + received.get("hubspot memberships", 0)
    rows = [
        ("e-mail messages", received["mails"], receipts.get("smtp", 0)),
        ("SMS", received.get("aliyun sms", 0), receipts.get("aliyun", 0)),
        ("WeChat messages", received.get("wechat wechat", 0), receipts.get("wechat_mass", 0)),
        ("CRM operations", operations, receipts.get("hubspot", 0)),
    ]
    rows = [row for row in rows if any(row[1:])]
    table("Received and accepted", ["what", "sandbox received", "ledger accepted"], rows)
    return all(got == said for _, got, said in rows)
