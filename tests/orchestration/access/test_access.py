"""Who may do what, and that an approval counts by its signature alone."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from sluice.activations.ledger.store import Ledger
from sluice.activations.ledger.tables import approvals
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.access.contents import (
    Contents,
    digest_of,
    files_of,
    read_files,
    templates_of,
)
from sluice.orchestration.access.four_eyes import require_other_eyes
from sluice.orchestration.access.keys import make_key
from sluice.orchestration.access.rights import require
from sluice.orchestration.cli.main import app
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project_file import Access
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.recovery.past import replay_home
from sluice.orchestration.runs.state import open_ledger
from tests.orchestration.plan.test_audience import manifest
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


class Repository:
    """The git repository of a project, with a campaign ``sale`` of which people change files."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.root = settings, settings.project.root

    def git(self, *arguments: str, by: str = "wang") -> None:
        """Run git as somebody."""
        author = ("-c", "user.name=w", "-c", f"user.email={by}@acme.example")
        subprocess.run(["git", "-C", str(self.root), *author, *arguments], check=True)

    def commit(self, file: str, text: str, by: str, words: str = "change") -> None:
        """Write a file and commit it as its author."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.git("add", ".")
        self.git("commit", "-qm", words, by=by)

    @property
    def files(self) -> list[str]:
        """The patterns of the campaign's files."""
        return files_of(self.root, "sale", "campaign_sale", ["spring"])

    def digest(self, activation: str) -> str | None:
        """As ``Contents`` has it, without dbt."""
        is_known = activation == "sale"
        return digest_of(read_files(self.settings, self.files)) if is_known else None

    def ask(self, name: str, approved: Collection[str] = ()) -> None:
        """Whether somebody may approve."""
        require_other_eyes(self.settings, name, "sale", self.files, approved)


OF_SALE = sa.update(approvals).where(approvals.c.activation == "sale")
MODEL, TEXT = "models/campaign_sale.sql", "content/email/spring.zh.txt.liquid"


def test_nobody_approves_what_they_changed(tmp_path: Path, keys: dict[str, str]) -> None:
    project = Repository(settings_of(tmp_path, keys, four_eyes=True))
    with pytest.raises(BlockedError, match="git cannot say"):
        project.ask("li")
    project.git("init", "-q")
    (project.root / "models").mkdir()
    (project.root / MODEL).write_text("select 1")
    with pytest.raises(BlockedError, match="not committed"):
        project.ask("li")
    project.commit(MODEL, "select 1", by="wang")
    with pytest.raises(BlockedError, match="wang changed it"):
        project.ask("wang")
    project.ask("li")
    with pytest.raises(BlockedError, match="has no authors"):
        project.ask("zhao")
    project.commit(TEXT, "Hi", by="zhang")
    project.commit("content/email/spring_sale_2.en.txt.liquid", "Hi", by="li")  # another's
    project.ask("li")
    project.commit(MODEL, "select 2", by="zhang")
    with pytest.raises(BlockedError, match="wang changed it"):
        project.ask("wang")  # who was not the last
    (project.root / TEXT).write_text("Ho")
    project.git("update-index", "--assume-unchanged", TEXT)
    with pytest.raises(BlockedError, match="not committed"):
        project.ask("li")


def test_blocks_and_co_authors_are_of_the_campaign(tmp_path: Path, keys: dict[str, str]) -> None:
    project = Repository(settings_of(tmp_path, keys, four_eyes=True))
    project.git("init", "-q")
    project.commit(
        TEXT, "{% include 'foot' %}", "zhang", "x\n\nCo-authored-by: L <li@acme.example>"
    )
    with pytest.raises(BlockedError, match="li changed it"):
        project.ask("li")
    project.commit("content/email/blocks/foot.zh.txt.liquid", "Bye", by="wang")
    with pytest.raises(BlockedError, match="wang changed it"):
        project.ask("wang")


def test_what_was_approved_is_counted_from(tmp_path: Path, keys: dict[str, str]) -> None:
    project = Repository(settings_of(tmp_path, keys, four_eyes=True))
    project.git("init", "-q", "-b", "main")
    project.commit(MODEL, "select 1", by="wang")
    project.git("checkout", "-qb", "side")
    project.commit(TEXT, "from a branch", by="wang")
    project.git("checkout", "-q", "main")
    project.commit(MODEL, "select 2", by="li")
    approved = {str(project.digest("sale"))}
    project.commit(MODEL, "select 3", by="li")
    project.ask("wang", approved)
    with pytest.raises(BlockedError, match="li changed it, since it was last approved"):
        project.ask("li", approved)
    project.git("merge", "-q", "--no-edit", "side")  # of an older commit than the approved one
    with pytest.raises(BlockedError, match="wang changed it, since"):
        project.ask("wang", approved)


