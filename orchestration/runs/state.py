"""What all steps of one run share: its id, its logical time, the ledger and a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from dagster import AssetExecutionContext, AssetKey

from sluice.activations.ledger.store import Ledger
from sluice.activations.private_files import write_private
from sluice.models.errors import BlockedError, SluiceError
from sluice.models.run import Run
from sluice.orchestration.access.contents import Contents
from sluice.orchestration.access.rights import KeySigning, require
from sluice.orchestration.installation.days import PARTITION_TAG, as_of_day
from sluice.orchestration.installation.settings import Settings, load_settings, parse_time
from sluice.orchestration.recovery.files import remember_warehouse, require_whole
from sluice.orchestration.recovery.guard import guard_home
from sluice.orchestration.recovery.past import (
    PUSH_PAST_TAG,
    is_replay,
    own_home,
    replay_home,
    require_forward,
)
from sluice.orchestration.runs import lock, stopping
from sluice.orchestration.runs.dead_runs import alive_file, end_dead
from sluice.orchestration.runs.notes import ErrorNote, Notes, PastNote
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.runs.retention import prune
from sluice.orchestration.runs.sending import begin_sending

AS_OF_TAG = "sluice/as_of"
PUSH = "push"  # how the keys of the assets begin that send
RESOURCES = {"sluice"}  # what each asset asks for: see SluiceResource
# a run of the schedule queues behind one of the command line, which a person may hold up for a
# while
WAIT_SECONDS = 3600.0
# a run that says its own time, or that the schedule started, is no replay, whatever its partition
REAL_TIME_TAGS = frozenset({AS_OF_TAG, "dagster/schedule_name"})
_replay: dict[str, ExitStack] = {}


@dataclass
class RunState:
    """One run, from its first step to its last; every step opens it by run id and finds the same
    logical time.
    """

    run: Run
    settings: Settings

    @property
    def folder(self) -> Path:
        """Where the run keeps what is due, and what failed."""
        return self.settings.home / "runs" / self.run.run_id

    @property
    def as_of(self) -> datetime:
        """The logical time, aware UTC."""
        return self.run.as_of

    @cached_property
    def ledger(self) -> Ledger:
        """The delivery ledger, bound to the delivery mode of the settings."""
        return open_ledger(self.settings)

    @property
    def notes(self) -> Notes:
        """What the steps of the run tell each other."""
        return Notes(self.folder)


@contextmanager
def step(context: AssetExecutionContext, *, is_sending: bool = False) -> Iterator[RunState]:
    """The run a Dagster step belongs to. While it ``is_sending``, the fast lane may decide.

    An error for a person to fix is noted, so the command line can say it.
    """
    with stopping.stoppable():
        stopping.check()
        tags = begin(context)  # which may go to a copy of the home, so settings are read after it
        state = open_run(context.run.run_id, tags, context.resources.sluice.settings())
        if is_sending:
            begin_sending(state.settings.home, state.as_of)
        else:
            lock.take_tables(state.settings.home)
        try:
            yield state
            remember_warehouse(state.settings)
        except SluiceError as error:
            state.notes.keep(
                ErrorNote(type=type(error).__name__, message=error.message, fix=error.fix)
            )
            raise
        finally:
            stopping.check()


def begin(context: AssetExecutionContext) -> Mapping[str, str]:
    """Before the first step of a run that Dagster started: wait until no other is at work, end what
    is dead, forget what is old, and go to a copy of the home for a past day. Returns the tags of
    the run, with its logical time where its partition is a past day.

    Raises BlockedError when another run is at work for longer than the wait, when this one was
    taken for dead meanwhile, or when it would send to real people and whoever the process runs as
    may not.
    """
    run_id = context.run.run_id
    leave_replay(run_id)
    settings: Settings = context.resources.sluice.settings()
    day = context.run.tags.get(PARTITION_TAG)
    is_now = day is None or not REAL_TIME_TAGS.isdisjoint(context.run.tags)
    moment = None if is_now or day is None else as_of_day(settings, day)
    if moment is None and any(key.path[0] == PUSH for key in _selected(context)):
        require_release(settings)
    home = settings.home
    lock.hold(alive_file(home, run_id))

    def on_wait(holder: str) -> None:
        words = f"waiting: another run is at work in this home ({holder})"
        context.log.info(words)
        tell("land", words)

    if lock.acquire(home, WAIT_SECONDS, on_wait, warehouse=settings.warehouse.lock):
        end_dead(context.instance, home)
        prune(context.instance, settings)
    run = context.instance.get_run_by_id(run_id)
    if run is not None and run.is_finished:
        raise BlockedError("this run was ended while it waited", "start it again")
    if moment is None or is_replay(home):
        return context.run.tags
    replay_in_process(settings, run_id)
    return {**context.run.tags, AS_OF_TAG: moment.isoformat()}


def require_release(settings: Settings) -> None:
    """Whoever the process runs as (SLUICE_USER, with their key where rights are signed) may send to
    real people, where this would. Raises BlockedError.
    """
    if settings.delivery == "live" and not is_replay(settings.home):
        require(settings, "release")


def _selected(context: AssetExecutionContext) -> Collection[AssetKey]:
    """All assets of the run, not of this step alone: it is refused before its first step."""
    return context.job_def.asset_layer.selected_asset_keys


def replay_in_process(settings: Settings, run_id: str) -> None:
    """Work in a copy of the home, from now until this process ends or begins another run."""
    copy = ExitStack()
    copy.enter_context(replay_home(settings, open_ledger(settings)))
    _replay[run_id] = copy


def leave_replay(run_id: str) -> None:
    """Return from the copy of another run that this process did."""
    for other in [one for one in _replay if one != run_id]:
        _replay.pop(other).close()


def open_run(run_id: str, tags: Mapping[str, str], settings: Settings | None = None) -> RunState:
    """The run of a Dagster run id. The first step to ask takes the run lock and fixes the logical
    time. ``settings``: of the project, else of the one there is.
    """
    settings = settings or load_settings()
    lock.hold(alive_file(settings.home, run_id))
    lock.acquire(settings.home, warehouse=settings.warehouse.lock)
    path = settings.home / "runs" / run_id / "run.json"
    if path.is_file():
        return RunState(
            Run(run_id=run_id, as_of=datetime.fromisoformat(json.loads(path.read_text()))), settings
        )
    require_whole(settings)  # before the ledger is opened
    as_of = (
        parse_time(tags[AS_OF_TAG], "--as-of") if tags.get(AS_OF_TAG) else settings.default_as_of()
    )
    state = RunState(Run(run_id=run_id, as_of=as_of), settings)
    guard_home(settings, state.ledger)
    is_now = not tags.get(AS_OF_TAG) and not settings.has_frozen_clock()
    if require_forward(settings, state.ledger, as_of, is_now, bool(tags.get(PUSH_PAST_TAG))):
        state.notes.keep(PastNote(is_past=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, json.dumps(as_of.isoformat()))
    return state


def open_ledger(settings: Settings, *, is_fast: bool = False) -> Ledger:
    """The ledger of an installation, for a run or the fast lane; it never mixes sandbox and live
    deliveries.
    """
    ledger = Ledger(settings.ledger, is_fast=is_fast)
    ledger.bind_mode(settings.delivery)
    access = settings.project.config.access
    ledger.signing = KeySigning(access, own_home(settings.home)) if access.signed else None
    ledger.contents = Contents(settings) if access.four_eyes else None
    return ledger
