"""A day before the last run is not pushed unless a person asks for it."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sluice.activations.ledger.store import Ledger
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.installation.project import Project
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.plan.approvals import ask_to_push_past
from sluice.orchestration.recovery.past import (
    PUSH_PAST_TAG,
    is_past,
    last_run,
    refuse_replay,
    replay_home,
    settings_of_copy,
)
from sluice.orchestration.runs.notes import PastNote
from sluice.orchestration.runs.state import AS_OF_TAG, open_run
from sluice.orchestration.warehouse.duckdb_file import DuckDBFile
from sluice.orchestration.warehouse.reader import open_warehouse, query
from tests.activations.ledger.ledger_steps import NOW
from tests.orchestration.recovery.small_home import SmallHome
from tests.projects import bare_project

LAST = NOW + timedelta(days=2)


@pytest.fixture
def small(home: Path) -> SmallHome:
    return SmallHome(home)


@pytest.mark.parametrize(
    ("moment", "is_now", "expected"),
    [
        (LAST, False, False),
        (LAST + timedelta(days=1), False, False),
        (LAST - timedelta(seconds=1), False, True),
        (LAST - timedelta(days=20), False, True),
        (LAST - timedelta(minutes=59), True, False),
        (LAST - timedelta(minutes=61), True, True),
    ],
)
def test_what_is_past(small: SmallHome, moment: datetime, is_now: bool, expected: bool) -> None:
    assert small.ledger.last_as_of() == LAST
    assert is_past(small.ledger, moment, is_now) is expected


def test_a_new_ledger_has_no_past(home: Path) -> None:
    assert not is_past(Ledger(f"sqlite:///{home / 'other.sqlite'}"), LAST, False)


def test_a_run_that_dagster_starts_for_a_past_day_is_refused(small: SmallHome) -> None:
    tags = {AS_OF_TAG: (LAST - timedelta(days=20)).isoformat()}
    with pytest.raises(BlockedError, match="before the last run") as refused:
        open_run("r1", tags)
    assert "--push-past" in refused.value.fix
    assert open_run("r2", {**tags, PUSH_PAST_TAG: "yes"}).notes.find(PastNote).is_past
    assert not open_run("r3", {AS_OF_TAG: LAST.isoformat()}).notes.find(PastNote).is_past


def test_a_copy_is_looked_at_and_never_pushed_from(small: SmallHome) -> None:
    with replay_home(small.settings, small.ledger) as copy:
        assert os.environ["SLUICE_HOME"] == str(copy.home) == str(small.home / "replay")
        assert open_run("r1", {AS_OF_TAG: (LAST - timedelta(days=20)).isoformat()}).as_of < LAST
        with pytest.raises(BlockedError, match="a copy"):
            refuse_replay(copy)
        copied = Ledger(copy.ledger)
        assert sum(len(batch) for batch in copied.receipts_after(0)) == 3
    assert os.environ["SLUICE_HOME"] == str(small.home)
    refuse_replay(small.settings)


@pytest.mark.parametrize("is_other", [False, True])
def test_a_copy_never_leads_to_the_real_warehouse(
    tmp_path: Path, home: Path, is_other: bool
) -> None:
    """Where the path of the file stands in the profile as it is, and for another project, which
    names a file of its own under a profile of its own.
    """
    files = [tmp_path / "data" / "company.duckdb", tmp_path / "data" / "other.duckdb"]
    files[0].parent.mkdir()
    projects = [_project_of(tmp_path, name, file) for name, file in zip("ab", files, strict=True)]
    settings = load_settings(projects[0])
    assert settings.warehouse.path == files[0]
    with open_warehouse(settings.warehouse, read_only=False) as session:
        session.execute("create table kept as select 1 as number")
    (home / "copy").mkdir()
    with settings_of_copy(settings, home / "copy", projects[int(is_other)]) as copy:
        assert copy.warehouse.path == home / "copy" / "company.duckdb"
        with open_warehouse(copy.warehouse, read_only=False) as session:
            session.execute("insert into kept values (2)")
    assert query(settings.warehouse, "from kept") == [(1,)]
    assert not files[1].exists()


def _project_of(folder: Path, name: str, file: Path) -> Project:
    (folder / name).mkdir()
    output = {"type": "duckdb", "path": str(file)}
    profile = {name: {"target": "dev", "outputs": {"dev": output}}}
    (folder / name / "profiles.yml").write_text(json.dumps(profile))
    (folder / name / "dbt_project.yml").write_text(f"name: {name}\nprofile: {name}\n")
    return bare_project(folder / name)


def test_the_last_run_is_of_the_ledger_or_of_what_was_landed_of_it(
    small: SmallHome, home: Path
) -> None:
    new = Ledger(f"sqlite:///{home / 'other.sqlite'}")
    assert last_run(small.settings.warehouse, small.ledger) == LAST
    assert NOW < last_run(small.settings.warehouse, new) <= LAST
    assert last_run(DuckDBFile(home / "none.duckdb", home), new).year == 1


def test_pushing_the_past_needs_a_reason_and_an_approver(
    small: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_USER", "li")
    settings = small.settings.model_copy(update={"approvers": "li"})
    assert ask_to_push_past(settings, "a wrong day was pushed").approver == "li"
    with pytest.raises(ConfigurationError, match="needs a --reason"):
        ask_to_push_past(settings, " ")
    with pytest.raises(BlockedError, match="may not approve"):
        ask_to_push_past(small.settings.model_copy(update={"approvers": "wang"}), "why")
