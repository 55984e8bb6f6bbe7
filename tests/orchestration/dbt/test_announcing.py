"""Reading the models anew takes half a minute, and is announced before it; with --json it is not."""

from __future__ import annotations

import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sluice.orchestration.cli.show import announced
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings
from tests.kept_manifests import PARSED
from tests.projects import bare_project

LINE = "reading all models anew (dbt)"


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_line_before_dbt_reads_everything(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_shown: bool,
) -> None:
    said: list[str] = []

    def invoke(self: Dbt, arguments: list[str], **options: Any) -> SimpleNamespace:
        said.append(capsys.readouterr().err)
        self.target.mkdir(parents=True, exist_ok=True)
        for name in PARSED:
            (self.target / name).touch()
        return SimpleNamespace(result="manifest")

    monkeypatch.setattr(Dbt, "_invoke", invoke)
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    # of this test alone: what another test parsed is not parsed again
    (folder / "models" / f"{uuid.uuid4()}.sql").write_text("select 1", encoding="utf-8")
    dbt = Dbt(Settings(home=home, project=bare_project(folder)))
    with announced(is_shown):
        assert dbt.parsed == "manifest"
    assert [LINE in one for one in said] == [is_shown]
