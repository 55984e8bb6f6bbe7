"""docs/breakages.md names tests that there are."""

from __future__ import annotations

import re

from tests.conftest import ROOT


def test_each_named_test_is_there() -> None:
    page = (ROOT / "docs" / "breakages.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    there = {name for text in sources for name in re.findall(r"^def (test_\w+)\(", text, re.M)}
    assert len(named) > 10
    assert named - there == set()
