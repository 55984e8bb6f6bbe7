"""What the dbt project promises to others: public tables, contracts on what Python reads, tests on
segments, freshness of sources, and a short way up from a campaign.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from docs.generate.tables import PUBLIC
from sluice.orchestration.journeys.backtest_dbt import FIXED, TARGETS, can_be_made_again
from sluice.orchestration.journeys.backtest_needed import needed_models
from tests.conftest import ROOT, WORLD, WorldRun

READ = re.compile(r"(?:from|join|describe)\s+((?:[a-z]+)\.(?:[a-z_]+))\b")
# their columns are what a project adds to them
OPEN = {
    "int_campaigns",
    "int_contact_openids",
    "int_record_identifiers",
    "contact_facts",
    "contact_attributes",
}
Node = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(world: WorldRun) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((world.home / "dbt" / "manifest.json").read_text())
    return found


def models(manifest: dict[str, Any]) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def above(manifest: dict[str, Any], node: str) -> set[str]:
    found, new = set[str](), {node}
    while new:
        found |= new
        new = {parent for one in new for parent in manifest["parent_map"].get(one, ())} - found
    return found


def test_public_are_the_tables_of_the_docs_and_the_library(manifest: dict[str, Any]) -> None:
    ours = [node for node in models(manifest) if node["package_name"] == "sluice"]
    public = {node["name"] for node in ours if node["access"] == "public"}
    library = {node["name"] for node in ours if "library" in node["fqn"]}
    assert public - library == {name for names in PUBLIC.values() for name in names}
    assert library <= public
    assert {node["config"]["group"] for node in ours} == {
        node["fqn"][1] for node in ours
    }  # each layer is a group, with an owner
    assert all(group["owner"]["name"] for group in manifest["groups"].values())


def test_what_python_reads_is_under_contract(manifest: dict[str, Any]) -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for room in ("orchestration", "activations")
        for path in (ROOT / room).rglob("*.py")
    ]
    read = {name for text in texts for name in READ.findall(text)}
    built = {f"{node['schema']}.{node['name']}": node for node in models(manifest)}
    found = [built[name] for name in sorted(read & built.keys())]
    loose = {node["name"] for node in found if not node["config"]["contract"]["enforced"]}
    print(f"models that Python reads: {len(found)}, under contract: {len(found) - len(loose)}")
    assert len(found) > 20
    assert loose <= OPEN


def test_every_segment_is_one_row_a_contact(manifest: dict[str, Any]) -> None:
    tested: dict[str, set[str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("column_name") == "contact_id":
            tested.setdefault(str(node["attached_node"]), set()).add(node["test_metadata"]["name"])
    segments = [n["unique_id"] for n in models(manifest) if n["name"].startswith("seg_")]
    assert len(segments) >= 30
    assert [one for one in segments if "primary_key" not in tested.get(one, set())] == []


def test_sources_of_the_sample_say_how_old_they_may_be(manifest: dict[str, Any]) -> None:
    landed = [
        source
        for source in manifest["sources"].values()
        if source["package_name"] == "world" and source["schema"] == "raw"
    ]
    assert {s["name"] for s in landed} == {file.stem for file in WORLD.glob("*.parquet")}
    assert [s["name"] for s in landed if not (s["freshness"] or {}).get("error_after")] == []


def segments_above(manifest: dict[str, Any], node: str) -> set[str]:
    found = {one.split(".")[2] for one in above(manifest, f"model.{node}")}
    return {name for name in found if name.startswith("seg_")}


def test_only_segments_that_are_used_stand_above_messages(manifest: dict[str, Any]) -> None:
    """Those of campaigns, and of the journeys' triggers and conditions."""
    campaign = segments_above(manifest, "world.campaign_price_page_follow_up")
    assert campaign == {"seg_recent_pricing_visitors"}
    used = {"pricing_revisitors", "engaged_leads"}
    journeys = [str(n["config"]["meta"]["journey"]) for n in models(manifest) if n["name"].startswith("steps_")]  # fmt: skip
    assert all(any(f"'{name}'" in text for text in journeys) for name in used)
    assert segments_above(manifest, "sluice.out_messages") == campaign | {f"seg_{n}" for n in used}


def test_audiences_are_as_segment_members_has_them(world: WorldRun) -> None:
    columns = "segment, contact_id, entered_at, is_held_out, outranked_by"
    with duckdb.connect(str(world.home / "warehouse.duckdb"), read_only=True) as connection:
        found, every = (
            connection.execute(
                f"select {columns} from segments.{table}"
                " where segment = 'recent_pricing_visitors' order by contact_id"
            ).fetchall()
            for table in ("int_audience_members", "segment_members")
        )
    assert found == every
    assert len(found) > 20


def test_repeated_descriptions_are_doc_blocks() -> None:
    """A text that six columns of one name share is written once."""
    written: dict[tuple[str, str], int] = {}
    pattern = re.compile(r'\{name: (\w+), (?:data_type: [^,]+, )?description: "([^"{]+)"')
    for path in Path(ROOT / "dbt_project" / "models").rglob("*.yml"):
        for found in pattern.findall(path.read_text(encoding="utf-8")):
            written[found] = written.get(found, 0) + 1
    assert {found: count for found, count in written.items() if count > 6} == {}


def test_a_backtest_can_make_each_day_of_what_journeys_need(manifest: dict[str, Any]) -> None:
    """Of our models: one that it cannot make would end every back-test of every project."""
    needed = needed_models(manifest, TARGETS, follows_segments=True)
    ours = [node for node in models(manifest) if node["package_name"] == "sluice"]
    made = [node for node in ours if node["unique_id"] in needed and node["fqn"][1] != FIXED]
    assert made
    unknown = [node["name"] for node in made if not can_be_made_again(node)]
    assert unknown == []
