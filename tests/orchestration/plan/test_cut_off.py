"""A plan that was let through and cut off: its rest goes through again, whatever it is measured
against, and what came on top is checked as usual.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sluice.activations.ledger.approvals import approve
from sluice.models.config import CampaignConfig, GuardrailConfig, SyncConfig
from sluice.models.delivery import ItemResult, Outcome, SyncOperation
from sluice.models.plan import ActivationPlan
from sluice.models.run import Run
from sluice.orchestration.installation.settings import load_settings
from sluice.orchestration.plan import interrupted_plans as cut_off
from sluice.orchestration.plan.activation_plan import due_rows_file, make_plan
from sluice.orchestration.plan.activation_registry import Activation
from sluice.orchestration.plan.interrupted_plans import find_rest, note_plan
from sluice.orchestration.runs.state import RunState

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
SYNC = Activation(
    "crm", "sync_crm", "sync", SyncConfig(destination="hubspot", key="contact_id", mode="mirror")
)
MAIL = {
    "channel": "email",
    "destination": "smtp",
    "purpose": "transactional",
    "template": "price_page_follow_up",
}
LIMITS = GuardrailConfig(max_messages=1_500, template=False)
CAMPAIGN = Activation(
    "welcome", "campaign_welcome", "message", CampaignConfig(**MAIL, guardrails=LIMITS)
)
WAREHOUSE = """
create schema ledger; create schema activation;
create table ledger.receipts (
    receipt_id bigint, kind varchar, activation varchar, destination varchar, subject_id bigint, state varchar,
    vendor_id varchar);
create table activation.int_sync_digests (sync varchar, wanted_rows bigint, acknowledged_rows bigint);
create table ledger.sync_keys (activation varchar, subject_id bigint, key varchar);
create table activation.sync_crm (contact_id bigint);
create table activation.int_sync_columns as select 'crm' as sync, 'contact_id' as column_name, 1 as place,
    'BIGINT' as data_type, 'number' as kind, true as is_key, 'cast(contact_id as varchar)' as value_sql,
    'contact_id' as key_sql;
create table activation.out_sync_operations (
    operation_id bigint, sync varchar, destination varchar, sync_key bigint, operation varchar, row_hash bigint,
    delivery_state varchar, hold_reason varchar);
create table activation.out_messages (
    message_id bigint, campaign varchar, destination varchar, channel varchar, purpose varchar, contact_id bigint,
    address varchar, address_hash varchar, template varchar, language varchar, country varchar,
    full_name varchar, context varchar, address_key bigint,
    may_be_tracked boolean default true, variant varchar, subjects varchar);
