"""The journal of histories: what a run adds to the models that keep state, as Parquet files beside
the warehouse.

A history (who entered a segment when, which stage a contact was in) cannot be derived again from
the sources. Each run that changes one writes its new rows to
``SLUICE_HOME/journal/<schema>.<table>/<logical time>.parquet``; a warehouse that was lost, or is an
older copy, is given the rows it lacks before the next decisions. Contact ids are journalled in the
ledger.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sluice.activations.private_files import write_private
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.warehouse.base import Session
from sluice.orchestration.warehouse.reader import open_warehouse

FOLDER, COLUMNS = "journal", "columns.json"
NAME = "%Y%m%dT%H%M%S"
MOST_FILES = 60


@dataclass(frozen=True)
class History:
    """A table to journal: a log by the ``time`` of its rows, or else the rows of which the last one
    of a ``key`` holds. ``of_runs``: it says what runs did, so a plan adds nothing to it that lasts.
    ``is_given``: of what was given away, which no run of the past takes back.
    """

    table: str
    time: str = ""
    key: str = ""
    of_runs: bool = False
    is_given: bool = False

    @property
    def quoted(self) -> str:
        """The table's name in SQL."""
        schema, _, name = self.table.partition(".")
        return f'"{schema}"."{name}"'


HISTORIES = (
    History("segments.segment_changes", time="changed_at"),
    History("segments.segment_holdouts", time="changed_at"),
    History("lifecycle.lifecycle_transitions", time="transitioned_at"),
    History("scoring.score_changes", time="changed_at"),
    History("scoring.score_model_changes", time="changed_at", of_runs=True),
    History("tags.tag_changes", time="changed_at"),
    History("journeys.journey_transitions", time="recorded_at", of_runs=True),
    History("journeys.journey_actions", time="recorded_at", of_runs=True),
    History("journeys.int_coupons_given", time="recorded_at", of_runs=True, is_given=True),
    History("journeys.int_owner_assignments", time="recorded_at", of_runs=True, is_given=True),
    History("journeys.int_journey_definitions", time="recorded_at", of_runs=True),
    History("activation.int_campaign_stages", time="entered_at"),
    History("activation.variant_assignments", time="assigned_at", of_runs=True),
    History("ledger.experiment_decisions", time="decided_at"),
    History("activation.int_journey_decisions", time="decided_at", of_runs=True),
    History("contacts.contact_attribution", key="contact_id"),
    History("contacts.int_consent_statements", key="statement_key"),
    History("contacts.int_consents_unread", key="row_key"),
)


def keep_histories(
    settings: Settings,
    as_of: datetime,
    last_run: datetime | None = None,
    *,
    is_run: bool = True,
    of: Sequence[History] = HISTORIES,
) -> None:
    """Write what the decisions of a run added; ``last_run``: when the one before was (aware UTC).
    ``of``: these histories alone.

    Repeating it changes nothing; what a run of an earlier time took back, or one that was cut off
    before it pushed anything, is taken out.
    """
    if settings.warehouse.home_file is None:
        return
    with open_warehouse(settings.warehouse) as session:
        for history in of:
            if _exists(session, history) and (is_run or not history.of_runs):
                folder = settings.home / FOLDER / history.table
                _forget(history, folder, as_of, last_run)
                _keep(session, history, folder, as_of)


def catch_up(settings: Settings) -> list[str]:
    """Give a new or older warehouse the rows that it lacks.

    Returns the tables that were given some.
    """
    folders = [(one, settings.home / FOLDER / one.table) for one in HISTORIES]
    kept = [(history, folder) for history, folder in folders if _files(folder)]
    if not kept or settings.warehouse.home_file is None:
        return []
    with open_warehouse(settings.warehouse, read_only=False) as session:
        lacking = [
            (history, folder) for history, folder in kept if _lacks(session, history, folder)
        ]
        if lacking:  # the rows of a key say no time: where anything is older, they are too
            lacking += [
                (one, folder) for one, folder in kept if one.key and (one, folder) not in lacking
            ]
        for history, folder in lacking:
            _give(session, history, folder)
    return [history.table for history, _ in lacking]


