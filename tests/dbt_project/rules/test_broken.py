"""Broken rules stop only what depends on them, and are named with file and fix; a new segment is a
file and its yml.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.authoring.segments.catalog import list_segments
from sluice.orchestration.code_location.building import build_definitions
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.dbt.unchanged import carry_over
from sluice.orchestration.installation.settings import load_settings
from tests.conftest import Outcome, WorldRun, sluice
from tests.projects import own_model, sample_project

pytestmark = pytest.mark.slow
FACTS = "select contact_id\nfrom {{ ref('contact_facts') }}\nwhere "


def run_sample(project: Path, home: Path) -> Outcome:
    """A run of an edited copy of the sample company."""
    return sluice("run", "--json", home=home, SLUICE_PROJECT=str(project))


def copy_home(home: Path, copy: Path) -> None:
    """Without what dbt parsed, which is of another project."""
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("dbt"))
    (copy / "dbt").mkdir()
    carry_over(home / "dbt", copy / "dbt")


def plant_misfits(project: Path) -> None:
    """What no column, asset or file of dbt's can hold: a name in Chinese, numbers that are too
    large, a word for a number.
    """
    journeys, activation = project / "models" / "journeys", project / "models" / "activation"
    orders = (journeys / "steps_orders.yml").read_text(encoding="utf-8")
    for name, version in {"wide": "202611301200", "wider": "99999999999999999999"}.items():
        written = orders.replace("steps_orders", f"steps_{name}").replace(
            "version: 1", f"version: {version}"
        )
        (journeys / f"steps_{name}.yml").write_text(written, encoding="utf-8")
        (journeys / f"steps_{name}.sql").write_text("{{ sluice.journey() }}\n")
    for suffix in (".sql", ".yml"):
        text = (activation / f"campaign_price_page_follow_up{suffix}").read_text(encoding="utf-8")
        text = text.replace("campaign_price_page_follow_up", "campaign_hurried")
        text = text.replace("priority: 50", "priority: high")
        (activation / f"campaign_hurried{suffix}").write_text(text, encoding="utf-8")
    named = own_model(project, "segments", "seg_recent_pricing_visitors")
    for file in (named, named.with_suffix(".yml")):
        text = file.read_text(encoding="utf-8").replace("recent_pricing_visitors", "会员")
        file.with_name(f"seg_会员{file.suffix}").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def broken(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """A run of the sample company, in a copy of its home, after nine ways of breaking things at
    once.
    """
    folder = tmp_path_factory.mktemp("broken") / "world"
    project = sample_project(folder, has_playbooks=True)
    plant_misfits(project)
    for name, condition in {
        "seg_renewals_due": "{{ sluice.in_segment('renewals_dew') }}\n",
        "seg_pricing_revisitors": "{{ sluice.in_segment('hot_manufacturing_leads') }}\n",
        "seg_dormant_customers": "{{ sluice.performed('page_view' }}\n",
        "seg_recent_pricing_visitors": "no_such_column = 1\n",
    }.items():
        own_model(project, "segments", name).write_text(FACTS + condition)
    card = own_model(project, "scoring", "scorecard_shop")
    card.write_text(card.read_text().replace("points: 10", "points: ten", 1))
    home = tmp_path_factory.mktemp("home") / "h"
    copy_home(world.home, home)
    return run_sample(project, home), home


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(
            "in_segment('renewals_dew'): there is no models/segments/seg_renewals_dew.sql",
            id="unknown segment",
        ),
        pytest.param(
            "models/segments/seg_renewals_due.sql:3 unknown_segment",
            id="unknown segment, by line",
        ),
        pytest.param(
            "models/segments/seg_pricing_revisitors.sql:3 segment_cycle",
            id="cycle, by line",
        ),
        pytest.param(
            "models/segments/seg_dormant_customers.sql:3 jinja",
            id="cannot be parsed, by line",
        ),
        pytest.param("models/scoring/scorecard_shop.sql:10 scorecard", id="points, by line"),
        pytest.param("hot_manufacturing_leads itself leads back to pricing_revisitors", id="cycle"),
        pytest.param("models/segments/seg_dormant_customers.sql", id="cannot be parsed"),
        pytest.param("no_such_column", id="no such column"),
        pytest.param(
            "scorecard_shop.sql, rule 'miniapp': points are not a whole number: write points: 20",
            id="points",
        ),
        pytest.param(
            "models/segments/seg_会员.sql: a model's name has letters from a to z", id="name"
        ),
        pytest.param("steps_wide.sql: version is no whole number from 1", id="wide version"),
        pytest.param("steps_wide.yml:9 journey", id="wide version, by line"),
        pytest.param("a number here has more than 64 bits", id="wider version"),
        pytest.param("models/journeys/steps_wider.yml:9", id="wider version, by line"),
        pytest.param("campaign_hurried.yml:5", id="priority, by line"),
    ],
)
def test_each_fault_is_named(broken: tuple[Outcome, Path], words: str) -> None:
    outcome, _ = broken
    assert outcome.code == 1
    assert any(words in error for error in outcome.json["errors"])


def test_what_does_not_depend_on_the_faults_is_decided_and_sent(
    broken: tuple[Outcome, Path], world: WorldRun
) -> None:
    outcome, home = broken
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as after:
        after.execute(f"attach '{world.home / 'warehouse.duckdb'}' as before (read_only)")
        history = "select segment, contact_id, change from {}segments.segment_changes"
        changed = after.execute(
            f"{history.format('')} except {history.format('before.')}"
        ).fetchall()
        stages = after.execute(
            "select lifecycle, count(*) from lifecycle.contact_lifecycle group by 1 order by 1"
        ).fetchall()
        assert (
            stages
            == after.execute(
                "select lifecycle, count(*) from before.lifecycle.contact_lifecycle group by 1"
                " order by 1"
            ).fetchall()
        )
        rebuilt = after.execute(
            "select count(distinct segment) from segments.int_segment_memberships"
        ).fetchall()[0][0]
        members = after.execute("select count(*) from segments.segment_members").fetchall()
        assert (
            members
            == after.execute("select count(*) from before.segments.segment_members").fetchall()
        )
        tags = "select tag, contact_id from {}tags.contact_tags order by all"
        given, before = (after.execute(tags.format(one)).fetchall() for one in ("", "before."))
    assert given == before  # tags_common reads what is broken
    assert len(given) > 100
    assert changed == []  # the members of a broken segment stay; nobody exits because of a fault
    assert rebuilt >= 15
    synced = [sync["sync"] for sync in outcome.json["syncs"]]
    assert synced == ["crm_contacts", "high_value_customers"]


def test_a_campaign_of_a_broken_segment_is_stopped(broken: tuple[Outcome, Path]) -> None:
    outcome, home = broken
    stopped = json.loads(
        (home / "runs" / outcome.json["run_id"] / "build_decide.json").read_text()
    )["stopped"]
    assert {"campaign_price_page_follow_up", "seg_hot_manufacturing_leads", "stages_b2c"} <= set(
        stopped
    )
    assert "sync_crm_contacts" not in stopped
    assert outcome.json["messages"]["due"] == 0


UNPARSED = {
    "segments/seg_dormant_customers.sql": (
        "select count(*) from {}segments.segment_members where segment = 'dormant_customers'"
    ),
    "scoring/scorecard_shop.sql": (
        "select count(*), sum(points) from {}scoring.score_changes where score_model = 'shop'"
    ),
    "lifecycle/stages_activity.sql": (
        "select count(*) from {}lifecycle.contact_lifecycle where lifecycle = 'activity'"
    ),
}


@pytest.fixture(scope="module")
def unparsed(world: WorldRun, tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Path]:
    """A run of the sample company after nothing but files that cannot be parsed: no union fails,
    all are built at once.
    """
    project = sample_project(tmp_path_factory.mktemp("unparsed") / "world")
    for file in UNPARSED:
        folder, name = file.removesuffix(".sql").split("/")
        own_model(project, folder, name).write_text(FACTS + "{{ sluice.performed('page_view' }}\n")
    lost = own_model(project, "segments", "seg_lost_customers")
    lost.write_text(FACTS + "days_since_order >= 180\n")
    stages = own_model(project, "lifecycle", "stages_b2c")
    stages.write_text(stages.read_text().replace("score: shop\n", ""))
    home = tmp_path_factory.mktemp("home") / "h"
    copy_home(world.home, home)
    return run_sample(project, home), home


@pytest.mark.long
@pytest.mark.parametrize("file", UNPARSED)
def test_what_a_file_that_cannot_be_parsed_gave_stays(
    unparsed: tuple[Outcome, Path], world: WorldRun, file: str
) -> None:
    outcome, home = unparsed
    assert any(f"models/{file}:3 jinja" in error for error in outcome.json["errors"])
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as after:
        after.execute(f"attach '{world.home / 'warehouse.duckdb'}' as before (read_only)")
        found, kept = (
            after.execute(UNPARSED[file].format(place)).fetchall() for place in ("", "before.")
        )
    assert found == kept
    assert kept[0][0] > 0


def test_a_new_segment_is_one_file_and_its_yml_and_shows_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, home = sample_project(tmp_path / "world"), tmp_path / "home"
    folder = project / "models" / "segments"
    folder.mkdir(exist_ok=True)
    (folder / "seg_everyone.sql").write_text("select contact_id\nfrom {{ ref('contact_facts') }}\n")
    (folder / "seg_everyone.yml").write_text(
        "models:\n  - name: seg_everyone\n    description: Everyone. One row per contact.\n"
    )
    monkeypatch.setenv("SLUICE_HOME", str(home))
    monkeypatch.setenv("SLUICE_PROJECT", str(project))
    settings = load_settings()
    definitions = build_definitions(settings)
    keys = [spec.key.to_user_string() for spec in definitions.resolve_all_asset_specs()]
    manifest, name = Dbt(settings).manifest, "model.world.seg_everyone"
    segments = [one["segment"] for one in list_segments(settings, manifest)]
    assert "segments/seg_everyone" in keys
    assert "everyone" in segments
    assert "model.sluice.int_segment_memberships" in manifest["child_map"][name]
    assert manifest["nodes"][name]["description"] == "Everyone. One row per contact."
