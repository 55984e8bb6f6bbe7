"""Each guardrail on both sides of its limit, what switches it off, and what approves it."""

from __future__ import annotations

import ast
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.plan import guardrails
from sluice.activations.plan import sealed as sealed_plans
from sluice.activations.plan.guardrails import Facts, SourceAge, apply_approvals, check
from sluice.models.config import GuardrailConfig
from sluice.models.plan import GuardrailCheck
from tests.conftest import ROOT

README = ROOT / "README.md"
SYNC: dict[str, Any] = {
    "activation": "crm",
    "model": "sync_crm",
    "kind": "sync",
    "destination": "hubspot",
    "wanted": 1,
}
MAIL: dict[str, Any] = {
    "activation": "welcome",
    "model": "campaign_welcome",
    "kind": "message",
    "destination": "smtp",
}
OLD = [SourceAge("fresh", 1, 24), SourceAge("src_crm", 24.0, 24), SourceAge("unlimited", 900, None)]
OLDER = [
    SourceAge("fresh", 1, 24),
    SourceAge("src_crm", 24.5, 24),
    SourceAge("unlimited", 900, None),
]
# guardrail, the limits, figures within them, figures beyond them
SIDES: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "first sync at its default": (
        "first_sync",
        {},
        {**SYNC, "operations": {"changed": 9}},
        {**SYNC, "operations": {"entered": 1}},
    ),
    "first sync counts what enters": (
        "first_sync",
        {"first_sync": 5},
        {**SYNC, "operations": {"entered": 5, "changed": 9}},
        {**SYNC, "operations": {"entered": 6}},
    ),
    "first sync of a sync that says how many, whatever the input allows": (
        "first_sync",
        {"first_sync": 5},
        {**SYNC, "is_first_sync_allowed": True, "operations": {"entered": 5}},
        {**SYNC, "is_first_sync_allowed": True, "operations": {"entered": 6}},
    ),
    "share of a sync that enters": (
        "share_entering",
        {},
        {**SYNC, "operations": {"entered": 600}, "held": 2_000},
        {**SYNC, "operations": {"entered": 601}, "held": 2_000},
    ),
    "entering under the minimum count": (
        "share_entering",
        {},
        {**SYNC, "operations": {"entered": 499}, "held": 10},
        {**SYNC, "operations": {"entered": 500}, "held": 10},
    ),
    "share of a sync that exits": (
        "share_exiting",
        {"share_exiting": 0.1, "share_minimum": 1},
        {**SYNC, "operations": {"exited": 10}, "held": 100},
        {**SYNC, "operations": {"exited": 11}, "held": 100},
    ),
    "share of a segment that enters": (
        "share_entering",
        {},
        {**MAIL, "segment": "s", "segment_before": 10_000, "segment_entered": 3_000},
        {**MAIL, "segment": "s", "segment_before": 10_000, "segment_entered": 3_001},
    ),
    "share of a segment that exits": (
        "share_exiting",
        {},
        {**MAIL, "segment": "s", "segment_before": 10_000, "segment_exited": 3_000},
        {**MAIL, "segment": "s", "segment_before": 10_000, "segment_exited": 3_001},
    ),
    "operations, whatever they are": (
        "max_operations",
        {"max_operations": 6},
        {**SYNC, "operations": {"entered": 1, "changed": 2, "exited": 3}},
        {**SYNC, "operations": {"entered": 2, "changed": 2, "exited": 3}},
    ),
    "messages": (
        "max_messages",
        {},
        {**MAIL, "operations": {"send": 50_000}},
        {**MAIL, "operations": {"send": 50_001}},
    ),
    "deletes": (
        "max_deletes",
        {},
        {**SYNC, "deletes": 1_000, "held": 10**6},
        {**SYNC, "deletes": 1_001, "held": 10**6},
    ),
    "cost": ("max_cost", {"max_cost": 12.5}, {**MAIL, "cost": 12.5}, {**MAIL, "cost": 12.51}),
    "a source that is empty": (
        "empty_source",
        {},
        {**SYNC, "wanted": 1, "held": 5},
        {**SYNC, "wanted": 0, "held": 5},
    ),
    "a source that was always empty": (
        "empty_source",
        {},
        {**SYNC, "wanted": 0, "held": 0},
        {**SYNC, "wanted": 0, "held": 1},
    ),
    "a source older than it declares": (
        "stale_source",
        {},
        {**SYNC, "operations": {"changed": 1}, "sources": OLD},
        {**SYNC, "operations": {"changed": 1}, "sources": OLDER},
    ),
    "a source older than the guardrail allows": (
        "stale_source",
        {"stale_source_hours": 900},
        {**MAIL, "operations": {"send": 1}, "sources": OLD},
        {**MAIL, "operations": {"send": 1}, "sources": [SourceAge("unlimited", 900.1, None)]},
    ),
    "old sources with nothing due": (
        "stale_source",
        {},
        {**SYNC, "sources": OLDER},
        {**SYNC, "sources": OLDER, "operations": {"changed": 1}},
    ),
    "a template that cannot be rendered": (
        "template",
        {},
        {**MAIL, "templates": 2},
        {
            **MAIL,
            "templates": 2,
            "template_problems": ["welcome in zh: the template welcome.zh is missing"],
        },
    ),
    "opens that nobody tells": (
        "engagement",
        {},
        {**MAIL, "operations": {"send": 1}},
        {
            **MAIL,
            "operations": {"send": 1},
            "untold": ["seg_x asks for email_opened, which smtp does not tell"],
        },
    ),
    "an address twice": ("duplicate_addresses", {}, MAIL, {**MAIL, "duplicate_addresses": 1}),
    "volume five times the median": (
        "volume",
        {},
        {**MAIL, "operations": {"send": 2_000}, "volumes": [100, 400, 400, 400, 90_000]},
        {**MAIL, "operations": {"send": 2_001}, "volumes": [100, 400, 400, 400, 90_000]},
    ),
    "volume under the absolute minimum": (
        "volume",
        {},
        {**SYNC, "operations": {"changed": 1_000}, "volumes": [1] * 5},
        {**SYNC, "operations": {"changed": 1_001}, "volumes": [1] * 5},
    ),
    "volume without enough history": (
        "volume",
        {},
        {**SYNC, "operations": {"changed": 9_000}, "volumes": [1] * 4},
        {**SYNC, "operations": {"changed": 9_000}, "volumes": [1] * 5},
    ),
}
OFF: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "first sync declared by the sync": (
        "first_sync",
        {"first_sync": "allowed"},
        {**SYNC, "operations": {"entered": 9}},
    ),
    "first sync declared by the input": (
        "first_sync",
        {},
        {**SYNC, "is_first_sync_allowed": True, "operations": {"entered": 9}},
    ),
    "first sync with a state": (
        "first_sync",
        {},
        {**SYNC, "held": 1, "operations": {"entered": 90_000}},
    ),
    "share of nothing": ("share_entering", {}, {**SYNC, "operations": {"entered": 9_000}}),
    "a segment that is new to its campaign": (
        "share_entering",
        {},
        {**MAIL, "segment": "s", "segment_entered": 9_000},
    ),
    "transactional messages": (
        "duplicate_addresses",
        {},
        {**MAIL, "is_marketing": False, "duplicate_addresses": 9},
    ),
    "template switched off": (
        "template",
        {"template": False},
        {**MAIL, "template_problems": ["no such file"]},
    ),
    "nothing is asked that is not reported": ("engagement", {}, MAIL),
    "engagement switched off": ("engagement", {"engagement": False}, {**MAIL, "untold": ["x"]}),
    "empty source switched off": (
        "empty_source",
        {"empty_source": False},
        {**SYNC, "wanted": 0, "held": 9},
    ),
}


