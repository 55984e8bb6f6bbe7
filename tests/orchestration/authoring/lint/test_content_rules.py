"""Templates that a campaign names and nobody wrote, or not whole: found on the files, before the first message is due."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.orchestration.authoring.lint.conftest import lint

MAIL = {"channel": "email", "destination": "smtp", "purpose": "transactional"}
WECHAT = {"channel": "wechat", "destination": "wechat_template", "purpose": "transactional"}
NOTE = {"subject.liquid": "Hello", "txt.liquid": "Dear {{ full_name }}"}


@pytest.fixture
def campaign(project: Path) -> Path:
    """The project with the shipped content."""
    shutil.copytree(ROOT / "content", project / "content", dirs_exist_ok=True)
    return project


def plant(project: Path, files: dict[str, str], **meta: Any) -> None:
    models = project / "models" / "activation"
    (models / "campaign_note.sql").write_text(
        "select 1 as contact_id, 'once' as occurrence, '{}' as context"
    )
    model = {
        "name": "campaign_note",
        "description": "Planted.",
        "config": {"meta": {"campaign": {"template": "note", **meta}}},
    }
    (models / "campaign_note.yml").write_text(yaml.safe_dump({"models": [model]}, sort_keys=False))
    for name, text in files.items():
        path = project / "content" / name
        path.write_text(text)


def mail(language: str, **change: str) -> dict[str, str]:
    return {f"email/note.{language}.{suffix}": text for suffix, text in {**NOTE, **change}.items()}


def without(files: dict[str, str], name: str) -> dict[str, str]:
    return {path: text for path, text in files.items() if path != name}


@pytest.mark.parametrize(
    ("files", "meta", "words"),
    [
        pytest.param({}, MAIL, "there is no template note for email", id="no mail at all"),
        pytest.param(
            mail("de"), MAIL, "note is written in de alone", id="no English to fall back to"
        ),
        pytest.param(
            {**mail("en"), **without(mail("de"), "email/note.de.txt.liquid")},
            MAIL,
            "note.de.txt.liquid is missing",
            id="no text",
        ),
        pytest.param(
            {**mail("en"), **without(mail("de"), "email/note.de.subject.liquid")},
            MAIL,
            "note.de.subject.liquid is missing",
            id="no subject in a language",
        ),
        pytest.param(
            mail("en", **{"txt.liquid": "{{ full_name"}),
            MAIL,
            "note.en.txt.liquid is not valid",
            id="no Liquid",
        ),
        pytest.param(
            {}, WECHAT, "there is no template note for wechat", id="no content for WeChat"
        ),
        pytest.param(
            {"wechat/note.en.yml": "kind: message\ntext: hi\n"},
            WECHAT,
            "of kind message, and template is needed",
            id="wrong kind",
        ),
        pytest.param(
            {"wechat/note.zh.yml": "kind: template\n"},
            WECHAT,
            "note is written in zh alone",
            id="WeChat in Chinese alone",
        ),
    ],
)
def test_a_template_that_is_missing_or_not_whole_is_a_finding(
    campaign: Path, files: dict[str, str], meta: dict[str, Any], words: str
) -> None:
    plant(campaign, files, **meta)
    found = [one for one in lint(campaign) if one.rule == "template"]
    assert [words in one.message for one in found] == [True]
    assert found[0].file == "models/activation/campaign_note.yml"
    assert "content/" in found[0].fix or "kind:" in found[0].fix or "correct" in found[0].fix


@pytest.mark.parametrize(
    ("files", "meta"),
    [
        pytest.param({**mail("en"), **mail("de")}, MAIL, id="two languages, text alone"),
        pytest.param({"wechat/note.en.yml": "kind: template\n"}, WECHAT, id="content for WeChat"),
    ],
)
def test_a_whole_template_is_none(
    campaign: Path, files: dict[str, str], meta: dict[str, Any]
) -> None:
    plant(campaign, files, **meta)
    assert [one for one in lint(campaign) if one.rule == "template"] == []


@pytest.mark.parametrize(
    ("files", "meta", "wanted"),
    [
        ({}, {"object": "hot_lead"}, "there is no template hot_lead for wechat"),
        ({}, {"object": "sales_alert"}, None),
        (
            {"wechat/hot_lead.zh.yml": "kind: message\ntext: {content: hi}\n"},
            {"object": "hot_lead"},
            "hot_lead in zh: it is content of kind message, and robot is needed",
        ),
        ({"wechat/hot_lead.zh.yml": "kind: robot\nmsgtype: text\n"}, {"object": "hot_lead"}, None),
        ({}, {"object": "hot_lead", "destination": "webhook"}, None),
    ],
    ids=["missing", "shipped", "of another kind", "in one language", "another destination"],
)
def test_the_text_of_a_sync_to_the_robot_is_there(
    campaign: Path, files: dict[str, str], meta: dict[str, str], wanted: str | None
) -> None:
    for name, text in files.items():
        (campaign / "content" / name).write_text(text)
    models = campaign / "models" / "activation"
    sync = {"destination": "wecom_robot", "key": "contact_id", "mode": "add", **meta}
    model = {
        "name": "sync_calls",
        "description": "Planted.",
        "config": {"meta": {"sync": sync}},
        "columns": [{"name": "contact_id", "description": "The contact."}],
    }
    (models / "sync_calls.sql").write_text("select 1 as contact_id")
    (models / "sync_calls.yml").write_text(yaml.safe_dump({"models": [model]}, sort_keys=False))
    found = [one for one in lint(campaign) if one.rule == "template"]
    assert [(one.file, one.message) for one in found] == (
        [("models/activation/sync_calls.yml", wanted)] if wanted else []
    )
