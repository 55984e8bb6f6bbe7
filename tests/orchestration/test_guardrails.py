"""Look, block, approve, apply: what a person meets when a guardrail stops a sync and nothing
else.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.plan.guardrails import GUARDRAILS
from tests.conftest import Outcome, WorldRun, home_with_parsed_project, sluice
from tests.projects import sample_project

# 1,207 operations at 1 CNY are more than the default of max_cost; mails cost nothing
SYNCS = {"crm_contacts", "high_value_customers"}
DEAR = {"SLUICE_HUBSPOT_PRICE": "1"}
ANN = {"SLUICE_APPROVERS": "ann, bob", "SLUICE_USER": "ann"}
LATER = ("--as-of", "2028-06-30")  # no customer is left by then: the CRM would lose all
ADDRESS = re.compile(r"[\w.+-]+@\w+[\w-]*\.\w+|\b1[3-9]\d{9}\b")


@dataclass(frozen=True)
class Story:
    """What each command of the story said."""

    home: Path
    plan_file: Path
    plan: Outcome
    shown: Outcome
    applied: Outcome
    again: Outcome
    tampered: Outcome
    not_allowed: Outcome
    approved: Outcome
    gone: Outcome
    let_go: Outcome
    approvals: Outcome


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A plan that is dear, applied, applied again, approved; then a day on which the CRM would lose
    everybody.
    """
    home = tmp_path_factory.mktemp("guarded")
    project = {"SLUICE_PROJECT": str(sample_project(home / "project", is_lean=True))}
    dear, ann = {**DEAR, **project}, {**ANN, **project}
    file, second, edited = home / "first.plan", home / "second.plan", home / "edited.plan"
    plan = sluice("plan", "--json", "--out", str(file), home=home, **dear)
    applied = sluice("apply", str(file), "--json", home=home, **dear)
    again = sluice("apply", str(file), home=home, **dear)
    shown = sluice("plan", "--out", str(second), home=home, **dear)
    edited.write_text(second.read_text().replace('"entered"', '"exited"', 1))
    approve = (
        "apply",
        str(second),
        "--approve",
        "crm_contacts:max_cost",
        "--reason",
        "a new shop",
        "--json",
    )
    return Story(
        home=home,
        plan_file=file,
        plan=plan,
        shown=shown,
        applied=applied,
        again=again,
        tampered=sluice("apply", str(edited), home=home, **dear),
        not_allowed=sluice(*approve, home=home, **{**dear, **ann, "SLUICE_USER": "eve"}),
        approved=sluice(*approve, home=home, **{**dear, **ann}),
        gone=sluice(
            "run",
            "--json",
            *LATER,
            "--approve",
            "crm_contacts:max_deletes",
            "--reason",
            "one of them",
            home=home,
            **ann,
        ),
        let_go=sluice(
            "run",
            "--json",
            *LATER,
            "--approve",
            "crm_contacts",
            "--reason",
            "the shop closed",
            home=home,
            **ann,
        ),
        approvals=sluice("approvals", "--json", home=home),
    )


def blocked_by(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one["activation"], one["guardrail"]) for one in outcome.json["blocked"]]


def accepted(outcome: Outcome) -> int:
    return sum(sync["accepted"] for sync in outcome.json["syncs"])


@pytest.mark.slow
def test_a_plan_says_what_is_blocked_and_ends_with_3(story: Story) -> None:
    assert story.plan.code == 3, story.plan.stderr
    assert blocked_by(story.plan) == [("crm_contacts", "max_cost")]
    (check,) = story.plan.json["blocked"]
    assert (check["figure"], check["limit"]) == (1207, 1000)
    assert "1,207.00 CNY" in check["words"]
    assert "guardrails.max_cost in sync_crm_contacts.yml" in check["fix"]


@pytest.mark.slow
def test_what_is_shown_has_it_all_and_no_address(story: Story) -> None:
    assert story.shown.code == 3
    words = (
        "Due, by destination and operation",
        "by decision and reason",
        "no_consent",
        "Guardrails",
        "1,207.00 CNY",
        "masked",
    )
    assert [word for word in words if word not in story.shown.stdout] == []
    for text in (story.shown.stdout, story.plan.stdout, story.plan_file.read_text()):
        assert ADDRESS.findall(text) == []


@pytest.mark.slow
def test_the_file_holds_the_exact_operations_by_destination(story: Story) -> None:
    written = json.loads(story.plan_file.read_text())
    counts = {
        name: max(len(one["operations"]) for one in planned)
        for name, planned in written["destinations"].items()
    }
    assert (counts["smtp"], counts["hubspot"]) == (35, 1207)
    assert set(written["inputs"]) == {"raw", "project", "content", "ledger"}
    assert all(
        len(one) == 3 and re.fullmatch("[0-9a-f]{16}", one[2])
        for one in written["destinations"]["smtp"][0]["operations"]
    )


@pytest.mark.slow
def test_a_blocked_activation_stops_no_other(story: Story) -> None:
    assert story.applied.code == 3
    assert blocked_by(story.applied) == [("crm_contacts", "max_cost")]
    assert story.applied.json["messages"]["sent"] == 35
    assert accepted(story.applied) == 0


@pytest.mark.slow
def test_a_plan_that_is_out_of_date_is_refused_as_a_whole(story: Story) -> None:
    assert story.again.code == 3
    assert (
        "nothing was sent: price_page_follow_up: 0 added, 35 removed, 0 changed (since then"
        " changed: ledger)" in " ".join(story.again.stderr.split())
    )
    assert "sluice plan --out FILE" in story.again.stderr


