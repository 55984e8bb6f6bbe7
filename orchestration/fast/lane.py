"""One pass of the fast lane: who did something since the last one is decided about, and what fast
campaigns and journeys have for them is sent.

It is a run on a copy of the warehouse: nothing of it reaches anybody else, and the next run finds
the warehouse as the last one left it, but for the rows that ``keeping`` writes. It may work while a
run sends, and never while one decides.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from sluice.activations.ledger.store import Ledger
from sluice.activations.push.result import PushResult
from sluice.models.delivery import Outcome
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.models.run import MessageSummary, Run, RunSummary
from sluice.orchestration.fast.building import build
from sluice.orchestration.fast.copying import copied, discard, with_warehouse_of
from sluice.orchestration.fast.decided import forget_decided
from sluice.orchestration.fast.flagged import Flagged
from sluice.orchestration.fast.keeping import read_rows, write_rows
from sluice.orchestration.fast.touched import are_touched, find_touched, leave_only
from sluice.orchestration.fast.waiting import Waiting, find_waiting, note_place
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_plan import DECIDE, due_rows_file, make_plan
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.push.activation_push import deliver
from sluice.orchestration.recovery.files import remember_warehouse, require_whole
from sluice.orchestration.recovery.histories import keep_histories
from sluice.orchestration.recovery.past import BEFORE_ANY
from sluice.orchestration.recovery.standing import require_same_ledger
from sluice.orchestration.rights.secret import require_none_begun
from sluice.orchestration.runs import lock, stopping
from sluice.orchestration.runs.notes import BuildNote
from sluice.orchestration.runs.sending import sending_as_of
from sluice.orchestration.runs.state import RunState, open_ledger
from sluice.orchestration.warehouse.duckdb_file import LANE_WRITES
from sluice.orchestration.warehouse.reader import open_warehouse, query

RUN_ID = "fast"  # how the ids of passes begin, in the ledger too
WITH_MESSAGES = "select distinct campaign from activation.out_messages"
WAIT_SECONDS = 3600.0  # for a run that decides, as a run waits for another one


@dataclass(frozen=True)
class Pass:
    """What a pass did: events that it was about, their contacts, messages due and accepted; what
    blocked an activation, in words; the problems of pushes.
    """

    as_of: datetime
    events: int
    contacts: int = 0
    due: int = 0
    accepted: int = 0
    blocked: Sequence[str] = ()
    problems: Sequence[str] = ()


@dataclass
class FastState(RunState):
    """A pass as the plan and the push know a run."""

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, as the lane opens it."""
        return open_ledger(self.settings, is_fast=True)


def run_pass(settings: Settings, as_of: datetime | None = None) -> Pass | None:
    """Decide about what waits, and send. None where nothing waits. ``as_of``: its logical time, now
    without.

    Raises SluiceError for what a person must fix; what waits then waits for the next pass.
    """
    ledger = open_ledger(settings, is_fast=True)
    if find_waiting(settings, ledger, as_of or datetime.now(UTC)) is None:
        return None
    with stopping.stoppable(), _alone(settings):
        moment = _moment(settings, ledger, as_of)
        waiting = find_waiting(settings, ledger, moment)
        if waiting is None:
            return None
        done = _decide_and_send(settings, ledger, moment, waiting)
        note_place(settings, waiting.last, waiting.key)
        return done


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    lock.take_tables(settings.home, WAIT_SECONDS)
    try:
        require_whole(settings)
        ledger = open_ledger(settings)
        require_none_begun(ledger)
        require_same_ledger(settings, ledger)
        yield
    finally:
        lock.let_go_of_tables(settings.home)


