"""A no that arrives between the decisions and the push keeps a person out of an audience of the
simulated ad platform; the next run decides anew.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sluice.activations.addresses import address_hash
from sluice.activations.ledger.receiving import receive
from sluice.models.config import SyncConfig
from sluice.models.delivery import Withdrawal
from sluice.models.run import Run
from sluice.orchestration.inspection.missing import find_missing
from sluice.orchestration.plan.activation_plan import due_rows_file, spool
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.push.activation_push import deliver
from sluice.orchestration.runs.state import RunState
from tests.dbt_project.sync_project import NOW, SyncProject

pytestmark = pytest.mark.slow
PEOPLE = "contact_id bigint, email varchar"
ANN, BEN, EVA = (1, "ann@shop.example"), (2, "ben@shop.example"), (3, "eva@shop.example")
SHOPPERS = {
    "destination": "meta_audiences",
    "key": "contact_id",
    "mode": "membership",
    "list": "42",
    "identified_by": ["email"],
}


@pytest.fixture
def project(tmp_path: Path, home: Path) -> SyncProject:
    made = SyncProject(tmp_path / "project", home)
    made.write_sync("shoppers", "select contact_id, email from input.people", **SHOPPERS)
    return made


def push(project: SyncProject, *refusing: str) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """Decide; then these addresses unsubscribe by one click; then push. The outcomes, and whom the
    platform does not have, with the reason.
    """
    project.build()
    project.runs += 1
    at = NOW + timedelta(minutes=project.runs)
    state = RunState(Run(f"run-{project.runs}", at), project.settings)
    shoppers = Activation(
        "shoppers", "sync_shoppers", "sync", SyncConfig(**project.metas["shoppers"])
    )
    spool(state, shoppers)
    said = [Withdrawal("email", address_hash("email", one), at) for one in refusing]
    receive(project.ledger.engine, said, at)
    result = deliver(state, shoppers, due_rows_file(state, shoppers))
    missing = find_missing(project.settings.warehouse, state.ledger, [shoppers], state.run.run_id)
    counts = {name: count for name, count in result.counts().items() if count}
    return counts, [(key, one.reason) for one in missing for key in one.ids]


def test_who_refuses_between_decision_and_push_waits_for_the_next_decision(
    project: SyncProject,
) -> None:
    project.set_rows("people", PEOPLE, [ANN, BEN])
    assert push(project, "Ben@shop.example") == (
        {"accepted": 1, "retry": 1},
        [(2, "refused_since_decided:unsubscribed")],
    )
    # the decisions know of it now, and want Ben all the same: Ann leaves though she refuses
    project.set_rows("people", PEOPLE, [BEN, EVA])
    assert push(project, "ann@shop.example") == ({"accepted": 3}, [])
    assert push(project) == ({}, [])
