"""Who may do what, and that an approval counts by its signature alone."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from sluice.activations.ledger.tables import approvals
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.access.four_eyes import files_of, require_other_eyes
from sluice.orchestration.access.keys import make_key
from sluice.orchestration.access.rights import require
from sluice.orchestration.cli.main import app
from sluice.orchestration.installation.project_file import Access
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.runs.state import open_ledger
from tests.projects import bare_project

NOW = datetime(2026, 6, 29, 13, tzinfo=UTC)
ROLES = {"lead": ["approve", "release"], "marketer": ["change"]}


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    return {name: make_key(tmp_path / name) for name in ("wang", "li", "zhao")}


def settings_of(tmp_path: Path, keys: dict[str, str], **more: Any) -> Settings:
    people = {
        "wang": {"role": "lead", "key": keys["wang"], "authors": ["wang@acme.example"]},
        "li": {"role": "lead", "key": keys["li"], "authors": ["li@acme.example"]},
        "zhao": {"role": "marketer", "key": keys["zhao"]},
    }
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    access = {"roles": ROLES, "people": people, "signed": True, **more}
    return load_settings(bare_project(folder, access=access))


def become(monkeypatch: pytest.MonkeyPatch, name: str, key: Path | None) -> None:
    monkeypatch.setenv("SLUICE_USER", name)
    monkeypatch.setenv("SLUICE_KEY_FILE", str(key or ""))


def test_a_name_alone_gives_no_right(
    tmp_path: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path, keys)
    become(monkeypatch, "wang", None)
    with pytest.raises(BlockedError, match="asks for the key"):
        require(settings, "approve")
    become(monkeypatch, "wang", tmp_path / "zhao")
    with pytest.raises(BlockedError, match="not that of wang"):
        require(settings, "approve")
    become(monkeypatch, "wang", tmp_path / "wang")
    assert require(settings, "approve") == "wang"
    with pytest.raises(BlockedError, match="may not see personal data") as refused:
        require(settings, "see_personal_data")
    assert refused.value.fix.startswith("ask for a role that may (")
    become(monkeypatch, "nobody", tmp_path / "wang")
    with pytest.raises(BlockedError, match="nobody may not approve") as refused:
        require(settings, "approve")
    assert refused.value.fix.startswith("ask li or wang, who may (")


def test_an_approval_counts_only_as_it_was_signed(
    tmp_path: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(settings_of(tmp_path, keys))
    become(monkeypatch, "wang", tmp_path / "wang")
    ledger.approve("sale", "approval", "wang", "agreed", NOW, size=100, expires_at=NOW)
    with pytest.raises(BlockedError, match="not that of li"):
        ledger.approve("sale", "approval", "li", "agreed", NOW)
    (row,) = ledger.approvals()
    assert row["size"] == 100
    forged = {name: value for name, value in row.items() if name not in ("approval_id", "is_valid")}
    with ledger.engine.begin() as connection:
        connection.execute(approvals.insert().values({**forged, "size": 100_000}))
        connection.execute(approvals.insert().values({**forged, "signature": None}))
        connection.execute(approvals.insert().values({**forged, "approved_by": "zhao"}))
    assert [one["is_valid"] for one in ledger.all_approvals()] == [True, False, False, False]
    with ledger.engine.begin() as connection:
        connection.execute(sa.update(approvals).values(size=7))
    assert ledger.approvals() == []


def test_who_may_not_approve_any_more_has_approved_nothing(
    tmp_path: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, "wang", tmp_path / "wang")
    open_ledger(settings_of(tmp_path, keys)).approve("sale", "approval", "wang", "agreed", NOW)
    less = {"lead": ["release"], "marketer": ["change"]}
    assert open_ledger(settings_of(tmp_path, keys, roles=less)).approvals() == []


def test_nobody_approves_what_they_changed_last(tmp_path: Path, keys: dict[str, str]) -> None:
    settings = settings_of(tmp_path, keys, four_eyes=True)
    root = settings.project.root
    model = root / "models" / "campaign_sale.sql"
    files = files_of("sale", "campaign_sale", "spring")

    def git(*arguments: str, by: str = "wang") -> None:
        author = ("-c", "user.name=w", "-c", f"user.email={by}@acme.example")
        subprocess.run(["git", "-C", str(root), *author, *arguments], check=True)

    with pytest.raises(BlockedError, match="git cannot say"):
        require_other_eyes(settings, "li", "sale", files)
    git("init", "-q")
    model.parent.mkdir()
    model.write_text("select 1")
    with pytest.raises(BlockedError, match="not committed"):
        require_other_eyes(settings, "li", "sale", files)
    git("add", ".")
    git("commit", "-qm", "sale")
    with pytest.raises(BlockedError, match="wang changed it last"):
        require_other_eyes(settings, "wang", "sale", files)
    require_other_eyes(settings, "li", "sale", files)
    with pytest.raises(BlockedError, match="has no authors"):
        require_other_eyes(settings, "zhao", "sale", files)
    for name in ("spring.zh.txt.liquid", "spring_sale_2.en.txt.liquid"):  # the other is another's
        text = root / "content" / "email" / name
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text("Hi")
        git("add", ".")
        git("commit", "-qm", name, by="zhang" if name == "spring.zh.txt.liquid" else "li")
    with pytest.raises(BlockedError, match="wang changed it last"):
        require_other_eyes(settings, "wang", "sale", files)  # the model still
    require_other_eyes(settings, "li", "sale", files)


@pytest.mark.parametrize("command", [["fast"], ["forget", "wang@acme.example"]])
def test_who_has_no_right_sends_and_erases_nothing(
    tmp_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    access = {"roles": {"analyst": []}, "people": {"chen": {"role": "analyst"}}}
    written = {"name": "bare", "format": 1, "access": access, "fast_lane": {"enabled": True}}
    (tmp_path / "sluice.yml").write_text(json.dumps(written))
    bare_project(tmp_path)
    monkeypatch.setenv("SLUICE_PROJECT", str(tmp_path))
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SLUICE_DELIVERY", "live")
    monkeypatch.setenv("SLUICE_USER", "chen")
    with pytest.raises(BlockedError, match="chen may not"):
        app(command, standalone_mode=False)


def test_a_key_goes_where_no_file_is_yet_and_one_can_be(
    tmp_path: Path, keys: dict[str, str]
) -> None:
    for path, words in (("wang", "a file of this name"), ("nowhere/key", "no such folder")):
        with pytest.raises(ConfigurationError, match=words):
            make_key(tmp_path / path)


def test_without_people_anybody_may_do_anything(tmp_path: Path) -> None:
    assert require(load_settings(bare_project(tmp_path)), "release")


@pytest.mark.parametrize(
    "access",
    [
        pytest.param({"people": {"wang": {"role": "lead"}}}, id="no_such_role"),
        pytest.param({"signed": True}, id="signed_by_nobody"),
        pytest.param({"roles": {"lead": ["approve", "fly"]}}, id="no_such_right"),
        pytest.param(
            {"roles": {"lead": []}, "people": {"wang": {"role": "lead", "key": "abc"}}},
            id="no_key",
        ),
    ],
)
def test_what_is_not_whole_is_refused(access: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Access.model_validate(access)
