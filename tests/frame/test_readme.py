"""What the README shows was printed by this code: its output blocks are compared with a real
run.
"""

from __future__ import annotations

import re

import pytest
from rich.console import Console

from sluice.models.run import RunSummary
from sluice.orchestration.cli import show
from tests.conftest import ROOT, WorldRun


def shown_block(command: str) -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"<!-- output: {re.escape(command)} -->\n```text\n(.*?)```", text, re.S)
    assert block is not None
    return [" ".join(line.split()) for line in block.group(1).splitlines() if line.strip()]


def test_demo_output_in_the_readme_is_what_a_run_prints(
    world: WorldRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Console(record=True, width=120, highlight=False)
    monkeypatch.setattr(show, "console", recorder)
    show.show_summary(RunSummary.model_validate_json(world.first.stdout), is_plan=False)
    printed = {" ".join(line.split()) for line in recorder.export_text().splitlines()}
    tables = [
        line
        for line in shown_block("sluice demo")
        if not re.match(r"\d (land|decide|plan|push)|what |e-mail |SMS |WeChat |CRM ", line)
    ]
    assert len(tables) > 8
    assert [line for line in tables if line not in printed] == []


def test_make_targets_in_the_readmes_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for name in ("README.md", "README.zh-CN.md"):
        used = set(
            re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.M)
        )
        assert used
        assert used <= targets, name


def test_links_in_the_readmes_and_docs_lead_somewhere() -> None:
    pages = [*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if not link.startswith("http") and not (page.parent / link).exists()
    ]
    assert broken == []
