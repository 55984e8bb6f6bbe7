"""The report in a real browser: nothing leaves, numbers open their definitions, tables sort."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.report.small import make_home, page_of

pytestmark = pytest.mark.counterparts


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report in both languages, as files."""
    folder = tmp_path_factory.mktemp("report")
    settings = make_home(folder / "home")
    found = {language: folder / f"{language}.html" for language in ("en", "zh")}
    for language, path in found.items():
        path.write_text(page_of(settings, language), encoding="utf-8")
    return found


@pytest.fixture
def opened(browser: Any, files: dict[str, Path]) -> Iterator[Any]:
    """Opens the report on a screen; what it asks for, and its errors, must stay empty."""
    faults: list[str] = []
    contexts: list[Any] = []

    def open_(language: str, page_id: str, **screen: Any) -> Any:
        context = browser.new_context(**screen)
        contexts.append(context)
        page = context.new_page()
        for event in ("pageerror", "console"):
            page.on(event, lambda fault: faults.append(str(getattr(fault, "text", fault))))
        page.on("request", lambda one: one.url.startswith("file:") or faults.append(str(one.url)))
        page.goto(f"{files[language].as_uri()}#{page_id}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def test_pages_numbers_and_sorting(opened: Any) -> None:
    page = opened("en", "campaigns")
    shown = [one.get_attribute("id") for one in page.locator(".page:visible").all()]
    assert shown == ["campaigns"]
    table = page.locator("#rpt_campaigns table")
    assert "1,200" in table.inner_text()
    head = table.get_by_role("button", name="Sort by Sent")
    head.click()
    assert table.locator("tbody tr td:nth-child(3)").all_inner_texts() == ["0", "34", "1,200"]
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    head.click()
    assert table.locator("tbody tr td:nth-child(3)").all_inner_texts() == ["1,200", "34", "0"]
    table.get_by_role("button", name="Sort by Open Rate").click()  # what is missing comes last
    assert table.locator("tbody tr td:nth-child(4)").all_inner_texts() == ["25 %", "–", "–"]
    table.locator("td button").filter(has_text="25 %").click()
    dialog = page.locator("#definition-rpt_campaigns")
    assert "select * from rpt_campaigns" in dialog.inner_text()
    assert "The open_rate" in dialog.locator("div.this").inner_text()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.get_by_role("link", name="Sources").click()
    page.locator("#rpt_many").get_by_placeholder("Filter rows").fill("source 0300")
    assert page.locator("#rpt_many tbody tr:visible").count() == 1


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_in_both_schemes(opened: Any, language: str, scheme: str) -> None:
    screen = {"viewport": {"width": 390, "height": 844}, "color_scheme": scheme}
    page = opened(language, "channels", **screen)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[language]
    chart = page.locator("#rpt_daily svg")
    assert chart.bounding_box()["width"] <= 390
    ink = chart.locator("text").first.evaluate("one => getComputedStyle(one).fill")
    assert (sum(map(int, ink[4:-1].split(","))) > 380) == (scheme == "dark")


def test_without_script_and_in_print_it_is_whole(opened: Any) -> None:
    page = opened("en", "", java_script_enabled=False)
    assert page.locator(".page:visible").count() == 12
    page.locator("#rpt_campaigns td button").first.click()
    assert page.locator("#definition-rpt_campaigns").is_visible()
    printed = opened("en", "campaigns")
    printed.emulate_media(media="print")
    assert printed.locator(".page:visible").count() == 12
    assert not printed.locator("nav").is_visible()