def _moment(settings: Settings, ledger: Ledger, as_of: datetime | None) -> datetime:
    """The logical time of a pass: after that of every run, whose histories it continues."""
    if as_of is None and settings.has_frozen_clock():
        raise ConfigurationError(
            "the clock of this project stands still (as_of in sluice.yml), so nothing is new in it",
            "take as_of out of sluice.yml",
        )
    moment = as_of or settings.default_as_of()
    last = max(ledger.last_as_of() or BEFORE_ANY, sending_as_of(settings.home) or BEFORE_ANY)
    if moment <= last:
        raise BlockedError(
            f"the fast lane is asked to decide as of {moment:%Y-%m-%d %H:%M:%S} UTC, and the last"
            f" run was as of {last:%Y-%m-%d %H:%M:%S} UTC",
            "call it again in a second, or set the clock right",
        )
    return moment


def _decide_and_send(
    settings: Settings, ledger: Ledger, moment: datetime, waiting: Waiting
) -> Pass:
    run = Run(run_id=f"{RUN_ID}-{uuid.uuid4().hex}", as_of=moment)
    try:
        with copied(settings) as copy:
            flagged, stopped, last = build(settings, copy, ledger, moment, waiting)
        state = FastState(run, with_warehouse_of(settings, copy))
        state.notes.keep(BuildNote(stopped=stopped), DECIDE)
        contacts = _keep(settings, state, waiting, flagged, last)
        done = _send(state, flagged, Pass(moment, waiting.count, len(contacts)))
    finally:
        shutil.rmtree(settings.home / "runs" / run.run_id, ignore_errors=True)
        discard(settings)
    if contacts:
        state.ledger.finish_fast(state.run, _summary(state, done), datetime.now(UTC))
    return done


def _keep(
    settings: Settings, state: RunState, waiting: Waiting, flagged: Flagged, last: datetime
) -> list[int]:
    """Write to the warehouse what the next run must know; leave in the copy what is to be sent.
    Returns the contacts.
    """
    names = (flagged.journeys, flagged.campaigns)
    with open_warehouse(state.settings.warehouse, read_only=False) as copy:
        contacts = find_touched(copy, waiting)
        if not are_touched(copy, contacts):
            forget_decided(settings.warehouse)
            raise BlockedError(
                "the pass found contacts that it had not made models for, and decided nothing",
                "the next pass makes them for everybody: nothing needs to be done",
            )
        rows = read_rows(copy, contacts, state.as_of, *names)
        leave_only(copy, contacts, flagged.campaigns)
    if contacts:
        writing = settings.home / LANE_WRITES
        lock.hold(writing)
        try:
            with open_warehouse(settings.warehouse, read_only=False) as session:
                write_rows(session, state.ledger, rows, last)
            # a warehouse that is lost before the next run must not give the same codes again
            given = [history for history, _ in rows.histories if history.is_given]
            if given:
                keep_histories(settings, state.as_of, last, of=given)
            remember_warehouse(settings)
        finally:
            lock.let_go(writing)
    return contacts


def _send(state: RunState, flagged: Flagged, done: Pass) -> Pass:
    due, accepted, blocked, problems = 0, 0, list[str](), list[str]()
    waiting = {name for (name,) in query(state.settings.warehouse, WITH_MESSAGES)}
    for activation in (one for one in flagged.activations if one.name in waiting):
        plan = make_plan(state, activation)
        due += plan.due
        if plan.is_blocked:
            words = [one.guardrail for one in plan.guardrails if one.state == "blocked"]
            blocked.append(f"{activation.name}: {', '.join(words)}")
            continue
        result = _push(state, activation)
        accepted += result.counts().get(Outcome.ACCEPTED.value, 0)
        if problem := result.problem():
            problems.append(f"{activation.name}: {problem}")
    return Pass(
        done.as_of, done.events, done.contacts, due, accepted, tuple(blocked), tuple(problems)
    )


def _push(state: RunState, activation: Activation) -> PushResult:
    return deliver(state, activation, due_rows_file(state, activation))


def _summary(state: RunState, done: Pass) -> str:
    """As that of a run, without plans: a pass is no measure of a usual day."""
    return RunSummary(
        run_id=state.run.run_id,
        as_of=done.as_of.isoformat(),
        mode=state.settings.delivery,
        syncs=[],
        messages=MessageSummary(due=done.due, sent=done.accepted),
    ).model_dump_json()
