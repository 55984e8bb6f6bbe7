"""The copy of the report that a run publishes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report import build, daily
from tests.orchestration.report.small import make_home, manifest


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SLUICE_REPORT_PUBLISH", "zh")
    return make_home(home)


def test_a_copy_is_drawn_again_only_where_a_figure_changed(settings: Settings) -> None:
    (path,) = daily.publish(settings, manifest()).values()
    assert path.endswith("_zh.html")
    first = Path(path).stat().st_mtime_ns
    assert daily.publish(settings, manifest()) == {"zh": path}
    assert Path(path).stat().st_mtime_ns == first
    with duckdb.connect(str(settings.home / "warehouse.duckdb")) as connection:
        connection.execute("update reports.rpt_segments set members = 121 where segment = 'lapsed'")
    assert daily.publish(settings, manifest()) == {"zh": path}
    assert Path(path).stat().st_mtime_ns > first
    assert "121" in Path(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["a title", "something to do"])
def test_a_copy_is_drawn_again_where_its_words_changed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    (path,) = daily.publish(settings, manifest()).values()
    changed = manifest()
    if what == "a title":
        report = changed["nodes"]["model.sluice.rpt_segments"]["config"]["meta"]["report"]
        report["title"]["zh"] = "人群改名"
    else:
        monkeypatch.setattr(build, "never_sent", lambda _: ["人群改名"])
    assert daily.publish(settings, changed) == {"zh": path}
    assert "人群改名" in Path(path).read_text(encoding="utf-8")


def test_a_report_that_cannot_be_made_is_said_and_raises_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Path:
        raise ZeroDivisionError("ann@example.com")

    monkeypatch.setattr(daily, "render", fail)
    assert daily.publish(settings, manifest()) == {"zh": "not published: ZeroDivisionError"}
    (settings.home / "warehouse.duckdb").unlink()
    assert "run `sluice run` first" in daily.publish(settings, manifest())["zh"]


def test_nothing_is_published_where_no_language_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_REPORT_PUBLISH", "")
    assert daily.publish(Settings(home=settings.home), manifest()) == {}
    assert not (settings.home / "reports").exists()
