"""The workbook, CSV, pictures, and where the page is published."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sluice.models.errors import ConfigurationError
from sluice.orchestration.cli.main import app
from sluice.orchestration.dbt.runner import Dbt
from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.build import Asked
from sluice.orchestration.report.filters import Filters
from sluice.orchestration.report.publishing import published_path
from sluice.orchestration.report.writing import write_report
from tests.orchestration.report.small import make_home, manifest


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of its own: files are written into it."""
    return make_home(tmp_path / "home")


@pytest.fixture
def write(settings: Settings) -> Callable[..., Path]:
    """The report in a format."""

    def written(format_: str, output: Path | None = None, language: str = "en") -> Path:
        asked = Asked("zh" if language == "zh" else "en", Filters())
        return write_report(settings, manifest(), asked, format_, output)

    return written


def test_a_workbook_has_every_row_and_no_formula(write: Callable[..., Path]) -> None:
    path = write("xlsx")
    assert path.suffix == ".xlsx"
    with zipfile.ZipFile(path) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        text = {name: book.read(name).decode() for name in [*sheets, "xl/sharedStrings.xml"]}
        names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
    assert "Campaigns by what they sent" in names
    assert not any("<f>" in one for one in text.values())
    assert "=1+1" in text["xl/sharedStrings.xml"]
    assert "ann@example.com" not in text["xl/sharedStrings.xml"]
    assert max(one.count("<row ") for one in text.values()) == 301
    assert sum('state="frozen"' in one for one in text.values()) == 9


def test_csv_has_every_row_and_no_formula(write: Callable[..., Path], tmp_path: Path) -> None:
    folder = write("csv", tmp_path / "tables", "zh")
    text = (folder / "rpt_campaigns.csv").read_text(encoding="utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head[0] == "campaign（列）"
    assert "'=1+1" in {row[0] for row in rows}
    assert len((folder / "rpt_many.csv").read_text().splitlines()) == 301


def test_pictures_are_of_the_charts(write: Callable[..., Path]) -> None:
    folder = write("png")
    assert (folder / "rpt_daily.png").read_bytes().startswith(b"\x89PNG")
    assert not (folder / "rpt_targets.png").exists()


def test_the_copy_of_a_day_is_its_owner_s_and_named_by_what_it_shows(
    write: Callable[..., Path], settings: Settings
) -> None:
    path = write("html")
    assert path.parent == settings.home / "reports"
    assert path.stat().st_mode & 0o077 == 0
    cut = Filters(date(2026, 6, 1), None, "e/mail", "")
    named = published_path(Path("/h"), date(2026, 6, 30), "zh", cut)
    assert named == Path("/h/reports/report-2026-06-30_zh_from-2026-06-01_e-mail.html")


def test_a_folder_that_is_not_there_is_refused(write: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no such folder"):
        write("html", tmp_path / "none" / "report.html")


def test_the_command_prints_the_table_and_the_path(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_HOME", str(settings.home))
    monkeypatch.setattr(Dbt, "manifest", property(lambda _: manifest()))
    run = CliRunner()
    shown = run.invoke(app, ["report", "--language", "zh"])
    assert shown.exit_code == 0, shown.output
    assert "template_error" in shown.output
    assert shown.output.strip().endswith("_zh.html")
    (path,) = (settings.home / "reports").iterdir()
    path.unlink()
    for quiet in (["--json"], ["--format", "table"]):
        assert run.invoke(app, ["report", *quiet]).exit_code == 0
    assert list((settings.home / "reports").iterdir()) == []
