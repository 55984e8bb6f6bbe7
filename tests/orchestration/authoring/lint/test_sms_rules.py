"""The rule on templates of SMS campaigns, on a project that holds one campaign."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.orchestration.authoring.lint.raw_project import RawProject
from sluice.orchestration.authoring.lint.sms_rules import check_sms_templates

CAMPAIGN = """models:
  - name: campaign_coupon
    config:
      meta:
        campaign:
          channel: {channel}
          destination: {destination}
          purpose: {purpose}
          template: coupon
"""
COUPON = """kind: {kind}
vendors:
  aliyun:
    mainland:
      zh:
        code: SMS_1
        text: 送您${{amount}}元优惠券{end}
        parameters: {{amount: "{{{{ amount }}}}"}}
"""
SOUND = {
    "channel": "sms",
    "destination": "aliyun",
    "purpose": "marketing",
    "kind": "marketing",
    "end": "，拒收请回复R",
}


def findings(
    home: Path, body: str = "", has_yml: bool = True, **given: str
) -> list[tuple[str, int, str]]:
    values = {**SOUND, **given}
    models, content = (
        home / "dbt_project" / "models" / "activation",
        home / "dbt_project" / "content" / "sms",
    )
    models.mkdir(parents=True)
    content.mkdir(parents=True)
    (models / "campaign_coupon.sql").write_text("select 1")
    (models / "campaign_coupon.yml").write_text(CAMPAIGN.format(**values))
    if has_yml:
        (content / "coupon.yml").write_text(COUPON.format(**values), encoding="utf-8")
    if body:
        (content / "coupon.zh.liquid").write_text(body, encoding="utf-8")
    return [
        (f.file, f.line, f.message)
        for f in check_sms_templates(RawProject(home / "dbt_project"))
        if f.rule == "sms_template"
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, None),
        ({"channel": "email", "end": ""}, None),
        ({"destination": "kannel", "body": "送您{{ amount }}元优惠券，拒收请回复R"}, None),
        ({"kind": "notice", "purpose": "transactional", "end": ""}, None),
        (
            {"end": ""},
            "coupon.yml, aliyun SMS_1: a marketing SMS to mainland China does not end in the way to say no",
        ),
        (
            {"end": "${until}，拒收请回复R"},
            "coupon.yml, aliyun SMS_1: the wording and the parameters do not name the same things",
        ),
        ({"destination": "tencent"}, "coupon.yml names no template that tencent approved"),
        ({"destination": "twilio"}, "there is no text coupon"),
        (
            {"destination": "twilio", "body": "送您优惠券"},
            "coupon.zh.liquid: a marketing SMS does not end in the way to say no",
        ),
        (
            {"purpose": "transactional"},
            "the template coupon is of kind marketing, the campaign's purpose is transactional",
        ),
        ({"kind": "gift"}, "coupon.yml is not valid (kind)"),
        ({"has_yml": False}, "the template coupon.yml is missing"),
    ],
)
def test_template_of_a_campaign_can_be_sent(
    tmp_path: Path, given: dict[str, str], message: str | None
) -> None:
    wanted = [] if message is None else [("models/activation/campaign_coupon.yml", 9, message)]
    assert findings(tmp_path, **given) == wanted
