"""The home is its owner's alone, from the first file on; a key is whole or refused; a small file is
whole or as it was.
"""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from sluice.activations.private_files import write_private
from sluice.activations.sandbox.server import STATE_FILE, Sandbox
from sluice.activations.sandbox.store import Store
from sluice.models.errors import BlockedError, ConfigurationError
from sluice.orchestration.doctor.checks import examine
from sluice.orchestration.installation.home import loose, make_private
from sluice.orchestration.installation.home_key import KEY_FILE, home_key
from sluice.orchestration.installation.settings import Settings, load_settings
from sluice.orchestration.plan.approvals import allowed_approver
from tests.conftest import WorldRun, sluice


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_a_home_after_whole_runs(world: WorldRun) -> None:
    """The warehouse, the ledger, the runs' Parquet files, Dagster's and dbt's, the sandbox's
    logins.
    """
    files = [path for path in world.home.rglob("*") if not path.is_symlink()]
    assert {"warehouse.duckdb", "ledger.sqlite", "sandbox.sqlite"} <= {path.name for path in files}
    assert any(path.suffix == ".parquet" for path in files)
    assert [str(path) for path in (world.home, *files) if rights(path) & 0o077] == []


def test_a_home_from_before_is_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "runs" / "1").mkdir(parents=True)
    for name in (
        "warehouse.duckdb",
        "ledger.sqlite-wal",
        "runs/1/plan.parquet",
        "notes of a person.txt",
    ):
        (home / name).write_text("x")
    outside = tmp_path / "outside"
    outside.write_text("x")
    (home / "runs" / "link").symlink_to(outside)
    assert len(loose(home)) == 6
    make_private(home)
    assert loose(home) == []
    assert rights(home) == 0o700
    assert rights(home / "runs" / "1") == 0o700
    assert rights(home / "runs" / "1" / "plan.parquet") == 0o600
    assert (rights(outside), rights(home / "notes of a person.txt")) == (
        0o644,
        0o644,
    )  # not the product's


@pytest.mark.parametrize(
    "name", ["inbox.sqlite", "secret.key", "preferences", "lotteries", "scores", "replaced"]
)
def test_a_home_of_one_file_is_closed(tmp_path: Path, name: str) -> None:
    """`sluice serve` makes the first two before any run."""
    (tmp_path / "home").mkdir(mode=0o755)
    (tmp_path / "home" / name).write_text("x")
    make_private(tmp_path / "home")
    assert loose(tmp_path / "home") == []
    assert rights(tmp_path / "home" / name) == 0o600


def test_what_is_made_from_now_on_is_ours_alone(tmp_path: Path) -> None:
    make_private(tmp_path / "home")
    made = tmp_path / "home" / "any"
    made.write_text("x")
    assert (rights(tmp_path / "home"), rights(made)) == (0o700, 0o600)


@pytest.mark.parametrize("case", ["of other things", "shared by all"])
def test_a_folder_that_is_no_home_keeps_its_rights(
    tmp_path: Path, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """SLUICE_HOME=/tmp must not lock everybody out of /tmp; it is reported."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ("letter.txt" if case == "of other things" else "ledger.sqlite")).write_text("x")
    home.chmod(0o755 if case == "of other things" else 0o1777)
    before = rights(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLUICE_HOME", str(home))
        settings = load_settings()
    assert rights(home) == before
    assert "others can read what is in it; chmod 700" in capsys.readouterr().err
    assert [
        (one.state, "chmod 700" in one.fix) for one in examine(settings) if one.check == "rights"
    ] == [("warning", True)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_home_of_another_user_is_told_and_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 12345, -1)
    monkeypatch.setenv("SLUICE_HOME", str(home))
    load_settings()
    assert "belongs to another user (uid 12345)" in capsys.readouterr().err
    assert rights(home) == 0o755


def test_doctor_finds_files_of_others_in_a_closed_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    make_private(home)
    assert [one.state for one in examine(Settings(home=home)) if one.check == "rights"] == ["ok"]
    (home / "ledger.sqlite").write_text("x")
    (home / "ledger.sqlite").chmod(0o644)
    (found,) = [one for one in examine(Settings(home=home)) if one.check == "rights"]
    assert (found.state, found.figure) == ("warning", 1)


def test_the_sandbox_keeps_its_logins_to_itself(tmp_path: Path) -> None:
    with Sandbox(tmp_path, names=[]):
        assert rights(tmp_path / STATE_FILE) == 0o600
        assert rights(tmp_path / "sandbox.sqlite") == 0o600
    Store(tmp_path / "other.sqlite").close()
    assert rights(tmp_path / "other.sqlite") == 0o600


def test_a_key_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(home_key(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 8
    assert (len(found[0]), rights(tmp_path / KEY_FILE)) == (32, 0o600)
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize(
    "content", [b"", b"k" * 31, b"k" * 33], ids=["empty", "cut short", "longer"]
)
def test_a_damaged_key_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"plan\.key in SLUICE_HOME is damaged") as refused:
        home_key(tmp_path)
    assert "delete it" in refused.value.fix
    assert (tmp_path / KEY_FILE).read_bytes() == content


@pytest.mark.parametrize("at", ["fsync", "replace", "write"])
def test_a_small_file_is_whole_or_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Wherever the disk gives up."""
    path = tmp_path / "note.json"
    write_private(path, "before")

    def fail(*arguments: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen" if at == "write" else at, fail)
    with pytest.raises(OSError, match="No space"):
        write_private(path, "after")
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["note.json"]


def test_a_file_that_may_be_read_by_others_is_not_after_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text("x")
    write_private(path, "王芳")
    assert (rights(path), path.read_text(encoding="utf-8")) == (0o600, "王芳")


@pytest.mark.parametrize(
    ("approvers", "may"),
    [
        (None, True),
        ("*", True),
        ("ann", True),
        ("bob, ann", True),
        ("ann,*", True),
        ("bob", False),
        ("", False),
        (" , ", False),
    ],
)
def test_who_may_approve(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, approvers: str | None, may: bool
) -> None:
    """Unset is anyone, as one person's laptop needs; empty is nobody."""
    monkeypatch.setenv("SLUICE_USER", "ann")
    if approvers is not None:
        monkeypatch.setenv("SLUICE_APPROVERS", approvers)
    settings = Settings(home=tmp_path)
    if may:
        assert allowed_approver(settings) == "ann"
        return
    with pytest.raises(BlockedError) as refused:
        allowed_approver(settings)
    assert ("nobody may approve" in refused.value.message) is (not (approvers or "").strip(" ,"))
    assert "SLUICE_APPROVERS" in refused.value.fix


def test_the_command_refuses_when_nobody_may(tmp_path: Path) -> None:
    done = sluice(
        "approve",
        "price_page_follow_up",
        "--reason",
        "agreed",
        home=tmp_path / "home",
        SLUICE_APPROVERS="",
    )
    assert (done.code, "SLUICE_APPROVERS is empty" in done.stderr) == (3, True), done.stderr
