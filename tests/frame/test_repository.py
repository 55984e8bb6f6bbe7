"""The repository: what every clone must have, and what must never be in it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

TARGETS = [
    "help",
    "setup",
    "services",
    "demo",
    "demo-retail",
    "test",
    "test-warehouses",
    "lint",
    "dev",
    "bench",
]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        if path.suffix not in {".parquet", ".png", ".gz"}:
            found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    return found


@pytest.mark.parametrize("name", TARGETS)
def test_make_help_lists_the_target(name: str) -> None:
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert re.search(rf"^  make {name} +\S", shown, re.M)


def test_lock_holds_names_and_exact_versions_only() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert [
        line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9A-Za-z.+!]+", line)
    ] == []
    assert "dbt-core==1.11.16" in lines


def test_no_registry_address_and_no_path_of_one_machine() -> None:
    words = [
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "npmjs" + ".org",
        "deb.debian" + ".org",
        "/wo" + "rk/",
        "/ro" + "ot/",
    ]
    assert [
        f"{name}: {word}" for name, text in texts().items() for word in words if word in text
    ] == []


def test_files_have_one_reason_to_change() -> None:
    lengths = {
        name: text.count("\n") for name, text in texts().items() if name.endswith((".py", ".sql"))
    }
    own = {name: n for name, n in lengths.items() if not name.startswith("examples/")}
    assert {name: n for name, n in own.items() if n > 400} == {}


def test_every_destination_has_the_same_four_files() -> None:
    from sluice.activations.destinations.registry import REGISTRY

    folders = [p.parent for p in (ROOT / "activations" / "destinations").glob("*/*/client.py")]
    assert {folder.name for folder in folders} == set(REGISTRY)
    for folder in folders:
        names = {p.name for p in folder.iterdir() if p.suffix in {".py", ".md"}}
        assert names >= {"__init__.py", "config.py", "client.py", "mapping.py", "README.md"}, (
            folder.name
        )


def test_every_command_is_in_the_readme() -> None:
    from typer.main import get_command

    from sluice.orchestration.cli.main import app

    command = get_command(app)
    names = []
    for name, sub in command.commands.items():  # type: ignore[attr-defined]
        names += [f"{name} {child}" for child in getattr(sub, "commands", {})] or [name]
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert [name for name in names if f"sluice {name}" not in text] == [], readme
