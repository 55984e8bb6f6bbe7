"""A file that was asked for is written whole, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.models.errors import ConfigurationError
from sluice.orchestration.installation.output_files import write_output


def test_a_folder_of_ours_is_made_and_closed(tmp_path: Path) -> None:
    file = tmp_path / "reports" / "report.html"
    write_output(file, "--output", "<p>", is_ours=True)
    assert file.read_text() == "<p>"
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_folder_that_cannot_be_is_refused_in_words(tmp_path: Path, is_ours: bool) -> None:
    (tmp_path / "reports").write_text("a file of somebody")
    with pytest.raises(ConfigurationError) as refused:
        write_output(tmp_path / "reports" / "report.html", "--output", "<p>", is_ours=is_ours)
    assert "cannot be written" in refused.value.message
    assert "--output" in refused.value.fix
