"""The unit tests of the rules bite: each of these small changes makes one fail."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, WorldRun
from tests.dbt_project.test_project import dbt
from tests.projects import sample_project

pytestmark = pytest.mark.slow
# a file of the dbt project, what stands in it, what is put there instead, and the unit tests that
# must notice
MUTATIONS = {
    "points of a rule": (
        "models/scoring/library/scorecard_nurture.sql",
        "at_least: 2, points: 20",
        "at_least: 2, points: 25",
        {"two_clicks_within_7_days_of_the_form_give_20"},
    ),
    "a window one day longer": (
        "models/scoring/library/scorecard_lead.sql",
        "page = '/demo'\", within_days: 30",
        "page = '/demo'\", within_days: 31",
        {"the_demo_page_scores_for_30_days"},
    ),
    "the bound of a stage is left out": (
        "models/lifecycle/library/stages_b2c.sql",
        "enter: score >= 20",
        "enter: score > 20",
        {"interest_begins_at_20_points_and_is_kept_from_10"},
    ),
    "a negation is lost": (
        "macros/segments/predicates.sql",
        "not (contact_id {{ sluice.segment_words('did not perform",
        "(contact_id {{ sluice.segment_words('did not perform",
        {
            "not_performed_holds_for_who_never_did_it_or_long_ago",
            "no_click_within_7_days_of_the_form_makes_a_quiet_lead",
        },
    ),
    "withdrawn consent counts": (
        "macros/segments/predicates.sql",
        "k.status = 'granted'",
        "k.status <> 'denied'",
        {"consented_to_asks_for_a_grant_on_that_channel_and_purpose"},
    ),
    "machines count": (
        "macros/segments/performers.sql",
        "and not e.is_machine",
        "and e.is_machine is not null",
        {"performed_counts_the_right_page_in_the_window_and_no_machines"},
    ),
    "the cap of a kind is ignored": (
        "models/scoring/int_score_totals.sql",
        "least(p.fit, coalesce(m.fit_cap, p.fit)) as fit",
        "p.fit as fit",
        {"kinds_are_capped_apart_and_a_total_keeps_above_the_floor"},
    ),
}


@pytest.fixture(scope="module")
def failed(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The unit tests that fail on a project with all the mutations, run on a copy of a warehouse
    that was built without them.
    """
    folder = tmp_path_factory.mktemp("mutations")
    world_project, home = sample_project(folder / "world"), folder / "home"
    project = world_project / "dbt_packages" / "sluice"
    shutil.copytree(ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs"))
    home.mkdir()
    shutil.copyfile(world.home / "warehouse.duckdb", home / "warehouse.duckdb")
    for file, old, new, _ in MUTATIONS.values():
        text = (project / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has no {old!r} to change"
        (project / file).write_text(text.replace(old, new), encoding="utf-8")
    layers = [f"fqn:sluice.{layer}" for layer in ("scoring", "lifecycle", "segments")]
    dbt(
        "test",
        "--select",
        *[f"{layer},test_type:unit" for layer in layers],
        home=home,
        project=world_project,
    )
    results = json.loads((home / "t" / "run_results.json").read_text())["results"]
    assert len(results) > 60
    return {result["unique_id"].split(".")[-1] for result in results if result["status"] == "fail"}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_changed_rule_fails_its_unit_test(failed: set[str], name: str) -> None:
    assert MUTATIONS[name][3] <= failed


def test_no_other_unit_test_fails(failed: set[str]) -> None:
    """So each failure above is of its own mutation."""
    assert failed - set().union(*(noticed for *_, noticed in MUTATIONS.values())) == set()


def test_every_rule_of_every_shipped_score_has_a_unit_test() -> None:
    """Each rule's name is expected by some unit test of its score model; each stage by one of its
    lifecycle.
    """
    from sluice.orchestration.dbt.rules_text import read_rules

    missing = []
    for path in sorted(Path(ROOT / "dbt_project/models").glob("*/library/*.sql")):
        rules = read_rules(path)
        if rules is None or not isinstance(rules.data, dict):
            continue
        tests = path.with_suffix(".yml").read_text(encoding="utf-8").split("unit_tests:", 1)[-1]
        for rule in rules.data.get("rules", []) + rules.data.get("stages", []):
            key = "rule" if "rule" in rule else "stage"
            if f"{key}: {rule[key]}," not in tests.split("expect:", 1)[-1]:
                missing.append(f"{path.stem}: {rule[key]}")
    assert missing == []
