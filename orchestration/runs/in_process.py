"""Running the job in this process, as the schedule would run it in its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from sluice.activations.private_files import write_private
from sluice.models import errors
from sluice.models.plan import SavedPlan
from sluice.models.run import RunSummary
from sluice.orchestration.code_location.building import build_definitions
from sluice.orchestration.code_location.jobs import LANE, PLAN_JOB, RUN_JOB
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.inspection.data_issues import data_issues
from sluice.orchestration.installation.days import day_of
from sluice.orchestration.installation.destination_settings import declared
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.plan.activation_plan import with_sample
from sluice.orchestration.plan.activation_registry import find_activations
from sluice.orchestration.plan.approvals import Approvals, record
from sluice.orchestration.plan.journey_edits import journey_edits
from sluice.orchestration.plan.saved_plans import remember_plan, write_plan
from sluice.orchestration.recovery.files import require_whole
from sluice.orchestration.recovery.past import (
    PAST,
    PUSH_PAST_TAG,
    PushPast,
    is_past,
    is_replay,
    replay_home,
    words_of_replay,
)
from sluice.orchestration.recovery.standing import require_same_ledger
from sluice.orchestration.runs import lock, stopping
from sluice.orchestration.runs.dead_runs import alive_file, end_dead
from sluice.orchestration.runs.garbage import few_collections, keep_what_is_imported
from sluice.orchestration.runs.notes import ErrorNote
from sluice.orchestration.runs.retention import prune
from sluice.orchestration.runs.state import AS_OF_TAG, RunState, open_ledger, open_run
from sluice.orchestration.runs.summary import summarise_run

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
DAGSTER_YAML = Path(__file__).with_name("dagster.yaml")
ONE_RUN = "    max_concurrent_runs: 1\n"
BESIDE_IT = f"""    max_concurrent_runs: 2
    tag_concurrency_limits:
      - {{key: {LANE}, limit: 1, value: {{applyLimitPerUniqueValue: true}}}}