def _keep(session: Session, history: History, folder: Path, as_of: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _note_columns(session, history, folder)
    target = folder / f"{as_of.strftime(NAME)}.parquet"
    earlier = [file for file in _files(folder) if file.name < target.name]
    _write(session, _new_rows(history, earlier, as_of), target)
    if len(earlier) >= MOST_FILES:
        written = [file for file in _files(folder) if file.name <= target.name]
        _write(session, _rows(history, written), target)
        for file in earlier:
            file.unlink()


def _forget(history: History, folder: Path, as_of: datetime, last_run: datetime | None) -> None:
    """Take out files of later times, and of runs that were cut off."""
    this, last = as_of.strftime(NAME), last_run.strftime(NAME) if last_run is not None else ""
    latest = max(this, last) if history.is_given else this
    for file in _files(folder):
        is_cut_off = history.of_runs and last and last < file.stem < this
        if file.stem > latest or is_cut_off:
            file.unlink()


def _new_rows(history: History, earlier: Sequence[Path], as_of: datetime) -> str:
    """What is given later than a run of the past is in the files of later runs."""
    until = (
        f"{history.time} <= timestamp '{as_of:%Y-%m-%d %H:%M:%S}'" if history.is_given else "true"
    )
    if not earlier:
        return f"select * from {history.quoted} where {until}"
    if history.time:
        last = datetime.strptime(earlier[-1].stem, NAME)
        since = f"{history.time} > timestamp '{last}'"
        return f"select * from {history.quoted} where {since} and {until}"
    return f"select * from {history.quoted} except select * from ({_rows(history, earlier)})"


def _rows(history: History, files: Sequence[Path]) -> str:
    """SQL of what the journal holds: all rows of a log, the last one of a key."""
    names = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    read = f"read_parquet([{names}], union_by_name = true, filename = true)"
    if history.time:
        return f"select * exclude (filename) from {read}"
    last = f"row_number() over (partition by {history.key} order by filename desc) = 1"
    return f"select * exclude (filename) from {read} qualify {last}"


def _write(session: Session, sql: str, target: Path) -> None:
    """By rename, so that a file is whole or not there; a file of no rows is not there either."""
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    if session.write_parquet(sql, (), aside):
        aside.replace(target)
    else:
        aside.unlink(missing_ok=True)
        target.unlink(missing_ok=True)


def _lacks(session: Session, history: History, folder: Path) -> bool:
    if not _exists(session, history):
        return True
    if not history.time:
        return False
    ((last,),) = session.execute(f"select max({history.time}) from {history.quoted}").fetchall()
    return last is None or datetime.strptime(_files(folder)[-1].stem, NAME) > last


def _give(session: Session, history: History, folder: Path) -> None:
    """Logs are continued from where they end; of keys all rows are put back."""
    schema = history.table.partition(".")[0]
    rows, after = _rows(history, _files(folder)), ""
    session.execute(f'create schema if not exists "{schema}"')
    if history.time and _exists(session, history):
        after = (
            f" where {history.time} > (select coalesce(max({history.time}), timestamp '1970-01-01')"
            f" from {history.quoted})"
        )
    else:
        columns = json.loads((folder / COLUMNS).read_text(encoding="utf-8"))
        typed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        session.execute(f"create or replace table {history.quoted} ({typed})")
    session.execute(f"insert into {history.quoted} by name select * from ({rows}){after}")


def _note_columns(session: Session, history: History, folder: Path) -> None:
    """Names and types: Parquet knows no HUGEINT.

    A key table of other columns is journalled anew.
    """
    columns = json.dumps(
        [row[:2] for row in session.execute(f"describe {history.quoted}").fetchall()]
    )
    path = folder / COLUMNS
    if not path.is_file() or path.read_text(encoding="utf-8") != columns:
        for file in _files(folder) if history.key else []:
            file.unlink()
        write_private(path, columns)


def _exists(session: Session, history: History) -> bool:
    schema, _, name = history.table.partition(".")
    return session.has_table(schema, name)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet")) if folder.is_dir() else []
