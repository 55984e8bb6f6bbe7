"""A logical time before that of the last run: decided on a copy, unless a person asks that it be
pushed.

Going back rewinds the histories and, pushed, turns every destination back. So `sluice run --as-of`
of the past decides in ``SLUICE_HOME/replay``, a home of its own with copies of both files, and
nothing of it is pushed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import BlockedError
from sluice.orchestration.dbt.unchanged import carry_over
from sluice.orchestration.installation.project import Project
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.warehouse.base import UnknownNameError, Warehouse
from sluice.orchestration.warehouse.profile import write_target
from sluice.orchestration.warehouse.reader import query

PAST = "past_as_of"  # as a guardrail that was overridden: who, when and why stays in the ledger
TO_PUSH = "to turn every destination back to that day, add `--push-past --reason WHY`"
REPLAY, MARK = "replay", "is_replay"
PUSH_PAST_TAG = "sluice/push_past"
CLOCKS_DIFFER = timedelta(
    hours=1
)  # of machines that share a ledger: a run that is of now is not of the past for so much
LANDED = "select max(as_of) from ledger.receipts"
BEFORE_ANY = datetime(1, 1, 1, tzinfo=UTC)
KEPT = shutil.ignore_patterns("compiled", "run", "logs", "around")


@dataclass(frozen=True)
class PushPast:
    """Who lets a run before the last one push, and why."""

    approver: str
    reason: str


def last_run(warehouse: Warehouse, ledger: Ledger) -> datetime:
    """The latest logical time that anything was pushed or a run ended at (aware UTC), by the ledger
    and by what was landed of it: a ledger that is new knows no runs. The year 1 before any run.
    """
    known = [ledger.last_as_of(), _last_landed(warehouse)]
    return max([moment for moment in known if moment is not None], default=BEFORE_ANY)


def _last_landed(warehouse: Warehouse) -> datetime | None:
    if not warehouse.exists():
        return None
    try:
        latest = query(warehouse, LANDED)[0][0]
    except UnknownNameError:
        return None
    return None if latest is None else latest.replace(tzinfo=UTC)


def is_past(ledger: Ledger, as_of: datetime, is_now: bool) -> bool:
    """Whether a run of this logical time goes back; ``is_now``: it is the clock's, and nobody asked
    for it.
    """
    last = ledger.last_as_of()
    return last is not None and as_of < last - (CLOCKS_DIFFER if is_now else timedelta(0))


def require_forward(
    settings: Settings, ledger: Ledger, as_of: datetime, is_now: bool, may_push_past: bool
) -> bool:
    """Raises BlockedError when a run goes back and nobody asked that it be pushed.

    Returns whether it goes back.
    """
    if is_replay(settings.home) or not is_past(ledger, as_of, is_now):
        return False
    if may_push_past:
        return True
    if is_now:
        raise BlockedError(
            f"the clock says {as_of:%Y-%m-%d %H:%M} UTC, before the last run (as of"
            f" {_last(ledger)}): nothing is decided",
            "set the clock right, or give the time with `--as-of`",
        )
    raise BlockedError(
        f"{as_of:%Y-%m-%d %H:%M} UTC is before the last run (as of {_last(ledger)}): nothing is"
        " decided",
        f"look at that day with `sluice run --as-of`, which pushes nothing of it; {TO_PUSH}",
    )


def words_of_replay(ledger: Ledger, as_of: datetime) -> str:
    """What is said of a run that was decided on a copy."""
    return (
        f"{as_of:%Y-%m-%d %H:%M} UTC is before the last run (as of {_last(ledger)}): decided on a"
        " copy, nothing is pushed, and the warehouse stays as it was. The copy is the"
        f" folder {REPLAY} of the home; {TO_PUSH}"
    )


def _last(ledger: Ledger) -> str:
    return f"{ledger.last_as_of():%Y-%m-%d %H:%M} UTC"


def is_replay(home: Path) -> bool:
    """Whether a home is a copy for looking at the past: nothing is pushed from it."""
    return (home / MARK).is_file()


def own_home(home: Path) -> Path:
    """The home that a copy lies in, for what is not copied; a home that is no copy itself."""
    return home.parent if is_replay(home) else home


def refuse_replay(settings: Settings) -> None:
    """Raises BlockedError in a home that is a copy."""
    if is_replay(settings.home):
        raise BlockedError(
            "this home is a copy for looking at the past",
            "unset SLUICE_HOME, or name the home it is a copy of",
        )


@contextmanager
def replay_home(settings: Settings, ledger: Ledger) -> Iterator[Settings]:
    """Settings of a copy of the home, made anew, while the block runs; the caller holds the run
    lock of the home itself.
    """
    home = settings.home / REPLAY
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    (home / MARK).touch()
    ledger.copy_to(home / "ledger.sqlite")
    with settings_of_copy(settings, home) as copy:
        yield copy


@contextmanager
def settings_of_copy(
    settings: Settings, home: Path, project: Project | None = None
) -> Iterator[Settings]:
    """Copy the warehouse and dbt's files into ``home``; the settings of it while the block runs, of
    the same project or another one, whose own warehouse is left alone. The ledger of the copy is a
    file there.
    """
    changed = settings.warehouse.copy_apart(home)
    if (settings.home / "dbt").is_dir() and not (home / "dbt").exists():
        shutil.copytree(settings.home / "dbt", home / "dbt", ignore=KEPT, symlinks=True)
    carry_over(settings.home / "dbt", home / "dbt")
    variables = {"SLUICE_HOME": str(home), "SLUICE_LEDGER_URL": "", "SLUICE_CRM_READS": ""}
    chosen = project or settings.project
    write_target(settings.project.dbt_folder, settings.home, home, changed, chosen.dbt_folder)
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield load_settings(chosen)
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