def test_an_approval_ends_when_what_was_approved_is_changed(
    tmp_path: Path, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path, keys, four_eyes=True)
    project, ledger = Repository(settings), open_ledger(settings)
    ledger.contents = project
    project.git("init", "-q")
    project.commit(MODEL, "select 1", by="wang")
    become(monkeypatch, "li", tmp_path / "li")
    project.ask("li")
    ledger.approve("sale", "approval", "li", "agreed", NOW)
    ledger.approve("all", "past", "li", "agreed", NOW)  # no campaign: it has no content
    assert [row["activation"] for row in ledger.approvals()] == ["sale", "all"]
    project.commit(MODEL, "select 2", by="li")
    assert [row["activation"] for row in ledger.approvals()] == ["all"]
    with pytest.raises(BlockedError, match="li changed it"):
        project.ask("li", ledger.approved_contents("sale"))
    with ledger.engine.begin() as connection:  # nobody turns it to what it was not given for
        connection.execute(OF_SALE.values(content=project.digest("sale")))
    assert [row["activation"] for row in ledger.approvals()] == ["all"]
    with ledger.engine.begin() as connection:
        connection.execute(OF_SALE.values(content=None))
    assert [row["activation"] for row in ledger.approvals()] == ["all"]
    assert ledger.approved_contents("sale") == set()


def test_a_project_knows_what_its_campaigns_are_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(bare_project(tmp_path))
    monkeypatch.setattr(Dbt, "manifest", manifest("{{ ref('seg_vip') }}", ["seg_vip"], None))
    contents, text = Contents(settings), tmp_path / "content" / "email" / "t.zh.txt.liquid"
    text.parent.mkdir(parents=True)
    text.write_text("Hi")
    before = contents.digest("a")
    assert before is not None
    assert contents.digest("no_such_campaign") is None
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "campaign_a.sql").write_text("select 1")  # what dbt made of it
    assert contents.digest("a") == before
    text.write_text("Hi!")
    assert contents.digest("a") != before


def test_a_copy_of_the_home_knows_the_same_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a home in the project, whose own files the copy for a past day must not take for it."""
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path / "home"))
    settings = load_settings(bare_project(tmp_path))
    monkeypatch.setattr(Dbt, "manifest", manifest("{{ ref('seg_vip') }}", ["seg_vip"], None))
    made = settings.home / "dbt" / "compiled" / "campaign_a.sql"
    made.parent.mkdir(parents=True)
    made.write_text("select 1")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "campaign_a.sql").write_text("select 1")
    digest = Contents(settings).digest("a")
    with replay_home(settings, Ledger(settings.ledger)) as copy:
        assert copy.home != settings.home
        assert Contents(copy).digest("a") == digest


def test_a_template_of_a_variant_is_of_the_campaign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(bare_project(tmp_path))
    written = manifest("{{ ref('seg_vip') }}", ["seg_vip"], None)
    variants = {"plain": {"weight": 50}, "own": {"weight": 50, "template": "t_own"}}
    meta = written["nodes"]["m.campaign_a"]["config"]["meta"]
    meta["campaign"] = {**meta["campaign"], "variants": variants}
    monkeypatch.setattr(Dbt, "manifest", written)
    contents, text = Contents(settings), tmp_path / "content" / "email" / "t_own.en.txt.liquid"
    text.parent.mkdir(parents=True)
    block = text.parent / "blocks" / "foot.en.txt.liquid"
    block.parent.mkdir()
    digests = []
    for path, words in ((text, "Hi"), (text, "{% include 'foot' %}"), (block, "Bye"), (block, "!")):
        path.write_text(words)
        digests.append(contents.digest("a"))
    assert None not in digests
    assert len(set(digests)) == 4


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
        pytest.param(
            {"roles": {"lead": []}, "people": {"wang": {"role": "lead"}}, "codes": True},
            id="codes_without_signatures",
        ),
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


def test_what_a_robot_says_is_of_its_sync_and_a_backup_of_an_editor_of_nothing(
    tmp_path: Path,
) -> None:
    robot = SimpleNamespace(destination="wecom_robot", object="sales_alert")
    assert templates_of(robot) == ["sales_alert"]
    assert templates_of(SimpleNamespace(destination="hubspot", object="contacts")) == []
    written = ("models/sync_alert.sql", "models/sync_alert.yml", "content/wechat/sales_alert.yml")
    for name in (*written, "models/sync_alert.sql~", "models/sync_alert.sql.swp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    settings = Settings(home=tmp_path / "home", project=bare_project(tmp_path))
    found = read_files(settings, files_of(tmp_path, "alert", "sync_alert", templates_of(robot)))
    assert sorted(path for path, _ in found) == sorted(written)
