"""The drawings of a journey: the outline, and the SVG as its elements say it."""

from __future__ import annotations

import random
import re
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from sluice.orchestration.journeys.drawing import draw
from sluice.orchestration.journeys.graph import Graph
from sluice.orchestration.journeys.layout import lay_out
from sluice.orchestration.journeys.outline import outline
from sluice.orchestration.journeys.words import condition_words, node_words, trigger_words
from tests.dbt_project.random_journeys import random_journey
from tests.orchestration.journeys.journeys import FIGURES, WELCOME, graph_of, version_of

OUTLINE = """\
Welcome (welcome), version 2, owner growth
trigger: event form_submitted with form = newsletter
32 entered; 20 inside; ended: engaged 9, goal 3
● hello  email by smtp: price_page_follow_up
├─ sent → pause  41
├─ not sent → pause  3 (no_consent 2, frequency_24h 1)
└─ other: goal 3
○ pause  wait 2 days  [14 here]
└─ clicked  30
○ clicked  branch
├─ email_clicked or page_view with page = pricing, at least 2 times → thanks  9
├─ has tag patient → arms  6
└─ else → reminder  15
○ arms  split
├─ 50 % → reminder  4
└─ 50 % → visit  2
○ visit  wait for page_view, at most 7 days  [1 here, 1 overdue]
├─ happened → thanks  0
└─ timed out → reminder  1
○ reminder  email by smtp: price_page_follow_up
├─ sent → evening  18
├─ not sent → end  2 (no_address 2)
└─ other: unwanted 1
○ evening  wait until 21:00  [1 here]
└─ end  17
○ thanks  end: engaged
└─ end  9"""
EDGES = {
    ("hello", "pause"): "sent: 41 not sent: 3 no_consent 2, frequency_24h 1",
    ("pause", "clicked"): "30",
    ("clicked", "thanks"): "email_clicked or page_view with page = pricing, at least 2 times: 9",
    ("clicked", "arms"): "has tag patient: 6",
    ("clicked", "reminder"): "else: 15",
    ("arms", "reminder"): "50 %: 4",
    ("arms", "visit"): "50 %: 2",
    ("visit", "thanks"): "happened: 0",
    ("visit", "reminder"): "timed out: 1",
    ("reminder", "evening"): "sent: 18",
    ("reminder", ""): "not sent: 2",
    ("evening", ""): "17",
}
PEOPLE = {
    "pause": "14 here",
    "visit": "1 here, 1 overdue",
    "evening": "1 here",
    "thanks": "ended: 9",
}


def parsed(graph: Graph) -> Any:
    return Xml.fromstring(re.sub(r' xmlns="[^"]+"', "", draw(graph)))


def words_of(group: Any) -> str:
    return " ".join(text.text for text in group.findall("text"))


def test_outline_has_every_node_with_its_ways_and_counts() -> None:
    assert "\n".join(outline(graph_of())) == OUTLINE


def test_before_the_first_run_there_are_no_counts() -> None:
    lines = outline(graph_of(figures=None))
    assert "├─ else → reminder" not in lines
    assert "└─ else → reminder" in lines
    assert not any(re.search(r"  \d", line) for line in lines)


def test_svg_has_a_box_for_each_node_and_a_line_for_each_way() -> None:
    root = parsed(graph_of())
    nodes = {one.get("data-node"): one for one in root.findall("g[@data-node]")}
    assert nodes.keys() == WELCOME["nodes"].keys()
    for name, node in nodes.items():
        people = [one.text for one in node.findall("text") if one.get("class") != "quiet"][1:]
        assert people == ([PEOPLE[name]] if name in PEOPLE else []), name
    edges = root.findall("g[@data-from]")
    found = {(one.get("data-from"), one.get("data-to")): words_of(one) for one in edges}
    assert found == EDGES
    assert len(edges) == len(EDGES)


def test_svg_is_in_chinese_where_asked() -> None:
    root = parsed(graph_of(language="zh"))
    words = " ".join(root.itertext())
    for text in ("欢迎 (welcome)", "等待 2 天", "14 人在此", "否则: 15", "未发送", "负责人 growth"):
        assert text in words
    assert not re.search(r"\b(wait|else|here|sent|trigger|version)\b", words.partition("}\n}")[2])


