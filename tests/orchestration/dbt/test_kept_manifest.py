"""dbt's kept manifest: read when nothing changed, and parsed anew when a file, a version of dbt or
the kept file itself did.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.orchestration.dbt import runner as dbt_runner
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.project import PACKAGE_PROJECT
from sluice.orchestration.installation.settings import Settings
from tests.projects import bare_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one model."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "name: sluice\nprofile: sluice\nmodel-paths: [models]\n"
    )
    (folder / "models" / "one.sql").write_text("select 1 as a\n")
    shutil.copyfile(PACKAGE_PROJECT / "profiles.yml", folder / "profiles.yml")
    return folder


def parses(monkeypatch: pytest.MonkeyPatch, home: Path, project: Path) -> bool:
    """Whether a new process would parse; it has the model in any case."""
    parsed: list[bool] = []
    real: Callable[[Dbt], object] = Dbt._parse
    with monkeypatch.context() as patch:
        patch.setattr(Dbt, "_parse", lambda self: (parsed.append(True), real(self))[1])
        assert (
            "model.sluice.one"
            in Dbt(Settings(home=home, project=bare_project(project))).parsed.nodes
        )
    return bool(parsed)


def test_what_nobody_changed_is_not_parsed_again(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path
) -> None:
    assert [parses(monkeypatch, home, project) for _ in range(3)] == [True, False, False]


def test_another_version_of_dbt_parses_anew(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path
) -> None:
    parses(monkeypatch, home, project)
    monkeypatch.setattr(dbt_runner, "version", lambda name: "9.9.9" if name == "dbt-core" else "1")
    assert [parses(monkeypatch, home, project) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x93cut short", b"\x81\xa5nodes\xc0"],
    ids=["empty", "no msgpack", "no manifest"],
)
def test_a_kept_file_that_cannot_be_read_parses_anew(
    monkeypatch: pytest.MonkeyPatch, home: Path, project: Path, content: bytes
) -> None:
    parses(monkeypatch, home, project)
    (home / "dbt" / "partial_parse.msgpack").write_bytes(content)
    assert [parses(monkeypatch, home, project) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("length", [0, 1, 1000])
def test_a_manifest_that_a_killed_run_left_half_written_is_made_anew(
    home: Path, project: Path, length: int
) -> None:
    whole = Dbt(Settings(home=home, project=bare_project(project))).manifest["nodes"].keys()
    path = home / "dbt" / "manifest.json"
    path.write_bytes(path.read_bytes()[:length])
    assert [
        Dbt(Settings(home=home, project=bare_project(project))).manifest["nodes"].keys()
        for _ in range(2)
    ] == [
        whole,
        whole,
    ]