"""
STORAGES, MADE, MAKING = ("history", "schedules"), "storages.made", "storages.making"


def execute(
    settings: Settings,
    *,
    as_of: datetime | None = None,
    plan_only: bool = False,
    approved: Approvals | None = None,
    apply: SavedPlan | None = None,
    out: Path | None = None,
    push_past: PushPast | None = None,
) -> RunSummary:
    """Run all steps, or only as far as the plan.

    ``approved`` is put on record first; ``apply``: push only if what is due is exactly this plan;
    ``out``: the file that a plan is written to; ``push_past``: who lets a run before the last one
    push, and why: without it, it is decided on a copy, and nothing of it is pushed. Raises
    SluiceError for what a person must fix.
    """
    few_collections()
    keep_what_is_imported()
    declared(settings)  # refused before anything is done
    try:
        with (
            stopping.stoppable(),
            alone(settings) as run_id,
            home_of(settings, as_of, push_past, apply) as (chosen, note),
        ):
            summary = _execute(
                chosen, run_id, as_of, plan_only or bool(note), approved, apply, out, push_past
            )
            return summary.model_copy(update={"notes": [*summary.notes, note]}) if note else summary
    except BaseException as error:
        if stopping.is_asked():  # whatever failed, failed for that
            raise stopping.stopped_error() from error
        raise


def _execute(
    settings: Settings,
    run_id: str,
    as_of: datetime | None,
    plan_only: bool,
    approved: Approvals | None,
    apply: SavedPlan | None,
    out: Path | None,
    push_past: PushPast | None,
) -> RunSummary:
    tags = {} if as_of is None else {AS_OF_TAG: as_of.isoformat()}
    tags |= {PUSH_PAST_TAG: "yes"} if push_past is not None else {}
    with dagster_instance(settings) as instance:
        end_dead(instance, settings.home)
        prune(instance, settings)
        dbt = Dbt(settings)  # parsed once: a project with a broken file is parsed by each anew
        job = build_definitions(settings, dbt).resolve_job_def(PLAN_JOB if plan_only else RUN_JOB)
        state = open_run(run_id, tags)
        if push_past is not None:
            state.ledger.approve(
                "all",
                PAST,
                push_past.approver,
                push_past.reason,
                datetime.now(UTC),
                plan=run_id,
            )
        prepare(state, approved, apply)
        result = job.execute_in_process(
            run_id=run_id,
            instance=instance,
            partition_key=day_of(settings, state.as_of),
            tags=tags,
            run_config=QUIET,
            raise_on_error=False,
        )
        stopping.check()
        raise_noted_error(state, result)
        return summarise(state, dbt, plan_only, out, as_of is not None)


@contextmanager
def home_of(
    settings: Settings, as_of: datetime | None, push_past: PushPast | None, apply: SavedPlan | None
) -> Iterator[tuple[Settings, str]]:
    """The settings to run with, and what is to be said of them: those of a copy for a time before
    the last run.
    """
    require_whole(settings)
    moment, ledger = as_of or settings.default_as_of(), open_ledger(settings)
    is_now = as_of is None and not settings.has_frozen_clock()
    if (
        is_now
        or push_past is not None
        or apply is not None
        or is_replay(settings.home)
        or not is_past(ledger, moment, False)
    ):
        yield settings, ""
        return
    require_same_ledger(settings, ledger)
    with replay_home(settings, ledger) as copy:
        yield copy, words_of_replay(ledger, moment)


@contextmanager
def alone(settings: Settings) -> Iterator[str]:
    """Hold the run lock of the home, and that of a run with a new id, which is given."""
    run_id = str(uuid.uuid4())
    lock.acquire(settings.home, warehouse=settings.warehouse.lock)
    try:
        lock.hold(alive_file(settings.home, run_id))
        yield run_id
    finally:
        lock.let_go(alive_file(settings.home, run_id))
        lock.release(settings.home)


def prepare(state: RunState, approved: Approvals | None, apply: SavedPlan | None) -> None:
    """What the steps of the run will ask for: the approvals in the ledger, the plan to compare
    with.
    """
    if apply is not None:
        remember_plan(state, apply)
    if approved is not None and approved.what:
        record(state.ledger, approved, apply.plan_id if apply is not None else state.run.run_id)


def summarise(
    state: RunState, dbt: Dbt, plan_only: bool, out: Path | None, is_as_of_given: bool
) -> RunSummary:
    """The summary with a sample of each activation of a plan, and of those that are blocked; a plan
    is written to a file when asked for.
    """
    problems: list[str] = []
    activations = find_activations(dbt.manifest, problems)
    summary = summarise_run(state, activations, problems)
    summary = summary.model_copy(update={"data_issues": data_issues(state.settings.warehouse)})
    if plan_only and out is not None:
        write_plan(state, activations, out, is_as_of_given)
    by_name, shown = {one.name: one for one in activations}, summary.activations
    plans = [
        with_sample(state, by_name[one.activation], one) if plan_only or one.is_blocked else one
        for one in shown
    ]
    edits = journey_edits(state.settings.warehouse) if plan_only else []
    return summary.model_copy(update={"activations": plans, "journey_edits": edits})


def raise_noted_error(state: RunState, result: dg.ExecuteInProcessResult) -> None:
    """Re-raise what a step noted for a person; a step that failed in another way is an error of its
    own.
    """
    noted = state.notes.find(ErrorNote)
    if noted.type:
        raise getattr(errors, noted.type)(noted.message, noted.fix)
    for event in result.all_events:
        if event.is_step_failure and event.step_key != "runs__health":
            words = _innermost(event.step_failure_data.error)
            raise errors.SluiceError(
                f"the step {event.step_key} failed: {words}",
                "see the run in Dagster with `sluice dev`",
            )


def _innermost(error: Any) -> str:
    """The first line of what really went wrong, below Dagster's wrapping."""
    while error is not None and error.cause is not None:
        error = error.cause
    return (
        error.message.strip().splitlines()[0] if error and error.message.strip() else "no message"
    )


@contextmanager
def dagster_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """Dagster's home is in SLUICE_HOME, so runs of the command line show in the UI."""
    home = prepare_dagster_home(settings)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


def prepare_dagster_home(settings: Settings) -> Path:
    """Make SLUICE_HOME/dagster with its configuration, and point DAGSTER_HOME there."""
    home = settings.home / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    _write(home / "dagster.yaml", dagster_yaml(settings))
    (home / ".nux").mkdir(exist_ok=True)
    _write(
        home / ".nux" / "nux.yaml", "seen: 1\n"
    )  # no newsletter form in front of a colleague's first look
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")  # what a run plans: a line a node
    if not (home / MADE).is_file():
        _make_storages(home)
    return home


def dagster_yaml(settings: Settings) -> str:
    """Dagster's configuration: one run at a time, and a pass of the fast lane beside it where the
    lane is on.
    """
    text = DAGSTER_YAML.read_text(encoding="utf-8")
    if not settings.project.config.fast_lane.enabled:
        return text
    return text.replace(ONE_RUN, BESIDE_IT)


def _make_storages(home: Path) -> None:
    """Make Dagster's databases, whole or not at all: it takes one that was cut off while it was
    made for a whole one, for ever.

    A mark says that they are being made; whoever finds it under the lock makes them anew.
    """
    with (home / "making.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if (home / MAKING).is_file():
            for name in STORAGES:
                shutil.rmtree(home / name, ignore_errors=True)
            for path in home.glob("event_log.db*"):
                path.unlink()
        if not (home / MADE).is_file():
            (home / MAKING).touch()
            with dg.DagsterInstance.from_config(str(home)) as instance:
                instance.get_runs_count()
            (home / MADE).touch()
            (home / MAKING).unlink()


def _write(path: Path, text: str) -> None:
    """By rename: another process may read it now."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_private(path, text)
