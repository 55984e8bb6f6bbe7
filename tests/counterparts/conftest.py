"""The browser of the tests in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

BROWSERS = [
    Path("/usr/bin/chromium"),
    Path("/usr/bin/chromium-browser"),
    Path("/usr/bin/google-chrome"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, started once a file; a test without it is skipped."""
    found = next((path for path in BROWSERS if path.is_file()), None)
    if found is None:
        pytest.skip("needs Chromium: make services")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=str(found), args=["--no-sandbox"])
        yield started
        started.close()
