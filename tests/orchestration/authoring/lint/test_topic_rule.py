"""Topics: a campaign and the preference page must speak of the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestration.authoring.lint.conftest import lint
from tests.orchestration.authoring.lint.test_engagement import FACTS, plant

CAMPAIGN = "models/activation/campaign_reminder.yml"


@pytest.mark.parametrize(
    ("declared", "topic", "expected"),
    [
        pytest.param("news", "news", [], id="the same"),
        pytest.param("", None, [], id="none at all"),
        pytest.param("", "news", [(CAMPAIGN, "there is no topic 'news' in sluice.yml")], id="none"),
        pytest.param(
            "news",
            "new",
            [
                (CAMPAIGN, "there is no topic 'new' in sluice.yml; did you mean news?"),
                (
                    "sluice.yml",
                    "no campaign has the topic 'news': refusing it holds nothing;"
                    " did you mean new?",
                ),
            ],
            id="near",
        ),
        pytest.param(
            "news tips",
            "news",
            [("sluice.yml", "no campaign has the topic 'tips': refusing it holds nothing")],
            id="unused",
        ),
    ],
)
def test_topics_are_those_of_sluice_yml(
    project: Path, declared: str, topic: str | None, expected: list[tuple[str, str]]
) -> None:
    meta = {"topic": topic} if topic else {}
    plant(project, FACTS + "order_count > 0", **meta)
    lines = "".join(f"    {name}: {{en: N, zh: 新}}\n" for name in declared.split())
    with (project / "sluice.yml").open("a", encoding="utf-8") as file:
        file.write(f"preferences:\n  topics:\n{lines}" if lines else "")
    found = [one for one in lint(project) if one.rule == "topic"]
    assert [(one.file, one.message) for one in found] == expected
    for one in found:
        text = (project / one.file).read_text(encoding="utf-8").splitlines()[one.line - 1]
        assert "topic" in text or "zh" in text
