"""An experiment is read from the yml it is written in; what is wrong is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.experiments.definitions import find_experiment, read_experiments
from tests.orchestration.experiments.made import (
    HOLDOUT,
    RATE,
    VALUE,
    journey,
    manifest,
    model,
)

BUYERS = model("seg_buyers", segment={"holdout": 0.1}, experiments={"effect": HOLDOUT})


def test_a_split_and_a_holdout_are_read_with_their_shares() -> None:
    campaign = model("campaign_sale", campaign={"segment": "buyers"}, experiments={"sale": HOLDOUT})
    found = {
        one.name: one
        for one in read_experiments(manifest(journey(subject=RATE, worth=VALUE), BUYERS, campaign))
    }
    assert {one.problem for one in found.values()} == {""}
    assert found["subject"].shares == {"plain": 0.5, "named": 0.5}
    assert found["subject"].about == "split ab of journey welcome"
    assert not found["worth"].checked.is_rate
    assert found["effect"].shares == {"held_out": 0.1, "contacted": 0.9}
    assert (found["sale"].segment, found["sale"].about) == (
        "buyers",
        "campaign sale, holdout of its segment",
    )


def test_of_the_versions_of_a_journey_the_newest_is_read() -> None:
    new = RATE | {"minimum_effect": 0.02}
    found = read_experiments(
        manifest(journey("steps_welcome__v1", 1, subject=RATE), journey(version=2, subject=new))
    )
    assert [one.checked.minimum_effect for one in found] == [0.02]


def test_a_name_is_of_one_experiment() -> None:
    twice = manifest(journey(subject=RATE), journey("steps_other", subject=RATE))
    (found,) = read_experiments(twice)
    assert "the name is taken" in found.problem


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"minimum_effect": 0}, "write the smallest difference worth finding"),
        ({"baseline": 0}, "baseline of a rate is above 0 and below 1"),
        ({"baseline": 0.99}, "make no rate between 0 and 1"),
        ({"deviation": 3}, "deviation goes with a value"),
        ({"metric": VALUE["metric"]}, "a value needs its deviation"),
        ({"metric": {"event": "order_placed"}}, "metric.within_days: Field required"),
        ({"horizon": {}}, "write one of ends_on"),
        ({"horizon": {"units": 9, "ends_on": "2026-07-01"}}, "write one of ends_on"),
        ({"starts_on": "2026-07-01"}, "horizon.ends_on 2026-06-11 is not after starts_on"),
        ({"starts_on": "2026-06-05", "stopped_on": "2026-06-02"}, "stopped_on 2026-06-02 is not"),
        ({"starts_on": "soon"}, "starts_on: "),
        ({"alpha": 5}, "alpha: "),
        ({"winner": "named"}, "winner: Extra inputs are not permitted"),
        ({"split": None}, "names no split: write split: one of ab"),
        ({"split": None, "starts_on": "2026-06-02"}, "names no split: write split: one of ab"),
        ({"split": "abb"}, "split abb is no split of journey welcome; did you mean ab?"),
        ({"control": "other"}, "control other is no arm of split ab: plain, named"),
    ],
)
def test_what_is_wrong_with_a_split_is_named(changes: dict[str, Any], words: str) -> None:
    one = find_experiment(manifest(journey(subject=RATE | changes)), "subject")
    assert words in one.problem
    with pytest.raises(ConfigurationError) as refused:
        _ = one.checked
    assert "models/journeys/steps_welcome.yml: experiments.subject: " in refused.value.message


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (model("seg_a", segment={}, experiments={"e": HOLDOUT}), "holds no one out"),
        (model("seg_a", segment={"holdout": 0.1}, experiments={"e": RATE}), "split goes with"),
        (
            model("seg_a", segment={"holdout": 0.1}, experiments={"e": HOLDOUT | {"control": "x"}}),
            "control is held_out",
        ),
        (model("campaign_a", campaign={}, experiments={"e": HOLDOUT}), "names no segment"),
        (
            model("campaign_a", campaign={"segment": "b"}, experiments={"e": HOLDOUT}),
            "there is no segment b",
        ),
        (model("seg_a", experiments={"e": "yes"}), "Input should be a valid dictionary"),
        (model("seg_a", experiments="yes"), "is no mapping of names to experiments"),
    ],
)
def test_what_is_wrong_with_a_holdout_is_named(node: dict[str, Any], words: str) -> None:
    (one,) = read_experiments(manifest(node))
    assert words in one.problem


def test_the_arms_of_a_split_must_be_two_with_people() -> None:
    node = journey(subject=RATE)
    for shares, words in (
        ({"plain": 0, "named": 100}, "control plain has a share of 0"),
        ({"plain": 100, "named": 0}, "one arm with people"),
    ):
        node["config"]["meta"]["journey"]["nodes"]["ab"]["split"] = shares
        assert words in find_experiment(manifest(node), "subject").problem


def test_not_worse_is_of_one_arm() -> None:
    node = journey(subject=RATE | {"adopt": "not_worse"})
    assert find_experiment(manifest(node), "subject").problem == ""
    node["config"]["meta"]["journey"]["nodes"]["ab"]["split"] = {"plain": 40, "a": 30, "b": 30}
    assert "not_worse is of one arm" in find_experiment(manifest(node), "subject").problem


def test_a_name_that_is_none_is_refused_with_a_like_one() -> None:
    with pytest.raises(ConfigurationError, match="did you mean subject"):
        find_experiment(manifest(journey(subject=RATE)), "subjekt")
    with pytest.raises(ConfigurationError, match="the project has no experiment yet"):
        find_experiment(manifest(model("seg_a")), "subject")
