"""What the rule of an experiment decided, as a row: from then on whoever comes is given its arm.

The row is written once, by the run in which the test declared beforehand decided, and its day is
the logical time of that run: the decisions of dbt read rows before their own time, so that any day
can be replayed. A run of an earlier day takes later rows back, as in every history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

from sluice.orchestration.experiments.definitions import Experiment, read_experiments
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.landing.batches import insert_batch
from sluice.orchestration.recovery.histories import HISTORIES, keep_histories
from sluice.orchestration.runs.progress import tell
from sluice.orchestration.warehouse.reader import open_warehouse

TABLE = "ledger.experiment_decisions"
CREATE = (
    f"create table if not exists {TABLE} (experiment varchar, about varchar, arm varchar,"
    " words varchar, decided_at timestamp)"
)


def roll_out(settings: Settings, manifest: Mapping[str, Any], as_of: datetime) -> list[str]:
    """Record what was decided of experiments that say ``on_win: roll_out``; their names.

    Nothing that goes wrong with one of them stops another, or the run. ``as_of``: aware.
    """
    wanted = [
        one
        for one in read_experiments(manifest)
        if one.config is not None and one.config.on_win == "roll_out"
    ]
    if not wanted or find_spec("scipy") is None:
        if wanted:
            tell("report", "experiments: no winner is rolled out without sluice[experiments]")
        return []
    now = as_of.astimezone(UTC).replace(tzinfo=None)
    with open_warehouse(settings.warehouse, read_only=False) as session:
        session.execute("create schema if not exists ledger")
        session.execute(CREATE)
        session.execute(f"delete from {TABLE} where decided_at >= $1", [now])
    rows = [row for one in wanted if (row := _decided(settings, one, now)) is not None]
    if rows:
        with open_warehouse(settings.warehouse, read_only=False) as session:
            insert_batch(session, TABLE, rows)
    history = [one for one in HISTORIES if one.table == TABLE]
    keep_histories(settings, as_of, of=history)
    return [str(row["experiment"]) for row in rows]


def _decided(settings: Settings, one: Experiment, now: datetime) -> dict[str, Any] | None:
    """The row of an experiment that is decided now for the first time."""
    from sluice.orchestration.experiments.catalog import read_decision
    from sluice.orchestration.experiments.figures import read_days

    try:
        known = read_days(settings, [one])[one.name]
        if known.decided is not None:
            return None
        # of a day that is run again: the horizon is that of the day, whatever later runs there were
        known = replace(known, as_of=min(known.as_of or now, now))
        decision = read_decision(settings, one, known)[0]
    except Exception as error:  # its text may name values; only this experiment stops
        tell("report", f"experiment {one.name} could not be read: {type(error).__name__}")
        return None
    if decision.state != "decided" or decision.arm is None:
        return None
    tell("report", f"experiment {one.name}: {decision.words}; rolled out from the next run on")
    return {
        "experiment": one.name,
        "about": one.about,
        "arm": decision.arm,
        "words": decision.words,
        "decided_at": now,
    }
