"""``sluice segments``: list, preview, diff and explain, on the sample company."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT, WorldRun, sluice

SEGMENTS = sorted(
    path.stem.removeprefix("seg_")
    for path in (ROOT / "dbt_project/models/segments/library").glob("seg_*.sql")
)


def rows(world: WorldRun, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(world.home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def listed(world: WorldRun) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sluice("segments", "list", "--json", home=world.home).json
    return found


def test_list_has_every_segment_with_its_size_labels_and_uses(
    world: WorldRun, listed: list[dict[str, Any]]
) -> None:
    assert [one["segment"] for one in listed] == SEGMENTS
    assert len(SEGMENTS) >= 20
    sizes = dict(
        rows(world, "select segment, count(*) from segments.segment_members group by segment")
    )
    assert {one["segment"]: one["members"] for one in listed if one["members"]} == sizes
    assert all(
        one["description"] and one["label_zh"] != one["segment"] and one["owner"] for one in listed
    )
    uses = {one["segment"]: one["used_by"] for one in listed}
    assert "campaign price_page_follow_up -> smtp" in uses["recent_pricing_visitors"]
    assert "segment hot_manufacturing_leads" in uses["pricing_revisitors"]


def test_preview_masks_names_and_counts_what_the_run_counted(world: WorldRun) -> None:
    found = sluice(
        "segments", "preview", "dormant_customers", "--json", "--sample", "50", home=world.home
    ).json
    members = rows(
        world, "select count(*) from segments.segment_members where segment = 'dormant_customers'"
    )[0][0]
    assert found["members"] == members == found["trend"][-1]["members"]
    assert len(found["sample"]) == min(50, members)
    assert all(
        one["name"] is None or (len(one["name"]) == 2 and one["name"].endswith("*"))
        for one in found["sample"]
    )
    assert all(0 < one["share"] <= 1 for one in found["overlaps"])


def test_diff_of_an_unchanged_segment_moves_nobody(world: WorldRun) -> None:
    found = sluice("segments", "diff", "churn_warnings", "--json", home=world.home).json
    assert (found["enters"], found["leaves"]) == ([], [])
    assert found["members_before"] == found["members_after"] > 0


def member(world: WorldRun, segment: str) -> int:
    return int(
        rows(
            world,
            f"select min(contact_id) from segments.segment_members where segment = '{segment}'",
        )[0][0]
    )


@pytest.fixture(scope="module")
def explain(world: WorldRun) -> Iterator[Callable[[str, int], dict[str, Any]]]:
    """Explains in this process, each segment compiled once."""
    from sluice.orchestration.authoring.segments import explanation
    from sluice.orchestration.authoring.segments.inspection import compiled_segment
    from sluice.orchestration.dbt.runner import Dbt
    from sluice.orchestration.installation.settings import load_settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(world.home))
        settings = load_settings()
        compiled = cache(partial(compiled_segment, settings, Dbt(settings)))

        def one(segment: str, contact_id: int) -> dict[str, Any]:
            patch.setenv("SLUICE_HOME", str(world.home))
            return explanation.explain(
                world.home / "warehouse.duckdb", compiled(segment), contact_id
            )

        yield one


Explain = Callable[[str, int], dict[str, Any]]


def test_explain_command_says_which_condition_holds(world: WorldRun) -> None:
    key = str(member(world, "webinar_invitees"))
    (found,) = sluice(
        "segments", "explain", "webinar_invitees", key, "--json", home=world.home
    ).json
    assert found["is_member"]
    assert [(one["condition"], one["holds"]) for one in found["conditions"]] == [
        ("lead score at least 30", True),
        ("consented to marketing by email", True),
        ("did not perform event_attended within 90 days", True),
    ]


def test_explain_says_what_fails_and_what_was_found(world: WorldRun, explain: Explain) -> None:
    key = member(world, "loyal_customers")
    found = explain("second_order_due", key)
    orders = rows(
        world, f"select order_count from contacts.contact_facts where contact_id = {key}"
    )[0][0]
    assert not found["is_member"]
    assert {
        "depth": 0,
        "condition": "order_count = 1",
        "holds": False,
        "found": f"order_count = {orders}",
    } in found["conditions"]


def test_explain_shows_the_tree_of_or_and_and(world: WorldRun, explain: Explain) -> None:
    found = explain("churn_warnings", member(world, "loyal_customers"))
    assert [(one["depth"], one["condition"].split(" ")[0]) for one in found["conditions"]] == [
        (0, "any"),
        (1, "b2b"),
        (1, "all"),
        (2, "b2c"),
        (2, "days_silent"),
    ]


@pytest.mark.parametrize(
    "segment", ["sales_handovers", "unengaged_subscribers", "high_value_customers", "birthdays"]
)
def test_explanation_agrees_with_the_segment(
    world: WorldRun, explain: Explain, segment: str
) -> None:
    """The conditions of the outermost level hold, all of them, exactly for members."""
    contacts = rows(
        world, "select contact_id from contacts.dim_contacts order by hash(contact_id) limit 40"
    )
    contacts += rows(
        world,
        f"select contact_id from segments.segment_members where segment = '{segment}' limit 10",
    )
    for (contact_id,) in contacts:
        found = explain(segment, contact_id)
        assert found["is_member"] == all(
            one["holds"] for one in found["conditions"] if one["depth"] == 0
        ), contact_id


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("preview", "dormant_customer"), "dormant_customers", id="near name"),
        pytest.param(("diff", "nonsense_x"), "sluice segments list", id="no near name"),
        pytest.param(
            ("explain", "birthdays", "nobody@nowhere.cn"), "nobody is known", id="unknown contact"
        ),
    ],
)
def test_wrong_name_is_answered_with_the_right_one(
    world: WorldRun, arguments: tuple[str, ...], words: str
) -> None:
    outcome = sluice("segments", *arguments, home=world.home)
    assert outcome.code == 2
    assert words in outcome.stderr


@pytest.mark.slow
def test_preview_before_the_first_run_says_what_to_do(tmp_path: Path) -> None:
    outcome = sluice("segments", "diff", "birthdays", home=tmp_path)
    assert outcome.code == 2
    assert "sluice plan" in outcome.stderr
