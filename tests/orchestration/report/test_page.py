"""The page: the numbers of the marts, in both languages, and nothing that lies or leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sluice.orchestration.installation.settings import Settings
from sluice.orchestration.report.page import FOLDER
from sluice.orchestration.report.publishing import FIGURES
from tests.orchestration.report.small import MODELS, SCRIPT, Page, make_home, page_of

CHINESE = re.compile(r"[\u4e00-\u9fff]")
OUTSIDE = re.compile(r"""\b(?:src|href|action|srcset)=(?!["']?#)|url\((?!#)|@import""")
SECTIONS = [name for name in MODELS if name not in {"rpt_costs", "rpt_not_built"}]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """One home for all tests of the file; none writes into it."""
    return make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def html(settings: Settings) -> dict[str, str]:
    """The page in both languages."""
    return {language: page_of(settings, language) for language in ("en", "zh")}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("model", SECTIONS)
def test_numbers_are_those_of_the_mart(
    settings: Settings, html: dict[str, str], model: str, language: str
) -> None:
    page = Page(html[language])
    head, *rows = page.tables[model]
    columns = [one for one in MODELS[model][3] if one not in {"email", "row_text"}]
    with duckdb.connect(str(settings.home / "warehouse.duckdb"), read_only=True) as connection:
        wanted = connection.execute(f"select {', '.join(columns)} from reports.{model}").fetchall()
    assert len(head) == len(columns)
    assert len(rows) == min(len(wanted), 200)
    expected = [[_written(cell) for cell in row] for row in wanted]
    assert all(row in expected for row in rows)
    assert len({*map(tuple, rows)}) == len(rows)


def _written(value: Any) -> str:
    if value is None:
        return "–"
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def test_nothing_is_asked_of_outside_and_one_script_runs(html: dict[str, str]) -> None:
    for text in html.values():
        assert not re.search(r"(?<!xmlns=\")(?<!xlink=\")https?://", text)
        assert not OUTSIDE.search(text)
        scripts = [attributes for tag, attributes in Page(text).tags if tag == "script"]
        assert scripts == [{"type": "application/json", "id": "figures"}, {}]
        assert "default-src 'none'" in text


def test_a_campaign_named_as_a_script_is_text(html: dict[str, str]) -> None:
    for text in html.values():
        assert SCRIPT not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_ids_are_there_once_and_what_is_named_is_there(html: dict[str, str]) -> None:
    tags = Page(html["en"]).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [attributes.get("popovertarget") for _, attributes in tags]
    named += [str(one.get("href"))[1:] for tag, one in tags if tag == "a"]
    assert set(filter(None, named)) <= set(ids)


def test_personal_data_is_in_no_part_of_it(html: dict[str, str]) -> None:
    for text in html.values():
        assert "ann@example.com" not in text
    assert "Personal data is not shown: email, row_text." in Page(html["en"]).text["rpt_people"]


def test_what_is_not_there_is_said(html: dict[str, str]) -> None:
    text = Page(html["en"]).text
    assert "the table is built and has no row" in text["rpt_costs"]
    assert "the last run did not build this table" in text["rpt_not_built"]
    assert "– in Open Rate, Revenue, Last Sent At: where nothing was sent." in text["rpt_campaigns"]
    assert "200 of 300 rows are shown" in text["rpt_many"]
    assert "The chart leaves out 280 more." in text["rpt_many"]
    assert "Costs are missing" in text["needs-you"]
    assert "bounces of welcome over 2 %" in text["needs-you"]
    assert "welcome: 3 failed (template_error)" in text["needs-you"]


def test_a_number_opens_its_definition(html: dict[str, str]) -> None:
    text = Page(html["en"]).text["definition-rpt_campaigns"]
    assert "What rpt_campaigns is." in text
    assert "The open_rate; null where nothing was sent." in text
    assert "select * from rpt_campaigns where 1 < 2" in text
    raw = Page(html["en"]).text["definition-rpt_daily"]
    assert "select * from {{ ref('rpt_daily') }}" in raw  # it is not compiled


def test_chinese_is_chinese(html: dict[str, str]) -> None:
    page = Page(html["zh"])
    assert ("html", {"lang": "zh-CN"}) in page.tags
    assert page.heads == Page(html["en"]).heads
    assert "未同意" in html["zh"]  # no_consent
    assert "2026年6月29日 10:00" in html["zh"]
    for words in ("Overview", "What needs you", "No data yet", "rows are shown", "Bar chart"):
        assert words not in html["zh"]
    assert not CHINESE.search(
        re.sub(r"<style>.*?</style>|font-family=\"[^\"]*\"", "", html["en"], flags=re.DOTALL)
    )


def test_a_chart_adds_up_no_windows_and_no_total(html: dict[str, str]) -> None:
    text = Page(html["en"]).text["rpt_pressure"]
    assert "The chart is of Days 30 alone." in text
    assert "The chart leaves out the total, all." in text
    assert "0 / email: 85; 0 / sms: 83" in html["en"]


def test_charts_have_words_and_ids_of_their_own(html: dict[str, str]) -> None:
    charts = [one for tag, one in Page(html["en"]).tags if tag == "svg"]
    assert {one["role"] for one in charts} == {"img"}
    assert any(
        "Funnel: From lead to customer, Contacts. lead: 1,000" in str(one["aria-label"])
        for one in charts
    )


def test_a_copy_says_what_changed_since_the_last(settings: Settings, html: dict[str, str]) -> None:
    folder = settings.home / "reports"
    folder.mkdir(exist_ok=True)
    before = html["en"].replace('"sql":45', '"sql":40').replace('"mql":310', '"mql":620')
    (folder / "report-2026-06-29.html").write_text(before, encoding="utf-8")
    text = Page(page_of(settings)).text["changed"]
    assert "What changed since 29 Jun 2026" in text
    assert re.search(r"mql\s*620\s*310\s*-310\s*", text)
    assert text.index("mql") < text.index("sql")
    (folder / "report-2026-06-29.html").unlink()


def test_rows_that_are_named_alike_are_compared_with_nothing(html: dict[str, str]) -> None:
    """Of 7 and of 30 days, which no text tells apart."""
    found = FIGURES.search(html["en"])
    assert found is not None
    figures = json.loads(found[1])
    assert figures["rpt_pressure"] == {"sms / 0": 83}
    assert figures["rpt_funnel"] == {"lead": 1000, "mql": 310, "sql": 45}


def test_without_the_extra_there_are_tables_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("view", "build"):
        monkeypatch.setattr(f"sluice.orchestration.report.{part}.has_charts", lambda: False)
    page = page_of(settings)
    assert "<svg" not in page
    assert "Charts are left out: they need pip install" in page
    assert "1,200" in page


def test_the_script_is_small() -> None:
    assert len(Path(FOLDER / "script.js").read_bytes()) < 5_000
