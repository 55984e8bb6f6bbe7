"""Reading the models anew takes half a minute, and is announced before it; with --json it is not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sluice.orchestration.cli.show import announced
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings

LINE = "reading all models anew (dbt)"


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_line_before_dbt_reads_everything(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_shown: bool,
) -> None:
    said: list[str] = []

    def invoke(self: Dbt, arguments: list[str], **options: Any) -> SimpleNamespace:
        said.append(capsys.readouterr().err)
        return SimpleNamespace(result="manifest")

    monkeypatch.setattr(Dbt, "_invoke", invoke)
    monkeypatch.setattr("sluice.orchestration.cli.show.errors.file", None)
    dbt = Dbt(Settings(home=home))
    with announced(is_shown):
        assert dbt.parsed == "manifest"
    assert [LINE in one for one in said] == [is_shown]