create table activation.message_decisions (campaign varchar, decision varchar, reason varchar);
"""


class Days:
    """Runs of one sync or campaign; what is due in each is said."""

    def __init__(self) -> None:
        self.settings, self.runs = load_settings(), 0
        with duckdb.connect(str(self.settings.warehouse.path)) as connection:
            connection.execute(WAREHOUSE)

    def plan(
        self, due: dict[str, Sequence[int]], held: int, wanted: int = 1, values: int = 0
    ) -> tuple[RunState, ActivationPlan]:
        """A run that finds these keys due, by operation. ``values``: of the rows; other ones make
        other operations of them.
        """
        rows = [
            (key * 10 + values, "crm", "hubspot", key, operation, 1)
            for operation, keys in due.items()
            for key in keys
        ]
        table = pa.Table.from_pylist(
            [
                dict(
                    zip(
                        (
                            "operation_id",
                            "sync",
                            "destination",
                            "sync_key",
                            "operation",
                            "row_hash",
                        ),
                        row,
                        strict=True,
                    )
                )
                for row in rows
            ]
        )
        with duckdb.connect(str(self.settings.warehouse.path)) as connection:
            connection.execute(
                "delete from activation.out_sync_operations; delete from"
                " activation.int_sync_digests"
            )
            connection.execute(
                "insert into activation.int_sync_digests values ('crm', ?, ?)", [wanted, held]
            )
            connection.register("due", table)
            (
                connection.execute(
                    "insert into activation.out_sync_operations select *, null, null from due"
                )
                if rows
                else None
            )
        return self._made(SYNC)

    def mails(self, ids: Sequence[int]) -> tuple[RunState, ActivationPlan]:
        """A run that finds these messages due."""
        with duckdb.connect(str(self.settings.warehouse.path)) as connection:
            connection.execute("delete from activation.out_messages")
            connection.execute(
                "insert into activation.out_messages select i, 'welcome', 'smtp', 'email',"
                " 'transactional', i, 'a@b.cn', 'h' || i, 'price_page_follow_up', 'en', 'CN', '',"
                " '{}', i, true, null, null from (select unnest(?::bigint[]) as i)",
                [list(ids)],
            )
        return self._made(CAMPAIGN)

    def _made(self, activation: Activation) -> tuple[RunState, ActivationPlan]:
        self.runs += 1
        state = RunState(Run(f"run-{self.runs}", NOW + timedelta(hours=self.runs)), self.settings)
        return state, make_plan(state, activation)


@pytest.fixture
def days(home: Any) -> Days:
    return Days()


def begin(state: RunState, activation: Activation = SYNC) -> None:
    """The push of the run begins; what follows is up to the test."""
    file = due_rows_file(state, activation)
    note_plan(state, activation, file, find_rest(state, activation, file))


def accept(state: RunState, operation: str, keys: Sequence[int], values: int = 0) -> None:
    """The destination said yes to these."""
    push = state.ledger.open_push(("sync", "crm", "hubspot"), state.run, "resend")
    items = [SyncOperation(key * 10 + values, key, operation, 1) for key in keys]
    claim = state.ledger.claim(push, items, NOW)
    state.ledger.record(
        claim, [ItemResult(item.delivery_id, Outcome.ACCEPTED) for item in items], NOW
    )


def blocked(plan: ActivationPlan) -> list[str]:
    return [check.guardrail for check in plan.guardrails if check.state == "blocked"]


@pytest.mark.parametrize("accepted", [0, 1, 300, 600, 900, 1_199])
@pytest.mark.parametrize(
    "values", [pytest.param(0, id="as it was"), pytest.param(1, id="with other values since")]
)
def test_first_sync_cut_off_goes_on(days: Days, accepted: int, values: int) -> None:
    state, first = days.plan({"entered": range(1_200)}, held=0, wanted=1_200)
    assert blocked(first) == []
    begin(state)
    accept(state, "entered", range(accepted))
    _, second = days.plan(
        {"entered": range(accepted, 1_200)}, held=accepted, wanted=1_200, values=values
    )
    assert (blocked(second), second.continued, second.new) == ([], 1_200 - accepted, 0)


def test_what_was_tried_and_is_due_again_was_not_cut_off(days: Days) -> None:
    """``sluice ledger retry``, and what was refused for now, come again without a word of a crash;
    the guardrails let them through as before.
    """
    state, _ = days.plan({"entered": range(4)}, held=0, wanted=4)
    begin(state)
    accept(state, "entered", range(2))
    push = state.ledger.open_push(("sync", "crm", "hubspot"), state.run, "resend")
    claim = state.ledger.claim(push, [SyncOperation(20, 2, "entered", 1)], NOW)
    state.ledger.record(claim, [ItemResult(20, Outcome.FAILED, "invalid")], NOW)
    state.ledger.retry("failed", "crm", None, "ann", NOW)
    _, again = days.plan({"entered": [2]}, held=2, wanted=4)
    assert (again.continued, again.tried, blocked(again)) == (1, 1, [])
    _, both = days.plan({"entered": [2, 3]}, held=2, wanted=4)
    assert (both.continued, both.tried) == (2, 1)


def test_without_a_cut_off_the_same_figures_block(days: Days) -> None:
    _, plan = days.plan({"entered": range(600, 1_200)}, held=600, wanted=1_200)
    assert blocked(plan) == ["share_entering"]


def test_what_comes_on_top_of_the_rest_is_checked(days: Days) -> None:
    state, _ = days.plan({"entered": range(1_200)}, held=0, wanted=1_200)
    begin(state)
    accept(state, "entered", range(600))
    _, within = days.plan({"entered": range(600, 1_200 + 360)}, held=600, wanted=1_560)
    assert (blocked(within), within.new) == ([], 360)  # below the minimum of 500
    _, beyond = days.plan({"entered": range(600, 1_200 + 500)}, held=600, wanted=1_700)
    assert blocked(beyond) == ["share_entering"]  # 500 of the 1,200 that would be there
    _, without = days.plan({"entered": range(600, 1_200)}, held=600, wanted=1_200)
    assert blocked(without) == []  # a blocked run changes nothing of it


def test_second_crash_is_no_other(days: Days) -> None:
    for done in (0, 300, 600, 900):
        state, plan = days.plan({"entered": range(done, 1_200)}, held=done, wanted=1_200)
        assert blocked(plan) == []
        begin(state)
        accept(state, "entered", range(done, done + 300))


def test_row_that_was_accepted_and_changed_again_is_new(days: Days) -> None:
    state, _ = days.plan({"changed": range(800)}, held=1_000, wanted=1_000)
    begin(state)
    accept(state, "changed", range(500))
    _, plan = days.plan({"changed": range(800)}, held=1_000, wanted=1_000, values=1)
    assert (plan.continued, plan.new) == (300, 500)


def test_emptied_source_blocks_after_a_cut_off_too(days: Days) -> None:
    state, _ = days.plan({"entered": range(1_200)}, held=0, wanted=1_200)
    begin(state)
    accept(state, "entered", range(600))
    _, plan = days.plan({"exited": range(600)}, held=600, wanted=0)
    assert {"empty_source", "share_exiting"} <= set(blocked(plan))


@pytest.mark.parametrize(
    ("more", "expected"),
    [pytest.param(0, [], id="the rest alone"), pytest.param(1, ["empty_source"], id="one more")],
)
def test_approval_of_the_plan_holds_for_its_rest_alone(
    days: Days, more: int, expected: list[str]
) -> None:
    """A run was approved to take everybody out of a CRM; it was cut off half-way."""
    state, _ = days.plan({"exited": range(1_600)}, held=1_600, wanted=0)
    approve(state.ledger.engine, "crm", "all", "wang", "the shop closed", NOW, plan="run-2")
    state, again = days.plan({"exited": range(1_600)}, held=1_600, wanted=0)
    assert (blocked(again), state.run.run_id) == ([], "run-2")
    begin(state)
    accept(state, "exited", range(800))
    state, plan = days.plan({"exited": range(800, 1_600 + more)}, held=800 + more, wanted=0)
    assert blocked(plan) == expected
    if not expected:
        begin(state)
        assert blocked(days.plan({"exited": range(900, 1_600)}, held=700, wanted=0)[1]) == []


def test_plan_begun_long_ago_or_after_the_logical_time_is_checked_anew(
    days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, _ = days.plan({"entered": range(1_200)}, held=0, wanted=1_200)
    begin(state)
    earlier = RunState(Run("earlier", NOW - timedelta(days=1)), days.settings)
    assert find_rest(earlier, SYNC, due_rows_file(state, SYNC)).count == 0
    assert find_rest(state, SYNC, due_rows_file(state, SYNC)).count == 1_200
    monkeypatch.setattr(cut_off, "KEPT", timedelta(0))
    assert find_rest(state, SYNC, due_rows_file(state, SYNC)).count == 0


def test_rest_of_a_campaign_counts_for_no_limit_of_another_day(days: Days) -> None:
    state, plan = days.mails(range(1_400))
    assert blocked(plan) == []
    begin(state, CAMPAIGN)
    _, plan = days.mails(range(700, 2_900))
    assert (blocked(plan), plan.continued, plan.new) == ([], 700, 1_500)
    _, plan = days.mails(range(700, 2_901))
    assert blocked(plan) == ["max_messages"]
    assert "1,501 (and 700 of a plan that was cut off) messages are due" in next(
        one.words for one in plan.guardrails if one.guardrail == "max_messages"
    )


def test_ids_of_other_types_are_compared_as_they_are_written(days: Days) -> None:
    """Keys of a sync may be texts."""
    state, _ = days.plan({"entered": range(3)}, held=0)
    file = due_rows_file(state, SYNC)
    rows = [
        {"delivery_id": n, "operation": "entered", "sync_key": key}
        for n, key in enumerate(("a-1", "a-2", "007"))
    ]
    pq.write_table(pa.Table.from_pylist(rows), file)
    begin(state)
    pq.write_table(
        pa.Table.from_pylist(
            [*rows[1:], {"delivery_id": 9, "operation": "entered", "sync_key": "7"}]
        ),
        file,
    )
    assert find_rest(state, SYNC, file).count == 2
