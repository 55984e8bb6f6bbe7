"""Whose holdout and priority hold for a campaign: clear, or nothing of it is sent."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.plan.activation_registry import find_activations

MEMBERS, OTHER = "{{ sluice.members_of('vip') }}", "{{ sluice.members_of('new') }}"
META = {"channel": "email", "destination": "smtp", "purpose": "marketing", "template": "t"}


def manifest(
    sql: str, parents: list[str], declared: str | None, between: str = "", package: str = "acme"
) -> dict[str, Any]:
    """A project with the segments vip and new, and one campaign; ``between`` is a model of its own
    that reads the parents instead.
    """

    def node(name: str, raw_code: str = "", folder: str = "activation", **more: Any) -> Any:
        return {
            "name": name,
            "unique_id": f"m.{name}",
            "resource_type": "model",
            "package_name": package,
            "original_file_path": f"models/{name}.sql",
            "fqn": [package, folder, name],
            "raw_code": raw_code,
            "config": {"meta": more},
        }

    meta = META if declared is None else {**META, "segment": declared}
    nodes = [
        node("campaign_a", sql, campaign=meta),
        *(node(name, folder="segments") for name in ("seg_vip", "seg_new", "segment_members")),
        node("int_own", between, folder="marts"),
    ]
    above = [f"m.{name}" for name in parents]
    edges = {"m.int_own": above, "m.campaign_a": ["m.int_own"]} if between else {}
    return {
        "nodes": {one["unique_id"]: one for one in nodes},
        "sources": {},
        "parent_map": edges or {"m.campaign_a": above},
    }


@pytest.mark.parametrize(
    ("sql", "parents", "declared", "segment"),
    [
        pytest.param(MEMBERS, ["seg_vip"], "vip", "vip", id="named and read"),
        pytest.param(MEMBERS, ["seg_vip"], None, "vip", id="read alone"),
        pytest.param(
            "{{ ref ( 'acme', 'seg_vip' ) }}", ["seg_vip"], None, "vip", id="of a package"
        ),
        pytest.param("{{ ref('seg_vip') }}", ["seg_vip"], None, "vip", id="read by ref"),
        pytest.param(
            "{{ sluice.in_segment(segment='vip') }}", ["seg_vip"], None, "vip", id="as a condition"
        ),
        pytest.param(
            MEMBERS + "{{ sluice.not_in_segment('new') }}", ["seg_vip", "seg_new"], None, "vip"
        ),
        pytest.param(MEMBERS + OTHER, ["seg_vip", "seg_new"], "new", "new", id="one of two"),
        pytest.param("{# " + OTHER + " #}" + MEMBERS, ["seg_vip"], None, "vip", id="a comment"),
        pytest.param("select 1", ["segment_members"], "vip", "vip", id="of the table of all"),
        pytest.param("select 1", [], None, None, id="for no segment"),
        pytest.param("{{ sluice.not_in_segment('new') }}", ["seg_new"], None, None, id="all but"),
    ],
)
def test_the_segment_of_a_campaign_is_clear(
    sql: str, parents: list[str], declared: str | None, segment: str | None
) -> None:
    (found,) = find_activations(manifest(sql, parents, declared))
    assert getattr(found.config, "segment", "?") == segment


@pytest.mark.parametrize(
    ("sql", "parents", "declared", "words"),
    [
        pytest.param(MEMBERS + OTHER, ["seg_vip", "seg_new"], None, "segments new, vip", id="two"),
        pytest.param(MEMBERS, ["seg_vip"], "new", "its SQL reads the segment vip", id="another"),
        pytest.param(MEMBERS, ["seg_vip"], "vpi", "there is no such segment", id="misspelt"),
        pytest.param("select 1", [], "vip", "its SQL reads no segment", id="not read"),
        pytest.param("select 1", ["segment_members"], None, "table segment_members", id="of all"),
        pytest.param(
            MEMBERS + "{{ sluice.in_segment('new' ~ '') }}",
            ["seg_vip", "seg_new"],
            None,
            "new, vip",
        ),
        pytest.param(
            MEMBERS + " from segments.seg_new", ["seg_vip"], None, "new, vip", id="no ref"
        ),
        pytest.param(MEMBERS, ["seg_vip"], "", "segment: String", id="an empty name"),
        pytest.param(
            "{{ sluice.members_of(var('s')) }}", ["seg_vip"], None, "segment vip", id="computed"
        ),
        pytest.param(
            "{{ sluice.not_in_segment('vip') }}", ["seg_vip"], "vip", "no segment", id="excluded"
        ),
    ],
)
def test_a_campaign_whose_segment_is_in_doubt_is_left_out(
    sql: str, parents: list[str], declared: str | None, words: str
) -> None:
    problems: list[str] = []
    assert find_activations(manifest(sql, parents, declared), problems) == []
    assert words in problems[0]
    assert "segment: in campaign_a.yml" in problems[0] or declared == ""
    with pytest.raises(ConfigurationError):
        find_activations(manifest(sql, parents, declared))


def test_a_segment_counts_that_a_model_of_the_project_reads() -> None:
    below = "select * from {{ ref('int_own') }}"
    (found,) = find_activations(manifest(below, ["seg_vip"], "vip", between=MEMBERS))
    assert found.config.model_dump()["segment"] == "vip"
    with pytest.raises(ConfigurationError, match="reads the segment vip"):
        find_activations(manifest(below, ["seg_vip"], None, between=MEMBERS))
    both = manifest(below + MEMBERS, ["seg_new"], None, between=OTHER)
    both["parent_map"]["m.campaign_a"].append("m.seg_vip")
    with pytest.raises(ConfigurationError, match="reads the segments new, vip"):
        find_activations(both)


@pytest.mark.parametrize(
    ("rule", "is_refused"),
    [({}, False), ({"holdout": 0.1}, True), ({"group": "sales"}, True)],
    ids=["nothing is lost", "a holdout", "a priority"],
)
def test_a_segment_behind_a_model_of_the_package_counts_where_something_is_lost(
    rule: dict[str, Any], is_refused: bool
) -> None:
    below = "select * from {{ ref('int_own') }}"
    found = manifest(below, ["seg_vip"], None, between=MEMBERS)
    found["nodes"]["m.int_own"]["package_name"] = "sluice"
    found["nodes"]["m.seg_vip"]["config"]["meta"] = {"segment": rule}
    problems: list[str] = []
    assert bool(find_activations(found, problems)) is not is_refused
    assert len(problems) == is_refused


def test_a_comment_names_no_segment() -> None:
    (found,) = find_activations(manifest(MEMBERS + "\n-- not seg_new", ["seg_vip"], None))
    assert found.config.model_dump()["segment"] == "vip"