def said(
    facts: dict[str, Any], guardrail: str, limits: dict[str, Any] | None = None
) -> GuardrailCheck:
    found = {one.guardrail: one for one in check(Facts(**facts), GuardrailConfig(**(limits or {})))}
    return found[guardrail]


@pytest.mark.parametrize("case", SIDES)
def test_a_guardrail_blocks_beyond_its_limit_and_not_at_it(case: str) -> None:
    guardrail, limits, within, beyond = SIDES[case]
    assert said(within, guardrail, limits).state != "blocked"
    blocked = said(beyond, guardrail, limits)
    assert blocked.state == "blocked"
    assert blocked.activation == beyond["activation"]
    assert f"sluice run --approve {beyond['activation']}:{guardrail} --reason" in blocked.fix
    assert f"{beyond['model']}.yml" in blocked.fix


def test_every_guardrail_was_tried_on_both_sides() -> None:
    assert {guardrail for guardrail, *_ in SIDES.values()} == {
        *guardrails.GUARDRAILS["sync"],
        *guardrails.GUARDRAILS["message"],
    }


@pytest.mark.parametrize("case", OFF)
def test_nothing_to_compare_with_is_told_apart_from_passed(case: str) -> None:
    guardrail, limits, facts = OFF[case]
    assert said(facts, guardrail, limits).state == "off"


