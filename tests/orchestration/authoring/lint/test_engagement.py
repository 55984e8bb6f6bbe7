"""Campaigns that ask who opened or clicked: refused where nobody can tell, on the files as written and in a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.orchestration.plan.engagement import untold_events
from tests.orchestration.authoring.lint.conftest import lint

MEMBERS = "select m.contact_id, 'once' as occurrence, '{}' as context from {{ sluice.members_of('quiet') }} as m"
FACTS = "select contact_id from {{ ref('contact_facts') }} where "
NOT_OPENED = FACTS + "{{ sluice.not_performed('email_opened', within='30 days') }}"
LIBRARY = "dbt_packages/sluice/models/segments/library/"
META = {
    "channel": "email",
    "destination": "smtp",
    "purpose": "marketing",
    "template": "price_page_follow_up",
}


def plant(project: Path, segment: str, campaign: str = MEMBERS, **meta: Any) -> None:
    """A segment ``quiet``, and a campaign to it."""
    for folder, name, sql, described in (
        ("segments", "seg_quiet", segment, {}),
        ("activation", "campaign_reminder", campaign, {"campaign": {**META, **meta}}),
    ):
        path = project / "models" / folder / f"{name}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(sql)
        model = {
            "name": name,
            "description": "Planted. One row per contact.",
            "config": {"meta": described},
        }
        path.with_suffix(".yml").write_text(yaml.safe_dump({"models": [model]}, sort_keys=False))


def findings(project: Path) -> list[tuple[str, int, str]]:
    return [(one.file, one.line, one.fix) for one in lint(project) if one.rule == "engagement"]


@pytest.mark.parametrize(
    ("segment", "file", "line"),
    [
        pytest.param(
            FACTS + "\n{{ sluice.not_performed('email_opened') }}",
            "models/segments/seg_quiet.sql",
            2,
            id="not opened",
        ),
        pytest.param(
            FACTS + "{{ sluice.performed(event_type='email_clicked') }}",
            "models/segments/seg_quiet.sql",
            1,
            id="clicked",
        ),
        pytest.param(
            FACTS + "{{ sluice.in_segment('quiet_leads') }}",
            LIBRARY + "seg_quiet_leads.sql",
            None,
            id="in a segment below",
        ),
        pytest.param(
            FACTS + "{{ sluice.not_in_segment('unengaged_subscribers') }}",
            LIBRARY + "seg_unengaged_subscribers.sql",
            None,
        ),
    ],
)
def test_a_campaign_that_asks_for_what_nobody_tells_is_a_finding(
    project: Path, segment: str, file: str, line: int | None
) -> None:
    plant(project, segment)
    found = findings(project)
    assert {name for name, _, _ in found} == {file}
    assert line is None or found[0][1] == line
    assert "sendgrid, ses" in found[0][2]
    assert "engagement_from in campaign_reminder.yml" in found[0][2]


@pytest.mark.parametrize(
    ("segment", "meta"),
    [
        pytest.param(NOT_OPENED, {"destination": "ses"}, id="a destination that tells"),
        pytest.param(NOT_OPENED, {"destination": "sendgrid"}, id="another"),
        pytest.param(FACTS + "has_email {# not_performed('email_opened') #}", {}, id="a comment"),
        pytest.param(FACTS + "{{ sluice.not_performed('page_view') }}", {}, id="another event"),
    ],
)
def test_what_is_told_may_be_asked_for(project: Path, segment: str, meta: dict[str, Any]) -> None:
    plant(project, segment, **meta)
    assert findings(project) == []


def test_a_source_that_tells_must_be_there(project: Path) -> None:
    folder = project / "models" / "staging" / "mailer"
    folder.mkdir(parents=True)
    (folder / "stg_mailer__events.sql").write_text("select 'email_opened' as event_type")
    plant(project, NOT_OPENED, engagement_from="mailer")
    assert findings(project) == []
    plant(project, NOT_OPENED, engagement_from="esp")
    assert [file for file, _, _ in findings(project)] == ["models/activation/campaign_reminder.yml"]


MAIL, SMS = {"channel": "email", "destination": "smtp"}, {"channel": "sms", "destination": "aliyun"}


@pytest.mark.parametrize(
    ("metas", "staging", "untold"),
    [
        pytest.param(
            {"campaign_a": SMS, "campaign_b": MAIL}, "", ["smtp"], id="by those who send the mails"
        ),
        pytest.param(
            {"campaign_a": SMS, "campaign_b": {**MAIL, "destination": "ses"}}, "", [], id="who tell"
        ),
        pytest.param(
            {"campaign_a": SMS}, "when 'open' then 'email_opened'", [], id="by a source alone"
        ),
        pytest.param({"campaign_a": SMS}, "", [""], id="by nobody"),
    ],
)
def test_of_another_channel_those_tell_who_send_in_it(
    metas: dict[str, Any], staging: str, untold: list[str]
) -> None:
    texts = {"campaign_a": MEMBERS, "seg_quiet": NOT_OPENED, "stg_esp__events": staging}
    assert [one.destination for one in untold_events("campaign_a", texts, metas)] == untold


@pytest.mark.parametrize(
    ("changes", "untold"),
    [
        pytest.param({"destination": "kannel"}, [], id="where the text is ours"),
        pytest.param({"destination": "aliyun"}, ["aliyun"], id="not where a vendor approved it"),
        pytest.param({"destination": "twilio", "track_clicks": False}, ["twilio"], id="if wanted"),
    ],
)
def test_our_own_service_tells_of_clicks_in_sms(changes: dict[str, Any], untold: list[str]) -> None:
    texts = {
        "campaign_a": MEMBERS,
        "seg_quiet": FACTS + "{{ sluice.not_performed('sms_clicked') }}",
    }
    metas = {"campaign_a": {**SMS, "purpose": "marketing", **changes}}
    found = untold_events("campaign_a", texts, metas, is_served=True)
    assert [one.destination for one in found] == untold


@pytest.mark.parametrize(
    ("changes", "untold"),
    [
        pytest.param({}, [], id="by a pixel of our own"),
        pytest.param({"track_opens": False}, ["smtp"], id="which may be switched off"),
        pytest.param({"track_clicks": False}, [], id="each by itself"),
        pytest.param({"purpose": "transactional"}, ["smtp"], id="is off for what is no marketing"),
        pytest.param({"purpose": "transactional", "track_opens": True}, [], id="unless it asks"),
    ],
)
def test_our_own_service_tells_of_mails(changes: dict[str, Any], untold: list[str]) -> None:
    texts = {"campaign_a": MEMBERS, "seg_quiet": NOT_OPENED}
    metas = {"campaign_a": {**MAIL, "purpose": "marketing", **changes}}
    found = untold_events("campaign_a", texts, metas, is_served=True)
    assert [one.destination for one in found] == untold
    assert [one.destination for one in untold_events("campaign_a", texts, metas)] == ["smtp"]
