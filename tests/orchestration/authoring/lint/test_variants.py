"""Variants of a campaign are wrong with file and line, before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.orchestration.authoring.lint.conftest import lint
from tests.orchestration.authoring.lint.test_engagement import FACTS, plant

CAMPAIGN = "models/activation/campaign_reminder.yml"
TEXT = {"en": "Help with prices", "zh": "价格咨询"}
RIGHT: dict[str, Any] = {
    "plain": {"weight": 50},
    "other": {"weight": 50, "subject": TEXT, "wait_hours": 2},
}
GREETING = "Hello {{ full_name }}"


def changed(name: str, **changes: Any) -> dict[str, Any]:
    return {**RIGHT, name: {**RIGHT[name], **changes}}


@pytest.mark.parametrize(
    ("variants", "words", "line"),
    [
        pytest.param(RIGHT, None, "", id="right"),
        pytest.param(
            changed("other", subject={**TEXT, "en": "{% raw %}" + GREETING + "{% endraw %}"}),
            None,
            "",
            id="raw",
        ),
        pytest.param(
            changed("other", weight=40),
            "variants: the weights make 90, not 100",
            "variants",
            id="sum",
        ),
        pytest.param(
            {"plain": {"weight": 100}}, "variants: there is one arm", "variants", id="one arm"
        ),
        pytest.param(
            {**RIGHT, "other": {"weight": 50}},
            "variants.other: without difference: plain is the same",
            "other",
            id="no difference",
        ),
        pytest.param(
            changed("other", template="none_such"),
            "variant other: there is no template none_such for email",
            "none_such",
            id="template",
        ),
        pytest.param(
            changed("other", subject={"zh": "价格"}),
            "variants.other: subject: write en too",
            "other",
            id="no English",
        ),
        pytest.param(
            changed("other", subject={"en": "Prices"}),
            "variant other: the subject lacks zh, which the template is written in",
            "subject",
            id="a language",
        ),
        pytest.param(
            changed("other", subject={**TEXT, "en": GREETING}),
            "variant other: the subject in en would be filled in by dbt, with nothing",
            "subject",
            id="jinja",
        ),
        pytest.param(
            changed("other", subject={**TEXT, "en": "{% raw %}{{ full_name{% endraw %}"}),
            "variant other: the subject in en: ",
            "subject",
            id="liquid",
        ),
        pytest.param(
            changed("other", send_hours=[9, 9]),
            "variants.other: send_hours: the same hour twice is never",
            "other",
            id="never",
        ),
        pytest.param(
            changed("other", send_hours=[24, 0]),
            "variants.other: send_hours: the same hour twice is never",
            "other",
            id="never at midnight",
        ),
        pytest.param(
            changed("other", sent_at="active_hours"),
            "variants.other.sent_at: Extra inputs are not permitted",
            "sent_at",
            id="a key",
        ),
    ],
)
def test_variants_are_checked_with_their_line(
    project: Path, variants: dict[str, Any], words: str | None, line: str
) -> None:
    plant(project, FACTS + "order_count > 0", variants=variants)
    found = [
        one
        for one in lint(project)
        if one.file == CAMPAIGN and one.rule in ("yml", "template", "jinja")
    ]
    if words is None:
        assert found == []
        return
    texts = (project / CAMPAIGN).read_text(encoding="utf-8").splitlines()
    (one,) = [each for each in found if words in each.message]
    near = texts[max(0, one.line - 2) : one.line + 1]
    assert any(line in text for text in near), (one.line, near)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fast": True}, "the fast lane keeps no arms"),
        ({"channel": "sms"}, "variants.other.subject: a mail alone has a subject, and this is sms"),
    ],
)
def test_what_a_campaign_says_goes_with_its_variants(changes: dict[str, Any], words: str) -> None:
    from pydantic import ValidationError

    from sluice.models.config import CampaignConfig

    base = {"channel": "email", "destination": "smtp", "purpose": "marketing", "template": "t"}
    with pytest.raises(ValidationError, match=words):
        CampaignConfig.model_validate({**base, "variants": RIGHT, **changes})


def test_a_message_of_a_journey_has_no_variants() -> None:
    from pydantic import ValidationError

    from sluice.models.journey_nodes import MessageConfig

    base = {"channel": "email", "destination": "smtp", "purpose": "marketing", "template": "t"}
    with pytest.raises(ValidationError, match="variants"):
        MessageConfig.model_validate({**base, "variants": RIGHT})


def test_the_content_library_knows_the_templates_of_variants(project: Path) -> None:
    from sluice.orchestration.authoring.lint.raw_project import RawProject
    from sluice.orchestration.content.uses import uses

    plant(project, FACTS + "order_count > 0", variants=changed("other", template="spring"))
    assert yaml.safe_load((project / CAMPAIGN).read_text(encoding="utf-8"))
    found = uses(RawProject(project))
    assert "campaign_reminder" in " ".join(found["email", "spring"].by)