@pytest.mark.slow
def test_a_plan_that_was_edited_is_refused(story: Story) -> None:
    assert story.tampered.code == 2
    assert "was changed after it was written" in story.tampered.stderr


@pytest.mark.slow
def test_only_an_approver_lets_it_go(story: Story) -> None:
    assert story.not_allowed.code == 3
    assert "eve may not approve" in story.not_allowed.stderr
    assert "ann, bob" in story.not_allowed.stderr
    assert story.approved.code == 0, story.approved.stderr
    assert accepted(story.approved) == 1207
    assert [(one["guardrail"], one["approved_by"]) for one in story.approved.json["approved"]] == [
        ("max_cost", "ann")
    ]


@pytest.mark.slow
def test_an_approval_of_one_guardrail_is_none_of_the_others(story: Story) -> None:
    assert story.gone.code == 3
    assert blocked_by(story.gone) == [
        ("crm_contacts", "share_exiting"),
        ("crm_contacts", "empty_source"),
        ("crm_contacts", "stale_source"),
    ]
    assert [one["guardrail"] for one in story.gone.json["approved"]] == ["max_deletes"]
    assert accepted(story.gone) == 0
    assert story.let_go.code == 0, story.let_go.stderr
    assert accepted(story.let_go) == 1207


@pytest.mark.slow
def test_who_approved_what_and_why_is_on_record(story: Story) -> None:
    rows = [
        (row["guardrail"], row["reason"], row["approved_by"], row["plan"])
        for row in story.approvals.json
    ]
    plan = json.loads((story.home / "second.plan").read_text())["plan_id"]
    runs = [story.gone.json["run_id"], story.let_go.json["run_id"]]
    assert rows == [
        ("max_cost", "a new shop", "ann", plan),
        ("max_deletes", "one of them", "ann", runs[0]),
        ("all", "the shop closed", "ann", runs[1]),
    ]


def test_the_sample_company_trips_nothing(world: WorldRun) -> None:
    for outcome in (world.plan, world.first, world.again):
        assert outcome.json["blocked"] == outcome.json["approved"] == []
        reported = {
            plan["activation"]: [check["guardrail"] for check in plan["guardrails"]]
            for plan in outcome.json["activations"]
        }
        assert reported.keys() >= {"crm_contacts", "price_page_follow_up"}
        for name, guardrails in reported.items():
            assert guardrails == list(GUARDRAILS["sync" if name in SYNCS else "message"])


def test_a_plan_counts_by_operation_and_by_reason(world: WorldRun) -> None:
    plans = {plan["activation"]: plan for plan in world.plan.json["activations"]}
    mails, crm = plans["price_page_follow_up"], plans["crm_contacts"]
    assert (crm["operations"], mails["operations"]) == ({"entered": 1207}, {"send": 35})
    suppressed = [
        plan["decisions"].get("suppress", {}) for name, plan in plans.items() if name not in SYNCS
    ]
    counted = sum((Counter(one) for one in suppressed), Counter[str]())
    assert counted == world.plan.json["messages"]["suppressed"]
    assert crm["expected_seconds"] > 0
    assert len(mails["sample"]) == len(crm["sample"]) == 3
    assert ADDRESS.findall(world.plan.stdout) == []


def test_samples_are_for_plans_and_not_kept_with_a_run(world: WorldRun) -> None:
    assert all(plan["sample"] == [] for plan in world.first.json["activations"])


@pytest.fixture(scope="module")
def parsed(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_with_parsed_project(world, tmp_path_factory.mktemp("parsed"))


REFUSED: dict[str, tuple[tuple[str, ...], dict[str, str], int, str]] = {
    "not an approver": (
        ("approve", "price_page_follow_up", "--reason", "r"),
        {"SLUICE_APPROVERS": "ann"},
        3,
        "ask one of ann",
    ),
    "no such campaign": (("approve", "welcome", "--reason", "r"), {}, 2, "price_page_follow_up"),
    "a sync without its guardrail": (
        ("approve", "crm_contacts", "--reason", "r"),
        {},
        2,
        "crm_contacts:GUARDRAIL",
    ),
    "no such guardrail": (
        ("approve", "crm_contacts:max_mails", "--reason", "r"),
        {},
        2,
        "max_operations",
    ),
    "an address in the reason": (
        ("approve", "price_page_follow_up", "--reason", "li@shop.cn"),
        {},
        2,
        "--reason",
    ),
    "a run without a reason": (("run", "--approve", "crm_contacts:first_sync"), {}, 2, "--reason"),
    "an apply of no file": (("apply", "no.plan"), {}, 2, "sluice plan --out"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_what_to_do(parsed: Path, case: str) -> None:
    arguments, settings, code, words = REFUSED[case]
    outcome = sluice(*arguments, home=parsed, **settings)
    assert (outcome.code, words in outcome.stderr) == (code, True), outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert sluice("approvals", "--json", home=parsed).json == []


def test_an_approval_is_on_record(world: WorldRun, tmp_path: Path) -> None:
    home = home_with_parsed_project(world, tmp_path / "new_home")
    settings: dict[str, Any] = {"SLUICE_APPROVERS": "bob, ann", "SLUICE_USER": "ann"}
    done = sluice(
        "approve",
        "price_page_follow_up",
        "--reason",
        "agreed",
        "--size",
        "500",
        home=home,
        **settings,
    )
    assert done.code == 0, done.stderr
    (row,) = sluice("approvals", "--json", home=home).json
    assert (row["activation"], row["guardrail"], row["size"], row["approved_by"], row["expires_at"]) == (
        "price_page_follow_up", "approval", 500, "ann", None,
    )  # fmt: skip
