"""What a destination does not have: counted by where it stands now, with the reason, the cause, and
ids, over several runs.
"""

from __future__ import annotations

import pytest
from rich.console import Console

from sluice.activations.ledger.problems import reason_counts
from sluice.activations.sandbox.server import STORE_FILE
from sluice.activations.sandbox.store import Store
from sluice.models.config import SyncConfig
from sluice.models.run import MissingRows
from sluice.orchestration.cli import show
from sluice.orchestration.inspection.missing import find_missing
from sluice.orchestration.plan.activation_registry import Activation
from tests.dbt_project.sync_project import SyncProject

PEOPLE = "id bigint, email varchar"
ROWS = [(1, "ann@shop.example"), (2, "no address"), (3, "eva@shop.example")]
FAILED = "validation_error:email"


def missing(project: SyncProject, run: int = 0) -> list[MissingRows]:
    found = [
        Activation(name, f"sync_{name}", "sync", SyncConfig(**meta))
        for name, meta in project.metas.items()
    ]
    return find_missing(project.settings.warehouse, project.ledger, found, f"run-{run}")


def counts(project: SyncProject) -> dict[tuple[str, str], int]:
    return {(row["activation"], row["state"]): row["count"] for row in project.ledger.counts()}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SyncProject:
    folder = tmp_path_factory.mktemp("missing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(folder / "home"))
        (folder / "home").mkdir()
        made = SyncProject(folder / "project", folder / "home")
    made.set_rows("people", PEOPLE, ROWS)
    made.write_sync("crm", "select id, email from input.people")
    return made


@pytest.fixture(autouse=True)
def _home_of_the_project(project: SyncProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(project.home))


def test_a_refused_row_is_missing_with_its_reason_in_this_run_and_in_the_next(
    project: SyncProject,
) -> None:
    project.run()
    (entry,) = missing(project, run=1)
    assert (entry.activation, entry.state, entry.reason, entry.count, entry.new, entry.ids) == (
        "crm",
        "failed",
        FAILED,
        1,
        1,
        [2],
    )
    assert "sluice ledger retry --activation crm" in entry.fix
    assert project.run() == {"crm": []}  # it is not tried again as it is
    (entry,) = missing(project, run=2)
    assert (entry.count, entry.new) == (1, 0)
    assert [(row["reason"], row["count"]) for row in reason_counts(project.ledger.engine)] == [
        (FAILED, 1)
    ]


def test_members_who_are_no_contacts_there_are_told_by_cause(
    project: SyncProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(project.home / STORE_FILE)
    ((vendor_id,),) = store.rows("select vendor_id from contacts where key = '3'")
    store.archive_contact(str(vendor_id))
    store.close()
    project.set_rows("members", "id bigint", [(1,), (2,), (3,), (9,)])
    project.write_sync("list", "select id from input.members", mode="membership", list="buyers")
    project.run()
    found = {entry.cause: entry for entry in missing(project) if entry.activation == "list"}
    assert {cause: entry.ids for cause, entry in found.items()} == {
        "contact_in_no_sync": [9],
        "contact_refused": [2],
        "contact_gone_there": [3],
    }
    assert {entry.reason for entry in found.values()} == {"contact_not_there_yet"}
    recorder = Console(record=True, width=300, highlight=False)
    monkeypatch.setattr(show, "console", recorder)
    show.show_missing([found["contact_in_no_sync"]])
    text = recorder.export_text()
    assert "list -> hubspot: 1 row is missing there" in text
    assert "their contact is in no sync to hubspot" in text
    assert "add them to a sync of contacts to hubspot, or leave them out of sync_list.sql" in text


def test_a_row_accepted_later_leaves_the_failed_and_one_no_longer_wanted_is_not_missing(
    project: SyncProject,
) -> None:
    project.set_rows("people", PEOPLE, [ROWS[0], (2, "ben@shop.example"), ROWS[2]])
    project.set_rows("members", "id bigint", [(1,)])
    assert project.run()["crm"] == [(2, "entered")]
    assert missing(project) == []
    assert counts(project)["crm", "superseded"] == 1
    assert ("crm", "failed") not in counts(project)
    assert [row for row in reason_counts(project.ledger.engine) if row["activation"] == "crm"] == []


@pytest.mark.parametrize(
    ("operation", "words"),
    [("changed", "are out of date there"), ("exited", "should be gone there")],
)
def test_words_say_what_is_wrong_at_the_destination(
    operation: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Console(record=True, width=300, highlight=False)
    monkeypatch.setattr(show, "console", recorder)
    entry = dict(
        activation="crm",
        kind="sync",
        destination="hubspot",
        operation=operation,
        state="retry",
        fix="wait",
        count=7,
    )
    show.show_missing(
        [MissingRows(**entry, reason=f"reason_{n}", new=0) for n in range(show.SHOWN_REASONS + 1)]
    )
    text = recorder.export_text()
    assert f"7 rows {words} (of an earlier run): retry, reason_0" in text
    assert "crm: 7 more for other reasons: sluice missing crm" in text


def test_no_value_of_a_person_is_in_what_is_told(project: SyncProject) -> None:
    reported = "".join(str(row) for batch in project.ledger.receipts_after(0) for row in batch)
    assert "no address" not in reported
    assert "@" not in reported
