"""The figures that guardrails check, gathered from a warehouse of a few rows, a plan's file, and
earlier runs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sluice.activations.plan.guardrails import GUARDRAILS, check
from sluice.models.config import CampaignConfig, GuardrailConfig, SyncConfig
from sluice.models.plan import ActivationPlan, GuardrailCheck
from sluice.models.run import MessageSummary, Run, RunSummary
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.plan.activation_plan import due_rows_file, make_plan, plan_errors, plan_of
from sluice.orchestration.plan.activation_registry import Activation, Source, find_activations
from sluice.orchestration.runs.state import RunState
from tests.orchestration.plan.guarding import CAMPAIGN, NOW, facts, message
from tests.projects import bare_project

SYNC = Activation(
    "crm", "sync_crm", "sync", SyncConfig(destination="hubspot", key="contact_id", mode="mirror")
)


def finish(
    state: RunState,
    as_of: datetime,
    due: int,
    blocked_by: str | None = None,
    name: str = "welcome",
    is_looked_at: bool = True,
) -> None:
    """A run that went before: it planned so much of an activation, and a guardrail may have stopped
    it.
    """
    checks = [
        GuardrailCheck(
            activation=name,
            guardrail=one,
            state="blocked" if one == blocked_by else "passed",
            words="",
        )
        for one in (GUARDRAILS["message"] if is_looked_at else ())
    ]
    plan = ActivationPlan(
        activation=name,
        kind="message",
        destination="smtp",
        operations={"send": due},
        guardrails=checks,
    )
    run = Run(f"{as_of:%d%H%M}", as_of)
    summary = RunSummary(
        run_id=run.run_id,
        as_of="",
        mode="",
        syncs=[],
        messages=MessageSummary(),
        activations=[plan],
    )
    state.ledger.finish_run(run, summary.model_dump_json(), as_of)


def test_a_sync_is_measured_by_what_its_own_destination_acknowledged(state: RunState) -> None:
    found = facts(state, SYNC, [], {"entered": 6, "exited": 4})
    assert (found.wanted, found.held, found.deletes, found.due) == (7, 1, 4, 10)


@pytest.mark.parametrize(
    ("said", "delivery", "is_allowed"),
    [
        ({}, "sandbox", False),
        ({"first_sync": "ask"}, "sandbox", False),
        ({"first_sync": "allowed"}, "sandbox", True),
        ({"first_sync": "allowed"}, "live", False),
    ],
)
def test_a_first_sync_of_own_data_asks_unless_the_project_declares_it(
    state: RunState, tmp_path: Path, said: dict[str, str], delivery: str, is_allowed: bool
) -> None:
    project = bare_project(tmp_path, **said)
    own = RunState(
        state.run, load_settings().model_copy(update={"project": project, "delivery": delivery})
    )
    found = replace(facts(own, SYNC, [], {"entered": 1}), held=0)
    assert found.is_first_sync_allowed is is_allowed
    (asked,) = (
        one for one in check(found, SYNC.config.guardrails) if one.guardrail == "first_sync"
    )
    assert asked.state == ("off" if is_allowed else "blocked")
    assert is_allowed or "sluice run --approve crm:first_sync" in asked.fix


@pytest.mark.parametrize(
    ("mode", "on_exit", "deletes"),
    [("mirror", "archive", 4), ("mirror", "keep", 0), ("upsert", "archive", 0)],
)
def test_only_a_mirror_that_archives_deletes(
    state: RunState, mode: Any, on_exit: Any, deletes: int
) -> None:
    config = SyncConfig(destination="hubspot", key="contact_id", mode=mode, on_exit=on_exit)
    assert facts(state, replace(SYNC, config=config), [], {"exited": 4}).deletes == deletes


def test_a_segment_is_compared_with_when_its_campaign_last_went_through(state: RunState) -> None:
    assert facts(state, CAMPAIGN, [], {}).segment_before is None
    finish(state, datetime(2026, 6, 2, 13, tzinfo=UTC), 5)
    finish(state, datetime(2026, 6, 28, 13, tzinfo=UTC), 5, "share_entering")
    finish(state, datetime(2026, 6, 28, 14, tzinfo=UTC), 5, name="another")
    finish(
        state, datetime(2026, 6, 28, 15, tzinfo=UTC), 0, is_looked_at=False
    )  # its decisions failed
    found = facts(state, CAMPAIGN, [], {})
    assert (found.segment_before, found.segment_entered, found.segment_exited) == (2, 1, 1)


def test_a_run_that_another_guardrail_stopped_saw_the_segment(state: RunState) -> None:
    finish(state, datetime(2026, 6, 2, 13, tzinfo=UTC), 5)
    finish(state, datetime(2026, 6, 28, 13, tzinfo=UTC), 5, "max_messages")
    assert facts(state, CAMPAIGN, [], {}).segment_entered == 0


def test_history_is_of_runs_that_had_something_and_were_not_blocked(state: RunState) -> None:
    for day, (due, blocked_by) in enumerate(
        [(10, None), (0, None), (9_000, "volume"), (30, None)], start=1
    ):
        finish(state, NOW - timedelta(days=day), due, blocked_by)
    finish(state, NOW + timedelta(days=1), 77)
    finish(state, NOW - timedelta(days=5), 50, name="another")
    assert facts(state, CAMPAIGN, [], {}).volumes == [10, 30]


def test_a_run_from_before_there_were_plans_is_no_history(state: RunState) -> None:
    state.ledger.finish_run(Run("old", NOW), '{"syncs": []}', NOW)
    assert facts(state, CAMPAIGN, [], {}).volumes == []


def test_an_address_twice_is_counted_once(state: RunState) -> None:
    rows = [
        message(1, "x"),
        message(2, "x"),
        message(3, "x"),
        message(4),
        message(5, "y"),
        message(6, "y"),
    ]
    assert facts(state, CAMPAIGN, rows, {"send": 6}).duplicate_addresses == 2


def test_a_source_is_as_old_as_its_newest_row_or_its_landing(state: RunState) -> None:
    sources = (
        Source("src_crm", "", 12),
        Source("src_shop", "", 12),
        Source("ev_order", "ts - interval 1 hour", 12),
        Source("never_landed", "", 12),
        Source("src_unlimited", "", None),
    )
    found = facts(state, replace(SYNC, sources=sources), [], {"changed": 1})
    assert [(one.table, one.hours) for one in found.sources] == [
        ("src_crm", 24),
        ("src_shop", 0),
        ("ev_order", 3),
    ]
    blocked = [one.words for one in check(found, GuardrailConfig()) if one.state == "blocked"]
    assert blocked == ["the newest data of src_crm are 24.0 hours old; the limit is 12"]


def test_freshness_is_read_from_the_yml_of_every_source_below() -> None:
    def source(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "schema": "raw", **more}

    meta = {"sync": {"destination": "hubspot", "key": "contact_id", "mode": "mirror"}}
    node: dict[str, Any] = {
        "name": "sync_crm",
        "unique_id": "m.sync_crm",
        "resource_type": "model",
        "fqn": ["s", "activation"],
    }
    node["config"] = {"meta": meta}
    manifest = {
        "nodes": {"m.sync_crm": node},
        "sources": {
            "s.a": source(
                "a", freshness={"error_after": {"count": 2, "period": "day"}}, loaded_at_field="ts"
            ),
            "s.b": source("b", freshness={"error_after": {"count": None, "period": None}}),
            "s.c": source("c"),
            "s.l": {**source("receipts"), "schema": "ledger"},
        },
        "parent_map": {"m.sync_crm": ["m.dim"], "m.dim": ["s.a", "m.stg", "s.l"], "m.stg": ["s.b"]},
    }
    (activation,) = find_activations(manifest)
    assert activation.sources == (Source("a", "ts", 48.0), Source("b", "", None))


def test_an_age_that_nothing_tells_may_not_be_limited() -> None:
    meta = {"sync": {"destination": "hubspot", "key": "contact_id", "mode": "mirror"}}
    node = {
        "name": "sync_crm",
        "unique_id": "m.sync_crm",
        "resource_type": "model",
        "database": "warehouse",
        "fqn": ["s", "activation"],
        "config": {"meta": meta},
    }
    there: dict[str, Any] = {
        "source_name": "shop",
        "name": "orders",
        "schema": "shop",
        "database": "warehouse",
        "original_file_path": "models/staging/shop/_shop__sources.yml",
        "relation_name": '"warehouse"."shop"."orders"',
        "freshness": {"error_after": {"count": 2, "period": "day"}},
    }
    manifest = {
        "nodes": {"m.sync_crm": node},
        "sources": {"s.a": there},
        "parent_map": {"m.sync_crm": ["s.a"]},
    }
    problems: list[str] = []
    assert find_activations(manifest, problems) == []
    assert "name the column: loaded_at_field" in problems[0]
    there["loaded_at_field"] = "at"
    (activation,) = find_activations(manifest)
    assert [one.sql for one in activation.sources] == ['"warehouse"."shop"."orders"']


NOWHERE = CampaignConfig(channel="email", destination="smpt", purpose="marketing", template="t")


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        pytest.param(
            replace(SYNC, name="lost", model="sync_lost"),
            "sync_lost",
            id="a table there is none of",
        ),
        pytest.param(
            replace(CAMPAIGN, name="lost", config=NOWHERE),
            "there is no destination 'smpt'",
            id="no such destination",
        ),
        pytest.param(
            replace(CAMPAIGN, name="lost"), "JSONDecodeError", id="a context that is no JSON"
        ),
    ],
)
def test_what_cannot_be_planned_is_an_error_and_nothing_of_it_is_sent(
    state: RunState, lost: Activation, words: str
) -> None:
    assert make_plan(state, lost).due == 0
    assert plan_of(state, lost) is not None
    assert pq.read_metadata(due_rows_file(state, lost)).num_rows == 0
    (reported,) = plan_errors(state, [lost, SYNC])
    assert reported.startswith("lost cannot be planned, nothing of it is sent: ")
    assert words in reported
