"""The rule ``journey`` on journeys that let into one another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.orchestration.authoring.lint.journey_rounds import check_rounds
from sluice.orchestration.authoring.lint.raw_project import RawProject
from tests.projects import bare_project

Written = dict[str, tuple[Any, list[str]]]


@pytest.mark.parametrize(
    ("journeys", "wanted"),
    [
        ({"a": ("each", ["b"]), "b": ("each", [])}, []),
        ({"a": ("each", ["b"]), "b": ("each", ["c"]), "c": ("never", ["a"])}, []),
        ({"a": ("each", ["b"]), "b": ({"after_days": 30}, ["a"])}, []),
        ({"a": ("each", ["a"])}, []),
        ({"by_event": ("each", ["by_event"])}, ["by_event: by_event -> by_event"]),
        (
            {"a": ("each", ["b"]), "b": ("each", ["x", "c"]), "c": ("each", ["a"])},
            ["a: a -> b -> c -> a", "b: b -> c -> a -> b", "c: c -> a -> b -> c"],
        ),
        ({"a": ("each", ["b"]), "b": ("each", ["a"]), "b__v2": ("each", [])}, []),
    ],
    ids=[
        "one way",
        "one is once",
        "one waits",
        "itself inside",
        "itself",
        "three",
        "an earlier version",
    ],
)
def test_who_goes_round(tmp_path: Path, journeys: Written, wanted: list[str]) -> None:
    settings = bare_project(tmp_path)
    folder = tmp_path / "models" / "journeys"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (reentry, entered) in journeys.items():
        nodes = {f"n_{one}": {"action": {"enter": one}} for one in entered}
        version = 2 if name.endswith("__v2") else 1
        trigger = {"event": "form_submitted"} if name == "by_event" else {"by_hand": True}
        journey = {"version": version, "reentry": reentry, "trigger": trigger, "nodes": nodes}
        model = {"name": f"steps_{name}", "config": {"meta": {"journey": journey}}}
        (folder / f"steps_{name}.sql").write_text("{{ sluice.journey() }}", encoding="utf-8")
        text = yaml.safe_dump({"models": [model]})
        (folder / f"steps_{name}.yml").write_text(text, encoding="utf-8")
    found = list(check_rounds(RawProject(settings.dbt_folder, settings.package)))
    said = [f"{Path(one.file).stem.removeprefix('steps_')}: {one.message}" for one in found]
    assert said == [f"{one}: who enters goes round" for one in wanted]
    for one in found:
        assert (
            "enter" in (tmp_path / one.file).read_text(encoding="utf-8").splitlines()[one.line - 1]
        )
