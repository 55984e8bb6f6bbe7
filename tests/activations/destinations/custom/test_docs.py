"""docs/destinations.md: its package is built, installed, found by its entry points, and keeps the
conformance suite.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

BUILD = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"
FENCED = re.compile(r"^```(?:toml|python)\n# (\S+)\n(.*?)^```", re.M | re.S)


def files_of_the_docs() -> dict[str, str]:
    return dict(FENCED.findall((ROOT / "docs" / "destinations.md").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the package of the docs is installed, and its test lies."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    for name, text in files_of_the_docs().items():
        path = source / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (target / "test_shop_push.py").write_text(
        (source / "test_shop_push.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (source / "test_shop_push.py").unlink()
    subprocess.run(
        [sys.executable, "-c", BUILD, str(source)], cwd=source, check=True, capture_output=True
    )
    (wheel,) = source.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(target)
    return target


def run(installed: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}", **settings}
    return subprocess.run(
        [sys.executable, *arguments], cwd=installed, env=environment, capture_output=True, text=True
    )


def test_it_is_under_eighty_lines() -> None:
    package = [text for name, text in files_of_the_docs().items() if not name.startswith("test_")]
    assert 0 < sum(len(text.strip().splitlines()) for text in package) < 80


def test_it_keeps_the_conformance_suite(installed: Path) -> None:
    done = run(
        installed,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(installed),
        "test_shop_push.py",
    )
    passed = re.search(r"^(\d+) passed", done.stdout, re.M)
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed is not None
    assert int(passed[1]) >= 8


def test_the_linter_and_the_pauses_know_it(installed: Path) -> None:
    code = (
        "from sluice.activations.destinations import registry\n"
        "print('shop_push' in registry.names(), registry.entry('shop_push').client.__name__)"
    )
    assert run(installed, "-c", code).stdout.split() == ["True", "ShopPush"]


def test_a_missing_setting_names_the_variable(installed: Path) -> None:
    done = run(
        installed,
        "-c",
        "from sluice.activations.destinations import registry; registry.build('shop_push')",
    )
    assert "SLUICE_SHOP_PUSH_TOKEN" in done.stderr


def plant(folder: Path, name: str, group: str, points: str) -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{points}\n")


LOOK = """
from sluice.activations.destinations import registry
from sluice.models.errors import ConfigurationError
for name in ("hubspot", "broken", "wrong", "twice", "nobody"):
    try:
        print(name, registry.entry(name).client.__name__)
    except ConfigurationError as error:
        print(name, "refused:", error)
"""


def test_a_bad_package_stops_nothing_else(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "bad",
        "sluice.destinations",
        "broken = no_such_module:ENTRY\nwrong = json:dumps\nhubspot = json:dumps",
    )
    for name in ("first", "second"):
        plant(
            tmp_path,
            name,
            "sluice.destinations",
            "twice = json:" + ("dumps" if name == "first" else "loads"),
        )
    said = dict(line.split(" ", 1) for line in run(tmp_path, "-c", LOOK).stdout.splitlines())
    assert said["hubspot"] == "HubSpot"  # a name of ours stays ours
    assert "no_such_module" in said["broken"]
    assert "package bad" in said["broken"]
    assert "no destination (function)" in said["wrong"]
    assert "first and second" in said["twice"]
    assert "broken, " in said["nobody"]


def test_the_sandbox_starts_beside_a_vendor_that_cannot_be_loaded(tmp_path: Path) -> None:
    plant(tmp_path, "bad", "sluice.sandbox_vendors", "broken = no_such_module:Vendor")
    code = (
        "from pathlib import Path; from sluice.activations.sandbox.server import Sandbox\nwith"
        " Sandbox(Path('home')) as sandbox: print('hubspot' in sandbox.endpoints(), 'broken' in"
        " sandbox.endpoints())"
    )
    done = run(tmp_path, "-c", code)
    assert done.stdout.split() == ["True", "False"], done.stderr
    assert "no_such_module" in done.stderr