def test_svg_asks_for_nothing_from_outside_and_escapes_what_is_written() -> None:
    label = {"en": '<script>alert("x")</script> & more'}
    text = draw(graph_of({**WELCOME, "label": label}))
    assert "<script" not in text
    assert set(re.findall(r"\bhttps?://[^\s\"]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\((?!#)|href", text)
    assert label["en"] in (Xml.fromstring(text).find(".//{*}text[@class='title']").text or "")  # type: ignore[union-attr]


def test_boxes_do_not_overlap_and_lie_on_the_paper() -> None:
    assert_apart(parsed(graph_of()))


def assert_apart(root: Any) -> None:
    boxes = [
        [float(str(rect.get(key))) for key in ("x", "y", "width", "height")]
        for rect in root.findall("g[@data-node]/rect")
    ]
    width, height = float(root.get("width")), float(root.get("height"))
    for x, y, w, h in boxes:
        assert 0 <= x <= width - w
        assert 0 <= y <= height - h
    for (x, y, w, h), (a, b, c, d) in combinations(boxes, 2):
        assert x + w <= a or a + c <= x or y + h <= b or b + d <= y


def test_a_way_that_skips_layers_goes_round_the_nodes_between() -> None:
    edges = [("a", "b"), ("b", "c"), ("a", "c")]
    layout = lay_out(["a", "b", "c"], edges)
    assert [layout.nodes[name][1] for name in "abc"] == [0, 1, 2]
    assert len(layout.routes["a", "c"]) == 3
    assert abs(layout.routes["a", "c"][1] - layout.nodes["b"][0]) >= 200
    assert lay_out(["a"], []).nodes == {"a": (130.0, 0)}


def test_people_of_removed_nodes_and_versions_are_counted_apart() -> None:
    graph = graph_of()
    assert graph.stopped == {"survey": 4}
    assert (graph.entered, graph.inside) == (32, 20)
    found = graph.as_json()
    assert found["nodes"][0]["ways"][1] == {
        "target": "pause",
        "label": "not sent",
        "passed": {"no_consent": 2, "frequency_24h": 1},
    }
    assert graph_of(figures={**FIGURES, "models": set(), "ends": []}).has_figures is False


@pytest.mark.parametrize(
    ("condition", "en", "zh"),
    [
        ({"in_segment": "vip"}, "in segment vip", "属于分群 vip"),
        (
            {"score_at_least": ["nurture", 80]},
            "score nurture at least 80",
            "评分 nurture 不低于 80",
        ),
        ({"in_stage": ["b2b", "mql", "sql"]}, "in b2b at mql or sql", "处于 b2b 的 mql 或 sql"),
        ({"attribute_is": ["plan", "pro"]}, "plan is pro", "plan 为 pro"),
        (
            {"performed": "page_view", "at_least": 2, "within": "7 days"},
            "page_view, at least 2 times within 7 days",
            "page_view，至少 2 次，7 天内",
        ),
        (
            {"all": [{"has_tag": "a"}, {"not": {"any": [{"has_tag": "b"}, {"has_tag": "c"}]}}]},
            "has tag a and not (has tag b or has tag c)",
            "有标签 a 且 不满足 (有标签 b 或 有标签 c)",
        ),
        ({"some_new_word": ["x", 1]}, "some_new_word = x, 1", "some_new_word = x, 1"),
    ],
)
def test_conditions_in_words(condition: dict[str, Any], en: str, zh: str) -> None:
    assert condition_words(condition, "en") == en
    assert condition_words(condition, "zh") == zh


@pytest.mark.parametrize(
    ("node", "en", "zh"),
    [
        ({"wait": "3 hours"}, "wait 3 hours", "等待 3 小时"),
        ({"wait_until": "09:00", "time_zone": "Asia/Tokyo"}, "wait until 09:00 (Asia/Tokyo)", "等到 09:00 (Asia/Tokyo)"),
        ({"wait_until": "active_hours"}, "wait until the active hours", "等到活跃时段"),
        ({"wait_until": {"attribute": "birth_date"}}, "wait until birth_date", "等到 birth_date"),
        ({"wait_until": {"attribute": "renewal", "minus": "2 weeks"}}, "wait until renewal minus 2 weeks", "等到 renewal 前 2 周"),
        ({"action": {"add_tag": "vip"}}, "add tag vip", "添加标签 vip"),
        ({"action": {"points": {"score": "nurture", "points": 10}}}, "10 points of nurture", "nurture 10 分"),
        ({"action": {"some_new_one": "x"}}, "some_new_one = x", "some_new_one = x"),
        ({"some_new_kind": 3, "next": "y"}, "some_new_kind: 3", "some_new_kind: 3"),
    ],
)  # fmt: skip
def test_nodes_in_words(node: dict[str, Any], en: str, zh: str) -> None:
    assert (node_words(node, "en"), node_words(node, "zh")) == (en, zh)


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ({"segment": "vip"}, "enters segment vip"),
        ({"date": "birth_date", "before_days": 7}, "each year on birth_date, 7 days before"),
        ({"date": "renewal", "yearly": False}, "on renewal"),
        ({"score": ["nurture", 80]}, "score nurture reaches 80"),
        ({"stage": ["b2b", "mql", "sql"]}, "enters b2b at mql or sql"),
        ({"tag": "vip"}, "gets tag vip"),
        ({"referrals": {"at_least": 3}}, "brings 3 contacts who come"),
        ({"referrals": {"at_least": 2, "who": "bought"}}, "brings 2 contacts who buy"),
        ({"by_hand": True}, "by hand"),
        ({"some_new_one": "x"}, "some_new_one = x"),
    ],
)
def test_triggers_in_words(trigger: dict[str, Any], words: str) -> None:
    assert trigger_words(trigger, "en") == words
    assert trigger_words(trigger, "zh")


def test_moves_from_outside_take_no_way_of_a_node() -> None:
    moves = [("hello", "pause", "moved_by_hand", 2), ("reminder", None, "stopped_by_hand", 1)]
    rows = [
        {"version": 2, "from_node": a, "to_node": b, "reason": reason, "passed": count}
        for a, b, reason, count in moves
    ]
    nodes = {one.name: one for one in graph_of(figures={**FIGURES, "moves": rows}).nodes}
    assert nodes["hello"].other == {"moved_by_hand": 2}
    assert nodes["reminder"].other == {"stopped_by_hand": 1}
    assert not any(way.passed for node in nodes.values() for way in node.ways)


@pytest.mark.parametrize("seed", range(100))
def test_any_journey_can_be_drawn(seed: int) -> None:
    journey = random_journey(random.Random(seed))
    graph = graph_of(journey, figures=None)
    root = parsed(graph)
    assert_apart(root)
    found = {(one.get("data-from"), one.get("data-to")) for one in root.findall("g[@data-from]")}
    config = version_of(journey).config
    assert config is not None
    ways = {(name, to) for name, node in config.nodes.items() for to in node.targets()}
    assert {edge for edge in found if edge[1]} == ways
    assert len(outline(graph)) >= 2 + len(config.nodes)
