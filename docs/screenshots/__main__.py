"""``python -m docs.screenshots --out FOLDER``: make the company of the pictures and take them.

It needs Chromium and playwright (`make services`, `make setup`). Nothing leaves the machine: a
request to anywhere else ends it with an error.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docs.screenshots.company import JOURNEY, Company

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
HERE = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:", "data:", "blob:")
SCREEN = {"viewport": {"width": 1440, "height": 1000}}
TALL = {"viewport": {"width": 1440, "height": 2400}}  # a whole page of an asset
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
SETTLED_MS = 4000
FROM_THE_TOP = "scrollTo(0, 0)"
SEGMENT = "segments/seg_qualified_leads"
# picture: path in Dagster's UI
DAGSTER = {
    "catalog": "/assets",
    "lineage": "/asset-groups",
    "lineage_of_a_campaign": "/assets/activation/campaign_price_page_follow_up?view=lineage",
    "segment": f"/assets/{SEGMENT}",
    "campaign": "/assets/activation/campaign_price_page_follow_up",
    "sync": "/assets/activation/sync_crm_contacts",
    "journey": f"/assets/journeys/steps_{JOURNEY}",
    "checks": "/assets/reports/rpt_message_funnel?view=checks",
    "schedule": "/automation",
    "runs": "/runs",
}
OF_ASSETS = {"segment", "campaign", "sync", "journey"}


def main() -> None:
    """Take all pictures, or those of ``--only``."""
    given = _arguments()
    company = Company(given.company.absolute())
    company.prepare()
    given.out.mkdir(parents=True, exist_ok=True)
    with _browser() as browser:
        if given.only in ("", "report"):
            _report(browser, company, given.out)
        if given.only in ("", "dagster"):
            with company.dagster(given.port) as address:
                _dagster(browser, address, given.out)


def _dagster(browser: Any, address: str, out: Path) -> None:
    for name, path in DAGSTER.items():
        with _page(browser, **(TALL if name in OF_ASSETS else SCREEN)) as page:
            page.goto(f"{address}{path}", wait_until="networkidle")
            page.wait_for_timeout(SETTLED_MS)
            page.screenshot(path=str(out / f"dagster_{name}.png"))


def _report(browser: Any, company: Company, out: Path) -> None:
    for language in ("en", "zh"):
        address = company.report(language).as_uri()
        with _page(browser, **SCREEN) as page:
            for part in ("executive", "segments", "journeys"):
                page.goto(f"{address}#{part}")
                page.evaluate(FROM_THE_TOP)
                page.screenshot(path=str(out / f"report_{language}_{part}.png"))
            page.pdf(path=str(out / f"report_{language}_printed.pdf"), format="A4")
            page.emulate_media(media="print")
            page.evaluate(FROM_THE_TOP)
            page.screenshot(path=str(out / f"report_{language}_print.png"))
        with _page(browser, **PHONE) as page:
            page.goto(address)
            page.screenshot(path=str(out / f"report_{language}_phone.png"))


@contextmanager
def _page(browser: Any, **screen: Any) -> Iterator[Any]:
    away: list[str] = []
    context = browser.new_context(**screen)
    page = context.new_page()
    page.on("request", lambda one: one.url.startswith(HERE) or away.append(one.url))
    yield page
    context.close()
    if away:
        raise SystemExit(f"a page asked for {away[0]}, which is not on this machine")


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    found = next((one for one in BROWSERS if Path(one).is_file()), None)
    if found is None:
        raise SystemExit("the pictures need Chromium: make services")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m docs.screenshots", description=__doc__)
    folder = Path(".sluice")
    parser.add_argument("--out", type=Path, default=folder / "screenshots")
    parser.add_argument("--company", type=Path, default=folder / "screenshots_company")
    parser.add_argument("--port", type=int, default=3333)
    parser.add_argument("--only", choices=("", "dagster", "report"), default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
