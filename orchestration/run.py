"""Running the job in this process, as the schedule would run it in its own."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from models import errors
from models.run import RunSummary
from orchestration import lock
from orchestration.activation_registry import find_activations
from orchestration.building import build_definitions
from orchestration.dbt_runner import Dbt
from orchestration.jobs import PLAN_JOB, RUN_JOB
from orchestration.run_state import AS_OF_TAG, RunState, open_run
from orchestration.settings import Settings
from orchestration.summary import summarise_run

# dbt's and Dagster's graphs are large and live as long as the run: by Python's own thresholds a tenth of it is collecting garbage
FEW_COLLECTIONS = (100_000, 50, 50)
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
DAGSTER_YAML = Path(__file__).with_name("dagster.yaml")


def execute(settings: Settings, *, as_of: datetime | None = None, plan_only: bool = False) -> RunSummary:
    """Run all steps, or only as far as the plan. Raises SluiceError for what a person must mend."""
    gc.set_threshold(*FEW_COLLECTIONS)
    tags = {} if as_of is None else {AS_OF_TAG: as_of.isoformat()}
    lock.acquire(settings.home)
    try:
        with dagster_instance(settings) as instance:
            job = build_definitions(settings).resolve_job_def(PLAN_JOB if plan_only else RUN_JOB)
            result = job.execute_in_process(instance=instance, tags=tags, run_config=QUIET, raise_on_error=False)
            state = open_run(result.run_id, tags)
            raise_noted_error(state, result)
            return summarise_run(state, find_activations(Dbt(settings).manifest))
    finally:
        lock.release(settings.home)


def raise_noted_error(state: RunState, result: dg.ExecuteInProcessResult) -> None:
    """Re-raise what a step noted for a person; a step that failed in another way is an error of its own."""
    noted = state.noted("error")
    if noted is not None:
        raise getattr(errors, noted["type"])(noted["message"], noted["mend"])
    for event in result.all_events:
        if event.is_step_failure and event.step_key != "runs__health":
            words = _innermost(event.step_failure_data.error)
            raise errors.SluiceError(f"the step {event.step_key} failed: {words}", "see the run in Dagster with `sluice dev`")


def _innermost(error: Any) -> str:
    """The first line of what really went wrong, below Dagster's wrapping."""
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip().splitlines()[0] if error and error.message.strip() else "no message"


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
    shutil.copyfile(DAGSTER_YAML, home / "dagster.yaml")
    (home / ".nux").mkdir(exist_ok=True)
    (home / ".nux" / "nux.yaml").write_text("seen: 1\n")  # no newsletter form in front of a colleague's first look
    os.environ["DAGSTER_HOME"] = str(home)
    return home
