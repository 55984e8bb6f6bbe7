"""The dbt project as a package of a company's own: its models join ours by folder and name, what is
switched off leaves no trace, and what cannot go together is refused.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.orchestration.installation.package_links import link_package
from sluice.orchestration.installation.project import PACKAGE_PROJECT, open_project
from tests.conftest import dbt
from tests.dbt_project.user_project import DBT_PROJECT, FILES, run_dbt, write_user_project
from tests.projects import own_model, sample_project

PEOPLE = [
    ("0012", "ann@shop.example", "aye aye", 7),
    ("0013", "bob@shop.example", "yes", 9),
    ("0014", "eva@shop.example", "granted", 1),
]


@dataclass(frozen=True)
class Built:
    """A project after one `dbt build`."""

    home: Path
    manifest: dict[str, Any]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the warehouse."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def parents(self, name: str) -> set[str]:
        """The models and seeds that a model of ours reads."""
        node = self.manifest["nodes"][f"model.sluice.{name}"]
        return {key.split(".", 1)[1] for key in node["depends_on"]["nodes"]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("acme")
    project, home = write_user_project(folder / "acme"), folder / "home"
    home.mkdir()
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.customers (id varchar, mail varchar, ok varchar, visits integer,"
            " joined timestamp)"
        )
        for id_, mail, ok, visits in PEOPLE:
            connection.execute(
                "insert into raw.customers values (?, ?, ?, ?, '2026-06-01')",
                [id_, mail, ok, visits],
            )
    done = run_dbt(
        project, home, "build", "--exclude-resource-type", "unit_test", "--vars",
        '{as_of: "2026-06-29 13:00:00"}',
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    return Built(home, json.loads((home / "t" / "manifest.json").read_text()))


UNIONS = {
    "int_email_domains": {"acme.stg_till__contacts", "sluice.stg_inbox__contacts"},
    "int_consents_delivered": {
        "acme.stg_till__consents",
        "sluice.stg_inbox__consents",
        "sluice.landing.loads",
        "sluice.landing.erased_records",
    },
    "int_segment_memberships": {
        "acme.seg_regulars", "acme.seg_locals", "sluice.seg_new_customers",
    },
    "int_rule_tags": {"acme.tags_club", "sluice.contact_aliases"},
    "score_models": {"acme.scorecard_loyalty", "sluice.scorecard_shop"},
    "int_lifecycle_conditions": {"acme.stages_club", "sluice.stages_b2c"},
    "int_message_candidates": {"acme.campaign_hello", "sluice.int_campaigns"},
    "int_sync_wanted": {"acme.sync_regulars"},
    "int_consent_words": {"acme.my_consent_words", "sluice.consent_words"},
}  # fmt: skip


@pytest.mark.parametrize("union", UNIONS)
def test_models_of_the_project_join_the_enabled_ones_of_the_package(
    built: Built, union: str
) -> None:
    found = {name for name in built.parents(union) if "contact_facts" not in name}
    assert found == UNIONS[union]


def test_what_is_switched_off_leaves_no_trace(built: Built) -> None:
    nodes = built.manifest["nodes"].values()  # dbt keeps tests of what is off, switched off
    names = {node["name"] for node in nodes if node["config"]["enabled"]}
    library = {name for name in names if name.startswith(("seg_", "scorecard_", "stages_"))}
    assert library == {
        "seg_regulars", "seg_locals", "seg_new_customers", "scorecard_loyalty", "scorecard_shop",
        "stages_club", "stages_b2c",
    }  # fmt: skip
    assert built.rows("select distinct segment from segments.segment_rules order by 1") == [
        ("locals",),
        ("new_customers",),
        ("regulars",),
    ]
    models = [n for n in built.manifest["nodes"].values() if n["resource_type"] == "model"]
    assert not [n for n in models if "crm_api" in n["name"] or "import" in n["name"]]
    assert not [name for name in names if "birthdays" in name]


QUERIES: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    # the project's word counts, and its meaning of a word of ours stands for ours
    "words of consent": (
        "select r.record_id, c.status from contacts.contact_consents as c inner join"
        " identity.identity_map as r using (contact_id) where channel = 'email' order by 1",
        [("0012", "granted"), ("0013", "denied"), ("0014", "granted")],
    ),
    "facts": (
        "select r.record_id, f.visits from contacts.contact_facts as f inner join"
        " identity.identity_map as r using (contact_id) order by 1",
        [("0012", 7), ("0013", 9), ("0014", 1)],
    ),
    "scores": (
        "select r.record_id, s.total from scoring.contact_scores as s inner join"
        " identity.identity_map as r using (contact_id) where score_model = 'loyalty' order by 1",
        [("0012", 10), ("0013", 10)],
    ),
    "stages": (
        "select r.record_id, l.stage from lifecycle.contact_lifecycle as l inner join"
        " identity.identity_map as r using (contact_id) where lifecycle = 'club' order by 1",
        [("0012", "member"), ("0013", "member"), ("0014", "guest")],
    ),
    # by a rule, and by hand for the id 0012, which is no number
    "tags": (
        "select r.record_id, t.tag from tags.contact_tags as t inner join"
        " identity.identity_map as r using (contact_id) order by 1, 2",
        [("0012", "founder"), ("0012", "regular"), ("0013", "regular")],
    ),
    "members": (
        "select segment, r.record_id from segments.segment_members as m inner join"
        " identity.identity_map as r using (contact_id) where segment in ('regulars', 'locals')"
        " order by 1, 2",
        [("locals", "0013"), ("locals", "0014"), ("regulars", "0012")],
    ),
    "operations": (
        "select sync, count(*) from activation.out_sync_operations group by sync",
        [("regulars", 1)],
    ),
    "messages": (
        "select campaign, decision from activation.message_decisions",
        [("hello", "send")],
    ),
}


@pytest.mark.parametrize("case", QUERIES)
def test_what_the_project_wrote_is_decided_on(built: Built, case: str) -> None:
    sql, expected = QUERIES[case]
    assert built.rows(sql) == expected


def test_our_schemas_have_no_prefix_and_the_projects_are_as_dbt_names_them(built: Built) -> None:
    nodes = built.manifest["nodes"]
    ours = {n["schema"] for n in nodes.values() if n["package_name"] == "sluice" and "alias" in n}
    assert {"contacts", "segments", "activation", "seeds"} <= ours
    assert nodes["model.acme.seg_regulars"]["schema"] == "main"


Change = Callable[[dict[str, str], dict[str, Any]], None]


def _use_what_is_off(files: dict[str, str], configuration: dict[str, Any]) -> None:
    files["models/activation/campaign_hello.sql"] = FILES[
        "models/activation/campaign_hello.sql"
    ].replace("regulars", "birthdays")


def _ask_a_score_that_is_off(files: dict[str, str], configuration: dict[str, Any]) -> None:
    files["models/segments/seg_regulars.sql"] = (
        "select contact_id from {{ sluice.score_of('lead') }}"
    )


def _switch_an_own_segment_off(files: dict[str, str], configuration: dict[str, Any]) -> None:
    configuration["models"]["acme"]["segments"] = {"seg_regulars": {"+enabled": False}}


def _take_a_name(files: dict[str, str], configuration: dict[str, Any]) -> None:
    files["models/marts/contact_events.sql"] = "select 1 as id"


def _take_the_name_of_a_seed(files: dict[str, str], configuration: dict[str, Any]) -> None:
    files["seeds/country_names.csv"] = "country_key,country\nengland,GB\n"


def _take_the_name_of_a_segment(files: dict[str, str], configuration: dict[str, Any]) -> None:
    files["models/segments/seg_new_customers.sql"] = "select 1 as contact_id"


REFUSED: dict[str, tuple[Change, tuple[str, ...]]] = {
    "a segment that is off": (
        _use_what_is_off,
        (
            "models/activation/campaign_hello.sql",
            "models: sluice: segments: library: seg_birthdays: +enabled: true",
        ),
    ),
    "a score that is off": (
        _ask_a_score_that_is_off,
        ("models: sluice: scoring: library: scorecard_lead: +enabled: true",),
    ),
    "an own segment that is off": (
        _switch_an_own_segment_off,
        ("models: acme: segments: seg_regulars: +enabled: true",),
    ),
    "a name of a model of ours": (
        _take_a_name,
        (
            "models/marts/contact_events.sql",
            "models: sluice: contacts: contact_events: +enabled: false",
        ),
    ),
    "a name of a seed of ours": (
        _take_the_name_of_a_seed,
        ("seeds/country_names.csv", "seeds: sluice: country_names: +enabled: false"),
    ),
    "a name of a segment that is on": (
        _take_the_name_of_a_segment,
        ("models/segments/seg_new_customers.sql", "is taken by the package sluice"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_go_together_is_refused_with_the_file_and_the_line_to_write(
    tmp_path: Path, case: str
) -> None:
    change, expected = REFUSED[case]
    files, configuration = dict(FILES), copy.deepcopy(DBT_PROJECT)
    change(files, configuration)
    project = write_user_project(tmp_path / "acme", files, configuration)
    done = run_dbt(project, tmp_path, "parse")
    assert done.returncode != 0
    said = " ".join(done.stdout.split())
    assert [words for words in expected if words not in said] == []


@pytest.mark.slow
def test_a_model_of_the_library_is_copied_with_its_yml_and_changed(tmp_path: Path) -> None:
    project = open_project(sample_project(tmp_path / "world"))
    copied = own_model(project.root, "segments", "seg_new_customers").with_suffix(".yml")
    copied.write_text(copied.read_text().replace("at most 30 days", "at most a week"))
    link_package(project)
    done = dbt("parse", project=project.root, home=tmp_path)
    assert done.code == 0, done.stdout
    nodes = json.loads((tmp_path / "t" / "manifest.json").read_text())["nodes"]
    assert "at most a week" in nodes["model.world.seg_new_customers"]["description"]
    assert "model.sluice.seg_new_customers" not in nodes
    copied.with_suffix(".sql").unlink()
    link_package(project)
    assert (project.root / "dbt_packages" / "sluice").readlink() == PACKAGE_PROJECT


@pytest.mark.slow
def test_a_name_of_ours_that_is_off_is_free(tmp_path: Path) -> None:
    """A segment of the library that is off, and a seed that the project replaces as a whole."""
    files, configuration = dict(FILES), copy.deepcopy(DBT_PROJECT)
    _take_the_name_of_a_segment(files, configuration)
    _take_the_name_of_a_seed(files, configuration)
    del configuration["models"]["sluice"]["segments"]
    configuration["seeds"]["sluice"] = {"country_names": {"+enabled": False}}
    project = write_user_project(tmp_path / "acme", files, configuration)
    done = run_dbt(project, tmp_path, "parse")
    assert done.returncode == 0, done.stdout
    nodes = json.loads((tmp_path / "t" / "manifest.json").read_text())["nodes"]
    countries = nodes["model.sluice.int_recipient_countries"]["depends_on"]["nodes"]
    assert "seed.acme.country_names" in countries
    members = nodes["model.sluice.int_segment_memberships"]["depends_on"]["nodes"]
    assert "model.acme.seg_new_customers" in members
