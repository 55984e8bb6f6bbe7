"""Each variant of a message is rendered before a plan is approved, as its destination will."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.content import previews
from sluice.activations.content.templates import render_mail
from sluice.models.config import CampaignConfig
from sluice.orchestration.runs.state import RunState
from tests.orchestration.plan.guarding import CAMPAIGN, facts, message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(
            {"template": "no_such"}, "no_such in en: the template no_such.en.", id="missing"
        ),
        pytest.param(
            {"context": "{}"},
            "price_page_follow_up in en: a template cannot be rendered",
            id="a variable is missing",
        ),
    ],
)
def test_each_variant_is_rendered_before_anything_is_sent(
    state: RunState, change: dict[str, Any], words: str
) -> None:
    found = facts(
        state,
        CAMPAIGN,
        [message(1, language="zh"), message(2, **change), message(3, **change)],
        {"send": 3},
    )
    assert found.templates == 2
    assert len(found.template_problems) == 1
    assert found.template_problems[0].startswith(words)
    assert "Li Lei" not in found.template_problems[0]


SMS = CampaignConfig(
    channel="sms", destination="aliyun", purpose="marketing", template="win_back_coupon"
)
VALUES = json.dumps({"amount": 20, "valid_until": "6月30日"})


def text(number: int, **change: Any) -> dict[str, Any]:
    row = message(number, channel="sms", template="win_back_coupon", language="zh", context=VALUES)
    return {**row, "address": f"+86138001380{number:02}", **change}


@pytest.mark.parametrize(
    ("destination", "rows", "problems"),
    [
        pytest.param("aliyun", [text(1), text(2)], 0, id="the vendor has the wording"),
        pytest.param("kannel", [text(1), text(2)], 0, id="a free body"),
        pytest.param("aliyun", [text(1, context="{}")], 1, id="a parameter without its value"),
        pytest.param("aliyun", [text(1, template="no_such")], 1, id="no such template"),
        pytest.param(
            "aliyun",
            [text(1, address="+6591234567", country="SG"), text(2), text(3)],
            0,
            id="one abroad of many",
        ),
        pytest.param(
            "aliyun", [text(1, address="+6591234567", country="SG")], 1, id="no wording for abroad"
        ),
    ],
)
def test_an_sms_is_rendered_as_its_destination_will(
    state: RunState, destination: str, rows: list[dict[str, Any]], problems: int
) -> None:
    activation = replace(CAMPAIGN, config=SMS.model_copy(update={"destination": destination}))
    assert len(facts(state, activation, rows, {"send": len(rows)}).template_problems) == problems


WECHAT = CampaignConfig(
    channel="wechat",
    destination="wechat_template",
    purpose="transactional",
    template="order_shipped",
)
SHIPPED = {"order_number": "SO-1", "product": "咖啡豆", "shipped_at": "2026-06-29 10:00"}


def follower(**change: Any) -> dict[str, Any]:
    row = message(
        1, channel="wechat", template="order_shipped", language="zh", context=json.dumps(SHIPPED)
    )
    return {**row, "address": "oA_0001", **change}


@pytest.mark.parametrize(
    ("destination", "change", "words"),
    [
        pytest.param("wechat_template", {}, None, id="a template message"),
        pytest.param(
            "wechat_template",
            {"context": "{}"},
            "a text cannot be filled in: 'order_number'",
            id="a variable is missing",
        ),
        pytest.param(
            "wechat_template",
            {"template": "no_such"},
            "the template no_such.en.yml is missing",
            id="no such content",
        ),
        pytest.param(
            "wechat_subscribe",
            {},
            "order_shipped is content of kind template",
            id="content of another kind",
        ),
        pytest.param(
            "wechat_service", {"template": "members_day"}, None, id="a customer-service message"
        ),
        pytest.param("wechat_mass", {"template": "members_day"}, None, id="a mass message"),
        pytest.param(
            "wecom_mass", {"template": "price_question"}, None, id="a message by an employee"
        ),
        pytest.param(
            "wecom_mass",
            {"template": "sales_alert"},
            "sales_alert is content of kind robot",
            id="an alert to a customer",
        ),
    ],
)
def test_a_wechat_text_is_filled_in_as_its_destination_will(
    state: RunState, destination: str, change: dict[str, Any], words: str | None
) -> None:
    activation = replace(CAMPAIGN, config=WECHAT.model_copy(update={"destination": destination}))
    found = facts(state, activation, [follower(**change)], {"send": 1}).template_problems
    assert [reported.partition(": ")[2].startswith(words or "-") for reported in found] == [
        True
    ] * (words is not None)
    assert "咖啡豆" not in "".join(found)


def test_a_filter_that_fails_does_not_tell_the_value(
    state: RunState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "email").mkdir()
    for kind in ("subject", "txt"):
        (tmp_path / "email" / f"t.en.{kind}.liquid").write_text(
            "{{ company | divided_by: company }}"
        )
    (tmp_path / "email" / "t.en.mjml.liquid").write_text("<mjml><mj-body></mj-body></mjml>")
    monkeypatch.setattr(previews, "RENDERERS", {"email": lambda one, _: render_mail(one, tmp_path)})
    row = message(
        1, template="t", purpose="transactional", context=json.dumps({"company": "Li Lei & Co"})
    )
    (words,) = facts(state, CAMPAIGN, [row], {"send": 1}).template_problems
    assert words == (
        "t in en: a template cannot be rendered: 'divided_by' fails (FilterArgumentError)"
        " (t.en.subject.liquid, line 1)"
    )
    assert "Li Lei" not in words