@pytest.mark.parametrize(
    "name",
    [
        "first_sync",
        "max_operations",
        "max_deletes",
        "max_cost",
        "max_messages",
        "duplicate_addresses",
    ],
)
def test_null_switches_a_limit_off(name: str) -> None:
    guardrail, _, _, beyond = next(one for one in SIDES.values() if one[0] == name)
    assert said(beyond, guardrail, {name: None}).state == "off"


@pytest.mark.parametrize("kind", [SYNC, MAIL], ids=["sync", "campaign"])
def test_the_setting_in_the_fix_is_one_there_is(kind: dict[str, Any]) -> None:
    names = guardrails.GUARDRAILS[kind["kind"]]
    assert {guardrails.SETTINGS.get(name, name) for name in names} <= set(
        GuardrailConfig.model_fields
    )


def test_the_words_have_the_figures_and_the_limit() -> None:
    stated = said({**SYNC, "operations": {"exited": 800}, "held": 2_000}, "share_exiting").words
    assert (
        stated == "800 left, 40% of the 2,000 in what hubspot holds; the limit is 30% from 500 on"
    )


def test_the_defaults_let_the_sample_company_through() -> None:
    first = Facts(
        **{**SYNC, "operations": {"entered": 1_209}, "wanted": 1_209, "is_first_sync_allowed": True}
    )
    mails = Facts(**{**MAIL, "operations": {"send": 25}, "segment": "s", "templates": 1})
    assert [
        one
        for facts in (first, mails)
        for one in check(facts, GuardrailConfig())
        if one.state == "blocked"
    ] == []


def test_the_defaults_let_every_month_of_the_retail_replay_through() -> None:
    """The months as the README has them, whose output is that of a run: entered, changed and exited
    of each.
    """
    months = re.findall(
        r"^2011-\d\d-\d\d .* +([\d,]+) +([\d,]+) +([\d,]+)$",
        README.read_text(encoding="utf-8"),
        re.M,
    )
    assert len(months) == 13
    held, volumes, blocked = 0, [], []
    for month in months:
        entered, changed, exited = (int(figure.replace(",", "")) for figure in month)
        operations = {"entered": entered, "changed": changed, "exited": exited}
        facts = Facts(
            **SYNC,
            operations=operations,
            held=held,
            deletes=exited,
            volumes=list(volumes),
            is_first_sync_allowed=True,
        )
        blocked += [one.words for one in check(facts, GuardrailConfig()) if one.state == "blocked"]
        held, volumes = held + entered - exited, [*volumes, facts.due]
    assert blocked == []


NOW = datetime(2026, 6, 29, 13)
APPROVAL: dict[str, Any] = {
    "activation": "crm", "guardrail": "max_deletes", "size": None, "plan": None, "approved_by": "ann", "expires_at": None
}  # fmt: skip
LET_GO: dict[str, tuple[dict[str, Any], bool]] = {
    "by its name": ({}, True),
    "all of it": ({"guardrail": "all"}, True),
    "another guardrail": ({"guardrail": "first_sync"}, False),
    "another activation": ({"activation": "crm2"}, False),
    "for this plan": ({"plan": "p1"}, True),
    "for another plan": ({"plan": "p2"}, False),
    "up to its size": ({"size": 2_000}, True),
    "above its size": ({"size": 1_999}, False),
    "still in time": ({"expires_at": NOW + timedelta(seconds=1)}, True),
    "expired": ({"expires_at": NOW}, False),
    "a campaign's size": ({"guardrail": "approval"}, False),
}


@pytest.mark.parametrize("case", LET_GO)
def test_what_an_approval_lets_go(case: str) -> None:
    change, is_let_go = LET_GO[case]
    blocked = said({**SYNC, "deletes": 2_000, "held": 10**6}, "max_deletes")
    (checked,) = apply_approvals([blocked], [{**APPROVAL, **change}], 2_000, ["p1"], NOW)
    assert (checked.state, checked.approved_by) == (
        ("approved", "ann") if is_let_go else ("blocked", None)
    )


def test_an_approval_changes_nothing_of_what_passed() -> None:
    passed = said(SYNC, "max_deletes")
    assert apply_approvals([passed], [APPROVAL], 0, [], NOW) == [passed]


@pytest.mark.parametrize(
    "module", [guardrails, sealed_plans], ids=lambda module: str(module.__name__)
)
def test_it_is_pure(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {
        node.module.removeprefix("sluice.").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    imported |= {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported <= {
        "__future__",
        "collections",
        "dataclasses",
        "datetime",
        "hashlib",
        "hmac",
        "json",
        "models",
        "statistics",
        "typing",
    }
